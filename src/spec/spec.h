// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spec - config.json of an OCI bundle, typed
 *
 * The names are those of the OCI runtime specification 1.3 (config.md,
 * config-linux.md) in snake_case; what a member means stands there. Pointers and
 * the is_set bits tell absent from zero. All memory belongs to struct spec's arena.
 */
#ifndef HUSK_SPEC_SPEC_H
#define HUSK_SPEC_SPEC_H

#include "base/error.h"
#include "base/mem.h"
#include "json/bind.h"

#define SPEC_OCI_VERSION "1.3.0"

struct spec_id_mapping {
	struct maybe_uint container_id, host_id, size;
};

/* Lists and maps of objects: the shape of struct json_list, with typed items. */
#define SPEC_LIST(name, type) \
	struct name {         \
		size_t count; \
		type *item;   \
	}

SPEC_LIST(spec_id_mappings, struct spec_id_mapping);

/* --- process --- */

struct spec_rlimit {
	struct maybe_enum type; /* RLIMIT_* of setrlimit(2) */
	struct maybe_uint soft, hard;
};
SPEC_LIST(spec_rlimits, struct spec_rlimit);

struct spec_scheduler {
	struct maybe_enum policy; /* SCHED_* of sched(7); SCHED_ISO is 4 */
	struct maybe_int nice, priority;
	struct json_enums *flags; /* SCHED_FLAG_* bits of sched_setattr(2) */
	struct maybe_uint runtime, deadline, period;
};

struct spec_io_priority {
	struct maybe_enum io_class; /* IOPRIO_CLASS_* of ioprio_set(2) */
	struct maybe_int priority;
};

struct spec_cpu_affinity {
	char *initial, *final_list; /* "initial" and "final" */
};

struct spec_user {
	struct maybe_uint uid, gid, umask;
	struct json_numbers *additional_gids;
	char *username;
};

struct spec_capabilities {
	struct json_strings *bounding, *effective, *permitted, *inheritable, *ambient;
};

struct spec_console_size {
	struct maybe_uint height, width;
};

struct spec_process {
	struct maybe_bool terminal, no_new_privileges;
	struct spec_console_size *console_size;
	char *cwd, *apparmor_profile, *selinux_label;
	struct json_strings *env, *args;
	struct spec_rlimits *rlimits;
	struct maybe_int oom_score_adj;
	struct spec_scheduler *scheduler;
	struct spec_io_priority *io_priority;
	struct spec_cpu_affinity *exec_cpu_affinity;
	struct spec_user *user;
	struct spec_capabilities *capabilities;
};

/* --- root, mounts, hooks --- */

struct spec_root {
	char *path;
	struct maybe_bool readonly;
};

struct spec_mount {
	char *destination, *source, *type;
	struct json_strings *options;
	struct spec_id_mappings *uid_mappings, *gid_mappings;
};
SPEC_LIST(spec_mounts, struct spec_mount);

struct spec_hook {
	char *path;
	struct json_strings *args, *env;
	struct maybe_int timeout; /* seconds */
};
SPEC_LIST(spec_hook_list, struct spec_hook);

struct spec_hooks {
	struct spec_hook_list *prestart, *create_runtime, *create_container, *start_container,
		*poststart, *poststop;
};

/* --- linux --- */

enum spec_namespace_type {
	SPEC_NAMESPACE_PID,
	SPEC_NAMESPACE_NETWORK,
	SPEC_NAMESPACE_MOUNT,
	SPEC_NAMESPACE_IPC,
	SPEC_NAMESPACE_UTS,
	SPEC_NAMESPACE_USER,
	SPEC_NAMESPACE_CGROUP,
	SPEC_NAMESPACE_TIME,
	SPEC_NAMESPACE_TYPES,
};

struct spec_namespace {
	struct maybe_enum type; /* enum spec_namespace_type */
	char *path;
};
SPEC_LIST(spec_namespaces, struct spec_namespace);

struct spec_time_offset {
	char *key; /* "monotonic" or "boottime" */
	struct maybe_int secs;
	struct maybe_uint nanosecs;
};
SPEC_LIST(spec_time_offsets, struct spec_time_offset);

struct spec_device {
	char *type; /* "c", "u", "b" or "p" */
	char *path;
	struct maybe_int major, minor;
	struct maybe_uint file_mode, uid, gid; /* the mode may carry the type, as st_mode does */
};
SPEC_LIST(spec_devices, struct spec_device);

struct spec_net_device {
	char *key; /* its name on the host */
	char *name;
};
SPEC_LIST(spec_net_devices, struct spec_net_device);

struct spec_personality {
	struct maybe_enum domain; /* PER_LINUX or PER_LINUX32 of personality(2) */
	struct json_strings *flags;
};

struct spec_memory_policy {
	struct maybe_enum mode; /* MPOL_* of set_mempolicy(2) */
	char *nodes;
	struct json_enums *flags; /* MPOL_F_* bits */
};

struct spec_intel_rdt {
	char *clos_id, *l3_cache_schema, *mem_bw_schema;
	struct json_strings *schemata;
	struct maybe_bool enable_monitoring;
};

/* --- linux.resources --- */

