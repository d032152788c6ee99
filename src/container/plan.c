// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/scope.h"
#include "base/text.h"
#include "container/grant.h"
#include "container/ready.h"
#include "container/self.h"
#include "container/session.h"
#include "ns/idmap.h"
#include "ns/sysctl.h"

enum { CONFIG_MAX = 16 << 20 };

static const char groups_annotation[] = "run.oci.keep_original_groups";

static int find_bundle(struct container_plan *io_plan, const char *state_folder,
		       struct error *err)
{
	const char *bundle = io_plan->request->bundle;
	char path[PATH_MAX];

	if (bundle && !realpath(bundle, path))
		return error_sys(err, "bundle %s", bundle);
	io_plan->bundle = arena_text(&io_plan->arena, bundle ? path : state_folder);
	return 0;
}

static int read_config(struct container_plan *io_plan, struct error *err)
{
	const struct container_request *request = io_plan->request;
	const char *name = request->config ? request->config : "config.json";
	autofree char *path = NULL, *text = NULL;
	size_t size;

	if (request->config_text) {
		size = strlen(request->config_text);
		io_plan->config_text = arena_text(&io_plan->arena, request->config_text);
	} else {
		path = *name == '/' ? mem_text(name) : mem_format("%s/%s", io_plan->bundle, name);
		TRY(file_read(AT_FDCWD, path, CONFIG_MAX, &text, &size, err));
		io_plan->config_text = arena_new(&io_plan->arena, size + 1);
		memcpy(io_plan->config_text, text, size);
	}
	return spec_read(name, io_plan->config_text, size, &io_plan->spec, err);
}

static int find_rootfs(struct container_plan *io_plan, struct error *err)
{
	const struct spec_root *root = io_plan->spec.root;

	if (!root || !root->path)
		return error_set(err, EINVAL, "config.json: root.path: is missing");
	io_plan->rootfs = *root->path == '/'
				  ? arena_text(&io_plan->arena, root->path)
				  : arena_format(&io_plan->arena, "%s/%s", io_plan->bundle,
						 root->path);
	return 0;
}

bool container_plan_has_terminal(const struct container_plan *plan)
{
	const struct spec_process *process = plan->spec.process;

	return process && process->terminal.is_set && process->terminal.value;
}

static int check_terminal(const struct container_plan *plan, struct error *err)
{
	const struct container_request *request = plan->request;
	bool has_terminal = container_plan_has_terminal(plan);

	if (has_terminal && !request->console_socket && !request->in_foreground)
		return error_set(err, EINVAL,
				 "config.json: process.terminal: needs --console-socket, or run "
				 "in the foreground");
	if (!has_terminal && request->console_socket)
		return error_set(err, EINVAL,
				 "--console-socket: config.json has no process.terminal");
	return 0;
}

static int plan_namespaces(struct container_plan *io_plan, struct error *err)
{
	bool can_make = false, is_initial = false;

	TRY(ns_plan(&io_plan->spec, &io_plan->ns, err));
	TRY(ns_is_privileged(&can_make, err));
	TRY(ns_is_initial_user(&is_initial, err));
	io_plan->is_privileged = can_make && is_initial && geteuid() == 0;
	if (!can_make && !(io_plan->ns.create & CLONE_NEWUSER) && io_plan->ns.join_count == 0)
		return error_set(err, EPERM,
				 "config.json: linux.namespaces: an ordinary user needs a \"user\" "
				 "namespace there: %s",
				 error_words(EPERM));
	return ns_open(&io_plan->ns, err);
}

int container_plan_rights(struct container_plan *io_plan, struct error *err)
{
	const struct spec_process *process = io_plan->spec.process;
	const char *keep = spec_find_annotation(io_plan->spec.annotations, groups_annotation);
	bool has_user_ns = ns_owned(&io_plan->ns) & CLONE_NEWUSER;
	uint64_t available = 0;

	io_plan->keeps_groups = keep && strcmp(keep, "0") != 0;
	if (has_user_ns)
		available = guard_cap_known();
	else
		TRY(guard_cap_own(&available, err));
	TRY(guard_cap_plan(process ? process->capabilities : NULL, available, &io_plan->caps, err));
	return 0;
}

