// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/process_context.c"

#include "verdict.h"

enum { WORD_AT = 0x7000, CALL_IP = 0x4000, CALL_SP = 0x6ff8, FAULT_IP = 0x4100 };

static const struct context as_predicted = {
	.ip = CALL_IP,
	.sp = CALL_SP,
	.word_at = WORD_AT,
	.after = { RBX, R12, R13, R14, R15 },
	.fault_ip = FAULT_IP,
	.uid = 1000,
	.kernel = {
		.task = 1,
		.uid = 1000,
		.name = "husk-context",
		.word = WORD,
		.calls = 9, .calls_at_top = 9, .calls_own_memory = 9,
		.faults = 4, .faults_at_top = 4, .faults_own_memory = 4,
		.timers_with_memory = 1,
		.has_fault = 1,
		.error_code = FAULT_WRITE | FAULT_USER,
		.call = { .ip = CALL_IP, .sp = CALL_SP, .cs = USER_CODE, .ss = USER_DATA,
			  .flags = FLAG_IF, .di = WORD_AT, .bx = RBX, .r12 = R12, .r13 = R13,
			  .r14 = R14, .r15 = R15 },
		.fault = { .ip = FAULT_IP, .cs = USER_CODE, .ss = USER_DATA, .flags = FLAG_IF },
	},
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_process_context, as_predicted, LAB_CONFIRMED);
}

TEST(registers_saved_elsewhere_refute)
{
	struct context context = as_predicted;

	context.kernel.calls_at_top--;
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
	context = as_predicted;
	context.kernel.faults_at_top--;
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
}

TEST(memory_of_another_refutes)
{
	struct context context = as_predicted;

	context.kernel.calls_own_memory--;
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
	context = as_predicted;
	context.kernel.word++;
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
}

TEST(task_or_user_of_another_refutes)
{
	struct context context = as_predicted;

	context.kernel.uid = 0;
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
	context = as_predicted;
	context.kernel.name[0] = 'x';
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
}

TEST(register_saved_or_given_back_wrong_refutes)
{
	struct context context = as_predicted;

	context.kernel.call.r13++;
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
	context = as_predicted;
	context.after[4]++;
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
	context = as_predicted;
	context.kernel.call.ip--;
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
	context = as_predicted;
	context.kernel.call.cs = 0x10;
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
}

TEST(fault_that_tells_something_else_refutes)
{
	struct context context = as_predicted;

	context.kernel.fault.ip++;
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
	context = as_predicted;
	context.kernel.error_code = FAULT_USER;
	CHECK_VERDICT(lab_process_context, context, LAB_REFUTED);
}

TEST(call_or_fault_not_seen_is_looked_at_again)
{
	struct context context = as_predicted;

	context.kernel.has_fault = 0;
	CHECK_VERDICT(lab_process_context, context, LAB_UNSEEN);
	context = as_predicted;
	context.kernel.task = 0;
	CHECK_VERDICT(lab_process_context, context, LAB_UNSEEN);
}

/* Without BPF: the registers are the same behind the call, and the write arrives. */
TEST(call_keeps_registers_and_fault_returns)
{
	static char page[4096];
	struct context context = { .fault_at = (uintptr_t)page };

	call(1, &context);
	CHECK_INT(context.after[0], RBX);
	CHECK_INT(context.after[4], R15);
	CHECK_TRUE(context.ip && context.sp);
	fault(&context);
	CHECK_INT(page[0], 1);
	CHECK_TRUE(context.fault_ip > context.ip);
}
