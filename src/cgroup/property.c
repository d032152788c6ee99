// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/property.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "cgroup/words.h"

/* systemd's word for "no limit", and for a weight that nobody has set. */
#define NONE UINT64_MAX

enum { SET_MAX = 1 << 16, US_PER_SEC = 1000000, QUOTA_STEP_US = 10000 };

/* --- texts of the kernel's files --- */

/* "max", "-1", "4096", and "64M" as the kernel's memparse has it. */
static bool read_number(const char *text, uint64_t *ret_number)
{
	static const char units[] = "kmgtpe";
	const char *unit;
	char *end;

	*ret_number = NONE;
	if (strcmp(text, "max") == 0 || strcmp(text, "-1") == 0)
		return true;
	if (*text < '0' || *text > '9')
		return false;
	*ret_number = strtoull(text, &end, 10);
	unit = *end ? strchr(units, *end | 0x20) : NULL;
	if (unit) {
		*ret_number <<= 10 * (unit - units + 1);
		end++;
	}
	return *end == '\0';
}

/* "0-3,7" as a row of bits, the lowest first. False for what is no such list. */
static bool read_set(const char *text, unsigned char io_bits[SET_MAX / 8], size_t *ret_size)
{
	char *end;

	*ret_size = 0;
	for (;; text = end + 1) {
		unsigned long first = strtoul(text, &end, 10), last = first;

		if (end == text)
			return false;
		if (*end == '-')
			last = strtoul(text = end + 1, &end, 10);
		if (end == text || first > last || last >= SET_MAX || (*end && *end != ','))
			return false;
		for (unsigned long i = first; i <= last; i++)
			io_bits[i / 8] |= (unsigned char)(1U << i % 8);
		if (last / 8 + 1 > *ret_size)
			*ret_size = last / 8 + 1;
		if (!*end)
			return true;
	}
}

/* --- one row of the table --- */

struct row {
	const char *file, *name;
	void (*add)(const char *name, const char *text, struct text *io_words);
};

static void add_uint(const char *name, uint64_t number, struct text *io_words)
{
	cgroup_words_format(io_words, "?%s", name);
	cgroup_words_add(io_words, "t");
	cgroup_words_format(io_words, "%" PRIu64, number);
}

static void add_number(const char *name, const char *text, struct text *io_words)
{
	uint64_t number;

	if (read_number(text, &number))
		add_uint(name, number, io_words);
}

/* systemd takes no 0. With one process there, the limit 1 lets it make no other either. */
static void add_tasks(const char *name, const char *text, struct text *io_words)
{
	add_number(name, strcmp(text, "0") == 0 ? "1" : text, io_words);
}

/* The weight 0 is systemd's word for idle, since version 252. */
static void add_idle(const char *name, const char *text, struct text *io_words)
{
	add_uint(name, strcmp(text, "1") == 0 ? 0 : NONE, io_words);
}

static void add_set(const char *name, const char *text, struct text *io_words)
{
	autofree unsigned char *bits = mem_new(SET_MAX / 8);
	size_t size;

	if (!read_set(text, bits, &size))
		return;
	cgroup_words_format(io_words, "?%s", name);
	cgroup_words_add(io_words, "ay");
	cgroup_words_format(io_words, "%zu", size);
	for (size_t i = 0; i < size; i++)
		cgroup_words_format(io_words, "%d", bits[i]);
}

/* "8:0 1000": @size bytes name the device. systemd finds it again by a path that has its number. */
static void add_device_number(const char *name, const char *device, size_t size, uint64_t number,
			      struct text *io_words)
{
	cgroup_words_format(io_words, "?%s", name);
	cgroup_words_add(io_words, "a(st)");
	cgroup_words_add(io_words, "1");
	cgroup_words_format(io_words, "/dev/block/%.*s", (int)size, device);
	cgroup_words_format(io_words, "%" PRIu64, number);
}

static void add_device(const char *name, const char *text, struct text *io_words)
{
	size_t size = strcspn(text, " ");
	uint64_t number;

	if (text[size] && read_number(text + size + 1, &number))
		add_device_number(name, text, size, number, io_words);
}

/*
 * systemd turns its weight (1..10000) into one for BFQ (1..1000): up to 100 they are equal, above
 * it the rest of the one scale is laid on the rest of the other. This is the way back.
 */
static uint64_t io_weight_of(uint64_t weight)
{
	return weight <= 100 ? weight : 100 + (weight - 100) * 9900 / 900;
}

static void add_bfq(const char *name, const char *text, struct text *io_words)
{
	const char *last = strrchr(text, ' ');
	size_t size = strcspn(text, " ");
	uint64_t weight;

	if (!read_number(last ? last + 1 : text, &weight) || weight > 1000)
		return;
	if (last && memchr(text, ':', size))
		add_device_number("IODeviceWeight", text, size, io_weight_of(weight), io_words);
	else
		add_uint(name, io_weight_of(weight), io_words);
}

/* "100", "default 100" or "8:0 100". */
static void add_io_weight(const char *name, const char *text, struct text *io_words)
{
	static const char start[] = "default ";

	if (strchr(text, ':'))
		add_device("IODeviceWeight", text, io_words);
	else
		add_number(name, text_begins(text, start) ? text + strlen(start) : text, io_words);
}

