// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/seccomp.h>

#include "spec/spec.h"
#include "spec/tables.h"
#include "spec/words.h"

/* SCMP_ACT_KILL is the old name of SCMP_ACT_KILL_THREAD, so it stands behind it. */
const struct json_word spec_action_words[] = {
	{ "SCMP_ACT_KILL_THREAD", SPEC_ACT_KILL_THREAD },
	{ "SCMP_ACT_KILL", SPEC_ACT_KILL_THREAD },
	{ "SCMP_ACT_KILL_PROCESS", SPEC_ACT_KILL_PROCESS },
	{ "SCMP_ACT_TRAP", SPEC_ACT_TRAP },
	{ "SCMP_ACT_ERRNO", SPEC_ACT_ERRNO },
	{ "SCMP_ACT_TRACE", SPEC_ACT_TRACE },
	{ "SCMP_ACT_ALLOW", SPEC_ACT_ALLOW },
	{ "SCMP_ACT_LOG", SPEC_ACT_LOG },
	{ "SCMP_ACT_NOTIFY", SPEC_ACT_NOTIFY },
	{ NULL, 0 },
};

const struct json_word spec_operator_words[] = {
	{ "SCMP_CMP_NE", SPEC_CMP_NE }, { "SCMP_CMP_LT", SPEC_CMP_LT },
	{ "SCMP_CMP_LE", SPEC_CMP_LE }, { "SCMP_CMP_EQ", SPEC_CMP_EQ },
	{ "SCMP_CMP_GE", SPEC_CMP_GE }, { "SCMP_CMP_GT", SPEC_CMP_GT },
	{ "SCMP_CMP_MASKED_EQ", SPEC_CMP_MASKED_EQ },
	{ NULL, 0 },
};

const struct json_word spec_filter_flag_words[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC },
	{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV },
	{ NULL, 0 },
};

/* A system call has six arguments. */
static const struct json_field arg_fields[] = {
	JSON_FIELD_UINT(struct spec_seccomp_arg, index, "index",
			.is_required = true, .umaximum = 5),
	JSON_FIELD_UINT(struct spec_seccomp_arg, value, "value", .is_required = true),
	JSON_FIELD_UINT(struct spec_seccomp_arg, value_two, "valueTwo"),
	JSON_FIELD_ENUM(struct spec_seccomp_arg, op, "op", spec_operator_words, .is_required = true),
};
static const struct json_table arg_table = JSON_TABLE(struct spec_seccomp_arg, arg_fields);

/* The data of a filter's verdict has 16 bits (SECCOMP_RET_DATA). */
static const struct json_field rule_fields[] = {
	JSON_FIELD_STRINGS(struct spec_seccomp_rule, names, "names", .is_required = true),
	JSON_FIELD_ENUM(struct spec_seccomp_rule, action, "action", spec_action_words,
			.is_required = true),
	JSON_FIELD_UINT(struct spec_seccomp_rule, errno_ret, "errnoRet", .umaximum = UINT16_MAX),
	JSON_FIELD_LIST(struct spec_seccomp_rule, args, "args", arg_table),
};
static const struct json_table rule_table = JSON_TABLE(struct spec_seccomp_rule, rule_fields);

static const struct json_field seccomp_fields[] = {
	JSON_FIELD_ENUM(struct spec_seccomp, default_action, "defaultAction", spec_action_words,
			.is_required = true),
	JSON_FIELD_UINT(struct spec_seccomp, default_errno_ret, "defaultErrnoRet",
			.umaximum = UINT16_MAX),
	JSON_FIELD_STRINGS(struct spec_seccomp, architectures, "architectures"),
	JSON_FIELD_ENUMS(struct spec_seccomp, flags, "flags", spec_filter_flag_words),
	JSON_FIELD_STRING(struct spec_seccomp, listener_path, "listenerPath",
			  .empty_is_absent = true),
	JSON_FIELD_STRING(struct spec_seccomp, listener_metadata, "listenerMetadata",
			  .empty_is_absent = true),
	JSON_FIELD_LIST(struct spec_seccomp, syscalls, "syscalls", rule_table),
};
const struct json_table spec_seccomp_table = JSON_TABLE(struct spec_seccomp, seccomp_fields);
