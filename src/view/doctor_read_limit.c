// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_read_limit - every limit that a fork or a page may meet, and how near it is */
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scope.h"
#include "cgroup/folder.h"
#include "cgroup/select.h"
#include "proc/membership.h"
#include "proc/ns.h"
#include "view/doctor_part.h"

enum { FILE_SIZE = 1 << 16, KIB = 1024 };

/* Unlimited, in v1's page counters; nobody limits memory to an exabyte. */
static const uint64_t memory_unlimited = 1ULL << 60;

struct gathering {
	const struct doctor_place *place;
	struct doctor_facts *facts;
	struct arena *arena;
	struct mounts mounts;
	struct cgroup trees;
	char *membership;
	uint64_t grown; /* tasks of the container, from the first look to the second */
};

/* --- numbers in files --- */

static bool read_file(const char *folder, const char *name, char **ret_text)
{
	struct error ignored;

	return cgroup_folder_read_at(folder, name, ret_text, &ignored) == 0;
}

/* False for a file that is not there, and for "max". */
static bool read_number(const char *folder, const char *name, uint64_t *ret_number)
{
	autofree char *text = NULL;
	char *end;

	if (!read_file(folder, name, &text))
		return false;
	*ret_number = strtoull(text, &end, 10);
	return end != text;
}

static bool read_system(const char *path, uint64_t *ret_number)
{
	autofree char *text = NULL;
	struct error ignored;
	char *end;

	if (file_read(AT_FDCWD, path, FILE_SIZE, &text, NULL, &ignored) < 0)
		return false;
	*ret_number = strtoull(text, &end, 10);
	return end != text;
}

static uint64_t find_key(const char *text, const char *key)
{
	size_t size = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, size) == 0 && line[size] == ' ')
			return strtoull(line + size, NULL, 10);
	}
	return 0;
}

/* --- the folders of the first process --- */

static const struct mounts_row *find_mount(const struct mounts *mounts, const char *mount_point)
{
	for (size_t i = 0; i < mounts->count; i++)
		if (strcmp(mounts->row[i].mount_point, mount_point) == 0 &&
		    mounts_is_visible(mounts, &mounts->row[i]))
			return &mounts->row[i];
	return NULL;
}

/* In the tree that owns @controller; NULL when it has none. @ret_top: a walk upwards ends there. */
static char *folder_of(struct gathering *io_gathering, const char *controller,
		       const char **ret_top)
{
	bool is_v2 = io_gathering->trees.mode == CGROUP_MODE_V2;

	for (size_t i = 0; i < io_gathering->trees.count; i++) {
		const struct cgroup_tree *tree = &io_gathering->trees.tree[i];
		const struct mounts_row *mount;

		if (!is_v2 && !mounts_has_option(tree->controllers, controller))
			continue;
		mount = find_mount(&io_gathering->mounts, tree->mount_point);
		*ret_top = tree->mount_point;
		return mount ? membership_folder(io_gathering->membership, is_v2 ? "" : controller,
						 mount, io_gathering->arena)
			     : NULL;
	}
	return NULL;
}

/* The folder above; false at the top, which has no limits. */
static bool go_up(char *io_folder, const char *top)
{
	*strrchr(io_folder, '/') = '\0';
	return strlen(io_folder) > strlen(top);
}

/* --- what refuses a fork --- */

static void add_limit(struct gathering *io_gathering, struct doctor_limit limit)
{
	struct doctor_facts *facts = io_gathering->facts;
	struct doctor_limit *list = (struct doctor_limit *)facts->limit;

	limit.used_before = limit.used > io_gathering->grown ? limit.used - io_gathering->grown : 0;
	list = arena_grow(io_gathering->arena, list, facts->limit_count, sizeof(*list));
	list[facts->limit_count++] = limit;
	facts->limit = list;
}

static void add_pids_limit(struct gathering *io_gathering, const char *folder, bool is_above)
{
	const struct doctor_facts *facts = io_gathering->facts;
	struct arena *arena = io_gathering->arena;
	uint64_t limit, used;

	if (!read_number(folder, "pids.max", &limit) || !read_number(folder, "pids.current",
								     &used))
		return;
	add_limit(io_gathering, (struct doctor_limit){
		.name = is_above ? arena_format(arena, "pids.max of %s, above the container,",
						folder)
				 : "pids.max of the container",
		.file = arena_format(arena, "%s/pids.max", folder),
		.source = arena_format(arena, "%s/pids.current", folder),
		.raise = facts->is_own && !is_above
				 ? arena_format(arena, "raise it: husk update --pids-limit %" PRIu64
						" %s", 2 * limit, facts->id)
				 : arena_format(arena, "raise it: echo %" PRIu64 " > %s/pids.max",
						2 * limit, folder),
		.limit = limit,
		.used = used,
	});
}

static void add_pids_limits(struct gathering *io_gathering)
{
	const char *top;
	char *folder = folder_of(io_gathering, "pids", &top);
	bool is_above = false;

	if (!folder || strlen(folder) <= strlen(top))
		return;
	do {
		add_pids_limit(io_gathering, folder, is_above);
		is_above = true;
	} while (go_up(folder, top));
}

