// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check - the rules of spec_check, one function per part of config.json
 *
 * A check knows in which text and below which place its part stands, so that the same
 * rules serve config.json ("process.cwd: ...") and process.json ("cwd: ..."). Each
 * function returns 0 or -EINVAL. The tables were applied before: required members are
 * there, numbers are in range. An empty list asks for nothing and breaks no rule.
 */
#ifndef HUSK_SPEC_CHECK_H
#define HUSK_SPEC_CHECK_H

#include "spec/spec.h"

/* @place: "" or the part's path with a dot behind, as "process.". */
struct check {
	const char *name, *place;
	struct error *err;
};

/* "NAME: PLACE" and the text, which begins with a member of the part. Returns -EINVAL. */
int check_fail(const struct check *check, const char *format, ...) PRINTF(2, 3);

/* Fails when none of @type is listed: "WHAT: needs a namespace of type TYPE ...". */
MUST_USE int check_namespace(const struct check *check, const struct spec *spec,
			     enum spec_namespace_type type, const char *what);

/* Each entry of @env, found at @what, has a "=" (environ(7)). @env may be NULL. */
MUST_USE int check_env(const struct check *check, const char *what,
		       const struct json_strings *env);

/**
 * check_id_mappings - what the kernel would refuse in uid_map and gid_map
 *
 * At most 340 rows, none empty, none past the last id, none over another on either side.
 * @list may be NULL. Source: user_namespaces(7).
 */
MUST_USE int check_id_mappings(const struct check *check, const char *what,
			       const struct spec_id_mappings *list);

/* "0-3,7": numbers and rising ranges, as cpuset(7), "List format". */
bool check_is_number_list(const char *text);

MUST_USE int check_process(const struct check *check, const struct spec_process *process);

/* @list, which may be NULL, found at "mounts". */
MUST_USE int check_mounts(const struct check *check, const struct spec_mounts *list);

/* Everything below "linux"; @spec->linux_part is there. */
MUST_USE int check_linux(const struct check *check, const struct spec *spec);

/* @spec->linux_part->sysctl, which may be NULL. */
MUST_USE int check_sysctl(const struct check *check, const struct spec *spec);

/* Rules that hold for a whole configuration and for a partial update alike. */
MUST_USE int check_resources(const struct check *check, const struct spec_resources *resources);

MUST_USE int check_seccomp(const struct check *check, const struct spec_seccomp *seccomp);

#endif
