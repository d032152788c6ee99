// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/plan.h"

#include <string.h>

#include "base/scope.h"
#include "mount/plan_part.h"

static const char **copy_paths(const struct json_strings *paths, struct arena *io_arena,
			       size_t *ret_count)
{
	const char **copy;

	*ret_count = paths ? paths->count : 0;
	copy = arena_new(io_arena, *ret_count * sizeof(*copy));
	for (size_t i = 0; i < *ret_count; i++)
		copy[i] = mount_plan_clean(io_arena, paths->item[i]);
	return copy;
}

/* "/" among the read-only paths is the root itself: a mount on "/" would not be seen. */
static void take_root_out(struct mount_plan *io_plan)
{
	size_t count = 0;

	for (size_t i = 0; i < io_plan->readonly_count; i++) {
		if (strcmp(io_plan->readonly[i], "/") == 0)
			io_plan->is_root_readonly = true;
		else
			io_plan->readonly[count++] = io_plan->readonly[i];
	}
	io_plan->readonly_count = count;
}

static int plan_linux(const struct spec_linux *linux_part, struct mount_plan *io_plan,
		      struct error *err)
{
	struct arena *arena = &io_plan->arena;

	if (linux_part->rootfs_propagation.is_set)
		io_plan->propagation = (unsigned long)linux_part->rootfs_propagation.value;
	io_plan->masks = copy_paths(linux_part->masked_paths, arena, &io_plan->mask_count);
	io_plan->readonly = copy_paths(linux_part->readonly_paths, arena,
				       &io_plan->readonly_count);
	take_root_out(io_plan);
	for (size_t i = 0; i < io_plan->mask_count; i++)
		if (strcmp(io_plan->masks[i], "/") == 0)
			return error_set(err, EINVAL, "linux.maskedPaths[%zu]: / cannot be masked",
					 i);
	return 0;
}

static int plan_steps(const struct mount_request *request, struct mount_plan *io_plan,
		      struct error *err)
{
	const struct spec *spec = request->spec;
	const char *label = spec->linux_part ? spec->linux_part->mount_label : NULL;

	io_plan->has_user_ns = request->has_user_ns;
	io_plan->label = label && *label ? label : NULL;
	for (size_t i = 0; spec->mounts && i < spec->mounts->count; i++)
		TRY(mount_plan_entry(request, i, io_plan, err));
	return 0;
}

static int plan_live(const struct mount_request *request, struct mount_plan *io_plan,
		     struct error *err)
{
	io_plan->is_live = io_plan->needs_sources = true;
	return plan_steps(request, io_plan, err);
}

static int plan_all(const struct mount_request *request, struct mount_plan *io_plan,
		    struct error *err)
{
	const struct spec *spec = request->spec;

	io_plan->root = *spec->root->path == '/' ?
		spec->root->path :
		arena_format(&io_plan->arena, "%s/%s", request->bundle, spec->root->path);
	io_plan->is_root_readonly = spec->root->readonly.value;
	io_plan->no_pivot = request->no_pivot;
	if (spec->linux_part)
		TRY(plan_linux(spec->linux_part, io_plan, err));
	TRY(plan_steps(request, io_plan, err));
	return mount_plan_devices(request, io_plan, err);
}

int mount_plan(const struct mount_request *request, struct mount_plan *ret_plan, struct error *err)
{
	struct mount_plan plan = { 0 };
	int r = request->is_live ? plan_live(request, &plan, err)
				 : plan_all(request, &plan, err);

	if (r < 0)
		mount_plan_clear(&plan);
	*ret_plan = plan;
	return r < 0 ? r : 0;
}

void mount_plan_clear(struct mount_plan *io_plan)
{
	for (size_t i = 0; i < io_plan->step_count; i++)
		scope_close(&io_plan->steps[i].tree_fd);
	for (size_t i = 0; i < io_plan->device_count; i++)
		scope_close(&io_plan->devices[i].tree_fd);
	arena_clear(&io_plan->arena);
	*io_plan = (struct mount_plan){ 0 };
}

void mount_run_clear(struct mount_run *io_run)
{
	scope_close(&io_run->root_fd);
	for (size_t i = 0; i < MOUNT_PLACE_COUNT; i++)
		scope_close(&io_run->place_fds[i]);
	scope_close(&io_run->proc_fd);
	scope_close(&io_run->null_fd);
	for (size_t i = 0; i < io_run->late_count; i++)
		scope_close(&io_run->late_fds[i]);
	free(io_run->late_fds);
	*io_run = (struct mount_run)MOUNT_RUN_NONE;
}
