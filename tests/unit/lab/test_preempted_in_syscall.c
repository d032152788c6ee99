// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/preempted_in_syscall.c"

#include "verdict.h"

#define ENTER "s-10 [000] ..... 1.1: sys_enter: NR 0 (3, 7f00, 4000000, 0, 0, 0)\n"
#define SWITCH(state)                                                                     \
	"s-10 [000] d..2. 1.2: sched_switch: prev_comm=s prev_pid=10 prev_prio=120 prev_state=" state \
	" ==> next_comm=t next_pid=11 next_prio=120\n"                                    \
	"s-10 [000] d..2. 1.2: <stack trace>\n => __schedule\n => __cond_resched+0x1\n => vfs_read\n"
#define LEAVE "s-10 [000] ..... 1.3: sys_exit: NR 0 = 67108864\n"
#define OTHER "t-11 [000] d..2. 1.2: sched_switch: prev_comm=t prev_pid=11 prev_state=S\n"

static struct preempted read_trace(const char *text)
{
	struct preempted seen = { .subject = 10, .reads = READS, .whole = READS };

	read_all(text, &seen);
	return seen;
}

TEST(what_is_predicted_is_confirmed)
{
	struct preempted seen = read_trace(ENTER SWITCH("R") OTHER LEAVE SWITCH("R"));

	CHECK_INT(seen.in_call, 1);
	CHECK_INT(seen.outside, 1);
	CHECK_STR(seen.stack[1], "__cond_resched");
	CHECK_VERDICT(lab_preempted_in_syscall, seen, LAB_CONFIRMED);
}

TEST(state_of_one_that_waits_refutes)
{
	struct preempted seen = read_trace(ENTER SWITCH("S") LEAVE);

	CHECK_VERDICT(lab_preempted_in_syscall, seen, LAB_REFUTED);
}

TEST(read_that_was_cut_short_refutes)
{
	struct preempted seen = read_trace(ENTER SWITCH("R") LEAVE);

	seen.whole--;
	CHECK_VERDICT(lab_preempted_in_syscall, seen, LAB_REFUTED);
}

TEST(no_switch_within_a_call_is_tried_again)
{
	struct preempted seen = read_trace(ENTER LEAVE SWITCH("R"));

	CHECK_VERDICT(lab_preempted_in_syscall, seen, LAB_UNSEEN);
}
