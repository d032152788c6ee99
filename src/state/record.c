// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/record.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/scope.h"
#include "proc/task.h"
#include "state/private.h"

/* Only its maker knows it, and whoever empties the folder. */
static const char draft[] = "." RECORD_FILE ".born";

static const struct json_word status_words[] = {
	{ "creating", RECORD_CREATING }, { "created", RECORD_CREATED },
	{ "running", RECORD_RUNNING },	 { "paused", RECORD_PAUSED },
	{ "stopped", RECORD_STOPPED },	 { NULL, 0 },
};

static const struct json_field tree_fields[] = {
	JSON_FIELD_STRING(struct record_tree, controllers, "controllers", .is_required = true),
	JSON_FIELD_STRING(struct record_tree, mount_point, "mountPoint", .is_required = true),
	JSON_FIELD_STRING(struct record_tree, folder, "folder", .is_required = true),
};
static const struct json_table tree_table = JSON_TABLE(struct record_tree, tree_fields);

static const struct json_field cgroup_fields[] = {
	JSON_FIELD_STRING(struct record_cgroup, manager, "manager"),
	JSON_FIELD_STRING(struct record_cgroup, mode, "mode"),
	JSON_FIELD_STRING(struct record_cgroup, unit, "unit"),
	JSON_FIELD_STRING(struct record_cgroup, bus, "bus"),
	JSON_FIELD_LIST(struct record_cgroup, trees, "trees", tree_table),
};
static const struct json_table cgroup_table = JSON_TABLE(struct record_cgroup, cgroup_fields);

static const struct json_field rdt_fields[] = {
	JSON_FIELD_STRING(struct record_intel_rdt, group, "group"),
	JSON_FIELD_STRING(struct record_intel_rdt, monitor, "monitor"),
};
static const struct json_table rdt_table = JSON_TABLE(struct record_intel_rdt, rdt_fields);

static const struct json_field hook_fields[] = {
	JSON_FIELD_STRING(struct spec_hook, path, "path", .is_required = true),
	JSON_FIELD_STRINGS(struct spec_hook, args, "args"),
	JSON_FIELD_STRINGS(struct spec_hook, env, "env"),
	JSON_FIELD_INT(struct spec_hook, timeout, "timeout"),
};
static const struct json_table hook_table = JSON_TABLE(struct spec_hook, hook_fields);

static const struct json_field fields[] = {
	JSON_FIELD_STRING(struct record, oci_version, "ociVersion"),
	JSON_FIELD_STRING(struct record, id, "id", .is_required = true),
	JSON_FIELD_ENUM(struct record, written, "written", status_words),
	JSON_FIELD_INT(struct record, pid, "pid", .minimum = 0, .maximum = INT32_MAX),
	JSON_FIELD_UINT(struct record, start_time, "startTime"),
	JSON_FIELD_STRING(struct record, boot_id, "bootId"),
	JSON_FIELD_STRING(struct record, bundle, "bundle", .is_required = true),
	JSON_FIELD_STRING(struct record, rootfs, "rootfs"),
	JSON_FIELD_STRING(struct record, created, "created"),
	JSON_FIELD_STRING(struct record, owner, "owner"),
	JSON_FIELD_UINT(struct record, owner_uid, "ownerUid", .umaximum = UINT32_MAX),
	JSON_FIELD_PAIRS(struct record, annotations, "annotations"),
	JSON_FIELD_OBJECT(struct record, cgroup, "cgroup", cgroup_table),
	JSON_FIELD_BOOL(struct record, systemd_cgroup, "systemdCgroup"),
	JSON_FIELD_BOOL(struct record, no_pivot, "noPivot"),
	JSON_FIELD_BOOL(struct record, no_new_keyring, "noNewKeyring"),
	JSON_FIELD_BOOL(struct record, has_pid_namespace, "hasPidNamespace"),
	JSON_FIELD_BOOL(struct record, has_init, "hasInit"),
	JSON_FIELD_OBJECT(struct record, intel_rdt, "intelRdt", rdt_table),
	JSON_FIELD_LIST(struct record, poststart, "poststart", hook_table),
	JSON_FIELD_LIST(struct record, poststop, "poststop", hook_table),
};
static const struct json_table record_table = JSON_TABLE(struct record, fields);

/* The state object: runtime.md, "State", and three members that other runtimes have too. */
struct state_object {
	char *oci_version, *id, *bundle, *rootfs, *created, *owner;
	struct maybe_enum status;
	struct maybe_int pid;
	struct json_pairs *annotations;
};

static const struct json_field state_fields[] = {
	JSON_FIELD_STRING(struct state_object, oci_version, "ociVersion"),
	JSON_FIELD_STRING(struct state_object, id, "id"),
	JSON_FIELD_INT(struct state_object, pid, "pid"),
	JSON_FIELD_ENUM(struct state_object, status, "status", status_words),
	JSON_FIELD_STRING(struct state_object, bundle, "bundle"),
	JSON_FIELD_STRING(struct state_object, rootfs, "rootfs"),
	JSON_FIELD_STRING(struct state_object, created, "created"),
	JSON_FIELD_PAIRS(struct state_object, annotations, "annotations"),
	JSON_FIELD_STRING(struct state_object, owner, "owner"),
};
static const struct json_table state_table = JSON_TABLE(struct state_object, state_fields);

