// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <string.h>

#include "container/event.h"

static struct maybe_uint number(uint64_t value)
{
	return (struct maybe_uint){ true, value };
}

static void check(const struct cgroup_detail *detail, const char *expected)
{
	autotext struct text text = { 0 };

	container_event_write(detail, &text);
	CHECK_STR(text_get(&text), expected);
}

TEST(nothing_known_is_the_bare_frame)
{
	check(&(struct cgroup_detail){ 0 },
	      "{\"cpu\":{\"usage\":{},\"throttling\":{}},\"cpuset\":{},"
	      "\"memory\":{\"usage\":{},\"swap\":{},\"kernel\":{},\"kernelTCP\":{},\"raw\":{}},"
	      "\"pids\":{},\"blkio\":{},\"hugetlb\":{},\"intel_rdt\":{},"
	      "\"network_interfaces\":[]}");
}

/* OUT-04: each key of the format. */
TEST(all_figures_have_their_place)
{
	uint64_t each[] = { 1, 2 }, kernel[] = { 3, 4 }, user[] = { 5, 6 };
	struct detail_figure raw[] = { { (char *)"anon", 7 }, { (char *)"file", 8 } };
	struct detail_io_row row = { 8, 16, (char *)"Read", 9 }, time = { 8, 0, (char *)"", 10 };
	struct detail_huge huge = { (char *)"2MB", { .usage = number(11), .failures = number(0) } };
	struct cgroup_detail d = {
		.cpu = { .total_ns = number(100), .kernel_ns = number(40), .user_ns = number(60),
			 .each = { 2, each }, .each_kernel = { 2, kernel }, .each_user = { 2, user },
			 .periods = number(3), .throttled_periods = number(2),
			 .throttled_ns = number(1),
			 .pressure = { .is_set = true, .some = { 125, 7, 0, 55 } } },
		.cpuset = { .cpus = (char *)"0-2,5", .mems = (char *)"0",
			    .cpu_exclusive = number(0),
			    .sched_relax_domain_level = { true, -1 } },
		.memory = { .cache = number(8),
			    .memory = { number(UINT64_MAX), number(20), number(30), number(4) },
			    .figure = raw, .count = 2,
			    .pressure = { .is_set = true, .has_full = true } },
		.pids_current = number(2), .pids_limit = number(10),
		.io = { [DETAIL_IO_BYTES] = { 1, &row }, [DETAIL_IO_TIME] = { 1, &time } },
		.huge_count = 1, .huge = &huge,
	};

	check(&d,
	      "{\"cpu\":{\"usage\":{\"total\":100,\"percpu\":[1,2],\"percpu_kernel\":[3,4],"
	      "\"percpu_user\":[5,6],\"kernel\":40,\"user\":60},"
	      "\"throttling\":{\"periods\":3,\"throttledPeriods\":2,\"throttledTime\":1},"
	      "\"psi\":{\"some\":{\"avg10\":1.25,\"avg60\":0.07,\"avg300\":0.00,\"total\":55}}},"
	      "\"cpuset\":{\"cpus\":[0,1,2,5],\"cpu_exclusive\":0,\"mems\":[0],"
	      "\"sched_relax_domain_level\":-1},"
	      "\"memory\":{\"cache\":8,\"usage\":{\"limit\":18446744073709551615,\"usage\":20,"
	      "\"max\":30,\"failcnt\":4},\"swap\":{},\"kernel\":{},\"kernelTCP\":{},"
	      "\"raw\":{\"anon\":7,\"file\":8},"
	      "\"psi\":{\"some\":{\"avg10\":0.00,\"avg60\":0.00,\"avg300\":0.00,\"total\":0},"
	      "\"full\":{\"avg10\":0.00,\"avg60\":0.00,\"avg300\":0.00,\"total\":0}}},"
	      "\"pids\":{\"current\":2,\"limit\":10},"
	      "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"minor\":16,\"op\":\"Read\","
	      "\"value\":9}],\"ioTimeRecursive\":[{\"major\":8,\"minor\":0,\"value\":10}]},"
	      "\"hugetlb\":{\"2MB\":{\"usage\":11,\"failcnt\":0}},\"intel_rdt\":{},"
	      "\"network_interfaces\":[]}");
}

TEST(no_limit_of_pids_is_left_out)
{
	autotext struct text text = { 0 };
	struct cgroup_detail d = { .pids_current = number(1), .pids_limit = number(UINT64_MAX) };

	container_event_write(&d, &text);
	CHECK_TRUE(strstr(text_get(&text), "\"pids\":{\"current\":1}"));
}
