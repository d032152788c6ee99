// SPDX-License-Identifier: GPL-2.0-or-later
/* top_run - the program around it: a terminal, a clock, keys and signals in one loop */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/scope.h"
#include "term/screen.h"
#include "view/find.h"
#include "view/top.h"

/* The first rates are there soon, whatever the delay. */
enum { FIRST_MS = 250, INPUT_SIZE = 256 };

enum { WAIT_SIGNAL, WAIT_TIMER, WAIT_INPUT, WAIT_COUNT };

struct run {
	const struct top_request *request;
	struct top top;
	struct screen screen;
	int signal_fd, timer_fd;
	sigset_t before; /* the mask as it was */
	int64_t shown;
	bool is_over;
	int status;
};

static void run_clear(struct run *io_run)
{
	screen_close(&io_run->screen);
	scope_close(&io_run->signal_fd);
	scope_close(&io_run->timer_fd);
	top_clear(&io_run->top);
	sigprocmask(SIG_SETMASK, &io_run->before, NULL);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int take(struct run *io_run, struct error *err)
{
	autosurvey struct survey survey = { 0 };

	TRY(survey_read(SURVEY_TIMES | SURVEY_COUNTS | SURVEY_PRESSURE, &survey, err));
	find_name_own(io_run->request->store, &survey);
	top_take(&survey, now_ns(), &io_run->top);
	return 0;
}

static void end_by(int signal, struct run *io_run)
{
	io_run->is_over = true;
	io_run->status = 128 + signal;
}

static int show_plain(struct run *io_run, struct error *err)
{
	autotext struct text lines = { 0 };
	int r;

	if (io_run->shown)
		text_add(&lines, "\n");
	top_compose(&io_run->top, 0, &lines);
	/* The mark of a reversed line is for terminals. */
	for (char *at = lines.data; (at = strchr(at, '\1')); )
		memmove(at, at + 1, strlen(at)), lines.size--;
	r = fd_write_all(STDOUT_FILENO, lines.data, lines.size, err);
	/* Nobody reads on: what SIGPIPE would have done, were it not blocked. */
	if (r == -EPIPE)
		end_by(SIGPIPE, io_run);
	return r == -EPIPE ? 0 : r;
}

static int show(struct run *io_run, struct error *err)
{
	autotext struct text lines = { 0 };

	if (!io_run->screen.is_on)
		return show_plain(io_run, err);
	top_compose(&io_run->top, io_run->screen.rows, &lines);
	return screen_draw(&io_run->screen, text_get(&lines), io_run->signal_fd, err);
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
	TRY(take(io_run, err));
	TRY(show(io_run, err));
	io_run->shown++;
	io_run->is_over = io_run->request->count && io_run->shown >= io_run->request->count;
	return 0;
}

/* --- what can happen --- */

/* As a shell expects it: the terminal is given back, then the process stops, and later goes on. */
static int stop(struct run *io_run, struct error *err)
{
	bool was_on = io_run->screen.is_on;

	screen_leave(&io_run->screen);
	kill(getpid(), SIGSTOP);
	if (was_on)
		TRY(screen_enter(&io_run->screen, err));
	return show(io_run, err);
}

/* Everything that would end the process ends it; what would be passed over is. */
static int serve_signal(int signal, struct run *io_run, struct error *err)
{
	switch (signal) {
	case SIGWINCH:
		screen_measure(&io_run->screen);
		return show(io_run, err);
	case SIGTSTP:
		return stop(io_run, err);
	case SIGCONT:
		return show(io_run, err);
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
	char bytes[INPUT_SIZE];
	ssize_t size = read(io_run->screen.input_fd, bytes, sizeof(bytes));
	size_t used;

	/* The terminal is gone; its SIGHUP may be on the way, or somebody else's. */
	if (size <= 0) {
		end_by(SIGHUP, io_run);
		return 0;
	}
	for (size_t at = 0; at < (size_t)size && !io_run->is_over; at += used)
		TRY(serve_key(screen_parse_key(bytes + at, (size_t)size - at, &used), io_run, err));
	return 0;
}

static int loop(struct run *io_run, struct error *err)
{
	while (!io_run->is_over) {
		struct pollfd wait[WAIT_COUNT] = {
			[WAIT_SIGNAL] = { .fd = io_run->signal_fd, .events = POLLIN },
			[WAIT_TIMER] = { .fd = io_run->timer_fd, .events = POLLIN },
			[WAIT_INPUT] = { .fd = io_run->screen.input_fd, .events = POLLIN },
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
	if (!io_run->request->is_batch)
		TRY(screen_open(STDIN_FILENO, STDOUT_FILENO, &io_run->screen, err));
	return 0;
}

int top_run(const struct top_request *request, struct error *err)
{
	autoclean(run_clear) struct run run = {
		.request = request,
		.top = { .sort = request->sort },
		.screen = SCREEN_NONE,
		.signal_fd = -1,
		.timer_fd = -1,
	};

	snprintf(run.top.filter, sizeof(run.top.filter), "%s",
		 request->filter ? request->filter : "");
	TRY(prepare(&run, err));
	TRY(take(&run, err));
	/* On a terminal something is there at once; for scripts only what has rates. */
	if (run.screen.is_on)
		TRY(show(&run, err));
	TRY(set_timer(&run, request->delay_ms < FIRST_MS ? request->delay_ms : FIRST_MS, err));
	return loop(&run, err);
}
