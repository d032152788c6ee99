// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/restart_table.c"

#include "verdict.h"

static struct restarts as_predicted(void)
{
	struct restarts restarts;

	for (int call = 0; call < CALLS; call++)
		for (int how = 0; how < HOWS; how++)
			restarts.cell[call][how] = (struct cell){
				.code = calls[call].code,
				.outcome = calls[call].expected[how],
				.error = EINTR,
				.handler_runs = 1,
			};
	return restarts;
}

TEST(what_is_predicted_is_confirmed)
{
	struct restarts restarts = as_predicted();

	CHECK_VERDICT(lab_restart_table, restarts, LAB_CONFIRMED);
}

TEST(any_other_cell_refutes)
{
	for (int call = 0; call < CALLS; call++)
		for (int how = 0; how < HOWS; how++) {
			struct restarts restarts = as_predicted();
			struct cell *cell = &restarts.cell[call][how];

			cell->outcome = cell->outcome == RETURNED ? ENTERED_AGAIN : RETURNED;
			CHECK_VERDICT(lab_restart_table, restarts, LAB_REFUTED);
			restarts = as_predicted();
			cell->code++;
			CHECK_VERDICT(lab_restart_table, restarts, LAB_REFUTED);
		}
}

TEST(inner_number_that_a_program_sees_refutes)
{
	struct restarts restarts = as_predicted();

	restarts.cell[POLL][WITHOUT_RESTART].error = RESTART_RESTARTBLOCK;
	CHECK_VERDICT(lab_restart_table, restarts, LAB_REFUTED);
}

TEST(handler_that_did_not_run_refutes)
{
	struct restarts restarts = as_predicted();

	restarts.cell[READ][WITHOUT_RESTART].handler_runs = 0;
	CHECK_VERDICT(lab_restart_table, restarts, LAB_REFUTED);
}
