// SPDX-License-Identifier: GPL-2.0-or-later
/* limit1 - files of cgroup v1. Source: the kernel's admin-guide/cgroup-v1/. */
#include <inttypes.h>

#include "cgroup/check.h"
#include "cgroup/planner.h"

static int add_int(const struct planner *p, const char *property, const char *file,
		   struct maybe_int value, unsigned int rules)
{
	if (!value.is_set)
		return 0;
	return cgroup_planner_add(p, (struct limit_write){
		.property = property, .file = file, .rules = rules,
		.text = PLANNER_TEXT(p, "%" PRId64, value.value) });
}

static int add_uint(const struct planner *p, const char *property, const char *file,
		    struct maybe_uint value, unsigned int rules)
{
	if (!value.is_set)
		return 0;
	return cgroup_planner_add(p, (struct limit_write){
		.property = property, .file = file, .rules = rules,
		.text = PLANNER_TEXT(p, "%" PRIu64, value.value) });
}

static struct maybe_uint unless_zero(struct maybe_uint value)
{
	return value.value ? value : (struct maybe_uint){ 0 };
}

/* Every negative number is "no limit", for which the kernel knows the one word -1. */
static struct maybe_int limit_of(struct maybe_int value)
{
	if (value.value < 0)
		value.value = -1;
	return value;
}

/*
 * limit <= memsw must hold after each write. Without swap accounting there is no memsw
 * file; that is no loss for "no limit" and for "no swap at all".
 */
static int add_memory_limits(const struct planner *p)
{
	const struct spec_memory *memory = p->resources->memory;
	struct maybe_int limit = limit_of(memory->limit), swap = limit_of(memory->swap);
	unsigned int rules = LIMIT_AGREES;

	TRY(cgroup_check_swap(p));
	if (limit.value == 0)
		limit.is_set = false;
	if (swap.value == 0)
		swap = (struct maybe_int){ .is_set = limit.value == -1, .value = -1 };
	if (swap.value == -1 || swap.value == limit.value)
		rules |= LIMIT_MAY_BE_MISSING;
	TRY(add_int(p, PROPERTY("memory.limit"), "memory.limit_in_bytes", limit, LIMIT_AGREES));
	return add_int(p, PROPERTY("memory.swap"), "memory.memsw.limit_in_bytes", swap, rules);
}

/* The default, false, is not written to a new cgroup: most configurations say it. */
static int add_oom_control(const struct planner *p)
{
	struct maybe_bool disable = p->resources->memory->disable_oom_killer;

	if (!disable.is_set || (!disable.value && !p->facts->is_update))
		return 0;
	return cgroup_planner_add(p, (struct limit_write){
		.property = PROPERTY("memory.disableOOMKiller"), .file = "memory.oom_control",
		.text = disable.value ? "1" : "0" });
}

int cgroup_planner_memory1(const struct planner *p)
{
	const struct spec_memory *memory = p->resources->memory;

	if (!memory)
		return 0;
	TRY(cgroup_check_swappiness(p));
	if (memory->use_hierarchy.value)
		TRY(cgroup_planner_add(p, (struct limit_write){
			.property = PROPERTY("memory.useHierarchy"),
			.file = "memory.use_hierarchy", .text = "1" }));
	TRY(add_memory_limits(p));
	TRY(add_int(p, PROPERTY("memory.reservation"), "memory.soft_limit_in_bytes",
		    limit_of(memory->reservation), 0));
	TRY(add_int(p, PROPERTY("memory.kernel"), "memory.kmem.limit_in_bytes",
		    limit_of(memory->kernel), 0));
	TRY(add_int(p, PROPERTY("memory.kernelTCP"), "memory.kmem.tcp.limit_in_bytes",
		    limit_of(memory->kernel_tcp), 0));
	TRY(add_uint(p, PROPERTY("memory.swappiness"), "memory.swappiness",
		     memory->swappiness, 0));
	return add_oom_control(p);
}

int cgroup_planner_cpu1(const struct planner *p)
{
	const struct spec_cpu *cpu = p->resources->cpu;
	struct maybe_int quota;

	if (!cpu)
		return 0;
	quota = cpu->quota;
	if (quota.value <= 0)
		quota.value = -1;
	TRY(add_int(p, PROPERTY("cpu.idle"), "cpu.idle", cpu->idle,
		    cpu->idle.value == 0 ? LIMIT_MAY_BE_MISSING : 0));
	if (cpu->idle.value != 1) /* an idle cgroup has the least weight, and refuses another */
		TRY(add_uint(p, PROPERTY("cpu.shares"), "cpu.shares", unless_zero(cpu->shares), 0));
	TRY(add_uint(p, PROPERTY("cpu.period"), "cpu.cfs_period_us", unless_zero(cpu->period),
		     LIMIT_AGREES));
	TRY(add_int(p, PROPERTY("cpu.quota"), "cpu.cfs_quota_us", quota, LIMIT_AGREES));
	TRY(add_uint(p, PROPERTY("cpu.burst"), "cpu.cfs_burst_us", cpu->burst,
		     LIMIT_AGREES | (cpu->burst.value == 0 ? LIMIT_MAY_BE_MISSING : 0)));
	TRY(add_uint(p, PROPERTY("cpu.realtimePeriod"), "cpu.rt_period_us",
		     unless_zero(cpu->realtime_period), LIMIT_AGREES));
	return add_int(p, PROPERTY("cpu.realtimeRuntime"), "cpu.rt_runtime_us",
		       cpu->realtime_runtime, LIMIT_AGREES | LIMIT_PARENTS_FIRST);
}