static int format(const struct record *record, struct text *io_text, struct error *err)
{
	json_write(&record_table, record, JSON_INDENTED, io_text);
	text_add(io_text, "\n");
	/* What no later command could read would be a container that nobody can delete. */
	if (io_text->size > STATE_PRIVATE_MAX)
		return error_set(err, E2BIG, RECORD_FILE ": would be larger than 16 MiB");
	return 0;
}

int record_write(const struct store_entry *entry, const struct record *record, struct error *err)
{
	autotext struct text text = { 0 };

	TRY(format(record, &text, err));
	return file_replace(entry->folder_fd, RECORD_FILE, 0600, text_get(&text), text.size, err);
}

int record_draft(const struct store_entry *entry, const struct record *record, struct error *err)
{
	autotext struct text text = { 0 };
	autoclose int fd = -1;

	TRY(format(record, &text, err));
	fd = openat(entry->folder_fd, draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_sys(err, "open %s", draft);
	if (fd_write_all(fd, text_get(&text), text.size, err) < 0)
		return error_wrap(err, "%s", draft);
	return 0;
}

int record_adopt(const struct store_entry *entry, struct error *err)
{
	if (renameat(entry->folder_fd, draft, entry->folder_fd, RECORD_FILE) < 0)
		return error_sys(err, "rename %s", draft);
	return 0;
}

/* json_read clears nothing it has half filled: the arena is ours to give back. */
static int parse(const struct store_entry *entry, const char *data, size_t size,
		 struct record *io_record, struct error *err)
{
	struct arena arena = { 0 };
	int r = json_read(RECORD_FILE, data, size, &record_table, &arena, io_record, err);

	if (r == 0 && strcmp(io_record->id, entry->id) != 0)
		r = error_set(err, EBADMSG, "%s: the record of %s", RECORD_FILE, io_record->id);
	io_record->arena = arena;
	if (r == 0)
		return 0;
	record_clear(io_record);
	err->code = EBADMSG;
	return -EBADMSG;
}

int record_read(const struct store_entry *entry, struct record *ret_record, struct error *err)
{
	autofree char *data = NULL;
	struct record record = { 0 };
	size_t size;

	TRY(state_private_read(entry->folder_fd, RECORD_FILE, &data, &size, err));
	TRY(parse(entry, data, size, &record, err));
	if (!record.owner && record.owner_uid.is_set)
		record.owner = record_owner_name(&record.arena, (uid_t)record.owner_uid.value);
	*ret_record = record;
	return 0;
}

void record_clear(struct record *io_record)
{
	struct arena arena = io_record->arena;

	arena_clear(&arena);
	*io_record = (struct record){ 0 };
}

/* A boot that cannot be read is taken for the same one: a running container is not given up. */
static bool is_of_this_boot(const struct record *record)
{
	char id[TASK_BOOT_ID_SIZE];
	struct error ignored;

	return !record->boot_id || task_read_boot_id(id, &ignored) < 0 ||
	       strcmp(id, record->boot_id) == 0;
}

static bool has_start_socket(const struct store_entry *entry)
{
	return faccessat(entry->folder_fd, RECORD_START_SOCKET, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

enum record_status record_status(const struct record *record, const struct store_entry *entry)
{
	pid_t pid = (pid_t)record->pid.value;
	bool is_in_making = record->written.is_set && record->written.value == RECORD_CREATING;

	if (!is_of_this_boot(record))
		return RECORD_STOPPED;
	if (pid == 0)
		return store_is_locked(entry) ? RECORD_CREATING : RECORD_STOPPED;
	if (!task_is_alive(pid, record->start_time.value))
		return RECORD_STOPPED;
	if (is_in_making)
		return RECORD_CREATING;
	return has_start_socket(entry) ? RECORD_CREATED : RECORD_RUNNING;
}

const char *record_status_name(enum record_status status)
{
	return status_words[status].word;
}

void record_state_json(const struct record *record, enum record_status status,
		       enum json_style style, struct text *io_text)
{
	bool has_annotations = record->annotations && record->annotations->count > 0;
	struct state_object state = {
		.oci_version = record->oci_version,
		.id = record->id,
		.bundle = record->bundle,
		.rootfs = record->rootfs,
		.created = record->created,
		.owner = record->owner,
		.status = { .is_set = true, .value = status },
		.pid = { .is_set = true },
		.annotations = has_annotations ? record->annotations : NULL,
	};

	if (status != RECORD_STOPPED)
		state.pid.value = record->pid.value;
	json_write(&state_table, &state, style, io_text);
}

char *record_time_of(struct arena *io_arena, struct timespec time)
{
	struct tm utc;
	char seconds[32];

	gmtime_r(&time.tv_sec, &utc);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &utc);
	return arena_format(io_arena, "%s.%09ldZ", seconds, time.tv_nsec);
}

char *record_time_now(struct arena *io_arena)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return record_time_of(io_arena, now);
}

char *record_owner_name(struct arena *io_arena, unsigned int uid)
{
	FILE *users = fopen("/etc/passwd", "re");
	struct passwd *user;
	char *name = NULL;

	while (users && !name && (user = fgetpwent(users)))
		if (user->pw_uid == uid)
			name = arena_text(io_arena, user->pw_name);
	if (users)
		fclose(users);
	return name ? name : arena_format(io_arena, "%u", uid);
}
