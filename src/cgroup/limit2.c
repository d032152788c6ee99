// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * limit2 - files of cgroup v2. Source: the kernel's admin-guide/cgroup-v2.rst.
 *
 * What v2 has no file for is refused, unless the value asked for is what v2 does anyway.
 */
#include <inttypes.h>
#include <string.h>

#include "cgroup/check.h"
#include "cgroup/convert.h"
#include "cgroup/planner.h"

static const char *bytes_or_max(const struct planner *p, int64_t bytes)
{
	return bytes < 0 ? "max" : PLANNER_TEXT(p, "%" PRId64, bytes);
}

static int add_memory_limit(const struct planner *p)
{
	const struct spec_memory *memory = p->resources->memory;
	struct limit_write write = { .property = PROPERTY("memory.limit"), .file = "memory.max" };

	if (memory->limit.value == 0)
		return 0;
	write.text = bytes_or_max(p, memory->limit.value);
	if (memory->check_before_update.value && memory->limit.value > 0)
		write.usage_file = "memory.current";
	return cgroup_planner_add(p, write);
}

/*
 * The specification counts memory and swap together, v2 counts swap alone. Without swap
 * accounting there is no file; that is no loss for "no limit" and for "no swap at all".
 */
static int add_swap_limit(const struct planner *p)
{
	const struct spec_memory *memory = p->resources->memory;
	int64_t limit = memory->limit.value, swap = memory->swap.value;
	struct limit_write write = { .property = PROPERTY("memory.swap"),
				     .file = "memory.swap.max" };

	TRY(cgroup_check_swap(p));
	if (swap == 0 && limit >= 0)
		return 0;
	write.text = swap <= 0 ? "max" : bytes_or_max(p, swap - limit);
	if (swap <= 0 || swap == limit)
		write.rules = LIMIT_MAY_BE_MISSING;
	if (memory->check_before_update.value && swap > 0)
		write.usage_file = "memory.swap.current";
	return cgroup_planner_add(p, write);
}

/* Limits of v1 that v2 folds into memory.max, or has no wish for. 60 is the default swappiness. */
static int refuse_memory(const struct planner *p)
{
	const struct spec_memory *memory = p->resources->memory;

	if (memory->kernel.value > 0)
		return cgroup_planner_refuse(p, PROPERTY("memory.kernel"));
	if (memory->kernel_tcp.value > 0)
		return cgroup_planner_refuse(p, PROPERTY("memory.kernelTCP"));
	if (memory->swappiness.is_set && memory->swappiness.value != 60)
		return cgroup_planner_refuse(p, PROPERTY("memory.swappiness"));
	if (memory->disable_oom_killer.value)
		return cgroup_planner_refuse(p, PROPERTY("memory.disableOOMKiller"));
	return 0;
}

int cgroup_planner_memory2(const struct planner *p)
{
	const struct spec_memory *memory = p->resources->memory;

	if (!memory)
		return 0;
	TRY(cgroup_check_swappiness(p));
	TRY(refuse_memory(p));
	TRY(add_memory_limit(p));
	TRY(add_swap_limit(p));
	if (!memory->reservation.is_set)
		return 0;
	return cgroup_planner_add(p, (struct limit_write){
		.property = PROPERTY("memory.reservation"), .file = "memory.low",
		.text = bytes_or_max(p, memory->reservation.value) });
}

/*
 * cpu.max is "QUOTA PERIOD", and a quota alone leaves the period. A new cgroup has
 * "max 100000".
 */
static int add_cpu_max(const struct planner *p)
{
	const struct spec_cpu *cpu = p->resources->cpu;
	struct limit_write write = { .property = PROPERTY("cpu.quota"), .file = "cpu.max",
				     .rules = LIMIT_AGREES };
	autotext struct text line = { 0 };

	if (!cpu->quota.is_set && !cpu->period.value)
		return 0;
	if (!cpu->quota.is_set) {
		write.property = PROPERTY("cpu.period");
		write.rules |= LIMIT_KEEPS_FIRST_WORD;
	} else if (cpu->quota.value > 0) {
		text_add(&line, "%" PRId64, cpu->quota.value);
	} else {
		text_add(&line, "max");
	}
	if (cpu->period.value)
		text_add(&line, " %" PRIu64, cpu->period.value);
	write.text = PLANNER_TEXT(p, "%s", text_get(&line));
	return cgroup_planner_add(p, write);
}

