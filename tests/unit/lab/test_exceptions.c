// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/exceptions.c"

#include "verdict.h"

static struct exceptions predicted(void)
{
	struct exceptions all;

	for (int i = 0; i < CULPRITS; i++)
		all.seen[i] = (struct seen){
			.signal = rules[i].signal, .code = rules[i].code, .trap = rules[i].trap,
			.error = rules[i].error, .at = 4096,
			.rip = rules[i].offset == NO_OFFSET ? 0 : 4096 + (uint64_t)rules[i].offset,
		};
	return all;
}

TEST(what_is_predicted_is_confirmed)
{
	struct exceptions all = predicted();

	CHECK_VERDICT(lab_exceptions, all, LAB_CONFIRMED);
}

TEST(other_signal_refutes)
{
	struct exceptions all = predicted();

	all.seen[DIVIDE].signal = SIGSEGV;
	CHECK_VERDICT(lab_exceptions, all, LAB_REFUTED);
}

TEST(culprit_without_an_exception_refutes)
{
	struct exceptions all = predicted();

	all.seen[HALT] = (struct seen){ .at = 4096 };
	CHECK_VERDICT(lab_exceptions, all, LAB_REFUTED);
}

TEST(other_error_code_refutes)
{
	struct exceptions all = predicted();

	all.seen[WRITE_NULL].error = 4;
	CHECK_VERDICT(lab_exceptions, all, LAB_REFUTED);
}

TEST(rip_behind_a_fault_refutes)
{
	struct exceptions all = predicted();

	all.seen[UNDEFINED].rip++;
	CHECK_VERDICT(lab_exceptions, all, LAB_REFUTED);
	all = predicted();
	all.seen[BREAKPOINT].rip = all.seen[BREAKPOINT].at;
	CHECK_VERDICT(lab_exceptions, all, LAB_REFUTED);
}
