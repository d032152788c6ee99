// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "spec/check.h"
#include "spec/spec.h"
#include "spec/tables.h"

static const struct json_field id_mapping_fields[] = {
	JSON_FIELD_UINT(struct spec_id_mapping, container_id, "containerID",
			.is_required = true, .umaximum = UINT32_MAX),
	JSON_FIELD_UINT(struct spec_id_mapping, host_id, "hostID",
			.is_required = true, .umaximum = UINT32_MAX),
	JSON_FIELD_UINT(struct spec_id_mapping, size, "size",
			.is_required = true, .umaximum = UINT32_MAX),
};
const struct json_table spec_id_mapping_table =
	JSON_TABLE(struct spec_id_mapping, id_mapping_fields);

static const struct json_field root_fields[] = {
	JSON_FIELD_STRING(struct spec_root, path, "path",
			  .is_required = true, .empty_is_absent = true),
	JSON_FIELD_BOOL(struct spec_root, readonly, "readonly"),
};
static const struct json_table root_table = JSON_TABLE(struct spec_root, root_fields);

static const struct json_field mount_fields[] = {
	JSON_FIELD_STRING(struct spec_mount, destination, "destination",
			  .is_required = true, .empty_is_absent = true),
	JSON_FIELD_STRING(struct spec_mount, type, "type", .empty_is_absent = true),
	JSON_FIELD_STRING(struct spec_mount, source, "source", .empty_is_absent = true),
	JSON_FIELD_STRINGS(struct spec_mount, options, "options"),
	JSON_FIELD_LIST(struct spec_mount, uid_mappings, "uidMappings", spec_id_mapping_table),
	JSON_FIELD_LIST(struct spec_mount, gid_mappings, "gidMappings", spec_id_mapping_table),
};
static const struct json_table mount_table = JSON_TABLE(struct spec_mount, mount_fields);

struct mounts_alone {
	struct spec_mounts *mounts;
};

static const struct json_field mounts_alone_fields[] = {
	JSON_FIELD_LIST(struct mounts_alone, mounts, "mounts", mount_table, .is_required = true),
};
static const struct json_table mounts_alone_table =
	JSON_TABLE(struct mounts_alone, mounts_alone_fields);

static const struct json_field hook_fields[] = {
	JSON_FIELD_STRING(struct spec_hook, path, "path",
			  .is_required = true, .empty_is_absent = true),
	JSON_FIELD_STRINGS(struct spec_hook, args, "args"),
	JSON_FIELD_STRINGS(struct spec_hook, env, "env"),
	JSON_FIELD_INT(struct spec_hook, timeout, "timeout", .minimum = 1, .maximum = INT32_MAX),
};
static const struct json_table hook_table = JSON_TABLE(struct spec_hook, hook_fields);

static const struct json_field hooks_fields[] = {
	JSON_FIELD_LIST(struct spec_hooks, prestart, "prestart", hook_table),
	JSON_FIELD_LIST(struct spec_hooks, create_runtime, "createRuntime", hook_table),
	JSON_FIELD_LIST(struct spec_hooks, create_container, "createContainer", hook_table),
	JSON_FIELD_LIST(struct spec_hooks, start_container, "startContainer", hook_table),
	JSON_FIELD_LIST(struct spec_hooks, poststart, "poststart", hook_table),
	JSON_FIELD_LIST(struct spec_hooks, poststop, "poststop", hook_table),
};
static const struct json_table hooks_table = JSON_TABLE(struct spec_hooks, hooks_fields);

static const struct json_field spec_fields[] = {
	JSON_FIELD_STRING(struct spec, oci_version, "ociVersion", .is_required = true),
	JSON_FIELD_OBJECT(struct spec, process, "process", spec_process_table),
	JSON_FIELD_OBJECT(struct spec, root, "root", root_table, .is_required = true),
	JSON_FIELD_STRING(struct spec, hostname, "hostname", .empty_is_absent = true),
	JSON_FIELD_STRING(struct spec, domainname, "domainname", .empty_is_absent = true),
	JSON_FIELD_LIST(struct spec, mounts, "mounts", mount_table),
	JSON_FIELD_OBJECT(struct spec, hooks, "hooks", hooks_table),
	JSON_FIELD_PAIRS(struct spec, annotations, "annotations"),
	JSON_FIELD_OBJECT(struct spec, linux_part, "linux", spec_linux_table),
};
static const struct json_table spec_table = JSON_TABLE(struct spec, spec_fields);

int spec_read(const char *name, const char *text, size_t size, struct spec *ret_spec,
	      struct error *err)
{
	/* Outside of the struct until its members are read: json_read clears the whole. */
	struct arena arena = { 0 };
	int r = json_read(name, text, size, &spec_table, &arena, ret_spec, err);

	ret_spec->arena = arena;
	if (r == 0)
		r = spec_check(name, ret_spec, err);
	if (r < 0)
		spec_clear(ret_spec);
	return r;
}

int spec_read_process(const char *name, const char *text, size_t size, struct arena *io_arena,
		      struct spec_process *ret_process, struct error *err)
{
	const struct check check = { name, "", err };

	TRY(json_read(name, text, size, &spec_process_table, io_arena, ret_process, err));
	return check_process(&check, ret_process);
}

int spec_read_resources(const char *name, const char *text, size_t size, struct arena *io_arena,
			struct spec_resources *ret_resources, struct error *err)
{
	const struct check check = { name, "", err };

	TRY(json_read(name, text, size, &spec_resources_table, io_arena, ret_resources, err));
	return check_resources(&check, ret_resources);
}

int spec_read_mounts(const char *name, const char *text, size_t size, struct arena *io_arena,
		     struct spec_mounts **ret_mounts, struct error *err)
{
	const struct check check = { name, "", err };
	struct mounts_alone alone;

	TRY(json_read_member(name, text, size, &mounts_alone_table, io_arena, &alone, err));
	*ret_mounts = alone.mounts;
	return check_mounts(&check, alone.mounts);
}

int spec_check_resources(const char *name, const struct spec_resources *resources,
			 struct error *err)
{
	const struct check check = { name, "", err };

	return check_resources(&check, resources);
}

void spec_merge_resources(const struct spec_resources *over, struct spec_resources *io_resources)
{
	json_merge(&spec_resources_table, over, io_resources);
}

void spec_write(const struct spec *spec, struct text *io_text)
{
	json_write(&spec_table, spec, JSON_INDENTED, io_text);
	text_add_bytes(io_text, "\n", 1);
}

void spec_write_seccomp(const struct spec_seccomp *seccomp, struct text *io_text)
{
	json_write(&spec_seccomp_table, seccomp, JSON_COMPACT, io_text);
}

void spec_clear(struct spec *io_spec)
{
	arena_clear(&io_spec->arena);
	*io_spec = (struct spec){ 0 };
}

const struct spec_namespace *spec_find_namespace(const struct spec *spec,
						 enum spec_namespace_type type)
{
	const struct spec_namespaces *list = spec->linux_part ? spec->linux_part->namespaces : NULL;

	for (size_t i = 0; list && i < list->count; i++)
		if (list->item[i].type.value == (int)type)
			return &list->item[i];
	return NULL;
}

const char *spec_find_annotation(const struct json_pairs *annotations, const char *key)
{
	for (size_t i = 0; annotations && i < annotations->count; i++)
		if (strcmp(annotations->item[i].key, key) == 0)
			return annotations->item[i].value;
	return NULL;
}
