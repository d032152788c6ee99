// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/pid1_deaf.c"

#include "verdict.h"

static struct deaf as_predicted(void)
{
	struct deaf deaf = { .fault_status = { [NULL_DEFAULT] = SIGSEGV, [NULL_IGNORED] = SIGSEGV,
					       [ABORT] = SIGSEGV, [ALARM] = 3 << 8 } };

	for (int i = 0; i < SIGNALS; i++) {
		deaf.normal[i].outcome = predict_normal(signals[i]);
		for (int d = 0; d < DISPOSITIONS; d++)
			for (int s = 0; s < SENDERS; s++)
				deaf.init[i][d][s].outcome = predict_init(signals[i],
									  (enum disposition)d,
									  (enum sender)s);
	}
	return deaf;
}

TEST(what_is_predicted_is_confirmed)
{
	struct deaf deaf = as_predicted();

	CHECK_VERDICT(lab_pid1_deaf, deaf, LAB_CONFIRMED);
}

TEST(prediction_is_the_rule_of_the_kernel)
{
	CHECK_INT(predict_init(SIGTERM, DEFAULT, OUTSIDE), IGNORED);
	CHECK_INT(predict_init(SIGKILL, DEFAULT, OUTSIDE), KILLED);
	CHECK_INT(predict_init(SIGKILL, DEFAULT, INSIDE), IGNORED);
	CHECK_INT(predict_init(SIGSTOP, DEFAULT, OUTSIDE), STOPPED);
	CHECK_INT(predict_init(SIGTERM, HANDLER, INSIDE), HANDLED);
	CHECK_INT(predict_normal(SIGTERM), KILLED);
}

TEST(any_other_outcome_refutes)
{
	for (int i = 0; i < SIGNALS; i++) {
		struct deaf deaf = as_predicted();

		deaf.init[i][DEFAULT][INSIDE].outcome = KILLED;
		CHECK_VERDICT(lab_pid1_deaf, deaf, LAB_REFUTED);
		deaf = as_predicted();
		deaf.normal[i].outcome = HANDLED;
		CHECK_VERDICT(lab_pid1_deaf, deaf, LAB_REFUTED);
	}
}

TEST(kill_that_tells_of_the_drop_refutes)
{
	struct deaf deaf = as_predicted();

	deaf.init[0][DEFAULT][OUTSIDE].result = EPERM;
	CHECK_VERDICT(lab_pid1_deaf, deaf, LAB_REFUTED);
}

TEST(fault_that_is_survived_refutes)
{
	for (int fault = NULL_DEFAULT; fault <= ABORT; fault++) {
		struct deaf deaf = as_predicted();

		deaf.fault_status[fault] = 0;
		CHECK_VERDICT(lab_pid1_deaf, deaf, LAB_REFUTED);
	}
}

TEST(death_by_its_own_timer_refutes)
{
	struct deaf deaf = as_predicted();

	deaf.fault_status[ALARM] = SIGALRM;
	CHECK_VERDICT(lab_pid1_deaf, deaf, LAB_REFUTED);
}
