// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/mempolicy.h>
#include <sys/mount.h>
#include <sys/personality.h>

#include "spec/spec.h"
#include "spec/tables.h"
#include "spec/words.h"

const struct json_word spec_namespace_words[] = {
	{ "pid", SPEC_NAMESPACE_PID },	 { "network", SPEC_NAMESPACE_NETWORK },
	{ "mount", SPEC_NAMESPACE_MOUNT }, { "ipc", SPEC_NAMESPACE_IPC },
	{ "uts", SPEC_NAMESPACE_UTS },	 { "user", SPEC_NAMESPACE_USER },
	{ "cgroup", SPEC_NAMESPACE_CGROUP }, { "time", SPEC_NAMESPACE_TIME },
	{ NULL, 0 },
};

static const struct json_word propagation_words[] = {
	{ "shared", MS_SHARED },	   { "rshared", MS_SHARED | MS_REC },
	{ "slave", MS_SLAVE },		   { "rslave", MS_SLAVE | MS_REC },
	{ "private", MS_PRIVATE },	   { "rprivate", MS_PRIVATE | MS_REC },
	{ "unbindable", MS_UNBINDABLE },   { "runbindable", MS_UNBINDABLE | MS_REC },
	{ NULL, 0 },
};

static const struct json_word domain_words[] = {
	{ "LINUX", PER_LINUX },
	{ "LINUX32", PER_LINUX32 },
	{ NULL, 0 },
};

/* MPOL_WEIGHTED_INTERLEAVE is 6 since Linux 6.9; older headers give that number to MPOL_MAX. */
const struct json_word spec_memory_mode_words[] = {
	{ "MPOL_DEFAULT", MPOL_DEFAULT },
	{ "MPOL_BIND", MPOL_BIND },
	{ "MPOL_INTERLEAVE", MPOL_INTERLEAVE },
	{ "MPOL_WEIGHTED_INTERLEAVE", 6 },
	{ "MPOL_PREFERRED", MPOL_PREFERRED },
	{ "MPOL_PREFERRED_MANY", MPOL_PREFERRED_MANY },
	{ "MPOL_LOCAL", MPOL_LOCAL },
	{ NULL, 0 },
};

const struct json_word spec_memory_flag_words[] = {
	{ "MPOL_F_NUMA_BALANCING", MPOL_F_NUMA_BALANCING },
	{ "MPOL_F_RELATIVE_NODES", MPOL_F_RELATIVE_NODES },
	{ "MPOL_F_STATIC_NODES", MPOL_F_STATIC_NODES },
	{ NULL, 0 },
};

static const struct json_field namespace_fields[] = {
	JSON_FIELD_ENUM(struct spec_namespace, type, "type", spec_namespace_words,
			.is_required = true),
	JSON_FIELD_STRING(struct spec_namespace, path, "path", .empty_is_absent = true),
};
static const struct json_table namespace_table =
	JSON_TABLE(struct spec_namespace, namespace_fields);

/* The kernel takes less than one second of nanoseconds. Source: time_namespaces(7). */
static const struct json_field time_offset_fields[] = {
	JSON_FIELD_INT(struct spec_time_offset, secs, "secs"),
	JSON_FIELD_UINT(struct spec_time_offset, nanosecs, "nanosecs", .umaximum = 999999999),
};
static const struct json_table time_offset_table =
	JSON_TABLE(struct spec_time_offset, time_offset_fields);

/*
 * mknod(2) has 12 bits for the major and 20 for the minor number; what is above them would be
 * lost without an error. The mode may carry the type bits of mknod.
 */
static const struct json_field device_fields[] = {
	JSON_FIELD_STRING(struct spec_device, type, "type", .is_required = true),
	JSON_FIELD_STRING(struct spec_device, path, "path",
			  .is_required = true, .empty_is_absent = true),
	JSON_FIELD_INT(struct spec_device, major, "major", .minimum = 0, .maximum = 4095),
	JSON_FIELD_INT(struct spec_device, minor, "minor", .minimum = 0, .maximum = 1048575),
	JSON_FIELD_UINT(struct spec_device, file_mode, "fileMode", .umaximum = 0177777),
	JSON_FIELD_UINT(struct spec_device, uid, "uid", .umaximum = SPEC_ID_MAX),
	JSON_FIELD_UINT(struct spec_device, gid, "gid", .umaximum = SPEC_ID_MAX),
};
static const struct json_table device_table = JSON_TABLE(struct spec_device, device_fields);

