// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/keep.h"

#include <string.h>

#include "base/text.h"
#include "cgroup/folder.h"
#include "cgroup/fs.h"

/* Files with a line for each device, and what a device without a line has. */
static const struct {
	const char *file, *without;
} keyed[] = {
	{ "io.max", "rbps=max wbps=max riops=max wiops=max" },
	{ "io.latency", "target=0" },
	{ "io.bfq.weight", "default" },
	{ "rdma.max", "hca_handle=max hca_object=max" },
	{ "blkio.weight_device", "0" },
	{ "blkio.leaf_weight_device", "0" },
	{ "blkio.bfq.weight_device", "default" },
	{ "blkio.throttle.read_bps_device", "0" },
	{ "blkio.throttle.write_bps_device", "0" },
	{ "blkio.throttle.read_iops_device", "0" },
	{ "blkio.throttle.write_iops_device", "0" },
	{ "net_prio.ifpriomap", "0" },
};

static const char *line_without(const char *file)
{
	for (size_t i = 0; i < countof(keyed); i++)
		if (strcmp(keyed[i].file, file) == 0)
			return keyed[i].without;
	return NULL;
}

/* The line whose first word is the first @size bytes of @key; NULL when there is none. */
static const char *find_line(const char *now, const char *key, size_t size)
{
	for (const char *line = now; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, size) == 0 && line[size] == ' ')
			return line;
	}
	return NULL;
}

static const char *first_line(const char *text, struct arena *io_arena)
{
	/* An empty list of CPUs is taken as an empty line; a write of nothing is no write. */
	return arena_format(io_arena, "%.*s%s", (int)strcspn(text, "\n"), text,
			    *text ? "" : "\n");
}

const char *cgroup_keep_text(const char *file, const char *text, const char *now,
			     struct arena *io_arena)
{
	static const char disabled[] = "oom_kill_disable ";
	const char *without = line_without(file);
	size_t size = strcspn(text, " ");
	const char *line;

	if (strcmp(file, "memory.oom_control") == 0 && text_begins(now, disabled))
		return first_line(now + strlen(disabled), io_arena);
	if (!without || !text[size])
		return first_line(now, io_arena);
	line = find_line(now, text, size);
	return line ? first_line(line, io_arena)
		    : arena_format(io_arena, "%.*s %s", (int)size, text, without);
}

static bool keep_file(const struct cgroup_tree *tree, const char *file, const char *text,
		      struct limit_write *io_write, struct limit_plan *io_old)
{
	autofree char *now = NULL;
	struct error ignored;

	if (cgroup_folder_read_at(tree->folder, file, &now, &ignored) < 0)
		return false;
	io_write->file = arena_text(&io_old->arena, file);
	io_write->text = cgroup_keep_text(file, text, now, &io_old->arena);
	cgroup_limit_add(io_old, io_write);
	return true;
}

/* An idle cgroup has lost its weight, and gets the default one when it is idle no more. */
static void keep_weight(const struct cgroup_tree *tree, const struct limit_write *idle,
			struct limit_plan *io_old)
{
	struct limit_write old = *idle;
	const char *file = idle->version == CGROUP_MODE_V1 ? "cpu.shares" : "cpu.weight";

	if (strcmp(idle->file, "cpu.idle") == 0 && strcmp(idle->text, "0") == 0)
		keep_file(tree, file, "", &old, io_old);
}

void cgroup_keep_plan(const struct cgroup *cgroup, const struct limit_plan *plan,
		      struct limit_plan *ret_old)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct limit_write *write = &plan->write[i];
		const struct cgroup_tree *tree = cgroup_fs_find_tree(
			cgroup, write->version == CGROUP_MODE_V1 ? write->controller : "");
		struct limit_write old = {
			.version = write->version,
			.controller = arena_text(&ret_old->arena, write->controller),
			.property = arena_text(&ret_old->arena, write->property),
			.rules = write->rules & LIMIT_AGREES,
		};

		if (keep_file(tree, write->file, write->text, &old, ret_old))
			keep_weight(tree, &old, ret_old);
		else if (write->other_file)
			keep_file(tree, write->other_file, write->other_text, &old, ret_old);
	}
}
