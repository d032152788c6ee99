// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/irq_stacks.c"

#include <string.h>

#include "verdict.h"

static struct stacks predicted(void)
{
	struct stacks stacks = { .trust = { .events = 40 } };

	stacks.kernel.seen[LAB_TIMER][LAB_FROM_USER][LAB_TASK_STACK] = 10;
	stacks.kernel.seen[LAB_DEVICE][LAB_FROM_USER][LAB_TASK_STACK] = 2;
	stacks.kernel.seen[LAB_TIMER][LAB_FROM_KERNEL][LAB_IRQ_STACK] = 9;
	stacks.kernel.seen[LAB_SOFTIRQ][LAB_KSOFTIRQD][LAB_TASK_STACK] = 3;
	stacks.kernel.frames_at_top = 12;
	stacks.kernel.sample[0].sp = 0x1000;
	return stacks;
}

TEST(what_is_predicted_is_confirmed)
{
	struct stacks stacks = predicted();

	CHECK_VERDICT(lab_irq_stacks, stacks, LAB_CONFIRMED);
}

TEST(user_mode_interrupted_on_the_irq_stack_refutes)
{
	struct stacks stacks = predicted();

	stacks.kernel.seen[LAB_DEVICE][LAB_FROM_USER][LAB_IRQ_STACK] = 1;
	stacks.kernel.frames_at_top++;
	CHECK_VERDICT(lab_irq_stacks, stacks, LAB_REFUTED);
}

TEST(kernel_interrupted_on_the_tasks_stack_refutes)
{
	struct stacks stacks = predicted();

	stacks.kernel.seen[LAB_TIMER][LAB_FROM_KERNEL][LAB_TASK_STACK] = 1;
	CHECK_VERDICT(lab_irq_stacks, stacks, LAB_REFUTED);
}

TEST(frame_that_is_not_at_the_top_refutes)
{
	struct stacks stacks = predicted();

	stacks.kernel.frames_at_top--;
	CHECK_VERDICT(lab_irq_stacks, stacks, LAB_REFUTED);
}

TEST(softirq_on_no_known_stack_refutes)
{
	struct stacks stacks = predicted();

	stacks.kernel.seen[LAB_SOFTIRQ][LAB_MODE_UNKNOWN][LAB_OTHER_STACK] = 1;
	CHECK_VERDICT(lab_irq_stacks, stacks, LAB_REFUTED);
}

TEST(one_half_alone_is_looked_at_again)
{
	struct stacks stacks = predicted();

	stacks.kernel.seen[LAB_TIMER][LAB_FROM_KERNEL][LAB_IRQ_STACK] = 0;
	CHECK_VERDICT(lab_irq_stacks, stacks, LAB_UNSEEN);
	memset(&stacks, 0, sizeof(stacks));
	CHECK_VERDICT(lab_irq_stacks, stacks, LAB_UNSEEN);
}
