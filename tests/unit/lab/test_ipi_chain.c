// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/ipi_chain.c"

#include "verdict.h"

#define GENERATE "s-10 [000] d..1. 1.1: signal_generate: sig=10 errno=0 code=0 comm=t pid=20 grp=1\n"
#define SEND "s-10 [000] d..2. 1.2: ipi_send_cpu: cpu=1 callsite=x callback=0x0\n"
#define RECEIVE "t-20 [001] d.h.. 1.3: reschedule_entry: vector=253\n"
#define DELIVER "t-20 [001] d..1. 1.4: signal_deliver: sig=10 errno=0 code=0\n"
#define RETURN "t-20 [001] ..... 1.5: sys_enter: NR 15 (0, 0)\n"

static struct chain read_chain(const char *text)
{
	struct chain chain = { .sender = 10, .target = 20, .cpu = { 0, 1 } };

	read_all(text, &chain);
	return chain;
}

TEST(what_is_predicted_is_confirmed)
{
	struct chain chain = read_chain(GENERATE SEND RECEIVE DELIVER RETURN);

	CHECK_VERDICT(lab_ipi_chain, chain, LAB_CONFIRMED);
	CHECK_STR(chain.line[RECEIVED], "CPU 1 d.h.. reschedule_entry: vector=253");
}

TEST(signal_that_does_not_arrive_refutes)
{
	struct chain chain = read_chain(GENERATE SEND RECEIVE);

	CHECK_VERDICT(lab_ipi_chain, chain, LAB_REFUTED);
	chain = read_chain(GENERATE SEND RECEIVE DELIVER);
	CHECK_VERDICT(lab_ipi_chain, chain, LAB_REFUTED);
}

TEST(delivery_without_an_interrupt_is_tried_again)
{
	struct chain chain = read_chain(GENERATE DELIVER RETURN);

	CHECK_VERDICT(lab_ipi_chain, chain, LAB_UNSEEN);
	chain = read_chain(GENERATE SEND DELIVER RECEIVE RETURN);
	CHECK_VERDICT(lab_ipi_chain, chain, LAB_UNSEEN);
}

TEST(interrupt_of_another_cpu_or_task_is_not_ours)
{
	struct chain chain = read_chain(GENERATE "s-10 [000] d..2. 1.2: ipi_send_cpu: cpu=3 x\n"
					"u-21 [001] d.h.. 1.3: reschedule_entry: vector=253\n" DELIVER
						RETURN);

	CHECK_VERDICT(lab_ipi_chain, chain, LAB_UNSEEN);
	chain = read_chain(RECEIVE GENERATE DELIVER RETURN);
	CHECK_VERDICT(lab_ipi_chain, chain, LAB_UNSEEN);
}
