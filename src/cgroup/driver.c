// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/driver.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cgroup/apply.h"
#include "cgroup/device.h"
#include "cgroup/filter.h"
#include "cgroup/folder.h"
#include "cgroup/fs.h"
#include "cgroup/keep.h"
#include "cgroup/limit.h"
#include "cgroup/scope.h"
#include "cgroup/systemd.h"
#include "proc/mounts.h"

/* --- which driver, which tree --- */

const struct cgroup_driver *cgroup_fs_driver(enum cgroup_mode mode)
{
	static const struct cgroup_driver *const drivers[] = {
		[CGROUP_MODE_NONE] = NULL,
		[CGROUP_MODE_V1] = &cgroup_fs1,
		[CGROUP_MODE_V2] = &cgroup_fs2,
	};

	return drivers[mode];
}

void cgroup_clear(struct cgroup *io_cgroup)
{
	arena_clear(&io_cgroup->arena);
	*io_cgroup = (struct cgroup){ 0 };
}

static bool is_below(const char *path, const char *folder)
{
	size_t size = strlen(folder);

	return strncmp(path, folder, size) == 0 && path[size] == '/' && path[size + 1];
}

int cgroup_restore(enum cgroup_mode mode, const struct cgroup_tree *trees, size_t count,
		   struct cgroup *ret_cgroup, struct error *err)
{
	struct cgroup cgroup = { .mode = mode, .count = count,
				 .driver = cgroup_fs_driver(mode),
				 .is_privileged = true };

	if ((mode == CGROUP_MODE_NONE) != (count == 0))
		return error_set(err, EINVAL, "cgroup: %zu folders do not go with the mode", count);
	for (size_t i = 0; i < count; i++)
		if (!is_below(trees[i].folder, trees[i].mount_point))
			return error_set(err, EINVAL, "cgroup: \"%s\" is not below \"%s\"",
					 trees[i].folder, trees[i].mount_point);

	cgroup.tree = arena_new(&cgroup.arena, count * sizeof(*trees));
	for (size_t i = 0; i < count; i++) {
		cgroup.tree[i].controllers = arena_text(&cgroup.arena, trees[i].controllers);
		cgroup.tree[i].mount_point = arena_text(&cgroup.arena, trees[i].mount_point);
		cgroup.tree[i].folder = arena_text(&cgroup.arena, trees[i].folder);
	}
	*ret_cgroup = cgroup;
	return 0;
}

/* --- plan --- */

struct creation {
	struct limit_plan limits;
	struct device_policy devices;
	struct folder_made *made; /* one for each tree, in the plan's arena */
};

static void creation_clear(struct creation *io_creation)
{
	cgroup_limit_clear(&io_creation->limits);
	cgroup_device_clear(&io_creation->devices);
}

/* "cpu,memory,pids": all controllers of all v1 trees. */
static void list_controllers(const struct cgroup *cgroup, struct text *io_list)
{
	for (size_t i = 0; i < cgroup->count; i++)
		if (*cgroup->tree[i].controllers)
			text_add(io_list, "%s%s", io_list->size ? "," : "",
				 cgroup->tree[i].controllers);
}

static int plan_limits(const struct cgroup *cgroup, const struct spec_resources *resources,
		       bool is_update, struct limit_plan *io_plan, struct error *err)
{
	autotext struct text list = { 0 }, nowhere = { 0 };
	struct limit_facts facts = {
		.has_v2 = cgroup_fs_find_tree(cgroup, "") != NULL,
		.is_update = is_update,
	};

	list_controllers(cgroup, &list);
	facts.v1_controllers = text_get(&list);
	if (cgroup->mode == CGROUP_MODE_NONE)
		text_add(&nowhere, "%s", cgroup->reason ? cgroup->reason : "there is no cgroup");
	else
		text_add(&nowhere, "not among the mounted hierarchies (%s), and no cgroup2 is "
			 "mounted", facts.v1_controllers);
	facts.nowhere = text_get(&nowhere);
	return cgroup_limit_plan(resources, &facts, io_plan, err);
}

