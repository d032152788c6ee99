// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/scope.h"
#include "base/sys.h"
#include "container/listener.h"
#include "container/program.h"
#include "guard/attribute.h"
#include "guard/lsm.h"
#include "guard/user.h"
#include "ns/idmap.h"

static bool has_root(const struct spec_id_mappings *maps)
{
	uint32_t host;

	return !maps || ns_idmap_to_host(maps, 0, &host) == 0;
}

int container_inside_become_root(const struct container_plan *plan, struct error *err)
{
	if (!(ns_owned(&plan->ns) & CLONE_NEWUSER))
		return 0;
	return container_inside_take_root(plan->spec.linux_part, err);
}

int container_inside_take_root(const struct spec_linux *part, struct error *err)
{
	if (has_root(part ? part->gid_mappings : NULL) && setresgid(0, 0, 0) < 0)
		return error_sys(err, "become group 0 of the user namespace");
	if (has_root(part ? part->uid_mappings : NULL) && setresuid(0, 0, 0) < 0)
		return error_sys(err, "become user 0 of the user namespace");
	return 0;
}

static bool has_text(const char *text)
{
	return text && *text;
}

bool container_inside_has_label(const struct container_plan *plan)
{
	const struct spec_process *process = plan->spec.process;

	return process &&
	       (has_text(process->apparmor_profile) || has_text(process->selinux_label));
}

int container_inside_join_keyring(const struct container_plan *plan, int proc_fd,
				  struct error *err)
{
	const struct spec_process *process = plan->spec.process;
	const char *label = process ? process->selinux_label : NULL;
	autofree char *name = NULL;

	if (plan->request->no_new_keyring)
		return 0;
	name = mem_format("_ses.%s", plan->request->id);
	if (label && *label)
		TRY(guard_lsm_set_key_label(proc_fd, label, err));
	TRY(guard_attribute_join_keyring(name, err));
	return label && *label ? guard_lsm_set_key_label(proc_fd, NULL, err) : 0;
}

static int set_affinity(const struct spec_cpu_affinity *affinity, struct error *err)
{
	/* Only the first CPUs are given: those stay. */
	if (affinity && !affinity->final_list)
		return 0;
	return guard_attribute_set_affinity(affinity ? affinity->final_list : NULL, err);
}

int container_inside_set_attributes(const struct container_plan *plan,
				    const struct spec_cpu_affinity *affinity, struct error *err)
{
	const struct spec_linux *part = plan->spec.linux_part;
	const struct spec_process *process = plan->spec.process;

	if (part && part->personality)
		TRY(guard_attribute_set_personality(part->personality, err));
	if (part && part->memory_policy)
		TRY(guard_attribute_set_memory_policy(part->memory_policy, err));
	TRY(set_affinity(affinity, err));
	if (process && process->scheduler)
		TRY(guard_attribute_set_scheduler(process->scheduler, err));
	if (process && process->io_priority)
		TRY(guard_attribute_set_io_priority(process->io_priority, err));
	return 0;
}

static bool is_to_be_owned(int fd, uid_t uid)
{
	struct stat file;

	if (fstat(fd, &file) < 0 || file.st_uid == uid)
		return false;
	return S_ISFIFO(file.st_mode) || S_ISSOCK(file.st_mode) ||
	       (S_ISCHR(file.st_mode) && isatty(fd));
}

int container_inside_own_stdio(uid_t uid, struct error *err)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (!is_to_be_owned(fd, uid) || fchown(fd, uid, (gid_t)-1) == 0)
			continue;
		if (errno != EINVAL && errno != EPERM && errno != EROFS)
			return error_sys(err, "give descriptor %d to user %u", fd, uid);
	}
	return 0;
}

/* The kernel answers "(unreachable)..." for a folder that is not below our root. */
static int check_reachable(const char *cwd, struct error *err)
{
	char path[PATH_MAX];

	if (sys_getcwd(path, sizeof(path)) < 0)
		return error_sys(err, "process.cwd: %s: getcwd", cwd);
	if (*path != '/')
		return error_set(err, ENOENT, "process.cwd: %s is outside of the container", cwd);
	return 0;
}

static int make_folder(const char *cwd, struct error *err)
{
	autoclose int root_fd = -1;
	autoclose int fd = -1;
	struct stat there;

	if (stat(cwd, &there) == 0 || errno != ENOENT)
		return 0; /* chdir has its own words for what it is */
	root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root_fd < 0)
		return error_sys(err, "process.cwd: open /");
	fd = path_make_folder_in(root_fd, cwd, 0755, err);
	return fd < 0 ? error_wrap(err, "process.cwd") : 0;
}