struct spec_device_rule {
	struct maybe_bool allow;
	char *type; /* "a", "c" or "b"; NULL is "a" */
	struct maybe_int major, minor;
	char *access; /* some of "rwm"; NULL is all */
};
SPEC_LIST(spec_device_rules, struct spec_device_rule);

struct spec_memory {
	struct maybe_int limit, reservation, swap, kernel, kernel_tcp;
	struct maybe_uint swappiness;
	struct maybe_bool disable_oom_killer, use_hierarchy, check_before_update;
};

struct spec_cpu {
	struct maybe_uint shares, period, burst, realtime_period;
	struct maybe_int quota, realtime_runtime, idle;
	char *cpus, *mems;
};

struct spec_pids {
	struct maybe_int limit;
};

struct spec_weight_device {
	struct maybe_int major, minor;
	struct maybe_uint weight, leaf_weight;
};
SPEC_LIST(spec_weight_devices, struct spec_weight_device);

struct spec_throttle_device {
	struct maybe_int major, minor;
	struct maybe_uint rate;
};
SPEC_LIST(spec_throttle_devices, struct spec_throttle_device);

struct spec_block_io {
	struct maybe_uint weight, leaf_weight;
	struct spec_weight_devices *weight_device;
	struct spec_throttle_devices *throttle_read_bps_device, *throttle_write_bps_device,
		*throttle_read_iops_device, *throttle_write_iops_device;
};

struct spec_hugepage_limit {
	char *page_size;
	struct maybe_uint limit;
};
SPEC_LIST(spec_hugepage_limits, struct spec_hugepage_limit);

struct spec_interface_priority {
	char *name;
	struct maybe_uint priority;
};
SPEC_LIST(spec_interface_priorities, struct spec_interface_priority);

struct spec_network {
	struct maybe_uint class_id;
	struct spec_interface_priorities *priorities;
};

struct spec_rdma {
	char *key; /* the device */
	struct maybe_uint hca_handles, hca_objects;
};
SPEC_LIST(spec_rdmas, struct spec_rdma);

struct spec_resources {
	struct spec_device_rules *devices;
	struct spec_memory *memory;
	struct spec_cpu *cpu;
	struct spec_pids *pids;
	struct spec_block_io *block_io;
	struct spec_hugepage_limits *hugepage_limits;
	struct spec_network *network;
	struct spec_rdmas *rdma;
	struct json_pairs *unified;
};

/* --- linux.seccomp --- */

enum spec_seccomp_action {
	SPEC_ACT_KILL_THREAD,
	SPEC_ACT_KILL_PROCESS,
	SPEC_ACT_TRAP,
	SPEC_ACT_ERRNO,
	SPEC_ACT_TRACE,
	SPEC_ACT_ALLOW,
	SPEC_ACT_LOG,
	SPEC_ACT_NOTIFY,
};

enum spec_seccomp_operator {
	SPEC_CMP_NE,
	SPEC_CMP_LT,
	SPEC_CMP_LE,
	SPEC_CMP_EQ,
	SPEC_CMP_GE,
	SPEC_CMP_GT,
	SPEC_CMP_MASKED_EQ,
};

struct spec_seccomp_arg {
	struct maybe_uint index, value, value_two;
	struct maybe_enum op; /* enum spec_seccomp_operator */
};
SPEC_LIST(spec_seccomp_args, struct spec_seccomp_arg);

struct spec_seccomp_rule {
	struct json_strings *names;
	struct maybe_enum action; /* enum spec_seccomp_action */
	struct maybe_uint errno_ret;
	struct spec_seccomp_args *args;
};
SPEC_LIST(spec_seccomp_rules, struct spec_seccomp_rule);

struct spec_seccomp {
	struct maybe_enum default_action; /* enum spec_seccomp_action */
	struct maybe_uint default_errno_ret;
	struct json_strings *architectures; /* SCMP_ARCH_* */
	struct json_enums *flags;	    /* SECCOMP_FILTER_FLAG_* bits of seccomp(2) */
	char *listener_path, *listener_metadata;
	struct spec_seccomp_rules *syscalls;
};

struct spec_linux {
	struct spec_namespaces *namespaces;
	struct spec_id_mappings *uid_mappings, *gid_mappings;
	struct spec_time_offsets *time_offsets;
	struct spec_devices *devices;
	struct spec_net_devices *net_devices;
	char *cgroups_path;
	struct spec_resources *resources;
	struct spec_intel_rdt *intel_rdt;
	struct spec_memory_policy *memory_policy;
	struct json_pairs *sysctl;
	struct spec_seccomp *seccomp;
	struct maybe_enum rootfs_propagation; /* MS_* of mount(2), with MS_REC */
	struct json_strings *masked_paths, *readonly_paths;
	char *mount_label;
	struct spec_personality *personality;
};

struct spec {
	char *oci_version;
	struct spec_process *process;
	struct spec_root *root;
	char *hostname, *domainname;
	struct spec_mounts *mounts;
	struct spec_hooks *hooks;
	struct json_pairs *annotations;
	struct spec_linux *linux_part; /* "linux"; the plain word is a macro in gnu17 */
	struct arena arena;
};