static int add_weight(const struct planner *p)
{
	const struct spec_block_io *io = p->resources->block_io;

	if (!io->weight.value)
		return 0;
	return cgroup_planner_add(p, (struct limit_write){
		.property = PROPERTY("blockIO.weight"), .file = "blkio.weight",
		.other_file = "blkio.bfq.weight",
		.text = PLANNER_TEXT(p, "%" PRIu64, io->weight.value),
		.other_text = PLANNER_TEXT(p, "%" PRIu64, io->weight.value) });
}

static int add_weight_device(const struct planner *p, size_t index)
{
	const struct spec_weight_devices *list = p->resources->block_io->weight_device;
	const struct spec_weight_device *device = &list->item[index];
	const char *property = PLANNER_TEXT(p, PROPERTY("blockIO.weightDevice[%zu]"), index);
	const char *place = PLANNER_TEXT(p, "%" PRId64 ":%" PRId64, device->major.value,
					 device->minor.value);

	if (device->weight.is_set) {
		const char *line = PLANNER_TEXT(p, "%s %" PRIu64, place, device->weight.value);

		TRY(cgroup_planner_add(p, (struct limit_write){
			.property = property, .file = "blkio.weight_device", .text = line,
			.other_file = "blkio.bfq.weight_device", .other_text = line }));
	}
	if (!device->leaf_weight.is_set)
		return 0;
	return cgroup_planner_add(p, (struct limit_write){
		.property = property, .file = "blkio.leaf_weight_device",
		.text = PLANNER_TEXT(p, "%s %" PRIu64, place, device->leaf_weight.value) });
}

static int add_throttle(const struct planner *p, const char *name, const char *file,
			const struct spec_throttle_devices *list)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct spec_throttle_device *device = &list->item[i];

		TRY(cgroup_planner_add(p, (struct limit_write){
			.property = PLANNER_TEXT(p, PROPERTY("blockIO.%s[%zu]"), name, i),
			.file = file,
			.text = PLANNER_TEXT(p, "%" PRId64 ":%" PRId64 " %" PRIu64,
					     device->major.value, device->minor.value,
					     device->rate.value) }));
	}
	return 0;
}

int cgroup_planner_io1(const struct planner *p)
{
	const struct spec_block_io *io = p->resources->block_io;

	if (!io)
		return 0;
	TRY(cgroup_check_io(p));
	TRY(add_weight(p));
	TRY(add_uint(p, PROPERTY("blockIO.leafWeight"), "blkio.leaf_weight",
		     unless_zero(io->leaf_weight), 0));
	for (size_t i = 0; io->weight_device && i < io->weight_device->count; i++)
		TRY(add_weight_device(p, i));
	TRY(add_throttle(p, "throttleReadBpsDevice", "blkio.throttle.read_bps_device",
			 io->throttle_read_bps_device));
	TRY(add_throttle(p, "throttleWriteBpsDevice", "blkio.throttle.write_bps_device",
			 io->throttle_write_bps_device));
	TRY(add_throttle(p, "throttleReadIOPSDevice", "blkio.throttle.read_iops_device",
			 io->throttle_read_iops_device));
	return add_throttle(p, "throttleWriteIOPSDevice", "blkio.throttle.write_iops_device",
			    io->throttle_write_iops_device);
}

int cgroup_planner_net_class1(const struct planner *p)
{
	const struct spec_network *network = p->resources->network;

	if (!network)
		return 0;
	return add_uint(p, PROPERTY("network.classID"), "net_cls.classid", network->class_id, 0);
}

int cgroup_planner_net_priority1(const struct planner *p)
{
	const struct spec_network *network = p->resources->network;
	const struct spec_interface_priorities *list = network ? network->priorities : NULL;

	for (size_t i = 0; list && i < list->count; i++)
		TRY(cgroup_planner_add(p, (struct limit_write){
			.property = PLANNER_TEXT(p, PROPERTY("network.priorities[%zu]"), i),
			.file = "net_prio.ifpriomap",
			.text = PLANNER_TEXT(p, "%s %" PRIu64, list->item[i].name,
					     list->item[i].priority.value) }));
	return 0;
}
