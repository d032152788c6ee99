// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "base/fd.h"
#include "base/sys.h"

enum { OUTPUT_MAX = 8192, FIRST_FREE_FD = 10, DEATH_WAIT_MS = 10000, EXEC_FAILED = 127 };

/* What the parent holds while the program runs. */
struct running {
	pid_t pid;
	int pid_fd;
	int input_fd;  /* -1 when all is written */
	int output_fd; /* -1 at its end */
	int error_fd;  /* a struct error from the child that could not exec */
	const char *input;
	size_t input_left;
};

/* The same pipes' other ends, for the child. */
struct ends {
	int input_fd, output_fd, error_fd;
};

static void close_ends(struct ends *ends)
{
	scope_close(&ends->input_fd);
	scope_close(&ends->output_fd);
	scope_close(&ends->error_fd);
}

static void close_running(struct running *running)
{
	scope_close(&running->pid_fd);
	scope_close(&running->input_fd);
	scope_close(&running->output_fd);
	scope_close(&running->error_fd);
}

static int open_pipe(int *ret_read_fd, int *ret_write_fd, struct error *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_sys(err, "pipe");
	*ret_read_fd = fds[0];
	*ret_write_fd = fds[1];
	return 0;
}

static int open_input(const char *input, struct running *io_running, struct ends *io_ends,
		      struct error *err)
{
	if (!input) {
		io_ends->input_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		return io_ends->input_fd < 0 ? error_sys(err, "open /dev/null") : 0;
	}
	TRY(open_pipe(&io_ends->input_fd, &io_running->input_fd, err));
	io_running->input = input;
	io_running->input_left = strlen(input);
	/* A program that does not read must not hold us: the poll says when there is room. */
	if (fcntl(io_running->input_fd, F_SETFL, O_NONBLOCK) < 0)
		return error_sys(err, "fcntl");
	return 0;
}

static int open_pipes(const char *input, struct running *io_running, struct ends *io_ends,
		      struct error *err)
{
	TRY(open_input(input, io_running, io_ends, err));
	TRY(open_pipe(&io_running->output_fd, &io_ends->output_fd, err));
	if (fcntl(io_running->output_fd, F_SETFL, O_NONBLOCK) < 0)
		return error_sys(err, "fcntl");
	return open_pipe(&io_running->error_fd, &io_ends->error_fd, err);
}

/* --- the child --- */