/**
 * spec_read - text of a config.json as a checked struct spec
 *
 * Reads by the tables of spec/read*.c, then applies spec_check: what comes out is whole and
 * within the limits of the specification, so that a later failure is the kernel's. @name
 * stands in front of each error ("config.json").
 *
 * What the specification requires is there: oci_version, root and its path, and where there is
 * a process its user, cwd and at least one argument. An optional string that is "" in the text
 * is absent, as the Go engines mean it.
 *
 * Returns 0, or a negative errno with *@ret_spec cleared. spec_clear gives the memory back.
 */
MUST_USE int spec_read(const char *name, const char *text, size_t size, struct spec *ret_spec,
		       struct error *err);

/* A process object alone, as `exec --process` and process.json have it. */
MUST_USE int spec_read_process(const char *name, const char *text, size_t size,
			       struct arena *io_arena, struct spec_process *ret_process,
			       struct error *err);

/*
 * A linux.resources object alone, as `update --resources` has it. It may name a part only: a
 * swap limit without the memory limit that it counts from is accepted.
 */
MUST_USE int spec_read_resources(const char *name, const char *text, size_t size,
				 struct arena *io_arena, struct spec_resources *ret_resources,
				 struct error *err);

/* A list of mounts alone, as `mounts add` has it; errors begin with "@name: mounts[N]". */
MUST_USE int spec_read_mounts(const char *name, const char *text, size_t size,
			      struct arena *io_arena, struct spec_mounts **ret_mounts,
			      struct error *err);

/*
 * What @over names replaces what @io_resources says of it, value by value; lists and maps as a
 * whole. @over must outlive @io_resources.
 */
void spec_merge_resources(const struct spec_resources *over, struct spec_resources *io_resources);

/* The rules of spec_check for a resources object alone, in full or in part. */
MUST_USE int spec_check_resources(const char *name, const struct spec_resources *resources,
				  struct error *err);

/* The struct as config.json text, indented for people, with an end of line. */
void spec_write(const struct spec *spec, struct text *io_text);

/* linux.seccomp as JSON in one line. */
void spec_write_seccomp(const struct spec_seccomp *seccomp, struct text *io_text);

void spec_clear(struct spec *io_spec);

/* Convenience over the lists: all return NULL when there is none. */
const struct spec_namespace *spec_find_namespace(const struct spec *spec,
						 enum spec_namespace_type type);

/* The signal that shall stop the container, from the image's configuration. */
#define SPEC_STOP_SIGNAL_ANNOTATION "org.opencontainers.image.stopSignal"

/* The value of @key, or NULL; so, too, when there are no @annotations. */
const char *spec_find_annotation(const struct json_pairs *annotations, const char *key);

/**
 * spec_check - the rules that no type can say
 *
 * Absolute paths, each namespace once, mappings only with a user namespace, both id maps of a
 * mount or none, hostname only with a UTS namespace, masks only with a mount namespace, seccomp
 * index below 6, and so on: the "Error when" columns of the checklist that need nothing
 * but the text. The error names the JSON path, as json_read does, after "@name: ".
 */
MUST_USE int spec_check(const char *name, const struct spec *spec, struct error *err);

/* spec_default - what `husk spec` prints, as a struct; the caller clears it. */
void spec_default(struct spec *ret_spec);

/**
 * spec_make_rootless - change a default spec into one that an ordinary user can run
 *
 * A user namespace in which @uid and @gid are 0, no network namespace, no resources.
 */
void spec_make_rootless(struct spec *io_spec, unsigned int uid, unsigned int gid);

/*
 * spec_add_... and spec_strings... build a configuration by program. All texts are copied,
 * memory is the arena's. Each add moves its list: pointers into it from before are stale.
 */

/**
 * spec_add_mount - one more row of "mounts"
 *
 * @type, @source: NULL for none. @options: a comma list as "nosuid,noexec,ro"; NULL for none.
 * Returns the row, borrowed until the next add.
 */
struct spec_mount *spec_add_mount(struct spec *io_spec, const char *destination, const char *type,
				  const char *source, const char *options);

/* One more row of "linux.namespaces"; @path NULL for a new one. Borrowed until the next add. */
struct spec_namespace *spec_add_namespace(struct spec *io_spec, enum spec_namespace_type type,
					  const char *path);

/* The mounts of the default: /proc, /dev and what is in it, /sys, /sys/fs/cgroup. */
void spec_add_system_mounts(struct spec *io_spec);

/* A map of one id. */
struct spec_id_mappings *spec_map_id(struct arena *io_arena, unsigned int inside,
				     unsigned int outside);

/* Sets an annotation, new or over the old value. */
void spec_add_annotation(struct spec *io_spec, const char *key, const char *value);

/* A list of the strings given, up to NULL: spec_strings(arena, "sh", "-c", text, NULL). */
struct json_strings *spec_strings(struct arena *io_arena, const char *first, ...)
	__attribute__((sentinel));

/* One more string; *@io_strings is NULL for a list yet to be made. */
void spec_strings_add(struct arena *io_arena, struct json_strings **io_strings, const char *text);

#endif