/* The soft limit of a line of /proc/PID/limits; false for "unlimited" and for no such line. */
static bool read_rlimit(pid_t pid, const char *name, uint64_t *ret_limit)
{
	autofree char *path = mem_format("/proc/%d/limits", (int)pid);
	autofree char *text = NULL;
	struct error ignored;
	const char *line;
	char *end;

	if (file_read(AT_FDCWD, path, FILE_SIZE, &text, NULL, &ignored) < 0 ||
	    !(line = strstr(text, name)))
		return false;
	line += strlen(name);
	*ret_limit = strtoull(line, &end, 10);
	return end != line;
}

/* Root of the machine, and who may override resource limits, is not held to it: fork(2). */
static bool is_exempt(const struct doctor_facts *facts, const struct status *status)
{
	uint64_t rights = 1ULL << CAP_SYS_RESOURCE | 1ULL << CAP_SYS_ADMIN;

	return !facts->privilege.has_user_namespace &&
	       (status->uid.real == 0 || status->effective & rights);
}

/* A user namespace counts its own tasks; without one, those of the user in all of them count. */
static uint64_t count_user(const struct gathering *gathering, uint32_t uid)
{
	const struct survey *survey = &gathering->place->looks->after;
	bool is_inner = gathering->facts->privilege.has_user_namespace;
	uint64_t pid_ns = survey->process[gathering->place->first].pid_ns, count = 0;

	for (size_t i = 0; i < survey->count; i++)
		if (survey->process[i].status.uid.real == uid &&
		    (!is_inner || survey->process[i].pid_ns == pid_ns))
			count += survey->process[i].status.threads;
	return count;
}

static void add_user_limit(struct gathering *io_gathering)
{
	const struct doctor_facts *facts = io_gathering->facts;
	struct doctor_limit limit = { .name = "RLIMIT_NPROC" };
	const struct status *status;
	pid_t pid;

	if (!facts->main || !facts->main->facts || !facts->privilege.is_known)
		return;
	status = &facts->main->facts->status;
	pid = facts->main->pid;
	if (is_exempt(facts, status) || !read_rlimit(pid, "Max processes", &limit.limit))
		return;
	limit.used = count_user(io_gathering, status->uid.real);
	limit.file = arena_format(io_gathering->arena, "/proc/%d/limits, Max processes",
				  (int)pid);
	limit.source = arena_format(io_gathering->arena, "tasks of user %u, in any container",
				    status->uid.real);
	limit.raise = arena_format(io_gathering->arena,
				   "raise it: prlimit --nproc=%" PRIu64 " --pid %d now; "
				   "RLIMIT_NPROC in process.rlimits, or docker run --ulimit "
				   "nproc=N, from the next start on; or give the container a "
				   "user id of its own", 2 * limit.limit, (int)pid);
	add_limit(io_gathering, limit);
}

/* The 4th field of /proc/loadavg: "3/170", tasks that could run and tasks there are. */
static bool read_tasks(uint64_t *ret_count)
{
	autofree char *text = NULL;
	struct error ignored;
	unsigned long long count;

	if (file_read(AT_FDCWD, "/proc/loadavg", FILE_SIZE, &text, NULL, &ignored) < 0 ||
	    sscanf(text, "%*f %*f %*f %*u/%llu", &count) != 1)
		return false;
	*ret_count = count;
	return true;
}

/*
 * Of the machine. From Linux 6.14 on each pid namespace has a pid_max of its own, and the file
 * shows that of the namespace in which its opener was born. So it takes a process in there, which
 * the container could stop, kill or look into: doctor puts none into one. A reader in an inner
 * namespace has no number to compare with.
 */
static void add_machine_limits(struct gathering *io_gathering)
{
	static const char *const names[] = { "pid_max", "threads-max" };
	uint64_t used, limit;
	struct error ignored;
	autoclose int ns_fd = proc_ns_open(getpid(), "pid", &ignored);

	if (ns_fd < 0 || !proc_ns_is_first(ns_fd) || !read_tasks(&used))
		return;
	for (size_t i = 0; i < countof(names); i++) {
		char *file = arena_format(io_gathering->arena, "/proc/sys/kernel/%s", names[i]);

		if (!read_system(file, &limit))
			continue;
		add_limit(io_gathering, (struct doctor_limit){
			.name = arena_format(io_gathering->arena, "kernel.%s of the machine",
					     names[i]),
			.file = file,
			.source = "/proc/loadavg",
			.raise = arena_format(io_gathering->arena, "raise it: sysctl -w "
					      "kernel.%s=%"
					      PRIu64, names[i], 2 * limit),
			.limit = limit,
			.used = used,
		});
	}
}

/* --- memory --- */

