// SPDX-License-Identifier: 0BSD
#include "init/bare/spawn.h"

#include <errno.h>
#include <linux/limits.h>
#include <string.h>

#include "init/bare/say.h"
#include "init/bare/sys.h"
#include "init/bare/terminal.h"
#include "init/option_part.h"
#include "init/text.h"

/* What execvp(3) takes when there is no PATH. */
static const char default_path[] = "/bin:/usr/bin";
static const char shell[] = "/bin/sh";

static const char listen_pid[] = "LISTEN_PID=", listen_pid_id[] = "LISTEN_PIDFDID=";
static char passed_listen_pid[32];

/* The one that tells the same by another number, which cannot be put right. */
static void drop_listen_id(char **io_env)
{
	char **to = io_env;

	for (; *io_env; io_env++)
		if (strncmp(*io_env, listen_pid_id, sizeof(listen_pid_id) - 1) != 0)
			*to++ = *io_env;
	*to = NULL;
}

/* A service that is handed sockets looks whether they are meant for it: sd_listen_fds(3). */
static void pass_listen_pid(char **io_env, pid_t from, pid_t to)
{
	struct init_text text = INIT_TEXT_IN(passed_listen_pid);
	char **at = io_env;

	init_text_add(&text, listen_pid);
	init_text_add_number(&text, from);
	while (*at && strcmp(*at, passed_listen_pid) != 0)
		at++;
	if (!*at)
		return;
	text.size = sizeof(listen_pid) - 1;
	init_text_add_number(&text, to);
	*at = passed_listen_pid;
	drop_listen_id(io_env);
}

/* A script without "#!" is for the shell, as execvp(3) has it. argv[-1] exists: our own name. */
static int execute_file(char *path, char **argv, char **env)
{
	int r = sys_execute(path, argv, env);

	if (r != -ENOEXEC)
		return r;
	argv[0] = path;
	argv[-1] = (char *)shell;
	return sys_execute(shell, argv - 1, env);
}

/* Joins "FOLDER/NAME"; an empty folder is the current one. */
static bool join(char *path, const char *folder, size_t size, const char *name)
{
	size_t name_size = strlen(name) + 1;

	if (size + 1 + name_size > PATH_MAX)
		return false;
	memcpy(path, folder, size);
	if (size)
		path[size++] = '/';
	memcpy(path + size, name, name_size);
	return true;
}

/* What execvp(3) takes for "not here": the search goes on. */
static bool is_elsewhere(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -EACCES || error == -ESTALE ||
	       error == -ENODEV || error == -ETIMEDOUT;
}

/* One that is there but may not be executed is remembered, and the search goes on. */
static int search_and_execute(char **argv, char **env, char *path)
{
	const char *at = init_option_env(env, "PATH");
	int blame = -ENOENT;

	for (at = at ? at : default_path;; at++) {
		size_t size = 0;
		int r;

		while (at[size] && at[size] != ':')
			size++;
		if (join(path, at, size, argv[0])) {
			r = execute_file(path, argv, env);
			if (!is_elsewhere(r))
				return r;
			blame = r == -EACCES ? r : blame;
		}
		at += size;
		if (!*at)
			return blame;
	}
}

static int execute(char **argv, char **env, char *path)
{
	if (!*argv[0])
		return -ENOENT;
	return strchr(argv[0], '/') ? execute_file(argv[0], argv, env)
				    : search_and_execute(argv, env, path);
}

static void take_place(const struct spawn *spawn)
{
	switch (spawn->options->place) {
	case INIT_OWN_GROUP:
		sys_set_group(0, 0);
		if (spawn->takes_terminal)
			terminal_hand_to(sys_pid());
		break;
	case INIT_OWN_SESSION:
		sys_new_session();
		terminal_take();
		break;
	case INIT_SAME_GROUP:
		break;
	}
}

static void clean_signals(const struct spawn *spawn)
{
	uint64_t mask = spawn->options->keeps_signals ? spawn->given_mask : 0;

	for (int signal = 1; !spawn->options->keeps_signals && signal <= SIGNAL_MAX; signal++)
		if (signal != SIGKILL && signal != SIGSTOP)
			sys_signal_default(signal);
	sys_signal_mask(SIG_SETMASK, &mask, NULL);
}

static int exec_code(const struct init_options *options, int error)
{
	if (error == -ENOENT || (error == -ENOTDIR && options->manner == INIT_NATIVE))
		return options->code_not_found;
	return error == -EACCES ? options->code_cannot_exec : options->code_exec_failed;
}

/* In the child, on memory that is the parent's. */
static void become(void *argument)
{
	const struct spawn *spawn = argument;
	const struct init_options *options = spawn->options;
	char **program = options->program;
	const char *name = program[0];
	int r;

	take_place(spawn);
	if (init_option_env(spawn->env, "LISTEN_PID"))
		pass_listen_pid(spawn->env, spawn->own_pid, sys_pid());
	clean_signals(spawn);
	r = execute(program, spawn->env, spawn->path);
	say_exec_failed(options, name, -r);
	sys_exit(exec_code(options, r));
}

pid_t spawn_main(struct spawn *io_spawn)
{
	return sys_spawn(become, io_spawn);
}
