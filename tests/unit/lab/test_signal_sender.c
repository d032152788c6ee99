// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/signal_sender.c"

#include "verdict.h"

static struct senders as_predicted(void)
{
	struct senders senders = { .self = 100, .forgery_errno = EPERM };

	senders.child[BY_EXIT] = 101;
	senders.child[BY_DEATH] = 102;
	for (int i = 0; i < WAYS; i++)
		senders.seen[i] = (struct seen){ .signal = ways[i].signal, .code = ways[i].code,
						 .value = ways[i].value,
						 .pid = expected_pid(&senders, i) };
	return senders;
}

TEST(what_is_predicted_is_confirmed)
{
	struct senders senders = as_predicted();

	CHECK_VERDICT(lab_signal_sender, senders, LAB_CONFIRMED);
}

TEST(any_other_code_refutes)
{
	for (int i = 0; i < WAYS; i++) {
		struct senders senders = as_predicted();

		senders.seen[i].code++;
		CHECK_VERDICT(lab_signal_sender, senders, LAB_REFUTED);
	}
}

TEST(any_other_sender_refutes)
{
	for (int i = 0; i < WAYS; i++) {
		struct senders senders = as_predicted();

		if (ways[i].whose == NONE)
			continue;
		senders.seen[i].pid++;
		CHECK_VERDICT(lab_signal_sender, senders, LAB_REFUTED);
	}
}

TEST(lost_value_refutes)
{
	struct senders senders = as_predicted();

	senders.seen[BY_SIGQUEUE].value = 0;
	CHECK_VERDICT(lab_signal_sender, senders, LAB_REFUTED);
}

TEST(forgery_that_works_refutes)
{
	struct senders senders = as_predicted();

	senders.forgery_errno = 0;
	CHECK_VERDICT(lab_signal_sender, senders, LAB_REFUTED);
}
