// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * event_json - the figures as `events` of other runtimes print them
 *
 * The key names are an interface, and so is that a number that is not known is left out. The
 * percentages of pressure are no whole numbers, which is why this is not bound by a table.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "container/event.h"

/* --- JSON, one level deeper each time --- */

/* The comma before a key is known by what stands before it. */
static void add_key(struct text *io_text, const char *key)
{
	char last = io_text->size ? io_text->data[io_text->size - 1] : '{';

	text_add(io_text, "%s\"%s\":", last == '{' || last == '[' ? "" : ",", key);
}

static void open_object(struct text *io_text, const char *key)
{
	add_key(io_text, key);
	text_add(io_text, "{");
}

static void close_object(struct text *io_text)
{
	text_add(io_text, "}");
}

static void add_uint(struct text *io_text, const char *key, struct maybe_uint number)
{
	if (!number.is_set)
		return;
	add_key(io_text, key);
	text_add(io_text, "%" PRIu64, number.value);
}

static void add_numbers(struct text *io_text, const char *key, const struct json_numbers *list)
{
	if (!list->count)
		return;
	add_key(io_text, key);
	for (size_t i = 0; i < list->count; i++)
		text_add(io_text, "%c%" PRIu64, i ? ',' : '[', list->item[i]);
	text_add(io_text, "]");
}

/* "0-3,7" as [0,1,2,3,7] */
static void add_set(struct text *io_text, const char *key, const char *set)
{
	const char *at = set;
	char *end;

	if (!set || !*set)
		return;
	add_key(io_text, key);
	for (char before = '['; *at; before = ',') {
		unsigned long first = strtoul(at, &end, 10), last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last; first++, before = ',')
			text_add(io_text, "%c%lu", before, first);
		at = end + (*end == ',');
		if (at == end && *end)
			break;
	}
	text_add(io_text, "]");
}

/* --- parts --- */

static void add_share(struct text *io_text, const char *key, const struct detail_share *share)
{
	const unsigned int averages[] = { share->average_10, share->average_60,
					  share->average_300 };
	static const char *const keys[] = { "avg10", "avg60", "avg300" };

	open_object(io_text, key);
	for (size_t i = 0; i < countof(keys); i++) {
		add_key(io_text, keys[i]);
		text_add(io_text, "%u.%02u", averages[i] / 100, averages[i] % 100);
	}
	add_uint(io_text, "total", (struct maybe_uint){ true, share->total_us });
	close_object(io_text);
}

static void add_pressure(struct text *io_text, const struct detail_pressure *pressure)
{
	if (!pressure->is_set)
		return;
	open_object(io_text, "psi");
	add_share(io_text, "some", &pressure->some);
	if (pressure->has_full)
		add_share(io_text, "full", &pressure->full);
	close_object(io_text);
}

static void add_cpu(struct text *io_text, const struct detail_cpu *cpu)
{
	open_object(io_text, "cpu");
	open_object(io_text, "usage");
	add_uint(io_text, "total", cpu->total_ns);
	add_numbers(io_text, "percpu", &cpu->each);
	add_numbers(io_text, "percpu_kernel", &cpu->each_kernel);
	add_numbers(io_text, "percpu_user", &cpu->each_user);
	add_uint(io_text, "kernel", cpu->kernel_ns);
	add_uint(io_text, "user", cpu->user_ns);
	close_object(io_text);
	open_object(io_text, "throttling");
	add_uint(io_text, "periods", cpu->periods);
	add_uint(io_text, "throttledPeriods", cpu->throttled_periods);
	add_uint(io_text, "throttledTime", cpu->throttled_ns);
	close_object(io_text);
	add_pressure(io_text, &cpu->pressure);
	close_object(io_text);
}

static void add_cpuset(struct text *io_text, const struct detail_cpuset *cpuset)
{
	open_object(io_text, "cpuset");
	add_set(io_text, "cpus", cpuset->cpus);
	add_uint(io_text, "cpu_exclusive", cpuset->cpu_exclusive);
	add_set(io_text, "mems", cpuset->mems);
	add_uint(io_text, "mem_hardwall", cpuset->mem_hardwall);
	add_uint(io_text, "mem_exclusive", cpuset->mem_exclusive);
	add_uint(io_text, "memory_migrate", cpuset->memory_migrate);
	add_uint(io_text, "memory_spread_page", cpuset->memory_spread_page);
	add_uint(io_text, "memory_spread_slab", cpuset->memory_spread_slab);
	add_uint(io_text, "memory_pressure", cpuset->memory_pressure);
	add_uint(io_text, "sched_load_balance", cpuset->sched_load_balance);
	if (cpuset->sched_relax_domain_level.is_set) {
		add_key(io_text, "sched_relax_domain_level");
		text_add(io_text, "%" PRId64, cpuset->sched_relax_domain_level.value);
	}
	close_object(io_text);
}