static const struct json_field net_device_fields[] = {
	JSON_FIELD_STRING(struct spec_net_device, name, "name", .empty_is_absent = true),
};
static const struct json_table net_device_table =
	JSON_TABLE(struct spec_net_device, net_device_fields);

static const struct json_field personality_fields[] = {
	JSON_FIELD_ENUM(struct spec_personality, domain, "domain", domain_words,
			.is_required = true),
	JSON_FIELD_STRINGS(struct spec_personality, flags, "flags"),
};
static const struct json_table personality_table =
	JSON_TABLE(struct spec_personality, personality_fields);

static const struct json_field memory_policy_fields[] = {
	JSON_FIELD_ENUM(struct spec_memory_policy, mode, "mode", spec_memory_mode_words,
			.is_required = true),
	JSON_FIELD_STRING(struct spec_memory_policy, nodes, "nodes", .empty_is_absent = true),
	JSON_FIELD_ENUMS(struct spec_memory_policy, flags, "flags", spec_memory_flag_words),
};
static const struct json_table memory_policy_table =
	JSON_TABLE(struct spec_memory_policy, memory_policy_fields);

static const struct json_field intel_rdt_fields[] = {
	JSON_FIELD_STRING(struct spec_intel_rdt, clos_id, "closID", .empty_is_absent = true),
	JSON_FIELD_STRINGS(struct spec_intel_rdt, schemata, "schemata"),
	JSON_FIELD_STRING(struct spec_intel_rdt, l3_cache_schema, "l3CacheSchema",
			  .empty_is_absent = true),
	JSON_FIELD_STRING(struct spec_intel_rdt, mem_bw_schema, "memBwSchema",
			  .empty_is_absent = true),
	JSON_FIELD_BOOL(struct spec_intel_rdt, enable_monitoring, "enableMonitoring"),
};
static const struct json_table intel_rdt_table =
	JSON_TABLE(struct spec_intel_rdt, intel_rdt_fields);

static const struct json_field linux_fields[] = {
	JSON_FIELD_LIST(struct spec_linux, uid_mappings, "uidMappings", spec_id_mapping_table),
	JSON_FIELD_LIST(struct spec_linux, gid_mappings, "gidMappings", spec_id_mapping_table),
	JSON_FIELD_PAIRS(struct spec_linux, sysctl, "sysctl"),
	JSON_FIELD_OBJECT(struct spec_linux, resources, "resources", spec_resources_table),
	JSON_FIELD_STRING(struct spec_linux, cgroups_path, "cgroupsPath",
			  .empty_is_absent = true),
	JSON_FIELD_LIST(struct spec_linux, namespaces, "namespaces", namespace_table),
	JSON_FIELD_LIST(struct spec_linux, devices, "devices", device_table),
	JSON_FIELD_MAP(struct spec_linux, net_devices, "netDevices", net_device_table),
	JSON_FIELD_OBJECT(struct spec_linux, seccomp, "seccomp", spec_seccomp_table),
	JSON_FIELD_ENUM(struct spec_linux, rootfs_propagation, "rootfsPropagation",
			propagation_words, .empty_is_absent = true),
	JSON_FIELD_STRINGS(struct spec_linux, masked_paths, "maskedPaths"),
	JSON_FIELD_STRINGS(struct spec_linux, readonly_paths, "readonlyPaths"),
	JSON_FIELD_STRING(struct spec_linux, mount_label, "mountLabel", .empty_is_absent = true),
	JSON_FIELD_OBJECT(struct spec_linux, intel_rdt, "intelRdt", intel_rdt_table),
	JSON_FIELD_OBJECT(struct spec_linux, memory_policy, "memoryPolicy", memory_policy_table),
	JSON_FIELD_OBJECT(struct spec_linux, personality, "personality", personality_table),
	JSON_FIELD_MAP(struct spec_linux, time_offsets, "timeOffsets", time_offset_table),
};
const struct json_table spec_linux_table = JSON_TABLE(struct spec_linux, linux_fields);