static int enter_folder(const char *cwd, bool *ret_entered, struct error *err)
{
	*ret_entered = chdir(cwd) == 0;
	return *ret_entered ? check_reachable(cwd, err) : 0;
}

static unsigned int user_flags(const struct container_plan *plan)
{
	return (plan->denies_setgroups ? GUARD_USER_SETGROUPS_DENIED : 0U) |
	       (plan->keeps_groups ? GUARD_USER_KEEP_GROUPS : 0U);
}

static int change_user(const struct container_plan *plan, struct error *err)
{
	const struct spec_process *process = plan->spec.process;
	const char *cwd = process ? process->cwd : "/";
	bool is_in;

	TRY(enter_folder(cwd, &is_in, err));
	if (!is_in) {
		TRY(make_folder(cwd, err));
		TRY(enter_folder(cwd, &is_in, err));
	}
	TRY(guard_cap_limit_bounding(&plan->caps, err));
	TRY(guard_cap_keep(err));
	TRY(guard_user_apply(process ? process->user : NULL, user_flags(plan), err));
	if (!is_in)
		TRY(enter_folder(cwd, &is_in, err));
	if (!is_in)
		return error_sys(err, "process.cwd: chdir to %s", cwd);
	return guard_cap_apply(&plan->caps, err);
}

static bool forbids_new_privileges(const struct container_plan *plan)
{
	return plan->spec.process && plan->spec.process->no_new_privileges.value;
}

static enum container_inside_moment moment_of(const struct container_plan *plan)
{
	if (!forbids_new_privileges(plan))
		return INSIDE_BEFORE_USER;
	return plan->filter.program.needs_notify ? INSIDE_BEFORE_READY : INSIDE_BEFORE_EXEC;
}

int container_inside_load_filter(const struct container_plan *plan,
				 enum container_inside_moment moment, int socket_fd,
				 struct error *err)
{
	const struct guard_seccomp_program *program = &plan->filter.program;
	int none;

	if (!program->count || moment != moment_of(plan))
		return 0;
	if (program->needs_notify)
		return container_listener_load(program, socket_fd, err);
	return guard_seccomp_load(program, &none, err);
}

int container_inside_become_user(const struct container_plan *plan, int *io_proc_fd,
				 int socket_fd, struct error *err)
{
	const struct spec_process *process = plan->spec.process;

	if (process && *io_proc_fd >= 0)
		TRY(guard_lsm_apply_exec(*io_proc_fd, process->apparmor_profile,
					 process->selinux_label, err));
	/* Now: a filter may ask about every call that comes later. */
	scope_close(io_proc_fd);
	*io_proc_fd = -1;
	TRY(container_inside_load_filter(plan, INSIDE_BEFORE_USER, socket_fd, err));
	TRY(change_user(plan, err));
	return forbids_new_privileges(plan) ? guard_attribute_forbid_new_privileges(err) : 0;
}

int container_inside_find_program(struct container_plan *io_plan,
				  struct container_inside_program *ret_program,
				  struct error *err)
{
	const struct spec_process *process = io_plan->spec.process;
	const struct spec_user *user = process ? process->user : NULL;
	int r;

	if (!process || !process->args || process->args->count == 0)
		return 0;
	ret_program->environment =
		container_program_environment(process->env, user ? (uid_t)user->uid.value : 0,
					      io_plan->listen_fds, &io_plan->arena);
	r = container_program_find(process->args->item[0], process->env, &io_plan->arena,
				   &ret_program->path, err);
	if (r < 0)
		ret_program->blame = r == -ENOENT || r == -ENOTDIR ? BLAME_NOT_FOUND
								   : BLAME_NOT_RUNNABLE;
	return r;
}

static int end_of_kept(const struct container_plan *plan)
{
	return 3 + plan->listen_fds + plan->request->preserve_fds;
}

void container_inside_close_inherited(const struct container_plan *plan)
{
	for (const int *fd = plan->inherited; fd && *fd >= 0; fd++)
		if (*fd >= end_of_kept(plan))
			close(*fd);
}

int container_inside_keep_descriptors(const struct container_plan *plan, struct error *err)
{
	int first_closed = end_of_kept(plan);

	TRY(fd_close_on_exec_from((unsigned int)first_closed, err));
	for (int fd = 3; fd < first_closed; fd++)
		if (fcntl(fd, F_SETFD, 0) < 0)
			return error_sys(err, "keep descriptor %d", fd);
	return 0;
}
