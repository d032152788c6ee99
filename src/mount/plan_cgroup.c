// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plan_cgroup - the cgroup file systems in the container
 *
 * The rule of S-22: what a container may write is at most its own part of the tree. A new mount
 * shows that part as its root only in a cgroup namespace; outside of one it shows the tree of the
 * whole host, and is read-only then. On v1 a container with a user namespace of its own gets no
 * writable hierarchy at all (a writable release_agent runs programs on the host).
 */
#include <string.h>
#include <sys/mount.h>

#include "base/text.h"
#include "mount/plan_part.h"

static void set_readonly(struct mount_options *io_options)
{
	io_options->top.set |= MOUNT_ATTR_RDONLY;
	io_options->top.clear &= ~(uint64_t)MOUNT_ATTR_RDONLY;
}

static bool is_readonly(const struct mount_step *step)
{
	return step->options.top.set & MOUNT_ATTR_RDONLY;
}

/* One entry of the configuration is many mounts here: the flags are for all of them. */
static void copy_flags(const struct mount_step *asked, struct mount_step *io_step)
{
	io_step->options.top = asked->options.top;
	io_step->options.below = asked->options.below;
}

static void make_bind(const struct mount_step *asked, const char *folder,
		      struct mount_step *io_step)
{
	io_step->kind = MOUNT_BIND;
	io_step->source = folder;
	copy_flags(asked, io_step);
}

/* Nothing of the host's tree may be shown: an empty folder that nobody can write to. */
static void make_empty(struct arena *io_arena, struct mount_step *io_step)
{
	io_step->kind = MOUNT_NEW;
	io_step->source = io_step->type = "tmpfs";
	io_step->options.top.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				   MOUNT_ATTR_NOEXEC;
	mount_option_parse("mode=755", io_arena, &io_step->options);
}

static const struct mount_step *plan_second_choice(const struct mount_step *asked,
						   const char *target, const char *folder,
						   struct mount_plan *io_plan)
{
	struct mount_step *step = mount_plan_spare(io_plan, asked->place, target);

	if (folder)
		make_bind(asked, folder, step);
	else
		make_empty(&io_plan->arena, step);
	return step;
}

static void plan_v2(const struct mount_request *request, const struct mount_step *asked,
		    const char *target, struct mount_plan *io_plan)
{
	struct mount_step *step = mount_plan_add(io_plan, asked->place, target);

	if (!request->has_cgroup_ns && !is_readonly(asked) && request->cgroup2_folder) {
		make_bind(asked, request->cgroup2_folder, step);
		return;
	}
	step->kind = MOUNT_NEW;
	step->source = "cgroup";
	step->type = "cgroup2";
	step->is_super_kept = true;
	copy_flags(asked, step);
	if (!request->has_cgroup_ns)
		set_readonly(&step->options);
	step->fallback = plan_second_choice(asked, target, request->cgroup2_folder, io_plan);
}

/* "none,name=systemd" is two words of data. */
static void add_words(const char *words, struct arena *io_arena, struct mount_options *io_options)
{
	char *rest = arena_text(io_arena, words), *word;

	while ((word = strsep(&rest, ",")))
		mount_option_parse(word, io_arena, io_options);
}

static void plan_hierarchy(const struct mount_request *request,
			   const struct mount_cgroup_hierarchy *hierarchy,
			   const struct mount_step *asked, struct mount_plan *io_plan)
{
	struct arena *arena = &io_plan->arena;
	const char *target = arena_format(arena, "%s/%s", asked->target, hierarchy->name);
	struct mount_step bind = *asked;
	struct mount_step *step;

	set_readonly(&bind.options);
	if (!request->has_cgroup_ns && !hierarchy->folder)
		return;
	step = mount_plan_add(io_plan, asked->place, target);
	if (!request->has_cgroup_ns) {
		make_bind(&bind, hierarchy->folder, step);
		return;
	}
	step->kind = MOUNT_NEW;
	step->source = step->type = "cgroup";
	step->is_super_kept = true;
	add_words(hierarchy->options, arena, &step->options);
	copy_flags(request->has_user_ns ? &bind : asked, step);
	step->fallback = plan_second_choice(&bind, target, hierarchy->folder, io_plan);
}

/* "cpu,cpuacct" can be found as "cpu" and as "cpuacct". */
static void plan_links(const struct mount_cgroup_hierarchy *hierarchy,
		       const struct mount_step *asked, struct mount_plan *io_plan)
{
	char *rest = arena_text(&io_plan->arena, hierarchy->name), *word;

	if (!strchr(hierarchy->name, ','))
		return;
	while ((word = strsep(&rest, ","))) {
		const char *target = arena_format(&io_plan->arena, "%s/%s", asked->target, word);
		struct mount_step *step = mount_plan_add(io_plan, asked->place, target);

		step->kind = MOUNT_LINK;
		step->source = hierarchy->name;
	}
}

static void plan_v1(const struct mount_request *request, const struct mount_step *asked,
		    struct mount_plan *io_plan)
{
	struct mount_step *top = mount_plan_add(io_plan, asked->place, asked->target);

	*top = *asked;
	top->kind = MOUNT_NEW;
	top->source = top->type = "tmpfs";
	top->is_late_readonly = is_readonly(asked);
	top->options.below = (struct mount_change){ 0 };
	top->options.top.set = (asked->options.top.set & ~(uint64_t)MOUNT_ATTR_RDONLY) |
			       MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	mount_option_parse("mode=755", &io_plan->arena, &top->options);
	if (io_plan->label)
		mount_option_parse(arena_format(&io_plan->arena, "context=%s", io_plan->label),
				   &io_plan->arena, &top->options);
	for (size_t i = 0; i < request->hierarchy_count; i++) {
		plan_hierarchy(request, &request->hierarchies[i], asked, io_plan);
		plan_links(&request->hierarchies[i], asked, io_plan);
	}
	if (request->cgroup2_folder)
		plan_v2(request, asked,
			arena_format(&io_plan->arena, "%s/unified", asked->target), io_plan);
}

int mount_plan_cgroup(const struct mount_request *request, const struct mount_step *asked,
		      struct mount_plan *io_plan, struct error *err)
{
	struct mount_step merged = *asked;

	/* None of these mounts has another below when its flags are set. */
	merged.options.top.set |= asked->options.below.set & ~asked->options.top.clear;
	merged.options.below = (struct mount_change){ 0 };
	if (asked->options.data_count)
		return error_set(err, EINVAL, "%s.options: \"%s\" is not known for a cgroup mount",
				 asked->place, asked->options.data[0]);
	if (text_begins(asked->target, "/proc/") || strcmp(asked->target, "/proc") == 0)
		return error_set(err, EINVAL, "%s.destination: %s: only a procfs may be mounted "
				 "there", asked->place, asked->target);
	if (request->is_cgroup_v2 || strcmp(asked->type, "cgroup2") == 0)
		plan_v2(request, &merged, asked->target, io_plan);
	else
		plan_v1(request, &merged, io_plan);
	return 0;
}
