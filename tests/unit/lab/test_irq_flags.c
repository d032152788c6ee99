// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/irq_flags.c"

#include "verdict.h"

static const char trace[] =
	"  a-1  [000] d.h..  1.000001: local_timer_entry: vector=236\n"
	"  a-1  [000] ..s..  1.000002: softirq_entry: vec=1 [action=TIMER]\n"
	"  a-1  [001] d..2.  1.000003: sched_switch: prev_comm=a ==> next_comm=b\n"
	"  a-1  [001] dN.2.  1.000004: sched_switch: prev_comm=b ==> next_comm=a\n"
	"  a-1  [001] .....  1.000005: sys_enter: NR 39 (0, 0)\n"
	"  a-1  [001] d....  1.000006: something_else: x\n";

static struct moments predicted(void)
{
	struct moments all = { 0 };

	read_all(trace, &all);
	return all;
}

TEST(what_is_predicted_is_confirmed)
{
	struct moments seen = predicted();

	CHECK_INT(seen.seen[SWITCH], 2);
	CHECK_STR(seen.flags[SWITCH][1].text, "dN.2.");
	CHECK_VERDICT(lab_irq_flags, seen, LAB_CONFIRMED);
}

TEST(hardirq_with_interrupts_on_refutes)
{
	struct moments seen = predicted();

	read_all("  a-1  [000] ..h..  1.0: irq_handler_entry: irq=9 name=x\n", &seen);
	CHECK_VERDICT(lab_irq_flags, seen, LAB_REFUTED);
}

TEST(softirq_with_interrupts_off_refutes)
{
	struct moments seen = predicted();

	read_all("  a-1  [000] d.s..  1.0: softirq_entry: vec=1\n", &seen);
	CHECK_VERDICT(lab_irq_flags, seen, LAB_REFUTED);
}

TEST(switch_with_interrupts_on_refutes)
{
	struct moments seen = predicted();

	read_all("  a-1  [000] ...2.  1.0: sched_switch: x\n", &seen);
	CHECK_VERDICT(lab_irq_flags, seen, LAB_REFUTED);
}

TEST(nothing_seen_is_looked_at_again)
{
	struct moments seen = { 0 };

	CHECK_VERDICT(lab_irq_flags, seen, LAB_UNSEEN);
}
