// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "base/scope.h"
#include "cgroup/convert.h"

/* FX-1 */
TEST(shares_follow_the_curve_of_the_runtimes)
{
	static const struct {
		uint64_t shares;
		unsigned int weight;
	} rows[] = {
		{ 1, 1 },      { 2, 1 },	{ 3, 2 },	   { 512, 59 },
		{ 1024, 100 }, { 1025, 101 },	{ 2048, 174 },	   { 262143, 10000 },
		{ 262144, 10000 }, { UINT64_MAX, 10000 },
	};

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_INT(cgroup_convert_shares(rows[i].shares), rows[i].weight);
}

/* FX-1 */
TEST(more_shares_never_weigh_less)
{
	for (uint64_t shares = 2; shares < 262144; shares += 7)
		CHECK_TRUE(cgroup_convert_shares(shares) <= cgroup_convert_shares(shares + 7));
}

/* FX-2 */
TEST(io_weight_is_a_straight_line)
{
	static const struct {
		uint64_t from;
		unsigned int to;
	} rows[] = { { 10, 1 }, { 11, 11 }, { 100, 910 }, { 500, 4950 }, { 1000, 10000 } };

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_INT(cgroup_convert_io_weight(rows[i].from), rows[i].to);
}