static void reset_signals(void)
{
	sigset_t none;

	/* SIGKILL and SIGSTOP refuse, and have no other disposition anyway. */
	for (int i = 1; i <= 64; i++)
		(void)sys_reset_signal(i);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * The parent may have died before the death signal was asked for. Its pid would not
 * tell, as it can be in another pid namespace; that nobody reads the error pipe tells.
 */
static int die_with_parent(int error_fd, struct error *err)
{
	struct pollfd reader = { .fd = error_fd };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return error_sys(err, "prctl PR_SET_PDEATHSIG");
	if (poll(&reader, 1, 0) > 0 && reader.revents & POLLERR)
		_exit(EXEC_FAILED);
	return 0;
}

/*
 * Puts the three on 0, 1, 2 and closes all others but the error pipe, which ends up on 3.
 * They are lifted first, because a caller without 0, 1 or 2 has pipes there.
 */
static int place(const struct child_command *command, const struct ends *ends,
		 int *ret_error_fd, struct error *err)
{
	const int from[] = {
		ends->input_fd,
		command->stdout_fd ? command->stdout_fd : ends->output_fd,
		command->stderr_fd ? command->stderr_fd : ends->output_fd,
		ends->error_fd,
	};
	int high[countof(from)];

	for (size_t i = 0; i < countof(from); i++) {
		high[i] = fcntl(from[i], F_DUPFD_CLOEXEC, FIRST_FREE_FD);
		if (high[i] < 0)
			return error_sys(err, "fcntl F_DUPFD_CLOEXEC");
	}
	for (int i = 0; i < (int)countof(from); i++)
		if (dup3(high[i], i, i > 2 ? O_CLOEXEC : 0) < 0)
			return error_sys(err, "dup3");
	*ret_error_fd = 3;
	if (close_range(4, ~0U, 0) < 0)
		return fd_close_on_exec_from(4, err);
	return 0;
}

static int become(const struct child_command *command, const struct ends *ends,
		  int *io_error_fd, struct error *err)
{
	static char *const nothing[] = { NULL };

	if (setpgid(0, 0) < 0)
		return error_sys(err, "setpgid");
	TRY(place(command, ends, io_error_fd, err));
	TRY(die_with_parent(*io_error_fd, err));
	if (command->working_folder && chdir(command->working_folder) < 0)
		return error_sys(err, "chdir %s", command->working_folder);
	reset_signals();
	execve(command->path, command->argv, command->env ? command->env : nothing);
	return error_sys(err, "exec %s", command->path);
}

static NORETURN void child_main(const struct child_command *command, const struct ends *ends)
{
	int error_fd = ends->error_fd;
	struct error err = { 0 };

	if (become(command, ends, &error_fd, &err) < 0) {
		ssize_t written = write(error_fd, &err, sizeof(err));

		(void)written; /* without a parent there is nobody to tell */
	}
	_exit(EXEC_FAILED);
}

/* --- the parent --- */

static int start(const struct child_command *command, struct running *io_running,
		 struct error *err)
{
	autoclean(close_ends) struct ends ends = { -1, -1, -1 };

	TRY(open_pipes(command->input, io_running, &ends, err));
	io_running->pid = fork();
	if (io_running->pid < 0)
		return error_sys(err, "fork");
	if (io_running->pid == 0)
		child_main(command, &ends);
	/* In both, so that the group is there whoever runs first; late here is no harm. */
	(void)setpgid(io_running->pid, io_running->pid);
	return 0;
}

/* A broken pipe is an answer here, not a reason to be killed by SIGPIPE. */
static ssize_t write_quietly(int fd, const char *data, size_t size)
{
	static const struct timespec at_once;
	sigset_t broken, before, pending;
	ssize_t n;
	int code;

	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	sigpending(&pending);
	sigprocmask(SIG_BLOCK, &broken, &before);
	n = write(fd, data, size);
	code = errno;
	if (n < 0 && code == EPIPE && !sigismember(&pending, SIGPIPE))
		(void)sigtimedwait(&broken, NULL, &at_once);
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = code;
	return n;
}

static void close_now(int *io_fd)
{
	close(*io_fd);
	*io_fd = -1;
}

static void feed(struct running *io_running)
{
	ssize_t n = 0;

	if (io_running->input_left > 0)
		n = write_quietly(io_running->input_fd, io_running->input, io_running->input_left);
	if (n > 0) {
		io_running->input += n;
		io_running->input_left -= (size_t)n;
	}
	if (io_running->input_left == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_now(&io_running->input_fd);
}

/* Reads on when the kept part is full, or the program would wait for us. */
static ssize_t collect(struct running *io_running, struct text *io_output)
{
	char bytes[4096];
	ssize_t n = TEMP_FAILURE_RETRY(read(io_running->output_fd, bytes, sizeof(bytes)));
	size_t room = OUTPUT_MAX - io_output->size;

	if (n > 0)
		text_add_bytes(io_output, bytes, (size_t)n < room ? (size_t)n : room);
	else if (n == 0 || errno != EAGAIN)
		close_now(&io_running->output_fd);
	return n;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Until the program is dead. Returns 1 when @deadline_ms (0: none) came first. */
static int serve(struct running *io_running, long long deadline_ms, struct text *io_output,
		 struct error *err)
{
	enum { CHILD, INPUT, OUTPUT };

	for (;;) {
		struct pollfd wait[] = {
			[CHILD] = { .fd = io_running->pid_fd, .events = POLLIN },
			[INPUT] = { .fd = io_running->input_fd, .events = POLLOUT },
			[OUTPUT] = { .fd = io_running->output_fd, .events = POLLIN },
		};
		long long left = deadline_ms ? deadline_ms - now_ms() : -1;

		if (deadline_ms && left <= 0)
			return 1;
		if (poll(wait, countof(wait), (int)left) < 0 && errno != EINTR)
			return error_sys(err, "poll");
		if (wait[INPUT].revents)
			feed(io_running);
		if (wait[OUTPUT].revents)
			collect(io_running, io_output);
		if (wait[CHILD].revents)
			return 0;
	}
}

static int finish(struct running *io_running, const struct child_command *command,
		  struct child_result *io_result, struct error *err)
{
	int r = serve(io_running, command->timeout_ms ? now_ms() + command->timeout_ms : 0,
		      &io_result->output, err);

	if (r <= 0)
		return r;
	io_result->timed_out = true;
	/* Not reaped yet, so the number is still this program's and no other's. */
	kill(-io_running->pid, SIGKILL);
	r = serve(io_running, now_ms() + DEATH_WAIT_MS, &io_result->output, err);
	if (r > 0)
		return error_set(err, ETIMEDOUT, "%s does not die", command->path);
	return r;
}

/* What was written before the end is in the pipe; what a background child adds may wait. */
static void collect_rest(struct running *io_running, struct text *io_output)
{
	while (io_running->output_fd >= 0 && io_output->size < OUTPUT_MAX)
		if (collect(io_running, io_output) < 0)
			break;
}

static int reap(const struct running *running, struct child_result *io_result, struct error *err)
{
	struct error inner;

	if (TEMP_FAILURE_RETRY(waitpid(running->pid, &io_result->wait_status, 0)) < 0)
		return error_sys(err, "wait");
	/* Its last copy is closed by exec or by the end: this does not wait. */
	if (read(running->error_fd, &inner, sizeof(inner)) != sizeof(inner))
		return 0;
	*err = inner;
	return -err->code;
}

static int run(const struct child_command *command, struct running *io_running,
	       struct child_result *io_result, struct error *err)
{
	int r;

	TRY(start(command, io_running, err));
	io_running->pid_fd = sys_pidfd_open(io_running->pid, 0);
	if (io_running->pid_fd < 0)
		r = error_sys(err, "pidfd_open");
	else
		r = finish(io_running, command, io_result, err);
	if (r < 0) {
		kill(-io_running->pid, SIGKILL);
		/* One that does not die, in a dead file system say, stays a zombie of ours. */
		waitpid(io_running->pid, NULL, r == -ETIMEDOUT ? WNOHANG : 0);
		return r;
	}
	collect_rest(io_running, &io_result->output);
	return reap(io_running, io_result, err);
}

int child_run(const struct child_command *command, struct child_result *ret_result,
	      struct error *err)
{
	autoclean(close_running) struct running running = { 0, -1, -1, -1, -1, NULL, 0 };
	int r;

	*ret_result = (struct child_result){ 0 };
	r = run(command, &running, ret_result, err);
	if (r < 0)
		child_result_clear(ret_result);
	return r;
}

void child_result_clear(struct child_result *io_result)
{
	text_clear(&io_result->output);
	*io_result = (struct child_result){ 0 };
}

int child_exit_code(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}
