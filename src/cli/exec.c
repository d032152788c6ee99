// SPDX-License-Identifier: GPL-2.0-or-later
/* exec - `husk exec`: words to a request; --list */
#include <errno.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "container/exec.h"
#include "container/self.h"

/* Of our own errors, as other runtimes have it: 1 could be the program's. */
enum { OWN_ERROR = 255 };

struct exec_values {
	const char *process, *cwd, *user, *apparmor, *label, *console_socket, *pid_file,
		*pidfd_socket;
	struct option_texts env, groups, capabilities, cgroups;
	const char *format;
	bool tty, detach, no_new_privs, ignore_paused, tty_hangup_kills, list;
	int preserve_fds;
};

const struct option exec_options[] = {
	{ "process", 'p', OPTION_TEXT, offsetof(struct exec_values, process), "FILE",
	  "a process object, as config.json has it, in place of words" },
	{ "tty", 't', OPTION_FLAG, offsetof(struct exec_values, tty), NULL, "with a terminal" },
	{ "detach", 'd', OPTION_FLAG, offsetof(struct exec_values, detach), NULL,
	  "return once the program runs" },
	{ "cwd", 0, OPTION_TEXT, offsetof(struct exec_values, cwd), "DIR", "working folder" },
	{ "env", 'e', OPTION_TEXTS, offsetof(struct exec_values, env), "NAME=VALUE",
	  "set a variable; may be repeated" },
	{ "user", 'u', OPTION_TEXT, offsetof(struct exec_values, user), "UID[:GID]",
	  "user, by number" },
	{ "additional-gids", 'g', OPTION_TEXTS, offsetof(struct exec_values, groups), "GID",
	  "one more group; may be repeated" },
	{ "cap", 'c', OPTION_TEXTS, offsetof(struct exec_values, capabilities), "CAP",
	  "one more capability; may be repeated" },
	{ "no-new-privs", 0, OPTION_FLAG, offsetof(struct exec_values, no_new_privs), NULL,
	  "no program gives more rights" },
	{ "apparmor", 0, OPTION_TEXT, offsetof(struct exec_values, apparmor), "PROFILE",
	  "AppArmor profile" },
	{ "process-label", 0, OPTION_TEXT, offsetof(struct exec_values, label), "LABEL",
	  "SELinux label" },
	{ "console-socket", 0, OPTION_TEXT, offsetof(struct exec_values, console_socket), "PATH",
	  "UNIX socket that gets the terminal's master" },
	{ "pid-file", 0, OPTION_TEXT, offsetof(struct exec_values, pid_file), "FILE",
	  "where the process id is written" },
	{ "pidfd-socket", 0, OPTION_TEXT, offsetof(struct exec_values, pidfd_socket), "PATH",
	  "UNIX socket that gets a descriptor of the process" },
	{ "preserve-fds", 0, OPTION_COUNT, offsetof(struct exec_values, preserve_fds), "N",
	  "keep N descriptors from 3 on open" },
	{ "cgroup", 0, OPTION_TEXTS, offsetof(struct exec_values, cgroups), "[CONTROLLER:]PATH",
	  "a cgroup below the container's; may be repeated with v1" },
	{ "ignore-paused", 0, OPTION_FLAG, offsetof(struct exec_values, ignore_paused), NULL,
	  "in a paused container too: wait until it is resumed" },
	{ "tty-hangup-kills", 0, OPTION_FLAG, offsetof(struct exec_values, tty_hangup_kills), NULL,
	  "end all that it started when its terminal hangs up or it ends" },
	{ "list", 0, OPTION_FLAG, offsetof(struct exec_values, list), NULL,
	  "list what runs with --tty-hangup-kills; see husk kill --exec" },
	{ "format", 0, OPTION_TEXT, offsetof(struct exec_values, format), "table|json",
	  "how --list prints" },
	{ "no-subreaper", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ 0 },
};

static void read_request(struct exec_values *values, char **words,
			 struct container_exec *ret_request)
{
	/* Everything behind the ID is the program's, but a "--" right there. */
	char **program = words + 1;

	if (*program && strcmp(*program, "--") == 0)
		program++;
	*ret_request = (struct container_exec){
		.id = words[0],
		.process = values->process,
		.arguments = program,
		.cwd = values->cwd,
		.user = values->user,
		.apparmor_profile = values->apparmor,
		.selinux_label = values->label,
		.env = values->env.item,
		.capabilities = values->capabilities.item,
		.groups = values->groups.item,
		.no_new_privileges = values->no_new_privs,
		.has_terminal = values->tty,
		.is_detached = values->detach,
		.ignores_pause = values->ignore_paused,
		.is_session = values->tty_hangup_kills,
		.console_socket = values->console_socket,
		.pid_file = values->pid_file,
		.pidfd_socket = values->pidfd_socket,
		.cgroups = values->cgroups.item,
		.preserve_fds = values->preserve_fds,
	};
}

int cmd_exec(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct exec_values values = { 0 };
	struct container_exec request;
	enum container_blame blame = BLAME_RUNTIME;
	autostore struct store store = STORE_NONE;
	int words, status;

	io_context->error_status = OWN_ERROR;
	words = command_options(command_find("exec"), OPTION_FIRST, 1, -1, argc, argv, &values,
				err);
	TRY(words);
	if (values.list)
		return command_list_sessions(io_context, argv, words, values.format, err);
	if (values.format)
		return error_set(err, EINVAL, "exec: --format: only goes with --list");
	TRY(container_self_protect(io_context->argv, err));
	TRY(command_check_kept(values.preserve_fds, err));
	argv[words] = NULL;
	read_request(&values, argv, &request);
	TRY(store_open(io_context->root, &store, err));
	status = container_exec(&store, &request, &blame, err);
	if (status >= 0)
		return status;
	if (blame != BLAME_RUNTIME)
		io_context->error_status = (int)blame;
	return error_wrap(err, "exec %s", request.id);
}
