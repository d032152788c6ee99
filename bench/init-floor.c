// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init-floor - the smallest init that does the whole job: what an init needs at least
 *
 *   init-floor PROGRAM [ARG...]
 *
 * Starts the program, passes each signal on with its value, reaps every orphan, and ends with the
 * program's status. No option, no C library, no stop that ends the others.
 */
#include <sys/wait.h>

#include "init/bare/start.h"
#include "init/bare/sys.h"

struct program {
	char **words, **env;
};

static void run(void *argument)
{
	const struct program *program = argument;
	const uint64_t none = 0;

	sys_set_group(0, 0);
	sys_signal_mask(SIG_SETMASK, &none, NULL);
	sys_execute(program->words[0], program->words, program->env);
	sys_exit(127);
}

static void reap(pid_t main_pid)
{
	int status;
	pid_t pid;

	while ((pid = sys_wait(-1, &status, WNOHANG)) > 0)
		if (pid == main_pid)
			sys_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

_Noreturn void start_main(char **argv, char **env)
{
	struct program program = { argv + 1, env };
	const uint64_t all = SYS_SIGNALS_ALL;
	siginfo_t info;
	pid_t pid;

	sys_signal_mask(SIG_BLOCK, &all, NULL);
	pid = sys_spawn(run, &program);
	for (;;) {
		int signal = sys_signal_wait(&all, &info, NULL);

		if (signal == SIGCHLD)
			reap(pid);
		else if (signal > 0 &&
			 (info.si_code >= 0 || sys_signal_queue(pid, signal, &info) < 0))
			sys_kill(pid, signal);
	}
}
