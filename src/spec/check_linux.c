// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <linux/mempolicy.h>
#include <net/if.h>
#include <string.h>
#include <sys/stat.h>

#include "spec/check.h"

static int check_namespaces(const struct check *check, const struct spec_namespaces *list)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct spec_namespace *ns = &list->item[i];

		if (ns->path && *ns->path != '/')
			return check_fail(check, "namespaces[%zu].path: \"%s\" is not absolute", i,
					  json_show(ns->path).text);
		for (size_t j = 0; j < i; j++)
			if (list->item[j].type.value == ns->type.value)
				return check_fail(check,
						  "namespaces[%zu].type: is the same as in [%zu]",
						  i, j);
	}
	return 0;
}

/*
 * A new user namespace without mappings has no id that can own anything. Mappings beside the
 * path of one are accepted: containerd and CRI-O send both.
 */
static int check_mappings(const struct check *check, const struct spec *spec, const char *what,
			  const struct spec_id_mappings *list)
{
	const struct spec_namespace *user = spec_find_namespace(spec, SPEC_NAMESPACE_USER);

	if (list && list->count)
		TRY(check_namespace(check, spec, SPEC_NAMESPACE_USER, what));
	else if (user && !user->path)
		return check_fail(check, "%s: is missing, a new user namespace needs it", what);
	return check_id_mappings(check, what, list);
}

static int check_time_offsets(const struct check *check, const struct spec *spec)
{
	const struct spec_time_offsets *list = spec->linux_part->time_offsets;

	if (!list || !list->count)
		return 0;
	TRY(check_namespace(check, spec, SPEC_NAMESPACE_TIME, "timeOffsets"));
	if (spec_find_namespace(spec, SPEC_NAMESPACE_TIME)->path)
		return check_fail(check, "timeOffsets: the time namespace is joined, not new");
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->item[i].key, "monotonic") != 0 &&
		    strcmp(list->item[i].key, "boottime") != 0)
			return check_fail(check,
					  "timeOffsets: \"%s\" is not one of monotonic, boottime",
					  json_show(list->item[i].key).text);
	return 0;
}

/*
 * Some engines copy st_mode whole; whoever makes the node strips the type. One that differs
 * from the device's is a mistake.
 */
static bool has_mode_of_type(const struct spec_device *device)
{
	uint64_t type = device->file_mode.value & S_IFMT;

	switch (*device->type) {
	case 'b':
		return !type || type == S_IFBLK;
	case 'p':
		return !type || type == S_IFIFO;
	default:
		return !type || type == S_IFCHR;
	}
}

static int check_device(const struct check *check, const struct spec_device *device, size_t i)
{
	if (strlen(device->type) != 1 || !strchr("cubp", *device->type))
		return check_fail(check, "devices[%zu].type: \"%s\" is not one of c, u, b, p", i,
				  json_show(device->type).text);
	if (*device->path != '/')
		return check_fail(check, "devices[%zu].path: \"%s\" is not absolute", i,
				  json_show(device->path).text);
	if (!has_mode_of_type(device))
		return check_fail(check, "devices[%zu].fileMode: is that of another type", i);
	if (*device->type == 'p')
		return 0;
	if (!device->major.is_set)
		return check_fail(check, "devices[%zu].major: is missing", i);
	if (!device->minor.is_set)
		return check_fail(check, "devices[%zu].minor: is missing", i);
	return 0;
}

/* What the kernel takes as the name of an interface (dev_valid_name in net/core/dev.c). */
static bool is_interface_name(const char *name)
{
	return *name && strlen(name) < IF_NAMESIZE && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0 && !strpbrk(name, "/: \t\n\v\f\r");
}

static int check_net_devices(const struct check *check, const struct spec *spec)
{
	const struct spec_net_devices *list = spec->linux_part->net_devices;

	if (!list || !list->count)
		return 0;
	TRY(check_namespace(check, spec, SPEC_NAMESPACE_NETWORK, "netDevices"));
	for (size_t i = 0; i < list->count; i++) {
		const struct spec_net_device *device = &list->item[i];

		if (!is_interface_name(device->key))
			return check_fail(check, "netDevices: \"%s\" is not an interface name",
					  json_show(device->key).text);
		if (device->name && !is_interface_name(device->name))
			return check_fail(check,
					  "netDevices[\"%s\"].name: \"%s\" is not an "
					  "interface name",
					  device->key, json_show(device->name).text);
	}
	return 0;
}

static int check_paths(const struct check *check, const char *what,
		       const struct json_strings *list)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (*list->item[i] != '/')
			return check_fail(check, "%s[%zu]: \"%s\" is not absolute", what, i,
					  json_show(list->item[i]).text);
	return 0;
}

/* A ".." is never needed, and one that climbs out would lead to another's cgroup. */
static int check_cgroups_path(const struct check *check, const char *path)
{
	while (path && *path) {
		size_t size = strcspn(path, "/");

		if (size == 2 && text_begins(path, ".."))
			return check_fail(check, "cgroupsPath: has a \"..\"");
		path += size + (path[size] == '/');
	}
	return 0;
}