static int check_sysctls(const struct container_plan *plan, struct error *err)
{
	const struct spec_linux *part = plan->spec.linux_part;

	return ns_sysctl_check(part ? part->sysctl : NULL, ns_owned(&plan->ns), err);
}

/* @state_folder: below the state root, which need not be there yet. */
static int plan_filter(struct container_plan *io_plan, const char *state_folder,
		       struct error *err)
{
	autofree char *root = mem_format("%.*s", (int)(strrchr(state_folder, '/') - state_folder),
					 state_folder);
	autoclose int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return container_filter_plan(&io_plan->spec, root_fd, &io_plan->filter, err);
}

static int plan_cgroup(struct container_plan *io_plan, struct error *err)
{
	const struct spec_linux *part = io_plan->spec.linux_part;
	autofree char *helper = NULL;
	struct cgroup_request request = {
		.path = part ? part->cgroups_path : NULL,
		.id = io_plan->request->id,
		.manager = io_plan->request->cgroup_manager,
		.is_privileged = io_plan->is_privileged,
		.annotations = io_plan->spec.annotations,
	};

	if (request.manager == CGROUP_MANAGER_SYSTEMD)
		request.helper = helper = container_self_find_helper("husk-systemd");

	return cgroup_select(&request, &io_plan->cgroup, err);
}

/* systemd's protocol for passing listening sockets: sd_listen_fds(3). */
static int count_listen_fds(struct error *err)
{
	const char *text = getenv("LISTEN_FDS");
	long long count;

	if (!text || !*text)
		return 0;
	if (text_number(text, 0, 1 << 16, &count) < 0)
		return error_set(err, EINVAL, "LISTEN_FDS: \"%s\" is not a count", text);
	return (int)count;
}

static int plan_init(struct container_plan *io_plan, struct error *err)
{
	bool ignored;

	/* For a later exec; what is wrong is said now. */
	TRY(container_session_plan(&io_plan->spec, &ignored, err));
	TRY(container_init_plan(&io_plan->spec, io_plan->request->has_init, &io_plan->arena,
				&io_plan->init, err));
	if (!io_plan->init.is_wanted)
		return 0;
	io_plan->init_fd = container_self_open_helper("husk-init", err);
	return io_plan->init_fd < 0 ? io_plan->init_fd : 0;
}

int container_plan_make(const struct container_request *request, const char *state_folder,
			struct container_plan *ret_plan, struct error *err)
{
	*ret_plan = (struct container_plan)CONTAINER_PLAN_NONE;
	ret_plan->request = request;
	TRY(find_bundle(ret_plan, state_folder, err));
	TRY(read_config(ret_plan, err));
	TRY(find_rootfs(ret_plan, err));
	TRY(check_terminal(ret_plan, err));
	TRY(plan_namespaces(ret_plan, err));
	TRY(container_plan_rights(ret_plan, err));
	TRY(check_sysctls(ret_plan, err));
	TRY(plan_filter(ret_plan, state_folder, err));
	TRY(container_grant_plan(ret_plan, err));
	TRY(plan_cgroup(ret_plan, err));
	container_ready_plan(ret_plan, state_folder);
	TRY(container_plan_mounts(ret_plan, err));
	if (ret_plan->spec.hooks)
		TRY(container_hook_output_open(ret_plan->spec.annotations, &ret_plan->hook_output,
					       err));
	ret_plan->listen_fds = count_listen_fds(err);
	TRY(ret_plan->listen_fds);
	return plan_init(ret_plan, err);
}

void container_plan_clear(struct container_plan *io_plan)
{
	if (io_plan->init_fd >= 0)
		close(io_plan->init_fd);
	free(io_plan->inherited);
	mount_plan_clear(&io_plan->mounts);
	cgroup_clear(&io_plan->cgroup);
	container_hook_output_close(&io_plan->hook_output);
	guard_rdt_clear(&io_plan->rdt);
	container_filter_clear(&io_plan->filter);
	ns_close(&io_plan->ns);
	spec_clear(&io_plan->spec);
	arena_clear(&io_plan->arena);
}
