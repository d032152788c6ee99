// SPDX-License-Identifier: GPL-2.0-or-later
#include "ns/idmap.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"
#include "base/sys.h"

/* The kernel takes a map in one write below a page, the smallest of which has 4096 bytes. */
enum { MAP_BYTES_MAX = 4095, READ_LIMIT = 65536, HELPER_TIMEOUT_MS = 30000 };

/* What differs between the two maps. */
struct side {
	const char *file;    /* in /proc/PID */
	const char *helper;
	const char *member;  /* in config.json */
	unsigned int capability;
	uint32_t own;	     /* the caller's id */
};

static struct side uid_side(void)
{
	return (struct side){ "uid_map", "newuidmap", "linux.uidMappings", CAP_SETUID, geteuid() };
}

static struct side gid_side(void)
{
	return (struct side){ "gid_map", "newgidmap", "linux.gidMappings", CAP_SETGID, getegid() };
}

/* --- translate --- */

int ns_idmap_to_host(const struct spec_id_mappings *maps, uint32_t id, uint32_t *ret_host)
{
	for (size_t i = 0; maps && i < maps->count; i++) {
		const struct spec_id_mapping *map = &maps->item[i];

		if (id < map->container_id.value || id - map->container_id.value >= map->size.value)
			continue;
		*ret_host = (uint32_t)(map->host_id.value + (id - map->container_id.value));
		return 0;
	}
	if (maps)
		return -EOVERFLOW;
	*ret_host = id;
	return 0;
}

void ns_idmap_format(const struct spec_id_mappings *maps, struct text *io_text)
{
	for (size_t i = 0; i < maps->count; i++)
		text_add(io_text, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
			 maps->item[i].container_id.value, maps->item[i].host_id.value,
			 maps->item[i].size.value);
}

/* --- write --- */

static int write_proc(pid_t pid, const char *name, const char *text, struct error *err)
{
	autofree char *path = mem_format("/proc/%d/%s", pid, name);

	return file_write(AT_FDCWD, path, text, err);
}

static int write_direct(pid_t pid, const struct side *side, const struct spec_id_mappings *maps,
			struct error *err)
{
	autotext struct text lines = { 0 };

	ns_idmap_format(maps, &lines);
	if (lines.size > MAP_BYTES_MAX)
		return error_set(err, E2BIG, "%zu lines are more than the kernel takes",
				 maps->count);
	return write_proc(pid, side->file, text_get(&lines), err);
}

/* In the host's folders only: $PATH may be the image's, or another user's. */
static char *find_helper(const char *name)
{
	static const char *const folders[] = { "/usr/bin", "/bin", "/usr/sbin", "/sbin" };

	for (size_t i = 0; i < countof(folders); i++) {
		autofree char *path = mem_format("%s/%s", folders[i], name);

		if (access(path, X_OK) == 0)
			return ptr_take(&path);
	}
	return NULL;
}

/* HELPER PID, then INSIDE OUTSIDE SIZE for each range, then NULL; all in the arena. */
static char **helper_arguments(const char *path, pid_t pid, const struct spec_id_mappings *maps,
			       struct arena *io_arena)
{
	char **argv = arena_new(io_arena, (3 + 3 * maps->count) * sizeof(*argv));
	char **next = argv;

	*next++ = arena_text(io_arena, path);
	*next++ = arena_format(io_arena, "%d", pid);
	for (size_t i = 0; i < maps->count; i++) {
		const struct spec_id_mapping *map = &maps->item[i];

		*next++ = arena_format(io_arena, "%" PRIu64, map->container_id.value);
		*next++ = arena_format(io_arena, "%" PRIu64, map->host_id.value);
		*next++ = arena_format(io_arena, "%" PRIu64, map->size.value);
	}
	return argv;
}

static int helper_verdict(const char *path, struct child_result *result, struct error *err)
{
	char *output = result->output.data;

	if (result->timed_out)
		return error_set(err, ETIMEDOUT, "%s does not end", path);
	if (result->wait_status == 0)
		return 0;
	if (output)
		output[strcspn(output, "\n")] = '\0';
	return error_set(err, EPERM, "%s ended with %d%s%s", path,
			 child_exit_code(result->wait_status), output ? ": " : "",
			 output ? output : "");
}

static int write_by_helper(pid_t pid, const struct side *side,
			   const struct spec_id_mappings *maps, struct error *err)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	autoclean(child_result_clear) struct child_result result = { 0 };
	autofree char *path = find_helper(side->helper);
	struct child_command command = { .path = path, .timeout_ms = HELPER_TIMEOUT_MS };

	if (!path)
		return error_set(err, ENOENT,
				 "%s is not in /usr/bin, /bin, /usr/sbin or /sbin; without it an "
				 "ordinary user can map no other id than the own, %u",
				 side->helper, side->own);
	command.argv = helper_arguments(path, pid, maps, &arena);
	TRY(child_run(&command, &result, err));
	return helper_verdict(path, &result, err);
}

