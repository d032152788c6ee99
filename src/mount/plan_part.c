// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/plan_part.h"

#include <string.h>

static const struct mount_step no_step = { .tree_fd = -1 };

struct mount_step *mount_plan_add(struct mount_plan *io_plan, const char *place, const char *target)
{
	struct mount_step *step;

	io_plan->steps = arena_grow(&io_plan->arena, io_plan->steps, io_plan->step_count,
				    sizeof(*step));
	step = &io_plan->steps[io_plan->step_count++];
	*step = no_step;
	step->place = place;
	step->target = target;
	return step;
}

struct mount_step *mount_plan_spare(struct mount_plan *io_plan, const char *place,
				    const char *target)
{
	struct mount_step *step = arena_new(&io_plan->arena, sizeof(*step));

	*step = no_step;
	step->place = place;
	step->target = target;
	return step;
}

/* Cuts the last component off: "/a/b" becomes "/a", "/" and "/a" become "". */
static size_t parent_of(const char *path, size_t size)
{
	while (size > 0 && path[--size] != '/')
		;
	return size;
}

char *mount_plan_clean(struct arena *io_arena, const char *path)
{
	char *clean = arena_new(io_arena, strlen(path) + 2);
	size_t size = 0;

	while (*path) {
		size_t part = strcspn(path, "/");

		if (part == 2 && path[0] == '.' && path[1] == '.') {
			size = parent_of(clean, size);
		} else if (part > 1 || (part == 1 && *path != '.')) {
			clean[size++] = '/';
			memcpy(clean + size, path, part);
			size += part;
		}
		path += part + (path[part] == '/');
	}
	if (size == 0)
		clean[size++] = '/';
	clean[size] = '\0';
	return clean;
}
