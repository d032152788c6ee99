// SPDX-License-Identifier: GPL-2.0-or-later
/* top_run - the program around it: a terminal, a clock, keys and signals in one loop */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/scope.h"
#include "display/display.h"
#include "view/top.h"

enum { WAIT_SIGNAL, WAIT_TIMER, WAIT_INPUT, WAIT_COUNT };

struct run {
	const struct top_request *request;
	struct top top;
	struct display display;
	int signal_fd, timer_fd;
	sigset_t before; /* the mask as it was */
	int64_t shown;
	bool is_over;
	int status;
};

static void run_clear(struct run *io_run)
{
	display_close(&io_run->display);
	scope_close(&io_run->signal_fd);
	scope_close(&io_run->timer_fd);
	top_clear(&io_run->top);
	sigprocmask(SIG_SETMASK, &io_run->before, NULL);
}

static void end_by(int signal, struct run *io_run)
{
	io_run->is_over = true;
	io_run->status = 128 + signal;
}

static int show(struct run *io_run, struct error *err)
{
	autotext struct text lines = { 0 };

	top_compose(&io_run->top, io_run->display.rows, &lines);
	return display_draw(&io_run->display, text_get(&lines), io_run->signal_fd, err);
}

static int repaint(struct run *io_run, struct error *err)
{
	TRY(display_repaint(&io_run->display, err));
	return show(io_run, err);
}

static int set_timer(const struct run *run, int64_t first_ms, struct error *err)
{
	int64_t ms = run->request->delay_ms;
	struct itimerspec when = {
		.it_value = { first_ms / 1000, first_ms % 1000 * 1000000 },
		.it_interval = { ms / 1000, ms % 1000 * 1000000 },
	};

	if (timerfd_settime(run->timer_fd, 0, &when, NULL) < 0)
		return error_sys(err, "timerfd_settime");
	return 0;
}

static int next_sample(struct run *io_run, struct error *err)
{
	TRY(top_look(io_run->request->store, &io_run->top, err));
	TRY(show(io_run, err));
	io_run->shown++;
	io_run->is_over = io_run->request->count && io_run->shown >= io_run->request->count;
	return 0;
}

/* --- what can happen --- */

/*
 * As a shell expects it: the terminal is given back, then the process stops, and later goes on.
 * Until it has the terminal again it has nothing to clean up, so signals do what they do to any
 * program: one that came in the background ends it there. Where nobody could continue it, in an
 * orphaned process group, the kernel does not stop it at all.
 */
static int stop(struct run *io_run, struct error *err)
{
	sigset_t open = io_run->before, all;

	display_leave(&io_run->display);
	sigdelset(&open, SIGTSTP);
	sigprocmask(SIG_SETMASK, &open, &all);
	kill(getpid(), SIGTSTP);
	display_wait_foreground();
	sigprocmask(SIG_SETMASK, &all, NULL);
	TRY(display_enter(&io_run->display, err));
	return show(io_run, err);
}

/* Everything that would end the process ends it; what would be passed over is. */
static int serve_signal(int signal, struct run *io_run, struct error *err)
{
	switch (signal) {
	case SIGWINCH:
		display_measure(&io_run->display);
		return show(io_run, err);
	case SIGTSTP:
		return stop(io_run, err);
	case SIGCONT:
		return repaint(io_run, err);
	case SIGCHLD:
	case SIGURG:
		return 0;
	default:
		end_by(signal, io_run);
		return 0;
	}
}

static int serve_signals(struct run *io_run, struct error *err)
{
	struct signalfd_siginfo got;

	while (!io_run->is_over && read(io_run->signal_fd, &got, sizeof(got)) == sizeof(got))
		TRY(serve_signal((int)got.ssi_signo, io_run, err));
	return 0;
}

static int serve_timer(struct run *io_run, struct error *err)
{
	uint64_t times;

	if (read(io_run->timer_fd, &times, sizeof(times)) != sizeof(times))
		return 0;
	return next_sample(io_run, err);
}

static int serve_key(int key, struct run *io_run, struct error *err)
{
	switch (top_key(key, &io_run->top)) {
	case TOP_STAY:
		return 0;
	case TOP_REDRAW:
		return show(io_run, err);
	case TOP_REPAINT:
		return repaint(io_run, err);
	case TOP_SAMPLE:
		return next_sample(io_run, err);
	case TOP_QUIT:
		io_run->is_over = true;
		return 0;
	}
	return 0;
}

static int serve_input(struct run *io_run, struct error *err)
{
	int key = display_read_key();

	/* The terminal is gone; its SIGHUP may be on the way, or somebody else's. */
	if (key == DISPLAY_NO_KEY)
		end_by(SIGHUP, io_run);
	for (; key != DISPLAY_NO_KEY && !io_run->is_over; key = display_read_key()) {
		TRY(serve_key(key, io_run, err));
		TRY(serve_signals(io_run, err));
	}
	return 0;
}

static int loop(struct run *io_run, struct error *err)
{
	while (!io_run->is_over) {
		struct pollfd wait[WAIT_COUNT] = {
			[WAIT_SIGNAL] = { .fd = io_run->signal_fd, .events = POLLIN },
			[WAIT_TIMER] = { .fd = io_run->timer_fd, .events = POLLIN },
			[WAIT_INPUT] = { .fd = STDIN_FILENO, .events = POLLIN },
		};

		if (TEMP_FAILURE_RETRY(poll(wait, WAIT_COUNT, -1)) < 0)
			return error_sys(err, "wait for events");
		if (wait[WAIT_SIGNAL].revents)
			TRY(serve_signals(io_run, err));
		if (!io_run->is_over && wait[WAIT_INPUT].revents)
			TRY(serve_input(io_run, err));
		if (!io_run->is_over && wait[WAIT_TIMER].revents)
			TRY(serve_timer(io_run, err));
	}
	return io_run->status;
}

static int prepare(struct run *io_run, struct error *err)
{
	sigset_t all;

	sigfillset(&all);
	/* A job in the background is stopped before it touches the terminal, as any other. */
	sigdelset(&all, SIGTTIN);
	sigdelset(&all, SIGTTOU);
	sigprocmask(SIG_BLOCK, &all, &io_run->before);
	io_run->signal_fd = signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC);
	if (io_run->signal_fd < 0)
		return error_sys(err, "signalfd");
	io_run->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (io_run->timer_fd < 0)
		return error_sys(err, "timerfd_create");
	return display_open(&io_run->display, err);
}

int top_run(const struct top_request *request, struct error *err)
{
	autoclean(run_clear) struct run run = {
		.request = request,
		.display = DISPLAY_NONE,
		.signal_fd = -1,
		.timer_fd = -1,
	};

	top_begin(request, &run.top);
	TRY(prepare(&run, err));
	/* Something is there at once; rates are with the next. */
	TRY(top_look(request->store, &run.top, err));
	TRY(show(&run, err));
	TRY(set_timer(&run, top_first_ms(request), err));
	return loop(&run, err);
}
