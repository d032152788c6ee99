// SPDX-License-Identifier: GPL-2.0-or-later
/* fs2 - cgroup v2. Source: the kernel's admin-guide/cgroup-v2.rst. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "cgroup/folder.h"
#include "cgroup/fs.h"
#include "cgroup/member.h"

enum { EVENTS_SIZE = 512, EVENT_MS = 100 };

/* --- controllers --- */

/* @list is "cpu io memory". */
static bool has_word(const char *list, const char *word, size_t size)
{
	while (*list) {
		size_t length = strcspn(list, " ");

		if (length == size && strncmp(list, word, size) == 0)
			return true;
		list += length + strspn(list + length, " ");
	}
	return false;
}

static bool has_controller(const char *list, const char *name)
{
	return has_word(list, name, strlen(name));
}

/* "cgroup.max.depth" and its like belong to no controller. */
static bool is_needed(const struct limit_write *write)
{
	return write->version == CGROUP_MODE_V2 && strcmp(write->controller, "cgroup") != 0;
}

static const struct limit_write *find_missing(const struct limit_plan *plan, const char *list)
{
	for (size_t i = 0; i < plan->count; i++)
		if (is_needed(&plan->write[i]) && !has_controller(list, plan->write[i].controller))
			return &plan->write[i];
	return NULL;
}

static bool needs_controller(const struct limit_plan *plan, const char *name, size_t size)
{
	for (size_t i = 0; i < plan->count; i++)
		if (is_needed(&plan->write[i]) && strlen(plan->write[i].controller) == size &&
		    strncmp(plan->write[i].controller, name, size) == 0)
			return true;
	return false;
}

/* What this folder offers, its children do not have yet, and we want: "+cpu +memory". */
static void list_wanted(const char *offered, const char *enabled, const struct limit_plan *only,
			struct text *io_list)
{
	size_t size;

	for (const char *name = offered; *name; name += size + strspn(name + size, " ")) {
		size = strcspn(name, " ");
		if (!has_word(enabled, name, size) && (!only || needs_controller(only, name, size)))
			text_add(io_list, "%s+%.*s", io_list->size ? " " : "", (int)size, name);
	}
}

/*
 * Processes here keep controllers from the folders below ("no internal processes"). The kernel
 * would still take those that work on threads, cpu and pids among them; but then the folders
 * below could hold only threads of the processes here, and no container. The root has no type
 * and may hold both.
 */
static bool is_inhabited(const char *folder)
{
	autofree char *type = mem_format("%s/cgroup.type", folder), *members = NULL;
	struct error ignored;

	if (cgroup_folder_read_at(folder, "cgroup.procs", &members, &ignored) == 0 && !*members)
		return false;
	return access(type, F_OK) == 0;
}

/*
 * The kernel takes all of the words or none: after a refusal each is tried alone. What still
 * is refused is missed later, if anything needs it (EOPNOTSUPP: a threaded domain; EINVAL for
 * cpu: realtime processes).
 */
static void hand_down(const char *folder, char *io_list)
{
	struct error err;
	char *word;

	if (is_inhabited(folder) ||
	    cgroup_folder_write_at(folder, "cgroup.subtree_control", io_list, &err) == 0)
		return;
	while ((word = strsep(&io_list, " ")))
		if (cgroup_folder_write_at(folder, "cgroup.subtree_control", word, &err) < 0)
			log_debug("%s", err.text);
}

/*
 * @io_offered: what @folder offers, NULL when that is still to be read; then the same of the
 * folders in it. They offer what is enabled here.
 */
static void enable_in(const char *folder, const struct limit_plan *only, char **io_offered)
{
	autofree char *offered = ptr_take(io_offered), *enabled = NULL;
	autotext struct text list = { 0 };
	struct error err;

	if ((!offered &&
	     cgroup_folder_read_at(folder, "cgroup.controllers", &offered, &err) < 0) ||
	    cgroup_folder_read_at(folder, "cgroup.subtree_control", &enabled, &err) < 0)
		return log_debug("%s", err.text);
	list_wanted(offered, enabled, only, &list);
	if (list.size)
		hand_down(folder, list.data);
	else
		*io_offered = ptr_take(&enabled);
}

/* The folders above @tree's, from the mount point down; NULL after the last. */
static char *next_above(const struct cgroup_tree *tree, const char **io_end)
{
	const char *end = *io_end ? strchr(*io_end + 1, '/')
				  : tree->folder + strlen(tree->mount_point);

	*io_end = end;
	return end ? mem_format("%.*s", (int)(end - tree->folder), tree->folder) : NULL;
}

