// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/irq_nesting.c"

#include "verdict.h"

static const struct nesting as_predicted = {
	.kernel = {
		.hardirqs = 200, .softirqs = 5000, .tasklets = 3, .hard_in_soft = 4,
		.depth_told = { [1] = 200 },
		.found_on = 90, .line_runs = 8, .most_in_flight = 2,
	},
	.trust = { .events = 200 },
	.makes_tasklets = true,
};

/* One more of what never happens. */
#define CHECK_REFUTED_BY(member)                                          \
	do {                                                              \
		struct nesting nesting = as_predicted;                    \
		nesting.kernel.member++;                                  \
		CHECK_VERDICT(lab_irq_nesting, nesting, LAB_REFUTED);     \
	} while (0)

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_irq_nesting, as_predicted, LAB_CONFIRMED);
}

TEST(hardirq_within_a_hardirq_refutes)
{
	CHECK_REFUTED_BY(hard_in_hard);
}

TEST(hardirq_that_the_kernel_counts_within_another_refutes)
{
	CHECK_REFUTED_BY(depth_told[2]);
	CHECK_REFUTED_BY(depth_told[LAB_DEPTHS - 1]);
}

TEST(softirq_within_one_or_within_a_hardirq_refutes)
{
	CHECK_REFUTED_BY(soft_in_soft);
	CHECK_REFUTED_BY(soft_in_hard);
}

TEST(tasklet_outside_of_a_softirq_refutes)
{
	CHECK_REFUTED_BY(tasklet_alone);
}

TEST(hardirq_while_interrupts_are_off_refutes)
{
	CHECK_REFUTED_BY(found_off);
}

TEST(line_handled_twice_at_once_refutes)
{
	CHECK_REFUTED_BY(line_twice);
}

TEST(no_hardirq_within_a_softirq_is_looked_at_again)
{
	struct nesting nesting = as_predicted;

	nesting.kernel.hard_in_soft = 0;
	CHECK_VERDICT(lab_irq_nesting, nesting, LAB_UNSEEN);
}

TEST(without_tasklets_the_rest_is_looked_at)
{
	struct nesting nesting = as_predicted;

	nesting.makes_tasklets = false;
	nesting.kernel.tasklets = 0;
	CHECK_VERDICT(lab_irq_nesting, nesting, LAB_CONFIRMED);
}

TEST(socket_receives_what_it_sends)
{
	struct error err;
	int fd = open_socket(&err);
	char byte = 0;

	CHECK_OK(fd, err);
	CHECK_INT(send(fd, "x", 1, 0), 1);
	CHECK_INT(recv(fd, &byte, 1, 0), 1);
	CHECK_INT(byte, 'x');
	close(fd);
}