static bool is_own_alone(const struct spec_id_mappings *maps, uint32_t own)
{
	return maps->count == 1 && maps->item[0].size.value == 1 &&
	       maps->item[0].host_id.value == own;
}

static int write_map(pid_t pid, const struct side *side, const struct spec_id_mappings *maps,
		     struct error *err)
{
	struct sys_capabilities sets;
	int r;

	if (sys_capget(&sets) < 0)
		return error_sys(err, "capget");
	if (sets.effective >> side->capability & 1)
		return write_direct(pid, side, maps, err);
	if (!is_own_alone(maps, side->own))
		return write_by_helper(pid, side, maps, err);
	/*
	 * Groups can be used to be denied something ("all but these may read"), so nobody
	 * may drop them through a namespace of his own: since Linux 3.19 setgroups(2) has to
	 * be given up before an ordinary user's gid map is taken.
	 */
	r = side->capability == CAP_SETGID ? write_proc(pid, "setgroups", "deny", err) : 0;
	return r < 0 ? r : write_direct(pid, side, maps, err);
}

int ns_idmap_write(pid_t pid, const struct spec_id_mappings *uids,
		   const struct spec_id_mappings *gids, struct error *err)
{
	const struct side uid = uid_side(), gid = gid_side();

	if (write_map(pid, &uid, uids, err) < 0)
		return error_wrap(err, "%s", uid.member);
	if (write_map(pid, &gid, gids, err) < 0)
		return error_wrap(err, "%s", gid.member);
	return 0;
}

/* --- compare --- */

static uint64_t total(const struct spec_id_mappings *maps)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < maps->count; i++)
		sum += maps->item[i].size.value;
	return sum;
}

static struct spec_id_mappings parse(const char *text, struct arena *io_arena)
{
	struct spec_id_mappings maps = { 0 };
	uint64_t id, host, size;
	int used;

	while (sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %n", &id, &host, &size,
		      &used) == 3) {
		maps.item = arena_grow(io_arena, maps.item, maps.count, sizeof(*maps.item));
		maps.item[maps.count++] = (struct spec_id_mapping){
			{ true, id }, { true, host }, { true, size }
		};
		text += used;
	}
	return maps;
}

/* The next id at or after @id at which one of the ranges begins or ends; or @end. */
static uint64_t next_border(const struct spec_id_mappings *maps, uint64_t id, uint64_t end)
{
	uint64_t next = end;

	for (size_t i = 0; i < maps->count; i++) {
		uint64_t first = maps->item[i].container_id.value;
		uint64_t last = first + maps->item[i].size.value;

		if (first > id && first < next)
			next = first;
		if (last > id && last < next)
			next = last;
	}
	return next;
}

/*
 * Ranges of one map do not overlap, so two maps of equal total size are the same when one says
 * of each of its pieces what the other says; a piece ends where either has a border.
 */
static bool is_within(const struct spec_id_mappings *maps, const struct spec_id_mappings *other)
{
	for (size_t i = 0; i < maps->count; i++) {
		uint64_t id = maps->item[i].container_id.value;
		uint64_t end = id + maps->item[i].size.value;

		for (; id < end; id = next_border(other, id, end)) {
			uint32_t ours, theirs;

			if (ns_idmap_to_host(maps, (uint32_t)id, &ours) < 0 ||
			    ns_idmap_to_host(other, (uint32_t)id, &theirs) < 0 || ours != theirs)
				return false;
		}
	}
	return true;
}

static int verify_map(pid_t pid, const struct side *side, const struct spec_id_mappings *maps,
		      struct error *err)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	autofree char *path = mem_format("/proc/%d/%s", pid, side->file);
	autofree char *text = NULL;
	struct spec_id_mappings real;

	if (!maps)
		return 0;
	TRY(file_read(AT_FDCWD, path, READ_LIMIT, &text, NULL, err));
	real = parse(text, &arena);
	if (total(maps) != total(&real) || !is_within(maps, &real))
		return error_set(err, EINVAL,
				 "%s: not the mappings of the user namespace that is joined",
				 side->member);
	return 0;
}

int ns_idmap_verify(pid_t pid, const struct spec_id_mappings *uids,
		    const struct spec_id_mappings *gids, struct error *err)
{
	const struct side uid = uid_side(), gid = gid_side();

	TRY(verify_map(pid, &uid, uids, err));
	return verify_map(pid, &gid, gids, err);
}

int ns_idmap_is_setgroups_denied(int proc_fd, bool *ret_is_denied, struct error *err)
{
	autofree char *text = NULL;

	TRY(file_read(proc_fd, "thread-self/setgroups", READ_LIMIT, &text, NULL, err));
	*ret_is_denied = text_begins(text, "deny");
	return 0;
}
