// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/traceline.h"

#include "test.h"

static const char text[] =
	"# tracer: nop\n"
	"#\n"
	"          <idle>-0       [000] d.h2.    12.345678: local_timer_entry: vector=236\n"
	" a [b] -1 x-4711    [001] .....   722.280123: sys_enter: NR 62 (1, 2)\n"
	"CPU:1 [LOST 3 EVENTS]\n"
	"           sleep-22     [001] D..2.     1.000000: sched_switch: prev_comm=a prev_pid=22 "
	"prev_state=R ==> next_pid=7\n"
	"           sleep-22     [001] d..2.     1.0";

TEST(lines_are_read_one_after_the_other)
{
	const char *left = text;
	struct traceline line;

	CHECK_TRUE(traceline_next(&left, &line));
	CHECK_INT(line.pid, 0);
	CHECK_INT(line.cpu, 0);
	CHECK_STR(line.flags, "d.h2.");
	CHECK_STR(line.event, "local_timer_entry");
	CHECK_TRUE(traceline_irqs_off(&line));
	CHECK_TRUE(traceline_next(&left, &line));
	CHECK_INT(line.pid, 4711);
	CHECK_INT(line.cpu, 1);
	CHECK_STR(line.event, "sys_enter");
	CHECK_TRUE(!traceline_irqs_off(&line));
	CHECK_TRUE(traceline_next(&left, &line));
	CHECK_TRUE(traceline_irqs_off(&line));
	CHECK_TRUE(!traceline_next(&left, &line));
	CHECK_TRUE(!traceline_next(&left, &line));
}

TEST(number_is_found_in_its_own_line_only)
{
	const char *left = text;
	struct traceline line;

	CHECK_TRUE(traceline_next(&left, &line));
	CHECK_INT(traceline_number(&line, "vector=", -1), 236);
	CHECK_INT(traceline_number(&line, "NR ", -1), -1);
	CHECK_TRUE(traceline_next(&left, &line));
	CHECK_INT(traceline_number(&line, "NR ", -1), 62);
}