static int check_personality(const struct check *check, const struct spec_personality *personality)
{
	if (personality && personality->flags && personality->flags->count)
		return check_fail(check, "personality.flags[0]: \"%s\" is not known, no flag is",
				  json_show(personality->flags->item[0]).text);
	return 0;
}

static int check_policy_flags(const struct check *check, const struct json_enums *list)
{
	int flags = 0;

	for (size_t i = 0; list && i < list->count; i++)
		flags |= list->item[i];
	if ((flags & MPOL_F_STATIC_NODES) && (flags & MPOL_F_RELATIVE_NODES))
		return check_fail(check, "memoryPolicy.flags: MPOL_F_STATIC_NODES and "
					 "MPOL_F_RELATIVE_NODES exclude each other");
	return 0;
}

/* MPOL_PREFERRED goes with nodes and without. Source: set_mempolicy(2). */
static int check_memory_policy(const struct check *check, const struct spec_memory_policy *policy)
{
	int mode = policy->mode.value;
	bool is_local = mode == MPOL_DEFAULT || mode == MPOL_LOCAL;

	if (policy->nodes && is_local)
		return check_fail(check,
				  "memoryPolicy.nodes: MPOL_DEFAULT and MPOL_LOCAL have none");
	if (!policy->nodes && !is_local && mode != MPOL_PREFERRED)
		return check_fail(check, "memoryPolicy.nodes: is missing, the mode needs it");
	if (policy->nodes && !check_is_number_list(policy->nodes))
		return check_fail(check, "memoryPolicy.nodes: \"%s\" is not a list like 0-3,7",
				  json_show(policy->nodes).text);
	return check_policy_flags(check, policy->flags);
}

/* A line of the schemata file is one command; an end of line in it would be a second. */
static int check_schema(const struct check *check, const char *what, const char *schema)
{
	if (schema && strchr(schema, '\n'))
		return check_fail(check, "intelRdt.%s: has an end of line", what);
	return 0;
}

static int check_intel_rdt(const struct check *check, const struct spec_intel_rdt *rdt)
{
	const char *class = rdt->clos_id;

	if (class && strcmp(class, "/") != 0 &&
	    (strpbrk(class, "/\n") || strlen(class) > NAME_MAX || strcmp(class, ".") == 0 ||
	     strcmp(class, "..") == 0))
		return check_fail(check, "intelRdt.closID: \"%s\" is not the name of a directory",
				  json_show(class).text);
	TRY(check_schema(check, "l3CacheSchema", rdt->l3_cache_schema));
	TRY(check_schema(check, "memBwSchema", rdt->mem_bw_schema));
	if (rdt->mem_bw_schema && !text_begins(rdt->mem_bw_schema, "MB:"))
		return check_fail(check, "intelRdt.memBwSchema: does not begin with MB:");
	for (size_t i = 0; rdt->schemata && i < rdt->schemata->count; i++)
		TRY(check_schema(check, "schemata", rdt->schemata->item[i]));
	return 0;
}

/*
 * Only a whole configuration can be held against this: an update may name the swap alone and
 * mean the memory limit that is there.
 */
static int check_swap(const struct check *check, const struct spec_resources *resources)
{
	const struct spec_memory *memory = resources->memory;

	if (memory && memory->swap.value > 0 && memory->limit.value <= 0)
		return check_fail(check, "resources.memory.swap: needs a memory.limit");
	return 0;
}

int check_linux(const struct check *check, const struct spec *spec)
{
	const struct check resources = { check->name, "linux.resources.", check->err };
	const struct check seccomp = { check->name, "linux.seccomp.", check->err };
	const struct spec_linux *part = spec->linux_part;

	TRY(check_namespaces(check, part->namespaces));
	TRY(check_mappings(check, spec, "uidMappings", part->uid_mappings));
	TRY(check_mappings(check, spec, "gidMappings", part->gid_mappings));
	TRY(check_time_offsets(check, spec));
	for (size_t i = 0; part->devices && i < part->devices->count; i++)
		TRY(check_device(check, &part->devices->item[i], i));
	TRY(check_net_devices(check, spec));
	TRY(check_cgroups_path(check, part->cgroups_path));
	TRY(check_sysctl(check, spec));
	TRY(check_paths(check, "maskedPaths", part->masked_paths));
	TRY(check_paths(check, "readonlyPaths", part->readonly_paths));
	TRY(check_personality(check, part->personality));
	if (part->memory_policy)
		TRY(check_memory_policy(check, part->memory_policy));
	if (part->intel_rdt)
		TRY(check_intel_rdt(check, part->intel_rdt));
	if (part->resources) {
		TRY(check_swap(check, part->resources));
		TRY(check_resources(&resources, part->resources));
	}
	return part->seccomp ? check_seccomp(&seccomp, part->seccomp) : 0;
}
