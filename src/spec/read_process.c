// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <sys/resource.h>

#include "spec/spec.h"
#include "spec/tables.h"

static const struct json_word rlimit_words[] = {
	{ "RLIMIT_AS", RLIMIT_AS },
	{ "RLIMIT_CORE", RLIMIT_CORE },
	{ "RLIMIT_CPU", RLIMIT_CPU },
	{ "RLIMIT_DATA", RLIMIT_DATA },
	{ "RLIMIT_FSIZE", RLIMIT_FSIZE },
	{ "RLIMIT_LOCKS", RLIMIT_LOCKS },
	{ "RLIMIT_MEMLOCK", RLIMIT_MEMLOCK },
	{ "RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE },
	{ "RLIMIT_NICE", RLIMIT_NICE },
	{ "RLIMIT_NOFILE", RLIMIT_NOFILE },
	{ "RLIMIT_NPROC", RLIMIT_NPROC },
	{ "RLIMIT_RSS", RLIMIT_RSS },
	{ "RLIMIT_RTPRIO", RLIMIT_RTPRIO },
	{ "RLIMIT_RTTIME", RLIMIT_RTTIME },
	{ "RLIMIT_SIGPENDING", RLIMIT_SIGPENDING },
	{ "RLIMIT_STACK", RLIMIT_STACK },
	{ NULL, 0 },
};

/* The kernel keeps 4 for SCHED_ISO, which it never had; its headers give it no name. */
static const struct json_word policy_words[] = {
	{ "SCHED_OTHER", SCHED_NORMAL },
	{ "SCHED_FIFO", SCHED_FIFO },
	{ "SCHED_RR", SCHED_RR },
	{ "SCHED_BATCH", SCHED_BATCH },
	{ "SCHED_ISO", 4 },
	{ "SCHED_IDLE", SCHED_IDLE },
	{ "SCHED_DEADLINE", SCHED_DEADLINE },
	{ NULL, 0 },
};

static const struct json_word scheduler_flag_words[] = {
	{ "SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK },
	{ "SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM },
	{ "SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN },
	{ "SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY },
	{ "SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS },
	{ "SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN },
	{ "SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX },
	{ NULL, 0 },
};

static const struct json_word io_class_words[] = {
	{ "IOPRIO_CLASS_RT", IOPRIO_CLASS_RT },
	{ "IOPRIO_CLASS_BE", IOPRIO_CLASS_BE },
	{ "IOPRIO_CLASS_IDLE", IOPRIO_CLASS_IDLE },
	{ NULL, 0 },
};

/* struct winsize of ioctl_tty(2) has 16 bits. */
static const struct json_field console_size_fields[] = {
	JSON_FIELD_UINT(struct spec_console_size, height, "height", .umaximum = UINT16_MAX),
	JSON_FIELD_UINT(struct spec_console_size, width, "width", .umaximum = UINT16_MAX),
};
static const struct json_table console_size_table =
	JSON_TABLE(struct spec_console_size, console_size_fields);

static const struct json_field rlimit_fields[] = {
	JSON_FIELD_ENUM(struct spec_rlimit, type, "type", rlimit_words, .is_required = true),
	JSON_FIELD_UINT(struct spec_rlimit, soft, "soft", .is_required = true),
	JSON_FIELD_UINT(struct spec_rlimit, hard, "hard", .is_required = true),
};
static const struct json_table rlimit_table = JSON_TABLE(struct spec_rlimit, rlimit_fields);

static const struct json_field scheduler_fields[] = {
	JSON_FIELD_ENUM(struct spec_scheduler, policy, "policy", policy_words,
			.is_required = true),
	JSON_FIELD_INT(struct spec_scheduler, nice, "nice", .minimum = -20, .maximum = 19),
	JSON_FIELD_INT(struct spec_scheduler, priority, "priority",
		       .minimum = INT32_MIN, .maximum = INT32_MAX),
	JSON_FIELD_ENUMS(struct spec_scheduler, flags, "flags", scheduler_flag_words),
	JSON_FIELD_UINT(struct spec_scheduler, runtime, "runtime"),
	JSON_FIELD_UINT(struct spec_scheduler, deadline, "deadline"),
	JSON_FIELD_UINT(struct spec_scheduler, period, "period"),
};
static const struct json_table scheduler_table =
	JSON_TABLE(struct spec_scheduler, scheduler_fields);

static const struct json_field io_priority_fields[] = {
	JSON_FIELD_ENUM(struct spec_io_priority, io_class, "class", io_class_words,
			.is_required = true),
	JSON_FIELD_INT(struct spec_io_priority, priority, "priority",
		       .is_required = true, .minimum = 0, .maximum = 7),
};
static const struct json_table io_priority_table =
	JSON_TABLE(struct spec_io_priority, io_priority_fields);

static const struct json_field cpu_affinity_fields[] = {
	JSON_FIELD_STRING(struct spec_cpu_affinity, initial, "initial", .empty_is_absent = true),
	JSON_FIELD_STRING(struct spec_cpu_affinity, final_list, "final", .empty_is_absent = true),
};
static const struct json_table cpu_affinity_table =
	JSON_TABLE(struct spec_cpu_affinity, cpu_affinity_fields);

static const struct json_field user_fields[] = {
	JSON_FIELD_UINT(struct spec_user, uid, "uid",
			.is_required = true, .umaximum = SPEC_ID_MAX),
	JSON_FIELD_UINT(struct spec_user, gid, "gid",
			.is_required = true, .umaximum = SPEC_ID_MAX),
	JSON_FIELD_UINT(struct spec_user, umask, "umask", .umaximum = 0777),
	JSON_FIELD_NUMBERS(struct spec_user, additional_gids, "additionalGids",
			   .umaximum = SPEC_ID_MAX),
	JSON_FIELD_STRING(struct spec_user, username, "username", .empty_is_absent = true),
};
static const struct json_table user_table = JSON_TABLE(struct spec_user, user_fields);

/* The names stay text: an unknown one is a warning, and which are known the kernel says. */
static const struct json_field capabilities_fields[] = {
	JSON_FIELD_STRINGS(struct spec_capabilities, bounding, "bounding"),
	JSON_FIELD_STRINGS(struct spec_capabilities, effective, "effective"),
	JSON_FIELD_STRINGS(struct spec_capabilities, permitted, "permitted"),
	JSON_FIELD_STRINGS(struct spec_capabilities, inheritable, "inheritable"),
	JSON_FIELD_STRINGS(struct spec_capabilities, ambient, "ambient"),
};
static const struct json_table capabilities_table =
	JSON_TABLE(struct spec_capabilities, capabilities_fields);

static const struct json_field process_fields[] = {
	JSON_FIELD_BOOL(struct spec_process, terminal, "terminal"),
	JSON_FIELD_OBJECT(struct spec_process, console_size, "consoleSize", console_size_table),
	JSON_FIELD_OBJECT(struct spec_process, user, "user", user_table, .is_required = true),
	JSON_FIELD_STRINGS(struct spec_process, args, "args", .is_required = true),
	JSON_FIELD_STRINGS(struct spec_process, env, "env"),
	JSON_FIELD_STRING(struct spec_process, cwd, "cwd",
			  .is_required = true, .empty_is_absent = true),
	JSON_FIELD_OBJECT(struct spec_process, capabilities, "capabilities", capabilities_table),
	JSON_FIELD_LIST(struct spec_process, rlimits, "rlimits", rlimit_table),
	JSON_FIELD_BOOL(struct spec_process, no_new_privileges, "noNewPrivileges"),
	JSON_FIELD_STRING(struct spec_process, apparmor_profile, "apparmorProfile",
			  .empty_is_absent = true),
	JSON_FIELD_STRING(struct spec_process, selinux_label, "selinuxLabel",
			  .empty_is_absent = true),
	JSON_FIELD_INT(struct spec_process, oom_score_adj, "oomScoreAdj",
		       .minimum = -1000, .maximum = 1000),
	JSON_FIELD_OBJECT(struct spec_process, scheduler, "scheduler", scheduler_table),
	JSON_FIELD_OBJECT(struct spec_process, io_priority, "ioPriority", io_priority_table),
	JSON_FIELD_OBJECT(struct spec_process, exec_cpu_affinity, "execCPUAffinity",
			  cpu_affinity_table),
};
const struct json_table spec_process_table = JSON_TABLE(struct spec_process, process_fields);