void cgroup_fs2_settle(const struct cgroup_tree *tree)
{
	autofree char *above = mem_text(tree->folder);
	struct error err;

	*strrchr(above, '/') = '\0';
	/* It asks for nothing, but it is let in only when whoever was before it is out. */
	if (cgroup_folder_write_at(above, "cgroup.subtree_control", "\n", &err) < 0)
		log_debug("%s", err.text);
}

/* 0: @folder hands the controller down. Else the reason why not. */
static int explain_in(const char *folder, const char *controller, const char *nowhere,
		      struct error *err)
{
	autofree char *offered = NULL, *enabled = NULL, *word = mem_format("+%s", controller);

	TRY(cgroup_folder_read_at(folder, "cgroup.controllers", &offered, err));
	if (!has_controller(offered, controller))
		return error_set(err, ENOTSUP, "%snot in %s/cgroup.controllers (%s)", nowhere,
				 folder, offered);
	TRY(cgroup_folder_read_at(folder, "cgroup.subtree_control", &enabled, err));
	if (has_controller(enabled, controller))
		return 0;
	if (is_inhabited(folder))
		return error_set(err, EBUSY, "%s cannot hand it down, processes live there: %s",
				 folder, error_words(EBUSY));
	return cgroup_folder_write_at(folder, "cgroup.subtree_control", word, err);
}

/* Goes down to where the controller is lost. */
static int explain(const struct cgroup_tree *tree, const struct limit_write *missing,
		   const char *nowhere, struct error *err)
{
	const char *end = NULL;
	char *next;
	int r = 0;

	while (r == 0 && (next = next_above(tree, &end))) {
		autofree char *folder = next;

		r = explain_in(folder, missing->controller, nowhere, err);
	}
	if (r == 0)
		(void)error_set(err, ENOTSUP, "not in %s/cgroup.controllers", tree->folder);
	return error_wrap(err, "%s: controller %s", missing->property, missing->controller);
}

/* For the counters of `ps` and the death record. */
static bool has_usual(const char *list)
{
	return has_controller(list, "cpu") && has_controller(list, "memory") &&
	       has_controller(list, "pids");
}

static bool needs_any(const struct limit_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (is_needed(&plan->write[i]))
			return true;
	return false;
}

/* " neither among the mounted hierarchies (cpu, memory) and ", in hybrid mode. */
static void list_hierarchies(const struct cgroup *cgroup, struct text *io_text)
{
	if (cgroup->mode != CGROUP_MODE_V1)
		return;
	text_add(io_text, "not among the mounted hierarchies (");
	for (size_t i = 0; i < cgroup->count; i++)
		if (*cgroup->tree[i].controllers)
			text_add(io_text, "%s%s", i ? ", " : "", cgroup->tree[i].controllers);
	text_add(io_text, "), and ");
}

int cgroup_fs2_enable(const struct cgroup *cgroup, const struct cgroup_tree *tree,
		      const struct limit_plan *plan, struct error *err)
{
	bool takes_all = cgroup->mode == CGROUP_MODE_V2;
	autofree char *before = NULL, *offered = NULL, *after = NULL;
	autotext struct text nowhere = { 0 };
	const struct limit_write *missing;
	const char *end = NULL;
	char *next;

	if (!takes_all && !needs_any(plan))
		return 0;
	TRY(cgroup_folder_read_at(tree->folder, "cgroup.controllers", &before, err));
	if ((!takes_all || has_usual(before)) && !find_missing(plan, before))
		return 0;

	/* The folder exists by now, so that nobody can remove one of those above it. */
	while ((next = next_above(tree, &end))) {
		autofree char *folder = next;

		enable_in(folder, takes_all ? NULL : plan, &offered);
	}
	if (!needs_any(plan))
		return 0;
	TRY(cgroup_folder_read_at(tree->folder, "cgroup.controllers", &after, err));
	missing = find_missing(plan, after);
	if (!missing)
		return 0;
	list_hierarchies(cgroup, &nowhere);
	return explain(tree, missing, text_get(&nowhere), err);
}

/* --- events --- */

static bool has_line(const char *text, const char *line)
{
	const char *found = strstr(text, line);

	return found && (found == text || found[-1] == '\n') && found[strlen(line)] == '\n';
}

