// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/detail_part.h"

#include "test.h"

TEST(pressure_is_read_in_hundredths)
{
	struct detail_pressure p = { 0 };

	CHECK_TRUE(cgroup_detail_parse_pressure(
		"some avg10=1.25 avg60=0.07 avg300=100.00 total=18446744073709551615\n"
		"full avg10=0.50 avg60=0.00 avg300=0.00 total=7", &p));
	CHECK_INT(p.some.average_10, 125);
	CHECK_INT(p.some.average_60, 7);
	CHECK_INT(p.some.average_300, 10000);
	CHECK_TRUE(p.some.total_us == UINT64_MAX);
	CHECK_TRUE(p.has_full);
	CHECK_INT(p.full.average_10, 50);
	CHECK_INT(p.full.total_us, 7);
}

TEST(pressure_of_cpus_may_have_one_line)
{
	struct detail_pressure p = { 0 };

	CHECK_TRUE(cgroup_detail_parse_pressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=5",
						&p));
	CHECK_TRUE(p.is_set && !p.has_full);
	CHECK_TRUE(!cgroup_detail_parse_pressure("", &p));
	CHECK_TRUE(!cgroup_detail_parse_pressure("full avg10=0.00 avg60=0.00 avg300=0.00 total=5",
						 &p));
}

static void check_row(const struct detail_io_list *list, size_t i, const char *operation,
		      unsigned int minor, uint64_t value)
{
	CHECK_TRUE(i < list->count);
	CHECK_STR(list->row[i].operation, operation);
	CHECK_INT(list->row[i].major, 8);
	CHECK_INT(list->row[i].minor, minor);
	CHECK_INT(list->row[i].value, value);
}

TEST(io_stat_is_sorted_by_kind)
{
	autodetail struct cgroup_detail d = { 0 };

	cgroup_detail_parse_io("8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n8:16 \n"
			       "8:32 rbytes=9 cost.usage=77", &d);
	CHECK_INT(d.io[DETAIL_IO_BYTES].count, 4);
	CHECK_INT(d.io[DETAIL_IO_SERVICED].count, 3);
	check_row(&d.io[DETAIL_IO_BYTES], 0, "Read", 0, 1);
	check_row(&d.io[DETAIL_IO_BYTES], 1, "Write", 0, 2);
	check_row(&d.io[DETAIL_IO_BYTES], 2, "Discard", 0, 5);
	check_row(&d.io[DETAIL_IO_BYTES], 3, "Read", 32, 9);
	check_row(&d.io[DETAIL_IO_SERVICED], 1, "Write", 0, 4);
}

TEST(blkio_lines_have_an_operation_or_not)
{
	struct arena arena = { 0 };
	struct detail_io_list list = { 0 };

	cgroup_detail_parse_blkio("8:0 Read 11\n8:0 Total 12\nTotal 12", &arena, &list);
	cgroup_detail_parse_blkio("8:1 13", &arena, &list);
	cgroup_detail_parse_blkio("", &arena, &list);
	cgroup_detail_parse_blkio(NULL, &arena, &list);
	CHECK_INT(list.count, 3);
	check_row(&list, 0, "Read", 0, 11);
	check_row(&list, 1, "Total", 0, 12);
	check_row(&list, 2, "", 1, 13);
	arena_clear(&arena);
}
