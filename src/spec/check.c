// SPDX-License-Identifier: GPL-2.0-or-later
#include "spec/check.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	UTS_NAME_MAX = 64,	/* uname(2): __NEW_UTS_LEN */
	ID_MAPPINGS_MAX = 340,	/* user_namespaces(7), since Linux 4.15 */
};

int check_fail(const struct check *check, const char *format, ...)
{
	char text[ERROR_TEXT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return error_set(check->err, EINVAL, "%s: %s%s", check->name, check->place, text);
}

int check_namespace(const struct check *check, const struct spec *spec,
		    enum spec_namespace_type type, const char *what)
{
	static const char *const names[] = {
		[SPEC_NAMESPACE_PID] = "pid",	    [SPEC_NAMESPACE_NETWORK] = "network",
		[SPEC_NAMESPACE_MOUNT] = "mount",   [SPEC_NAMESPACE_IPC] = "ipc",
		[SPEC_NAMESPACE_UTS] = "uts",	    [SPEC_NAMESPACE_USER] = "user",
		[SPEC_NAMESPACE_CGROUP] = "cgroup", [SPEC_NAMESPACE_TIME] = "time",
	};

	if (spec_find_namespace(spec, type))
		return 0;
	return check_fail(check, "%s: needs a namespace of type %s in linux.namespaces", what,
			  names[type]);
}

int check_env(const struct check *check, const char *what, const struct json_strings *env)
{
	/* It is not shown: a line of a password that was cut in two looks like this. */
	for (size_t i = 0; env && i < env->count; i++)
		if (!strchr(env->item[i], '='))
			return check_fail(check, "%s[%zu]: has no \"=\"", what, i);
	return 0;
}

static bool overlap(uint64_t first, uint64_t first_size, uint64_t second, uint64_t second_size)
{
	return first < second + second_size && second < first + first_size;
}

static int check_id_mapping(const struct check *check, const char *what,
			    const struct spec_id_mappings *list, size_t i)
{
	const struct spec_id_mapping *a = &list->item[i];

	if (a->size.value == 0)
		return check_fail(check, "%s[%zu].size: is 0", what, i);
	if (a->container_id.value + a->size.value > UINT32_MAX ||
	    a->host_id.value + a->size.value > UINT32_MAX)
		return check_fail(check, "%s[%zu]: goes beyond the last id", what, i);
	for (size_t j = 0; j < i; j++) {
		const struct spec_id_mapping *b = &list->item[j];

		if (overlap(a->container_id.value, a->size.value, b->container_id.value,
			    b->size.value) ||
		    overlap(a->host_id.value, a->size.value, b->host_id.value, b->size.value))
			return check_fail(check, "%s[%zu]: overlaps with [%zu]", what, i, j);
	}
	return 0;
}

int check_id_mappings(const struct check *check, const char *what,
		      const struct spec_id_mappings *list)
{
	if (list && list->count > ID_MAPPINGS_MAX)
		return check_fail(check, "%s: has more than %d rows", what, ID_MAPPINGS_MAX);
	for (size_t i = 0; list && i < list->count; i++)
		TRY(check_id_mapping(check, what, list, i));
	return 0;
}

/* --- ociVersion --- */

/* Moves over a number without leading zeros. */
static bool skip_number(const char **io_at)
{
	const char *start = *io_at;

	while (isdigit((unsigned char)**io_at))
		++*io_at;
	return *io_at > start && (*start != '0' || *io_at == start + 1);
}

/* Moves over identifiers with dots between; a number among them is without leading zeros. */
static bool skip_identifiers(const char **io_at, bool is_strict)
{
	do {
		const char *start = *io_at += **io_at == '.';
		bool is_number = true;

		for (; isalnum((unsigned char)**io_at) || **io_at == '-'; ++*io_at)
			is_number = is_number && isdigit((unsigned char)**io_at);
		if (*io_at == start)
			return false;
		if (is_strict && is_number && *start == '0' && *io_at != start + 1)
			return false;
	} while (**io_at == '.');
	return true;
}

/* Semantic Versioning 2.0.0: MAJOR.MINOR.PATCH[-PRE][+BUILD]. */
static bool is_version(const char *at)
{
	for (int part = 0; part < 3; part++) {
		if (part && *at++ != '.')
			return false;
		if (!skip_number(&at))
			return false;
	}
	if (*at == '-' && (at++, !skip_identifiers(&at, true)))
		return false;
	if (*at == '+' && (at++, !skip_identifiers(&at, false)))
		return false;
	return *at == '\0';
}

static int check_version(const struct check *check, const char *version)
{
	if (!is_version(version))
		return check_fail(check, "ociVersion: \"%s\" is not a version like %s",
				  json_show(version).text, SPEC_OCI_VERSION);
	if (!text_begins(version, "1."))
		return check_fail(check, "ociVersion: \"%s\" is not supported, only 1.x.y",
				  json_show(version).text);
	return 0;
}

/* --- names, mounts, hooks, annotations --- */

static int check_uts_name(const struct check *check, const struct spec *spec, const char *what,
			  const char *name)
{
	if (!name)
		return 0;
	if (strlen(name) > UTS_NAME_MAX)
		return check_fail(check, "%s: is longer than %d bytes", what, UTS_NAME_MAX);
	return check_namespace(check, spec, SPEC_NAMESPACE_UTS, what);
}

static int check_mount(const struct check *check, const struct spec_mount *mount, size_t i)
{
	bool has_uids = mount->uid_mappings && mount->uid_mappings->count;
	bool has_gids = mount->gid_mappings && mount->gid_mappings->count;
	char what[64];

	if (has_uids != has_gids)
		return check_fail(check, "mounts[%zu].%s: is missing, %s is there", i,
				  has_uids ? "gidMappings" : "uidMappings",
				  has_uids ? "uidMappings" : "gidMappings");
	snprintf(what, sizeof(what), "mounts[%zu].uidMappings", i);
	TRY(check_id_mappings(check, what, mount->uid_mappings));
	snprintf(what, sizeof(what), "mounts[%zu].gidMappings", i);
	return check_id_mappings(check, what, mount->gid_mappings);
}

int check_mounts(const struct check *check, const struct spec_mounts *list)
{
	for (size_t i = 0; list && i < list->count; i++)
		TRY(check_mount(check, &list->item[i], i));
	return 0;
}

static int check_hook_list(const struct check *check, const char *event,
			   const struct spec_hook_list *list)
{
	char what[64];

	for (size_t i = 0; list && i < list->count; i++) {
		const struct spec_hook *hook = &list->item[i];

		if (*hook->path != '/')
			return check_fail(check, "hooks.%s[%zu].path: \"%s\" is not absolute",
					  event, i, json_show(hook->path).text);
		snprintf(what, sizeof(what), "hooks.%s[%zu].env", event, i);
		TRY(check_env(check, what, hook->env));
	}
	return 0;
}

static int check_hooks(const struct check *check, const struct spec_hooks *hooks)
{
	TRY(check_hook_list(check, "prestart", hooks->prestart));
	TRY(check_hook_list(check, "createRuntime", hooks->create_runtime));
	TRY(check_hook_list(check, "createContainer", hooks->create_container));
	TRY(check_hook_list(check, "startContainer", hooks->start_container));
	TRY(check_hook_list(check, "poststart", hooks->poststart));
	return check_hook_list(check, "poststop", hooks->poststop);
}

static int check_annotations(const struct check *check, const struct json_pairs *annotations)
{
	for (size_t i = 0; annotations && i < annotations->count; i++)
		if (!*annotations->item[i].key)
			return check_fail(check, "annotations: a key is empty");
	return 0;
}

/* Without a namespace of its own every mount would be made on the host. */
static int check_mount_namespace(const struct check *check, const struct spec *spec)
{
	const struct spec_linux *part = spec->linux_part;
	const struct {
		const char *what;
		bool is_wanted;
	} wishes[] = {
		{ "mounts", spec->mounts && spec->mounts->count },
		{ "root.readonly", spec->root->readonly.value },
		{ "linux.maskedPaths", part && part->masked_paths && part->masked_paths->count },
		{ "linux.readonlyPaths",
		  part && part->readonly_paths && part->readonly_paths->count },
		{ "linux.rootfsPropagation", part && part->rootfs_propagation.is_set },
	};

	for (size_t i = 0; i < countof(wishes); i++)
		if (wishes[i].is_wanted)
			TRY(check_namespace(check, spec, SPEC_NAMESPACE_MOUNT, wishes[i].what));
	return 0;
}

int spec_check(const char *name, const struct spec *spec, struct error *err)
{
	const struct check whole = { name, "", err };
	const struct check process = { name, "process.", err };
	const struct check part = { name, "linux.", err };

	TRY(check_version(&whole, spec->oci_version));
	if (spec->process)
		TRY(check_process(&process, spec->process));
	TRY(check_uts_name(&whole, spec, "hostname", spec->hostname));
	TRY(check_uts_name(&whole, spec, "domainname", spec->domainname));
	TRY(check_mounts(&whole, spec->mounts));
	if (spec->hooks)
		TRY(check_hooks(&whole, spec->hooks));
	TRY(check_annotations(&whole, spec->annotations));
	TRY(check_mount_namespace(&whole, spec));
	return spec->linux_part ? check_linux(&part, spec) : 0;
}
