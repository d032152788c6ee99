// SPDX-License-Identifier: GPL-2.0-or-later
/* session_watch - the process that a detached exec leaves behind: container_session_watch */
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/scope.h"
#include "container/rights.h"
#include "container/session.h"

/* Its descriptors, by number; the first three are /dev/null. */
enum { FIRST = 3, TERMINAL, FDS };

/*
 * Nobody shall wait for the end of a stream because of us, nor get signals to us with those to
 * the caller's processes; who shuts the machine down ends us with SIGTERM.
 */
static bool let_go(const struct container_session *session, int pid_fd)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	/* Without a terminal one that never hangs up. */
	int terminal_fd = session->terminal_fd >= 0 ? session->terminal_fd : null_fd;
	const int from[FDS] = { null_fd, null_fd, null_fd, pid_fd, terminal_fd };
	int high[FDS];
	sigset_t none;

	for (int i = 0; i < FDS; i++)
		high[i] = fcntl(from[i], F_DUPFD_CLOEXEC, FDS);
	for (int i = 0; i < FDS; i++)
		if (dup2(high[i], i) < 0)
			return false;
	sigemptyset(&none);
	return close_range(FDS, ~0U, 0) == 0 && chdir("/") == 0 && setsid() >= 0 &&
	       sigprocmask(SIG_SETMASK, &none, NULL) == 0;
}

static NORETURN void watch(const struct container_session *session, int pid_fd)
{
	struct pollfd wait[] = {
		{ .fd = FIRST, .events = POLLIN },
		{ .fd = TERMINAL }, /* POLLHUP is always told */
	};

	if (!let_go(session, pid_fd))
		_exit(1);
	container_rights_give_up();
	(void)TEMP_FAILURE_RETRY(poll(wait, countof(wait), -1));
	/* Open here it would keep the other end from seeing that nobody is left. */
	close(TERMINAL);
	container_session_end(session);
	/* The v1 freezer holds SIGKILL back for as long as the container is paused. */
	(void)TEMP_FAILURE_RETRY(poll(wait, 1, -1));
	container_session_remove(session);
	_exit(0);
}

int container_session_watch(const struct container_session *session, int pid_fd,
			    struct error *err)
{
	pid_t pid = fork();

	if (pid == 0)
		watch(session, pid_fd);
	return pid < 0 ? error_sys(err, "exec session: make the process that watches it") : pid;
}
