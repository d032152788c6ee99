// SPDX-License-Identifier: GPL-2.0-or-later
#include "spec/spec.h"
#include "spec/tables.h"

/* -1 means "any" in a rule and is written "*" under cgroup v1. */
static const struct json_field device_rule_fields[] = {
	JSON_FIELD_BOOL(struct spec_device_rule, allow, "allow", .is_required = true),
	JSON_FIELD_STRING(struct spec_device_rule, type, "type", .empty_is_absent = true),
	JSON_FIELD_INT(struct spec_device_rule, major, "major",
		       .minimum = -1, .maximum = UINT32_MAX),
	JSON_FIELD_INT(struct spec_device_rule, minor, "minor",
		       .minimum = -1, .maximum = UINT32_MAX),
	JSON_FIELD_STRING(struct spec_device_rule, access, "access"),
};
static const struct json_table device_rule_table =
	JSON_TABLE(struct spec_device_rule, device_rule_fields);

/* -1 is "no limit" throughout. */
static const struct json_field memory_fields[] = {
	JSON_FIELD_INT(struct spec_memory, limit, "limit", .minimum = -1, .maximum = INT64_MAX),
	JSON_FIELD_INT(struct spec_memory, reservation, "reservation",
		       .minimum = -1, .maximum = INT64_MAX),
	JSON_FIELD_INT(struct spec_memory, swap, "swap", .minimum = -1, .maximum = INT64_MAX),
	JSON_FIELD_INT(struct spec_memory, kernel, "kernel", .minimum = -1, .maximum = INT64_MAX),
	JSON_FIELD_INT(struct spec_memory, kernel_tcp, "kernelTCP",
		       .minimum = -1, .maximum = INT64_MAX),
	JSON_FIELD_UINT(struct spec_memory, swappiness, "swappiness", .umaximum = 100),
	JSON_FIELD_BOOL(struct spec_memory, disable_oom_killer, "disableOOMKiller"),
	JSON_FIELD_BOOL(struct spec_memory, use_hierarchy, "useHierarchy"),
	JSON_FIELD_BOOL(struct spec_memory, check_before_update, "checkBeforeUpdate"),
};
static const struct json_table memory_table = JSON_TABLE(struct spec_memory, memory_fields);

static const struct json_field cpu_fields[] = {
	JSON_FIELD_UINT(struct spec_cpu, shares, "shares"),
	JSON_FIELD_INT(struct spec_cpu, quota, "quota"),
	JSON_FIELD_UINT(struct spec_cpu, burst, "burst"),
	JSON_FIELD_UINT(struct spec_cpu, period, "period"),
	JSON_FIELD_INT(struct spec_cpu, realtime_runtime, "realtimeRuntime"),
	JSON_FIELD_UINT(struct spec_cpu, realtime_period, "realtimePeriod"),
	JSON_FIELD_STRING(struct spec_cpu, cpus, "cpus", .empty_is_absent = true),
	JSON_FIELD_STRING(struct spec_cpu, mems, "mems", .empty_is_absent = true),
	JSON_FIELD_INT(struct spec_cpu, idle, "idle", .minimum = 0, .maximum = 1),
};
static const struct json_table cpu_table = JSON_TABLE(struct spec_cpu, cpu_fields);

static const struct json_field pids_fields[] = {
	JSON_FIELD_INT(struct spec_pids, limit, "limit", .minimum = -1, .maximum = INT64_MAX),
};
static const struct json_table pids_table = JSON_TABLE(struct spec_pids, pids_fields);

static const struct json_field weight_device_fields[] = {
	JSON_FIELD_INT(struct spec_weight_device, major, "major",
		       .is_required = true, .minimum = 0, .maximum = UINT32_MAX),
	JSON_FIELD_INT(struct spec_weight_device, minor, "minor",
		       .is_required = true, .minimum = 0, .maximum = UINT32_MAX),
	JSON_FIELD_UINT(struct spec_weight_device, weight, "weight", .umaximum = 1000),
	JSON_FIELD_UINT(struct spec_weight_device, leaf_weight, "leafWeight", .umaximum = 1000),
};
static const struct json_table weight_device_table =
	JSON_TABLE(struct spec_weight_device, weight_device_fields);