/* "8:0 rbps=1000 wiops=max". */
static void add_io_max(const char *name UNUSED, const char *text, struct text *io_words)
{
	static const struct {
		const char *key, *name;
	} keys[] = {
		{ "rbps=", "IOReadBandwidthMax" },
		{ "wbps=", "IOWriteBandwidthMax" },
		{ "riops=", "IOReadIOPSMax" },
		{ "wiops=", "IOWriteIOPSMax" },
	};
	autofree char *line = mem_text(text);
	char *rest = line, *device = strsep(&rest, " "), *word;
	uint64_t number;

	while ((word = strsep(&rest, " ")))
		for (size_t i = 0; i < countof(keys); i++)
			if (text_begins(word, keys[i].key) &&
			    read_number(word + strlen(keys[i].key), &number))
				add_device_number(keys[i].name, device, strlen(device), number,
						  io_words);
}

static const struct row rows[] = {
	{ "memory.max", "MemoryMax", add_number },
	{ "memory.high", "MemoryHigh", add_number },
	{ "memory.low", "MemoryLow", add_number },
	{ "memory.min", "MemoryMin", add_number },
	{ "memory.swap.max", "MemorySwapMax", add_number },
	{ "memory.zswap.max", "MemoryZSwapMax", add_number },
	{ "memory.limit_in_bytes", "MemoryLimit", add_number },
	{ "pids.max", "TasksMax", add_tasks },
	{ "cpu.idle", "CPUWeight", add_idle },
	{ "cpu.weight", "CPUWeight", add_number },
	{ "cpu.shares", "CPUShares", add_number },
	{ "cpuset.cpus", "AllowedCPUs", add_set },
	{ "cpuset.mems", "AllowedMemoryNodes", add_set },
	{ "io.weight", "IOWeight", add_io_weight },
	{ "io.bfq.weight", "IOWeight", add_bfq },
	{ "io.max", NULL, add_io_max },
	{ "blkio.weight", "BlockIOWeight", add_number },
	{ "blkio.weight_device", "BlockIODeviceWeight", add_device },
	{ "blkio.throttle.read_bps_device", "BlockIOReadBandwidth", add_device },
	{ "blkio.throttle.write_bps_device", "BlockIOWriteBandwidth", add_device },
};

/* --- the CPU quota: one file of v2, two of v1 --- */

/* "50000 100000", "max 100000", "50000". False for another file. */
static bool take_quota(const struct limit_write *write, struct property_quota *io_quota)
{
	const char *second = strchr(write->text, ' ');
	uint64_t number = 0;

	if (strcmp(write->file, "cpu.max") == 0) {
		if (*write->text != ' ')
			io_quota->quota_us = strtoll(write->text, NULL, 10);
		if (second)
			io_quota->period_us = strtoull(second, NULL, 10);
	} else if (strcmp(write->file, "cpu.cfs_quota_us") == 0) {
		io_quota->quota_us = strtoll(write->text, NULL, 10);
	} else if (strcmp(write->file, "cpu.cfs_period_us") == 0) {
		if (read_number(write->text, &number))
			io_quota->period_us = number;
	} else {
		return false;
	}
	return true;
}

/* systemd counts in hundredths of a processor: rounded up, lest it gives less than was asked. */
static void add_quota(const struct property_quota *quota, struct text *io_words)
{
	uint64_t per_second = NONE;

	if (quota->quota_us > 0 && quota->quota_us < INT64_MAX / US_PER_SEC && quota->period_us) {
		per_second = (uint64_t)quota->quota_us * US_PER_SEC / quota->period_us;
		per_second = (per_second + QUOTA_STEP_US - 1) / QUOTA_STEP_US * QUOTA_STEP_US;
	}
	add_uint("CPUQuotaPeriodUSec", quota->period_us, io_words);
	add_uint("CPUQuotaPerSecUSec", per_second, io_words);
}

void cgroup_property_add_limits(const struct limit_plan *plan, struct property_quota now,
				struct text *io_words)
{
	bool has_quota = false;

	for (size_t i = 0; i < plan->count; i++) {
		const struct limit_write *write = &plan->write[i];

		has_quota |= take_quota(write, &now);
		for (size_t k = 0; k < countof(rows); k++)
			if (strcmp(rows[k].file, write->file) == 0)
				rows[k].add(rows[k].name, write->text, io_words);
	}
	if (has_quota)
		add_quota(&now, io_words);
}

/* --- what every scope has --- */

void cgroup_property_add_scope(const struct cgroup *cgroup, pid_t pid, struct text *io_words)
{
	static const char *const accounting[] = { "CPUAccounting", "MemoryAccounting",
						  "TasksAccounting" };
	const char *io = cgroup->mode == CGROUP_MODE_V2 ? "?IOAccounting" : "?BlockIOAccounting";

	cgroup_words_add(io_words, "Description");
	cgroup_words_add(io_words, "s");
	cgroup_words_format(io_words, "husk container in %s", cgroup->unit.name);
	cgroup_words_property(io_words, "Slice", "s", cgroup->unit.slice);
	cgroup_words_property(io_words, "DefaultDependencies", "b", "0");
	cgroup_words_property(io_words, "Delegate", "b", "1");
	/* Since systemd 236: nobody but us has an interest in one that has failed. */
	cgroup_words_property(io_words, "?CollectMode", "s", "inactive-or-failed");
	for (size_t i = 0; i < countof(accounting); i++)
		cgroup_words_property(io_words, accounting[i], "b", "1");
	cgroup_words_property(io_words, io, "b", "1");
	/* DefaultTasksMax= of the machine would be a limit that nobody has asked for. */
	add_uint("TasksMax", NONE, io_words);
	cgroup_words_property(io_words, "PIDs", "au", "1");
	cgroup_words_format(io_words, "%d", (int)pid);
}