/* An ordinary user can neither make device nodes nor load the program: nothing to guard. */
static int plan_devices(const struct cgroup *cgroup, const struct spec_resources *resources,
			struct creation *io_creation, struct error *err)
{
	const struct spec_device_rules *rules = resources ? resources->devices : NULL;

	if (!cgroup->is_privileged || cgroup->mode == CGROUP_MODE_NONE)
		return 0;
	TRY(cgroup_device_parse(rules, &io_creation->devices, err));
	if (cgroup_fs_find_tree(cgroup, "devices"))
		return cgroup_device_plan(&io_creation->devices, &io_creation->limits, err);
	if (rules && rules->count && !cgroup_fs_find_tree(cgroup, ""))
		return error_set(err, ENOTSUP, "linux.resources.devices: controller devices: "
				 "neither its hierarchy nor cgroup2 is mounted");
	return 0;
}

/* --- create --- */

static bool is_refusal(int r)
{
	return r == -EACCES || r == -EPERM || r == -EROFS;
}

/* A process lives in it, or it is frozen: then it is not ours to take. */
static int check_unused(const struct cgroup *cgroup, const struct cgroup_tree *tree,
			struct error *err)
{
	autofree char *members = NULL;
	bool frozen = false;

	TRY(cgroup_folder_read_at(tree->folder, "cgroup.procs", &members, err));
	if (*members)
		return error_set(err, EBUSY, "%s: processes live in this cgroup already: %s",
				 tree->folder, error_words(EBUSY));
	if (!*tree->controllers)
		TRY(cgroup_fs2_is_frozen(tree, &frozen, err));
	else if (tree == cgroup_fs_find_tree(cgroup, "freezer"))
		TRY(cgroup_fs1.is_frozen(cgroup, &frozen, err));
	if (frozen)
		return error_set(err, EBUSY, "%s: this cgroup is frozen: %s", tree->folder,
				 error_words(EBUSY));
	return 0;
}

static int make_folders(const struct cgroup *cgroup, struct creation *io_creation,
			struct error *err)
{
	io_creation->made = arena_new(&io_creation->limits.arena,
				      cgroup->count * sizeof(*io_creation->made));
	for (size_t i = 0; i < cgroup->count; i++) {
		const struct cgroup_tree *tree = &cgroup->tree[i];

		TRY(cgroup_folder_make(tree, &io_creation->made[i], err));
		if (!io_creation->made[i].is_new && !cgroup_is_scope(cgroup))
			TRY(check_unused(cgroup, tree, err));
		if (mounts_has_option(tree->controllers, "cpuset"))
			TRY(cgroup_fs1_fill(tree, err));
	}
	return 0;
}

/*
 * A process moves only with the right to write the list of the folder above both places
 * (cgroups(7), "Delegation containment"). Known now, it need not fail after the clone.
 */
static int check_move(const struct cgroup *cgroup, struct error *err)
{
	const char *own = cgroup->own_folder, *folder = cgroup->tree->folder;
	autofree char *members = NULL;
	size_t common = 0;

	for (size_t i = 0; own[i] && own[i] == folder[i]; i++)
		if (own[i + 1] == '/' && folder[i + 1] == '/')
			common = i + 1;
	if (strncmp(own, folder, strlen(own)) == 0 && folder[strlen(own)] == '/')
		common = strlen(own);
	members = mem_format("%.*s/cgroup.procs", (int)common, own);
	if (faccessat(AT_FDCWD, members, W_OK, AT_EACCESS) < 0)
		return error_sys(err, "%s: move processes into it: %s", folder, members);
	return 0;
}

static int load_filter(const struct cgroup_tree *tree, struct creation *io_creation,
		       struct error *err)
{
	struct bpf_insn *program;
	size_t count;

	cgroup_device_program(&io_creation->devices, &io_creation->limits.arena, &program, &count);
	if (cgroup_filter_attach(tree->folder, program, count, err) < 0)
		return error_wrap(err, "linux.resources.devices");
	return 0;
}

