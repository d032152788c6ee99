// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/realtime_order.c"

#include <string.h>

#include "verdict.h"

static struct order as_predicted(void)
{
	static const struct came nested[DELIVERED] = {
		{ 3, 0 }, { 3, 5 }, { 2, 2 }, { 1, 1 }, { 1, 4 }, { 0, 3 }, { -1, FIRST_VALUE },
	};
	struct order order = { .masked_count = DELIVERED, .nested_count = DELIVERED };

	memcpy(order.masked, expected, sizeof(expected));
	memcpy(order.nested, nested, sizeof(nested));
	return order;
}

TEST(what_is_predicted_is_confirmed)
{
	struct order order = as_predicted();

	CHECK_VERDICT(lab_realtime_order, order, LAB_CONFIRMED);
}

TEST(another_order_refutes)
{
	struct order order = as_predicted();

	order.masked[1] = expected[2];
	order.masked[2] = expected[1];
	CHECK_VERDICT(lab_realtime_order, order, LAB_REFUTED);
}

TEST(last_of_a_standard_signal_instead_of_the_first_refutes)
{
	struct order order = as_predicted();

	order.masked[0].value = FIRST_VALUE + STANDARD - 1;
	CHECK_VERDICT(lab_realtime_order, order, LAB_REFUTED);
}

TEST(lost_real_time_signal_refutes)
{
	struct order order = as_predicted();

	order.masked_count--;
	CHECK_VERDICT(lab_realtime_order, order, LAB_REFUTED);
}

TEST(nested_handlers_that_run_in_order_refute)
{
	struct order order = as_predicted();

	memcpy(order.nested, expected, sizeof(expected));
	CHECK_VERDICT(lab_realtime_order, order, LAB_REFUTED);
}
