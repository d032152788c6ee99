// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/attend.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/log.h"
#include "base/scope.h"
#include "base/sys.h"
#include "term/relay.h"

enum { SIGNALS, CHILD, READY, TERMINAL, MEMORY, RELAY, PLACES = RELAY + RELAY_FDS };

/*
 * Others than the container's process come to us when a process that is no longer there left
 * them (we are their subreaper). Its own status is kept for the pidfd.
 */
static void reap_others(pid_t kept)
{
	siginfo_t child;

	for (;;) {
		child.si_pid = 0;
		if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) < 0 || !child.si_pid)
			return;
		if (child.si_pid == kept || waitpid(child.si_pid, NULL, WNOHANG) < 0)
			return;
	}
}

static int forward(const struct container_attendance *to, int signal, struct error *err)
{
	if (sys_pidfd_send_signal(to->pid_fd, signal) < 0 && errno != ESRCH)
		return error_sys(err, "forward signal %d", signal);
	return 0;
}

/* Returns 1 when one of them says that the session is to be ended. */
static int take_signals(int signal_fd, const struct container_attendance *to,
			struct relay *io_relay, struct error *err)
{
	struct signalfd_siginfo got;
	int has_hung_up = 0;

	while (read(signal_fd, &got, sizeof(got)) == sizeof(got)) {
		int signal = (int)got.ssi_signo;

		if (signal == SIGCHLD)
			reap_others(to->pid);
		else if (signal == SIGWINCH && io_relay->master_fd >= 0)
			relay_resize(io_relay);
		else if (signal == SIGHUP && to->session)
			has_hung_up = 1;
		else if (signal != SIGPIPE || (pid_t)got.ssi_pid != getpid())
			TRY(forward(to, signal, err));
	}
	return errno == EAGAIN ? has_hung_up : error_sys(err, "read signals");
}

/* True when the caller's terminal is gone. */
static bool serve(struct relay *io_relay, const struct pollfd *fds)
{
	struct error err;

	if (io_relay->master_fd < 0)
		return false;
	if (relay_serve(io_relay, fds, &err) == 0)
		return relay_has_hung_up(io_relay);
	/* The container's session gets SIGHUP, as from any terminal that is gone. */
	log_debug("%s", err.text);
	relay_close(io_relay);
	return true;
}

/* While the process lives: afterwards its cgroup may be removed, which looks the same. */
static struct pollfd memory_place(const struct container_watch *watch, bool is_alive)
{
	if (!watch || !is_alive)
		return (struct pollfd){ .fd = -1 };
	return (struct pollfd){ .fd = watch->oom.fd, .events = watch->oom.events };
}

/*
 * Until the process has ended and, with a terminal, all that it wrote is written; or until a
 * session has to be ended.
 */
static int loop(const struct container_attendance *to, int signal_fd, struct relay *io_relay,
		struct error *err)
{
	struct pollfd wait[PLACES] = {
		[SIGNALS] = { .fd = signal_fd, .events = POLLIN },
		[CHILD] = { .fd = to->pid_fd, .events = POLLIN },
		[READY] = { .fd = to->ready ? to->ready->socket_fd : -1, .events = POLLIN },
		/* POLLHUP is always told. */
		[TERMINAL] = { .fd = to->session ? to->session->terminal_fd : -1 },
	};
	bool is_flowing = relay_fds(io_relay, wait + RELAY), has_hung_up = false;

	while ((wait[CHILD].fd >= 0 || is_flowing) && !(has_hung_up && to->session)) {
		int r = 0;

		wait[MEMORY] = memory_place(to->watch, wait[CHILD].fd >= 0);
		if (TEMP_FAILURE_RETRY(poll(wait, PLACES, -1)) < 0)
			return error_sys(err, "wait for events");
		if (wait[SIGNALS].revents)
			r = take_signals(signal_fd, to, io_relay, err);
		TRY(r);
		if (wait[READY].revents) {
			container_ready_serve(to->ready);
			wait[READY].fd = to->ready->socket_fd;
		}
		if (wait[MEMORY].revents)
			container_watch_take(to->watch);
		has_hung_up = serve(io_relay, wait + RELAY) || r > 0 || wait[TERMINAL].revents;
		if (wait[CHILD].fd >= 0 && wait[CHILD].revents) {
			wait[CHILD].fd = -1;
			relay_drain(io_relay);
		}
		is_flowing = relay_fds(io_relay, wait + RELAY);
	}
	return 0;
}

int container_attend(struct container_attendance *io_attendance, struct error *err)
{
	autorelay struct relay relay = RELAY_NONE;
	autoclose int signal_fd = -1;
	sigset_t all;

	if (io_attendance->terminal_fd >= 0)
		TRY(relay_open(fd_take(&io_attendance->terminal_fd), &relay, err));
	sigfillset(&all);
	signal_fd = signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signal_fd < 0)
		return error_sys(err, "signalfd");
	TRY(loop(io_attendance, signal_fd, &relay, err));
	relay_close(&relay);
	if (io_attendance->session) {
		/*
		 * Our terminal's SIGHUP can come later than its end of file. We end anyway, and
		 * with the status of the process.
		 */
		(void)signal(SIGHUP, SIG_IGN);
		container_session_end(io_attendance->session);
	}
	if (TEMP_FAILURE_RETRY(waitpid(io_attendance->pid, &io_attendance->wait_status, 0)) < 0)
		return error_sys(err, "wait for process %d", io_attendance->pid);
	if (io_attendance->session)
		container_session_remove(io_attendance->session);
	return child_exit_code(io_attendance->wait_status);
}
