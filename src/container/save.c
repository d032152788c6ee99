// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/save.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "container/self.h"
#include "proc/task.h"

static const char user_bus[] = "user";

static const char *const manager_names[] = {
	[CGROUP_MANAGER_FILES] = "cgroupfs",
	[CGROUP_MANAGER_SYSTEMD] = "systemd",
	[CGROUP_MANAGER_DISABLED] = "disabled",
};

static const char *const mode_names[] = {
	[CGROUP_MODE_NONE] = "none",
	[CGROUP_MODE_V1] = "legacy",
	[CGROUP_MODE_V2] = "unified",
};

static struct record_cgroup *save_cgroup(const struct cgroup *cgroup, struct arena *io_arena)
{
	struct record_cgroup *saved = arena_new(io_arena, sizeof(*saved));
	struct record_trees *trees = arena_new(io_arena, sizeof(*trees));

	trees->count = cgroup->count;
	trees->item = arena_new(io_arena, cgroup->count * sizeof(*trees->item));
	for (size_t i = 0; i < cgroup->count; i++)
		trees->item[i] = (struct record_tree){
			.controllers = cgroup->tree[i].controllers,
			.mount_point = cgroup->tree[i].mount_point,
			.folder = cgroup->tree[i].folder,
		};
	*saved = (struct record_cgroup){
		.manager = arena_text(io_arena, manager_names[cgroup->manager]),
		.mode = arena_text(io_arena, mode_names[cgroup->mode]),
		.unit = arena_text(io_arena, cgroup->unit.name),
		.trees = trees,
	};
	if (saved->unit)
		saved->bus = arena_text(io_arena, cgroup->unit.is_user ? user_bus : "system");
	return saved;
}

static void begin(const struct container_plan *plan, struct record *io_record)
{
	struct arena *arena = &io_record->arena;
	const struct spec_hooks *hooks = plan->spec.hooks;

	io_record->oci_version = arena_text(arena, SPEC_OCI_VERSION);
	io_record->id = arena_text(arena, plan->request->id);
	io_record->bundle = plan->bundle;
	io_record->rootfs = plan->rootfs;
	io_record->created = record_time_now(arena);
	io_record->owner_uid = (struct maybe_uint){ true, getuid() };
	io_record->annotations = plan->spec.annotations;
	io_record->has_pid_namespace =
		(struct maybe_bool){ true, plan->ns.create & CLONE_NEWPID };
	io_record->no_new_keyring = (struct maybe_bool){ true, plan->request->no_new_keyring };
	io_record->has_init = (struct maybe_bool){ true, plan->init_fd >= 0 };
	io_record->poststart = hooks ? hooks->poststart : NULL;
	io_record->poststop = hooks ? hooks->poststop : NULL;
	if (plan->rdt.root) {
		io_record->intel_rdt = arena_new(arena, sizeof(*io_record->intel_rdt));
		io_record->intel_rdt->group = plan->rdt.is_own ? plan->rdt.group : NULL;
		io_record->intel_rdt->monitor = plan->rdt.monitor;
	}
}

/*
 * What a record without a process does without: it is written in the time that the first process
 * needs for itself.
 */
static void name_process(pid_t pid, struct record *io_record)
{
	char boot_id[TASK_BOOT_ID_SIZE];
	struct task task;
	struct error ignored;

	io_record->owner = record_owner_name(&io_record->arena, getuid());
	/* Without one nothing guards against a state that outlives a reboot; that is all. */
	if (task_read_boot_id(boot_id, &ignored) == 0)
		io_record->boot_id = arena_text(&io_record->arena, boot_id);
	/* Ended in this very moment: then there is no start time, and the status is "stopped". */
	if (task_read(pid, &task, &ignored) == 0)
		io_record->start_time = (struct maybe_uint){ true, task.start_time };
}

void container_save_record(const struct container_plan *plan, pid_t pid,
			   enum record_status status, struct record *io_record)
{
	if (!io_record->id)
		begin(plan, io_record);
	io_record->written = (struct maybe_enum){ true, (int)status };
	io_record->cgroup = save_cgroup(&plan->cgroup, &io_record->arena);
	io_record->pid = (struct maybe_int){ pid > 0, pid };
	if (pid > 0 && !io_record->start_time.is_set)
		name_process(pid, io_record);
}

static enum cgroup_mode mode_of(const struct record_cgroup *saved)
{
	for (size_t i = 0; saved->mode && i < sizeof(mode_names) / sizeof(*mode_names); i++)
		if (strcmp(saved->mode, mode_names[i]) == 0)
			return (enum cgroup_mode)i;
	return CGROUP_MODE_NONE;
}

static void restore_unit(const struct record_cgroup *saved, struct cgroup *io_cgroup)
{
	autofree char *helper = container_self_find_helper("husk-systemd");

	cgroup_restore_unit(io_cgroup, &(struct cgroup_unit){
						.name = saved->unit,
						.is_user = saved->bus &&
							   strcmp(saved->bus, user_bus) == 0,
						.helper = helper });
}

int container_save_restore_cgroup(const struct record *record, struct cgroup *ret_cgroup,
				  struct error *err)
{
	const struct record_cgroup *saved = record->cgroup;
	struct cgroup_tree trees[64] = { 0 };
	size_t count = saved && saved->trees ? saved->trees->count : 0;

	if (count > sizeof(trees) / sizeof(*trees))
		return error_set(err, EBADMSG, "state.json: %zu cgroup trees", count);
	for (size_t i = 0; i < count; i++)
		trees[i] = (struct cgroup_tree){
			.controllers = saved->trees->item[i].controllers,
			.mount_point = saved->trees->item[i].mount_point,
			.folder = saved->trees->item[i].folder,
		};
	TRY(cgroup_restore(saved ? mode_of(saved) : CGROUP_MODE_NONE, trees, count, ret_cgroup,
			   err));
	if (saved && saved->unit)
		restore_unit(saved, ret_cgroup);
	return 0;
}