static const struct json_field throttle_device_fields[] = {
	JSON_FIELD_INT(struct spec_throttle_device, major, "major",
		       .is_required = true, .minimum = 0, .maximum = UINT32_MAX),
	JSON_FIELD_INT(struct spec_throttle_device, minor, "minor",
		       .is_required = true, .minimum = 0, .maximum = UINT32_MAX),
	JSON_FIELD_UINT(struct spec_throttle_device, rate, "rate", .is_required = true),
};
static const struct json_table throttle_device_table =
	JSON_TABLE(struct spec_throttle_device, throttle_device_fields);

static const struct json_field block_io_fields[] = {
	JSON_FIELD_UINT(struct spec_block_io, weight, "weight", .umaximum = 1000),
	JSON_FIELD_UINT(struct spec_block_io, leaf_weight, "leafWeight", .umaximum = 1000),
	JSON_FIELD_LIST(struct spec_block_io, weight_device, "weightDevice",
			weight_device_table),
	JSON_FIELD_LIST(struct spec_block_io, throttle_read_bps_device, "throttleReadBpsDevice",
			throttle_device_table),
	JSON_FIELD_LIST(struct spec_block_io, throttle_write_bps_device,
			"throttleWriteBpsDevice", throttle_device_table),
	JSON_FIELD_LIST(struct spec_block_io, throttle_read_iops_device,
			"throttleReadIOPSDevice", throttle_device_table),
	JSON_FIELD_LIST(struct spec_block_io, throttle_write_iops_device,
			"throttleWriteIOPSDevice", throttle_device_table),
};
static const struct json_table block_io_table = JSON_TABLE(struct spec_block_io, block_io_fields);

static const struct json_field hugepage_limit_fields[] = {
	JSON_FIELD_STRING(struct spec_hugepage_limit, page_size, "pageSize",
			  .is_required = true, .empty_is_absent = true),
	JSON_FIELD_UINT(struct spec_hugepage_limit, limit, "limit", .is_required = true),
};
static const struct json_table hugepage_limit_table =
	JSON_TABLE(struct spec_hugepage_limit, hugepage_limit_fields);

static const struct json_field interface_priority_fields[] = {
	JSON_FIELD_STRING(struct spec_interface_priority, name, "name",
			  .is_required = true, .empty_is_absent = true),
	JSON_FIELD_UINT(struct spec_interface_priority, priority, "priority",
			.is_required = true, .umaximum = UINT32_MAX),
};
static const struct json_table interface_priority_table =
	JSON_TABLE(struct spec_interface_priority, interface_priority_fields);

static const struct json_field network_fields[] = {
	JSON_FIELD_UINT(struct spec_network, class_id, "classID", .umaximum = UINT32_MAX),
	JSON_FIELD_LIST(struct spec_network, priorities, "priorities", interface_priority_table),
};
static const struct json_table network_table = JSON_TABLE(struct spec_network, network_fields);

static const struct json_field rdma_fields[] = {
	JSON_FIELD_UINT(struct spec_rdma, hca_handles, "hcaHandles", .umaximum = UINT32_MAX),
	JSON_FIELD_UINT(struct spec_rdma, hca_objects, "hcaObjects", .umaximum = UINT32_MAX),
};
static const struct json_table rdma_table = JSON_TABLE(struct spec_rdma, rdma_fields);

static const struct json_field resources_fields[] = {
	JSON_FIELD_LIST(struct spec_resources, devices, "devices", device_rule_table),
	JSON_FIELD_OBJECT(struct spec_resources, memory, "memory", memory_table),
	JSON_FIELD_OBJECT(struct spec_resources, cpu, "cpu", cpu_table),
	JSON_FIELD_OBJECT(struct spec_resources, pids, "pids", pids_table),
	JSON_FIELD_OBJECT(struct spec_resources, block_io, "blockIO", block_io_table),
	JSON_FIELD_LIST(struct spec_resources, hugepage_limits, "hugepageLimits",
			hugepage_limit_table),
	JSON_FIELD_OBJECT(struct spec_resources, network, "network", network_table),
	JSON_FIELD_MAP(struct spec_resources, rdma, "rdma", rdma_table),
	JSON_FIELD_PAIRS(struct spec_resources, unified, "unified"),
};
const struct json_table spec_resources_table =
	JSON_TABLE(struct spec_resources, resources_fields);
