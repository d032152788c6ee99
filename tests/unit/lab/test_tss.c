// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/tss.c"

#include "verdict.h"

#define VIEW(base)                                                            \
	{                                                                     \
		.cs = USER_CODE, .ss = USER_DATA, .tr = TASK_REGISTER, .has_tr = true, \
		.has_table = { true, true }, .fs_base = base, .self = base,   \
	}

static const struct tss as_predicted = {
	.thread = { VIEW(0x1000), VIEW(0x2000) },
	.has_umip = true,
	.kernel.cpu = { [1] = { .switches = 9, .sp0 = 0x3000, .stack_changes = 8, .saved_inside = 9 } },
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_tss, as_predicted, LAB_CONFIRMED);
}

TEST(another_selector_refutes)
{
	struct tss tss = as_predicted;

	tss.thread[1].cs = 0x10;
	CHECK_VERDICT(lab_tss, tss, LAB_REFUTED);
	tss = as_predicted;
	tss.thread[0].fs = USER_DATA;
	CHECK_VERDICT(lab_tss, tss, LAB_REFUTED);
	tss = as_predicted;
	tss.thread[0].tr = 0x48;
	CHECK_VERDICT(lab_tss, tss, LAB_REFUTED);
}

TEST(base_of_fs_that_is_not_the_threads_own_refutes)
{
	struct tss tss = as_predicted;

	tss.thread[0].self++;
	CHECK_VERDICT(lab_tss, tss, LAB_REFUTED);
	tss = as_predicted;
	tss.thread[1] = tss.thread[0];
	CHECK_VERDICT(lab_tss, tss, LAB_REFUTED);
}

TEST(instruction_that_faults_is_fine)
{
	struct tss tss = as_predicted;

	tss.thread[0].has_tr = tss.thread[0].has_table[GDT] = false;
	CHECK_VERDICT(lab_tss, tss, LAB_CONFIRMED);
}

TEST(tss_that_changes_with_the_task_refutes)
{
	struct tss tss = as_predicted;

	tss.kernel.cpu[1].sp0_changes = 1;
	CHECK_VERDICT(lab_tss, tss, LAB_REFUTED);
}

TEST(task_that_goes_on_from_another_stack_refutes)
{
	struct tss tss = as_predicted;

	tss.kernel.cpu[1].saved_inside--;
	CHECK_VERDICT(lab_tss, tss, LAB_REFUTED);
}

TEST(no_switch_is_looked_at_again)
{
	struct tss tss = as_predicted;

	tss.kernel.cpu[1] = (struct lab_tss_cpu){ 0 };
	CHECK_VERDICT(lab_tss, tss, LAB_UNSEEN);
}

TEST(user_part_stands_alone_where_bpf_is_refused)
{
	struct tss tss = { .thread = { VIEW(0x1000), VIEW(0x2000) }, .reason = "needs BPF" };

	CHECK_VERDICT(lab_tss, tss, LAB_CONFIRMED);
	tss.thread[0].ss = 0;
	CHECK_VERDICT(lab_tss, tss, LAB_REFUTED);
}

TEST(threads_are_looked_at_for_real)
{
	struct tss tss = { 0 };
	struct error err;

	CHECK_OK(look_in_threads(&tss, &err), err);
	CHECK_INT(tss.thread[0].cs, USER_CODE);
	CHECK_TRUE(tss.thread[0].fs_base != tss.thread[1].fs_base);
}