/* What stays when every page that is but a copy of a file is dropped. */
static bool read_memory(const char *folder, bool is_v2, uint64_t *ret_limit, uint64_t *ret_used)
{
	autofree char *text = NULL;
	uint64_t files;

	if (!read_number(folder, is_v2 ? "memory.max" : "memory.limit_in_bytes", ret_limit) ||
	    !read_number(folder, is_v2 ? "memory.current" : "memory.usage_in_bytes", ret_used) ||
	    !read_file(folder, "memory.stat", &text) || *ret_limit >= memory_unlimited)
		return false;
	files = is_v2 ? find_key(text, "inactive_file") + find_key(text, "active_file")
		      : find_key(text, "total_inactive_file") +
				find_key(text, "total_active_file");
	*ret_used -= files < *ret_used ? files : *ret_used;
	return true;
}

static void read_memory_limits(struct gathering *io_gathering)
{
	struct doctor_memory *memory = &io_gathering->facts->memory;
	bool is_v2 = io_gathering->trees.mode == CGROUP_MODE_V2;
	const char *top;
	char *folder = folder_of(io_gathering, "memory", &top);

	if (!folder || strlen(folder) <= strlen(top))
		return;
	memory->folder = arena_text(io_gathering->arena, folder);
	do {
		uint64_t limit, used;

		/* The one that is nearest. */
		if (!read_memory(folder, is_v2, &limit, &used) ||
		    (memory->limit_bytes.is_set &&
		     limit - used >= memory->limit_bytes.value - memory->used_bytes.value))
			continue;
		memory->folder = arena_text(io_gathering->arena, folder);
		memory->limit_bytes = (struct maybe_uint){ true, limit };
		memory->used_bytes = (struct maybe_uint){ true, used };
	} while (go_up(folder, top));
}

/* --- the whole --- */

static uint64_t count_tasks(const struct survey *survey, pid_t first_pid)
{
	int first = survey_find(survey, first_pid);
	uint64_t count = 0;

	if (first == SURVEY_NONE || survey->process[first].container == SURVEY_NONE)
		return 0;
	for (size_t i = 0; i < survey->count; i++)
		if (survey->process[i].container == survey->process[first].container)
			count += survey->process[i].status.threads;
	return count;
}

/* What the container's own cgroup has counted since it was made. */
static void read_counters(struct gathering *io_gathering)
{
	const struct survey *survey = &io_gathering->place->looks->after;
	int container = survey->process[io_gathering->place->first].container;
	struct doctor_facts *facts = io_gathering->facts;
	const char *top, *folder;

	if (container == SURVEY_NONE || !survey->container[container].has_stat)
		return;
	folder = folder_of(io_gathering, "pids", &top);
	facts->forks_refused = survey->container[container].stat.pids_refused;
	facts->refused_file = arena_format(io_gathering->arena, "%s/pids.events",
					   folder ? folder : "pids");
	facts->memory.oom_kills = survey->container[container].stat.oom_kills;
}

static void gather(struct gathering *io_gathering)
{
	const struct doctor_looks *looks = io_gathering->place->looks;
	pid_t pid = looks->after.process[io_gathering->place->first].status.pid;
	uint64_t before = count_tasks(&looks->before, pid), after = count_tasks(&looks->after, pid);
	autofree char *path = mem_format("/proc/%d/cgroup", (int)pid);
	struct error err;

	io_gathering->grown = before && after > before ? after - before : 0;
	add_user_limit(io_gathering);
	add_machine_limits(io_gathering);
	if (file_read(AT_FDCWD, path, FILE_SIZE, &io_gathering->membership, NULL, &err) < 0 ||
	    mounts_read(&io_gathering->mounts, &err) < 0) {
		doctor_add_gap(io_gathering->arena, io_gathering->facts, err.text);
		return;
	}
	cgroup_select_trees(&io_gathering->mounts, &io_gathering->trees);
	add_pids_limits(io_gathering);
	read_memory_limits(io_gathering);
	read_counters(io_gathering);
}

void doctor_read_limits(const struct doctor_place *place, struct arena *io_arena,
			struct doctor_facts *io_facts)
{
	struct gathering gathering = { .place = place, .facts = io_facts, .arena = io_arena };

	gather(&gathering);
	free(gathering.membership);
	mounts_clear(&gathering.mounts);
	cgroup_clear(&gathering.trees);
}

/* --- core dumps --- */

void doctor_read_core(pid_t pid, struct doctor_facts *io_facts)
{
	struct doctor_core *core = &io_facts->core;
	autofree char *text = NULL, *line = NULL, *pattern = NULL;
	struct error ignored;

	core->limit_bytes.is_set = read_rlimit(pid, "Max core file size",
					       &core->limit_bytes.value);
	if (file_read(AT_FDCWD, "/proc/sys/kernel/core_pattern", FILE_SIZE, &pattern, NULL,
		      &ignored) == 0)
		core->is_piped = *pattern == '|';
	if (status_read_text(pid, pid, &text, &ignored) < 0 ||
	    !(line = status_find_line(text, "RssAnon")))
		return;
	core->size_bytes.value = strtoull(line + strcspn(line, "0123456789"), NULL, 10) * KIB;
	core->size_bytes.is_set = true;
}
