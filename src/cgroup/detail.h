// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * detail - everything that the kernel has counted for a container's cgroup, for `events`
 *
 * cgroup/stat.h has the few figures of the daily look. Here each controller gives all that it
 * has, in the units of cgroup v1: nanoseconds, and swap together with memory. What this kernel,
 * or this version of cgroups, does not count is not set or empty.
 * Source: the kernel's admin-guide/cgroup-v2.rst, cgroup-v1/, accounting/psi.rst.
 */
#ifndef HUSK_CGROUP_DETAIL_H
#define HUSK_CGROUP_DETAIL_H

#include "base/error.h"
#include "base/mem.h"
#include "cgroup/driver.h"
#include "json/bind.h"

/* Hundredths of a percent of the time in which somebody, or everybody, waited; microseconds. */
struct detail_share {
	unsigned int average_10, average_60, average_300;
	uint64_t total_us;
};

struct detail_pressure {
	bool is_set, has_full;
	struct detail_share some, full;
};

struct detail_cpu {
	struct maybe_uint total_ns, kernel_ns, user_ns;
	struct json_numbers each, each_kernel, each_user; /* by CPU, nanoseconds; v1 */
	struct maybe_uint periods, throttled_periods, throttled_ns;
	struct detail_pressure pressure;
};

struct detail_cpuset {
	char *cpus, *mems; /* "0-3,7"; NULL: no such controller */
	/* Files of v1. */
	struct maybe_uint cpu_exclusive, mem_hardwall, mem_exclusive, memory_migrate,
		memory_spread_page, memory_spread_slab, memory_pressure, sched_load_balance;
	struct maybe_int sched_relax_domain_level;
};

/* Bytes; a limit that is none is the largest number there is. */
struct detail_meter {
	struct maybe_uint limit, usage, max, failures;
};

struct detail_figure {
	char *name;
	uint64_t value;
};

struct detail_memory {
	struct maybe_uint cache;
	struct detail_meter memory, swap, kernel, kernel_tcp;
	size_t count;
	struct detail_figure *figure; /* memory.stat */
	struct detail_pressure pressure;
};

struct detail_io_row {
	unsigned int major, minor;
	char *operation; /* "Read", "Write", "Sync", ...; "" for a file without */
	uint64_t value;
};

enum detail_io {
	DETAIL_IO_BYTES,
	DETAIL_IO_SERVICED,
	DETAIL_IO_QUEUED,
	DETAIL_IO_SERVICE_TIME,
	DETAIL_IO_WAIT_TIME,
	DETAIL_IO_MERGED,
	DETAIL_IO_TIME,
	DETAIL_IO_SECTORS,
	DETAIL_IO_KINDS,
};

struct detail_io_list {
	size_t count;
	struct detail_io_row *row;
};

struct detail_huge {
	char *size; /* "2MB" */
	struct detail_meter meter;
};

struct cgroup_detail {
	struct detail_cpu cpu;
	struct detail_cpuset cpuset;
	struct detail_memory memory;
	struct maybe_uint pids_current, pids_limit;
	struct detail_io_list io[DETAIL_IO_KINDS];
	struct detail_pressure io_pressure;
	size_t huge_count;
	struct detail_huge *huge;
	struct arena arena;
};

#define autodetail autoclean(cgroup_detail_clear)

/**
 * cgroup_detail_read - all of it as it is now
 *
 * Returns 0; -ENOENT when the folder is gone. CGROUP_MODE_NONE gives nothing set. @ret_detail
 * is released with cgroup_detail_clear.
 */
MUST_USE int cgroup_detail_read(const struct cgroup *cgroup, struct cgroup_detail *ret_detail,
				struct error *err);

void cgroup_detail_clear(struct cgroup_detail *io_detail);

/* "some avg10=0.12 avg60=... total=5\nfull ...": pure; false when it is no such text. */
bool cgroup_detail_parse_pressure(const char *text, struct detail_pressure *ret_pressure);

#endif
