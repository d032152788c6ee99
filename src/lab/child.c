// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/child.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/sys.h"
#include "proc/task.h"
#include "signal/name.h"

enum { CALL_MAX = 512 };

int child_start(child_body *body, void *data, uint64_t flags, struct error *err)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	pid_t pid = flags ? sys_clone3(&args) : fork();

	if (pid < 0)
		return error_sys(err, "start a process");
	if (pid == 0)
		_exit(body(data));
	return pid;
}

int child_sleep(void *data UNUSED)
{
	while (pause() < 0)
		;
	return 0;
}

int child_spin(void *data UNUSED)
{
	volatile bool is_over = false;

	while (!is_over)
		;
	return 0;
}

int child_wait(pid_t pid, int *ret_status, struct error *err)
{
	if (TEMP_FAILURE_RETRY(waitpid(pid, ret_status, 0)) < 0)
		return error_sys(err, "waitpid");
	return 0;
}

void child_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	(void)!TEMP_FAILURE_RETRY(waitpid(pid, NULL, 0));
}

void child_clean_signals(void)
{
	sigset_t none;

	for (int number = 1; number <= SIGNAL_MAX; number++)
		sys_reset_signal(number);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void child_handle(int signal, void (*handler)(int signal), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	sigaction(signal, &action, NULL);
}

/* --- gates --- */

int gate_make(struct gate *ret_gate, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_sys(err, "pipe");
	*ret_gate = (struct gate){ .read_fd = ends[0], .write_fd = ends[1] };
	return 0;
}

void gate_open(const struct gate *gate)
{
	/* Who should have read it may be gone; the experiment will see that in another way. */
	(void)!TEMP_FAILURE_RETRY(write(gate->write_fd, "", 1));
}

bool gate_pass(const struct gate *gate)
{
	char byte;

	return TEMP_FAILURE_RETRY(read(gate->read_fd, &byte, 1)) == 1;
}

void gate_close(struct gate *io_gate)
{
	scope_close(&io_gate->read_fd);
	scope_close(&io_gate->write_fd);
	*io_gate = (struct gate){ -1, -1 };
}

/* --- /proc --- */

void child_rest(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

int child_await_state(pid_t pid, const char *states, struct error *err)
{
	struct task task;

	for (;;) {
		TRY(task_read(pid, &task, err));
		if (strchr(states, task.state))
			return 0;
		child_rest();
	}
}

/* The number in front of /proc/PID/syscall; -1 when it runs, or is in no call. */
static int read_call(pid_t pid, long *ret_number, struct error *err)
{
	autofree char *text = NULL;
	char name[32], *end;

	snprintf(name, sizeof(name), "/proc/%d/syscall", pid);
	TRY(file_read(AT_FDCWD, name, CALL_MAX, &text, NULL, err));
	*ret_number = strtol(text, &end, 10);
	if (end == text)
		*ret_number = -1;
	return 0;
}

int child_await_call(pid_t pid, long number, struct error *err)
{
	long first, second;

	for (;;) {
		TRY(read_call(pid, &first, err));
		TRY(child_await_state(pid, "RSDTtZX", err));
		if (first == number) {
			TRY(child_await_state(pid, "S", err));
			TRY(read_call(pid, &second, err));
			if (second == number)
				return 0;
		}
		child_rest();
	}
}

int child_count(pid_t parent, const char *states)
{
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	struct error ignored;
	struct task task;
	int count = 0;

	while (folder && (entry = readdir(folder))) {
		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		if (task_read((pid_t)strtol(entry->d_name, NULL, 10), &task, &ignored) == 0 &&
		    task.parent_pid == parent && strchr(states, task.state))
			count++;
	}
	if (folder)
		closedir(folder);
	return count;
}