static int remaining_ms(const struct timespec *start, int limit_ms)
{
	struct timespec now;
	long long passed;

	clock_gettime(CLOCK_MONOTONIC, &now);
	passed = (now.tv_sec - start->tv_sec) * 1000LL + (now.tv_nsec - start->tv_nsec) / 1000000;
	return passed < limit_ms ? (int)(limit_ms - passed) : 0;
}

int cgroup_fs2_wait(const char *folder, const char *line, int timeout_ms, struct error *err)
{
	autofree char *file = mem_format("%s/cgroup.events", folder);
	autoclose int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct pollfd change = { .fd = fd, .events = POLLPRI };
	struct timespec start;
	char text[EVENTS_SIZE];

	if (fd < 0)
		return error_sys(err, "open %s", file);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		/* Reading also tells the kernel which state we know: poll reports any later one. */
		ssize_t size = TEMP_FAILURE_RETRY(pread(fd, text, sizeof(text) - 1, 0));
		int left_ms = remaining_ms(&start, timeout_ms);

		if (size < 0)
			return error_sys(err, "read %s", file);
		text[size] = '\0';
		if (has_line(text, line))
			return 0;
		if (left_ms == 0)
			return error_set(err, ETIMEDOUT, "%s: no \"%s\" within %d ms", file, line,
					 timeout_ms);
		/*
		 * An interrupted or failed poll only means that we look again. So does a late one:
		 * within 10 ms of the last event the kernel holds the next one back, and forgets it
		 * when somebody else removes the folder meanwhile (kernel/cgroup/cgroup.c,
		 * cgroup_file_notify and cgroup_rm_file).
		 */
		(void)poll(&change, 1, left_ms < EVENT_MS ? left_ms : EVENT_MS);
	}
}

/* --- freeze and kill --- */

int cgroup_fs2_freeze(const struct cgroup_tree *tree, bool frozen, struct error *err)
{
	TRY(cgroup_folder_write_at(tree->folder, "cgroup.freeze", frozen ? "1" : "0", err));
	return frozen ? cgroup_fs2_wait(tree->folder, "frozen 1", FS_FREEZE_MS, err) : 0;
}

int cgroup_fs2_is_frozen(const struct cgroup_tree *tree, bool *ret_frozen, struct error *err)
{
	autofree char *events = NULL;
	autotext struct text lines = { 0 };

	TRY(cgroup_folder_read_at(tree->folder, "cgroup.events", &events, err));
	text_add(&lines, "%s\n", events);
	*ret_frozen = has_line(lines.data, "frozen 1");
	return 0;
}

int cgroup_fs2_kill(const struct cgroup_tree *tree, struct error *err)
{
	return cgroup_folder_write_at(tree->folder, "cgroup.kill", "1", err);
}

int cgroup_fs2_kill_each(const struct cgroup *cgroup, struct error *err)
{
	const struct cgroup_tree *tree = cgroup_fs_find_tree(cgroup, "");
	int r = cgroup_fs2_freeze(tree, true, err);

	/* One that cannot be frozen (state D) cannot fork either; the others are caught. */
	if (r < 0 && r != -ETIMEDOUT)
		return cgroup_folder_is_gone(r) ? 0 : r;
	r = cgroup_member_signal(cgroup, SIGKILL, err);
	TRY(cgroup_fs2_freeze(tree, false, err));
	return r < 0 ? r : 0;
}

static int freeze(const struct cgroup *cgroup, bool frozen, struct error *err)
{
	int r = cgroup_fs2_freeze(cgroup->tree, frozen, err);

	return r == -ETIMEDOUT ? cgroup_member_refuse_frozen(cgroup, err) : r;
}

static int is_frozen(const struct cgroup *cgroup, bool *ret_frozen, struct error *err)
{
	return cgroup_fs2_is_frozen(cgroup->tree, ret_frozen, err);
}

static int kill_all(const struct cgroup *cgroup, struct error *err)
{
	int r = cgroup_fs2_kill(cgroup->tree, err);

	/* A frozen process dies of it without a thaw: the v2 freezer lets SIGKILL through. */
	return cgroup_folder_is_gone(r) ? cgroup_fs2_kill_each(cgroup, err) : r;
}

const struct cgroup_driver cgroup_fs2 = {
	.name = "cgroup v2",
	.freeze = freeze,
	.is_frozen = is_frozen,
	.kill = kill_all,
};