static void add_meter(struct text *io_text, const char *key, const struct detail_meter *meter)
{
	open_object(io_text, key);
	add_uint(io_text, "limit", meter->limit);
	add_uint(io_text, "usage", meter->usage);
	add_uint(io_text, "max", meter->max);
	add_uint(io_text, "failcnt", meter->failures);
	close_object(io_text);
}

static void add_memory(struct text *io_text, const struct detail_memory *memory)
{
	open_object(io_text, "memory");
	add_uint(io_text, "cache", memory->cache);
	add_meter(io_text, "usage", &memory->memory);
	add_meter(io_text, "swap", &memory->swap);
	add_meter(io_text, "kernel", &memory->kernel);
	add_meter(io_text, "kernelTCP", &memory->kernel_tcp);
	open_object(io_text, "raw");
	for (size_t i = 0; i < memory->count; i++)
		add_uint(io_text, memory->figure[i].name,
			 (struct maybe_uint){ true, memory->figure[i].value });
	close_object(io_text);
	add_pressure(io_text, &memory->pressure);
	close_object(io_text);
}

static void add_pids(struct text *io_text, const struct cgroup_detail *detail)
{
	open_object(io_text, "pids");
	add_uint(io_text, "current", detail->pids_current);
	/* As if there were none: the others leave "no limit" out. */
	if (detail->pids_limit.value != UINT64_MAX)
		add_uint(io_text, "limit", detail->pids_limit);
	close_object(io_text);
}

static void add_io_list(struct text *io_text, const char *key, const struct detail_io_list *list)
{
	if (!list->count)
		return;
	add_key(io_text, key);
	for (size_t i = 0; i < list->count; i++) {
		const struct detail_io_row *row = &list->row[i];

		text_add(io_text, "%c{\"major\":%u,\"minor\":%u,", i ? ',' : '[', row->major,
			 row->minor);
		if (*row->operation)
			text_add(io_text, "\"op\":\"%s\",", row->operation);
		text_add(io_text, "\"value\":%" PRIu64 "}", row->value);
	}
	text_add(io_text, "]");
}

static void add_io(struct text *io_text, const struct cgroup_detail *detail)
{
	static const char *const keys[DETAIL_IO_KINDS] = {
		[DETAIL_IO_BYTES] = "ioServiceBytesRecursive",
		[DETAIL_IO_SERVICED] = "ioServicedRecursive",
		[DETAIL_IO_QUEUED] = "ioQueueRecursive",
		[DETAIL_IO_SERVICE_TIME] = "ioServiceTimeRecursive",
		[DETAIL_IO_WAIT_TIME] = "ioWaitTimeRecursive",
		[DETAIL_IO_MERGED] = "ioMergedRecursive",
		[DETAIL_IO_TIME] = "ioTimeRecursive",
		[DETAIL_IO_SECTORS] = "sectorsRecursive",
	};

	open_object(io_text, "blkio");
	for (size_t i = 0; i < DETAIL_IO_KINDS; i++)
		add_io_list(io_text, keys[i], &detail->io[i]);
	add_pressure(io_text, &detail->io_pressure);
	close_object(io_text);
}

static void add_huge(struct text *io_text, const struct cgroup_detail *detail)
{
	open_object(io_text, "hugetlb");
	for (size_t i = 0; i < detail->huge_count; i++) {
		open_object(io_text, detail->huge[i].size);
		add_uint(io_text, "usage", detail->huge[i].meter.usage);
		add_uint(io_text, "max", detail->huge[i].meter.max);
		add_uint(io_text, "failcnt", detail->huge[i].meter.failures);
		close_object(io_text);
	}
	close_object(io_text);
}

void container_event_write(const struct cgroup_detail *detail, struct text *io_text)
{
	text_add(io_text, "{");
	add_cpu(io_text, &detail->cpu);
	add_cpuset(io_text, &detail->cpuset);
	add_memory(io_text, &detail->memory);
	add_pids(io_text, detail);
	add_io(io_text, detail);
	add_huge(io_text, detail);
	/* Whoever wants figures of these two reads them where they are: resctrl, the network. */
	text_add(io_text, ",\"intel_rdt\":{},\"network_interfaces\":[]}");
}