static int set_limits(const struct cgroup *cgroup, struct creation *io_creation,
		      struct error *err)
{
	const struct cgroup_tree *v2 = cgroup_fs_find_tree(cgroup, "");

	if (v2)
		TRY(cgroup_fs2_enable(cgroup, v2, &io_creation->limits, err));
	TRY(cgroup_apply(cgroup, &io_creation->limits, err));
	if (v2 && cgroup->is_privileged && !cgroup_fs_find_tree(cgroup, "devices"))
		TRY(load_filter(v2, io_creation, err));
	return 0;
}

static int create_planned(const struct cgroup *cgroup, struct creation *io_creation,
			  struct error *err)
{
	TRY(make_folders(cgroup, io_creation, err));
	if (cgroup->own_folder)
		TRY(check_move(cgroup, err));
	return set_limits(cgroup, io_creation, err);
}

static void uncreate(const struct cgroup *cgroup, const struct creation *creation)
{
	for (size_t i = 0; i < cgroup->count; i++)
		cgroup_folder_unmake(&cgroup->tree[i], &creation->made[i]);
}

static int create(struct cgroup *io_cgroup, struct creation *io_creation, struct error *err)
{
	int r = create_planned(io_cgroup, io_creation, err);

	if (r == 0)
		return 0;
	uncreate(io_cgroup, io_creation);
	if (io_cgroup->is_privileged || !is_refusal(r))
		return r;
	if (io_creation->limits.count)
		return error_wrap(err, "%s: controller %s: not delegated to this user",
				  io_creation->limits.write->property,
				  io_creation->limits.write->controller);
	log_debug("no cgroup: %s", err->text);
	io_cgroup->mode = CGROUP_MODE_NONE;
	io_cgroup->count = 0;
	io_cgroup->driver = NULL;
	return 0;
}

static bool has_limits(const struct spec_resources *r)
{
	return r && (r->memory || r->cpu || r->pids || r->block_io || r->hugepage_limits ||
		     r->network || r->rdma || r->unified);
}

int cgroup_create(struct cgroup *io_cgroup, const struct spec_resources *resources,
		  struct error *err)
{
	struct creation creation __attribute__((cleanup(creation_clear))) = { 0 };

	if (io_cgroup->manager == CGROUP_MANAGER_DISABLED) {
		if (has_limits(resources))
			log_warning("linux.resources is ignored: %s", io_cgroup->reason);
		return 0;
	}
	TRY(plan_limits(io_cgroup, resources, false, &creation.limits, err));
	TRY(plan_devices(io_cgroup, resources, &creation, err));
	return create(io_cgroup, &creation, err);
}

/* --- a scope --- */

/* What systemd does not make on v1, or hand down on v2, is made here; then it is as any other. */
static int complete_scope(const struct cgroup *cgroup, struct creation *io_creation, pid_t pid,
			  struct error *err)
{
	TRY(make_folders(cgroup, io_creation, err));
	TRY(set_limits(cgroup, io_creation, err));
	return cgroup_join(cgroup, pid, err);
}

int cgroup_create_scope(const struct cgroup *cgroup, const struct spec_resources *resources,
			pid_t pid, struct error *err)
{
	struct creation creation __attribute__((cleanup(creation_clear))) = { 0 };
	struct error undo_err;

	TRY(plan_limits(cgroup, resources, false, &creation.limits, err));
	TRY(plan_devices(cgroup, resources, &creation, err));
	TRY(cgroup_scope_start(cgroup, &creation.limits, &creation.devices, pid, err));
	if (complete_scope(cgroup, &creation, pid, err) == 0)
		return 0;
	if (cgroup_delete(cgroup, &undo_err) < 0)
		log_warning("%s", undo_err.text);
	return -err->code;
}

/* --- later --- */

/* Where the processes are put in a tree. Only the one tree of v2 has a folder inside. */
static const char *process_folder(const struct cgroup *cgroup, size_t i)
{
	return cgroup->process_folder ? cgroup->process_folder : cgroup->tree[i].folder;
}