static int add_cpu_weight(const struct planner *p)
{
	const struct spec_cpu *cpu = p->resources->cpu;

	if (cpu->idle.is_set)
		TRY(cgroup_planner_add(p, (struct limit_write){
			.property = PROPERTY("cpu.idle"), .file = "cpu.idle",
			.text = PLANNER_TEXT(p, "%" PRId64, cpu->idle.value),
			.rules = cpu->idle.value == 0 ? LIMIT_MAY_BE_MISSING : 0 }));

	/* An idle cgroup has the least weight, and refuses another. */
	if (!cpu->shares.value || cpu->idle.value == 1)
		return 0;
	return cgroup_planner_add(p, (struct limit_write){
		.property = PROPERTY("cpu.shares"), .file = "cpu.weight",
		.text = PLANNER_TEXT(p, "%u", cgroup_convert_shares(cpu->shares.value)) });
}

int cgroup_planner_cpu2(const struct planner *p)
{
	const struct spec_cpu *cpu = p->resources->cpu;

	if (!cpu)
		return 0;
	if (cpu->realtime_runtime.value)
		return cgroup_planner_refuse(p, PROPERTY("cpu.realtimeRuntime"));
	if (cpu->realtime_period.value)
		return cgroup_planner_refuse(p, PROPERTY("cpu.realtimePeriod"));
	TRY(add_cpu_weight(p));
	TRY(add_cpu_max(p));
	if (!cpu->burst.is_set)
		return 0;
	return cgroup_planner_add(p, (struct limit_write){
		.property = PROPERTY("cpu.burst"), .file = "cpu.max.burst",
		.text = PLANNER_TEXT(p, "%" PRIu64, cpu->burst.value),
		.rules = LIMIT_AGREES | (cpu->burst.value == 0 ? LIMIT_MAY_BE_MISSING : 0) });
}

/* The BFQ scheduler has a file of its own, in the old unit; only it has one for each device. */
static int add_weights(const struct planner *p)
{
	const struct spec_block_io *io = p->resources->block_io;

	if (io->weight.value)
		TRY(cgroup_planner_add(p, (struct limit_write){
			.property = PROPERTY("blockIO.weight"), .file = "io.bfq.weight",
			.text = PLANNER_TEXT(p, "%" PRIu64, io->weight.value),
			.other_file = "io.weight",
			.other_text = PLANNER_TEXT(p, "%u",
						   cgroup_convert_io_weight(io->weight.value)) }));
	for (size_t i = 0; io->weight_device && i < io->weight_device->count; i++) {
		const struct spec_weight_device *device = &io->weight_device->item[i];
		const char *property = PLANNER_TEXT(p, PROPERTY("blockIO.weightDevice[%zu]"), i);

		if (device->leaf_weight.value)
			return cgroup_planner_refuse(p, PLANNER_TEXT(p, "%s.leafWeight", property));
		if (device->weight.is_set)
			TRY(cgroup_planner_add(p, (struct limit_write){
				.property = property, .file = "io.bfq.weight",
				.text = PLANNER_TEXT(p, "%" PRId64 ":%" PRId64 " %" PRIu64,
						     device->major.value, device->minor.value,
						     device->weight.value) }));
	}
	return 0;
}

static int add_throttle(const struct planner *p, const char *name, const char *key,
			const struct spec_throttle_devices *list)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct spec_throttle_device *device = &list->item[i];
		autotext struct text line = { 0 };

		text_add(&line, "%" PRId64 ":%" PRId64 " %s=", device->major.value,
			 device->minor.value, key);
		if (device->rate.value)
			text_add(&line, "%" PRIu64, device->rate.value);
		else
			text_add(&line, "max");
		TRY(cgroup_planner_add(p, (struct limit_write){
			.property = PLANNER_TEXT(p, PROPERTY("blockIO.%s[%zu]"), name, i),
			.file = "io.max", .text = PLANNER_TEXT(p, "%s", text_get(&line)) }));
	}
	return 0;
}

int cgroup_planner_io2(const struct planner *p)
{
	const struct spec_block_io *io = p->resources->block_io;

	if (!io)
		return 0;
	TRY(cgroup_check_io(p));
	if (io->leaf_weight.value)
		return cgroup_planner_refuse(p, PROPERTY("blockIO.leafWeight"));
	TRY(add_weights(p));
	TRY(add_throttle(p, "throttleReadBpsDevice", "rbps", io->throttle_read_bps_device));
	TRY(add_throttle(p, "throttleWriteBpsDevice", "wbps", io->throttle_write_bps_device));
	TRY(add_throttle(p, "throttleReadIOPSDevice", "riops", io->throttle_read_iops_device));
	return add_throttle(p, "throttleWriteIOPSDevice", "wiops", io->throttle_write_iops_device);
}

int cgroup_planner_net_class2(const struct planner *p)
{
	const struct spec_network *network = p->resources->network;

	if (network && network->class_id.value)
		return cgroup_planner_refuse(p, PROPERTY("network.classID"));
	return 0;
}

int cgroup_planner_net_priority2(const struct planner *p)
{
	const struct spec_network *network = p->resources->network;

	if (network && network->priorities && network->priorities->count)
		return cgroup_planner_refuse(p, PROPERTY("network.priorities"));
	return 0;
}