int cgroup_open(const struct cgroup *cgroup)
{
	struct error ignored;
	int fd = cgroup->mode == CGROUP_MODE_V2
			 ? cgroup_folder_open(process_folder(cgroup, 0), &ignored)
			 : -1;

	return fd < 0 ? -1 : fd;
}

int cgroup_join(const struct cgroup *cgroup, pid_t pid, struct error *err)
{
	autofree char *text = mem_format("%d", pid);

	for (size_t i = 0; i < cgroup->count; i++) {
		int r = cgroup_folder_write_at(process_folder(cgroup, i), "cgroup.procs", text,
					       err);

		/* From another part of the tree an ordinary user may not, but systemd may. */
		if (is_refusal(r) && cgroup_is_scope(cgroup) && !cgroup->process_folder)
			return cgroup_systemd_attach(&cgroup->unit, pid, err);
		TRY(r);
	}
	return 0;
}

int cgroup_update(const struct cgroup *cgroup, const struct spec_resources *resources,
		  struct error *err)
{
	autolimit struct limit_plan plan = { 0 }, old = { 0 };
	const struct cgroup_tree *v2 = cgroup_fs_find_tree(cgroup, "");
	struct error undo_err;

	TRY(plan_limits(cgroup, resources, true, &plan, err));
	if (v2)
		TRY(cgroup_fs2_enable(cgroup, v2, &plan, err));
	cgroup_keep_plan(cgroup, &plan, &old);
	/* systemd writes its files with it, rounded and as a whole: the exact values come after. */
	if (cgroup_scope_set(cgroup, &plan, err) == 0 && cgroup_apply(cgroup, &plan, err) == 0)
		return 0;
	if (cgroup_scope_set(cgroup, &old, &undo_err) < 0 ||
	    cgroup_apply(cgroup, &old, &undo_err) < 0)
		log_warning("the old limits are not all back: %s", undo_err.text);
	return -err->code;
}

int cgroup_freeze(const struct cgroup *cgroup, bool frozen, struct error *err)
{
	if (!cgroup->driver)
		return error_set(err, ENOTSUP, "the container has no cgroup to be frozen in");
	return cgroup->driver->freeze(cgroup, frozen, err);
}

int cgroup_is_frozen(const struct cgroup *cgroup, bool *ret_frozen, struct error *err)
{
	*ret_frozen = false;
	return cgroup->driver ? cgroup->driver->is_frozen(cgroup, ret_frozen, err) : 0;
}

int cgroup_kill(const struct cgroup *cgroup, struct error *err)
{
	return cgroup->driver ? cgroup->driver->kill(cgroup, err) : 0;
}

/* --- delegation --- */

static int give_file(int folder_fd, const char *name, uid_t uid, struct error *err)
{
	if (fchownat(folder_fd, name, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
		return error_sys(err, "chown %s", name);
	return 0;
}

static int give_files(int folder_fd, char *io_names, uid_t uid, struct error *err)
{
	char *name;

	while ((name = strsep(&io_names, "\n")))
		if (*name)
			TRY(give_file(folder_fd, name, uid, err));
	return 0;
}

int cgroup_give(const struct cgroup *cgroup, uid_t uid, struct error *err)
{
	/* For kernels before 4.15, which have no list. */
	static const char usual[] = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads";
	autofree char *names = NULL;
	autoclose int folder_fd = -1;

	if (cgroup->mode != CGROUP_MODE_V2)
		return 0;
	if (cgroup_folder_read_at("/sys/kernel/cgroup", "delegate", &names, err) < 0)
		names = mem_text(usual);
	folder_fd = cgroup_folder_open(process_folder(cgroup, 0), err);
	if (folder_fd < 0)
		return folder_fd;
	if (fchownat(folder_fd, ".", uid, (gid_t)-1, 0) < 0)
		return error_sys(err, "chown %s", process_folder(cgroup, 0));
	if (give_files(folder_fd, names, uid, err) < 0)
		return error_wrap(err, "%s", process_folder(cgroup, 0));
	return 0;
}
