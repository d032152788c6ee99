// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#include "base/child.h"
#include "base/scope.h"
#include "base/sys.h"
#include "trace/trees.h"

/*
 * How often the buffer is looked at, and how long an event waits for a late neighbour: longer
 * than a processor is away between the stamp and the buffer, even an emulated one.
 */
enum { LOOK_MS = 20, HOLD_NS = 50 * 1000 * 1000, SNAPSHOTS_MAX = 16 };

/* How often it is asked how much was lost. */
static const uint64_t lost_every_ns = 1000000000;

struct recorder {
	const struct recorder_request *request;
	struct load *load;
	struct batch batch;
	size_t newly_followed;
	struct error *err; /* of the callbacks */
	int signal_fd, end_fd, gate_fd;
	pid_t pid;
	uint64_t until_ns; /* 0: no end */
	uint64_t lost[EVENT_KINDS], lost_ns; /* as far as it has been told; and when */
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

uint64_t recorder_now_ns(void)
{
	return now_ns(CLOCK_BOOTTIME);
}

int64_t recorder_wall_offset_ns(void)
{
	return (int64_t)(now_ns(CLOCK_REALTIME) - now_ns(CLOCK_BOOTTIME));
}

/* --- the command --- */

NORETURN static void become(char **command, int gate_fd)
{
	sigset_t none;
	char byte;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Without a recorder there is nothing to run for. */
	if (TEMP_FAILURE_RETRY(read(gate_fd, &byte, 1)) != 1)
		_exit(1);
	execvp(*command, command);
	dprintf(STDERR_FILENO, "husk: exec \"%s\": %s\n", *command, error_words(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* It waits at the gate until it is followed. */
static int start_command(struct recorder *io_recorder, struct error *err)
{
	autoclose int read_fd = -1;
	int gate[2];

	if (pipe2(gate, O_CLOEXEC) < 0)
		return error_sys(err, "pipe");
	read_fd = gate[0];
	io_recorder->gate_fd = gate[1];
	io_recorder->pid = fork();
	if (io_recorder->pid < 0)
		return error_sys(err, "fork");
	if (io_recorder->pid == 0)
		become(io_recorder->request->command, read_fd);
	io_recorder->end_fd = sys_pidfd_open(io_recorder->pid, 0);
	if (io_recorder->end_fd < 0)
		return error_sys(err, "pidfd_open");
	return load_follow_process(io_recorder->load, (uint32_t)io_recorder->pid, err);
}

static int open_gate(struct recorder *io_recorder, struct error *err)
{
	if (io_recorder->gate_fd >= 0 && write(io_recorder->gate_fd, "", 1) != 1)
		return error_sys(err, "start the command");
	scope_close(&io_recorder->gate_fd);
	io_recorder->gate_fd = -1;
	return 0;
}

static int wait_command(const struct recorder *recorder, struct error *err)
{
	int status;

	if (recorder->pid <= 0)
		return 0;
	if (TEMP_FAILURE_RETRY(waitpid(recorder->pid, &status, 0)) < 0)
		return error_sys(err, "waitpid");
	return child_exit_code(status);
}

/* --- what is there at the start --- */

static int keep(void *data, const struct event_head *event)
{
	struct recorder *recorder = data;

	batch_add(&recorder->batch, event);
	return 0;
}

static int follow(void *data, const struct event_head *event)
{
	struct recorder *recorder = data;
	int r = scope_follow(recorder->request->scope, recorder->load, (const void *)event,
			     recorder->err);

	recorder->newly_followed += r > 0;
	return r < 0 ? r : 0;
}

/*
 * While one list is read others may be born of those who are not followed yet: listed again
 * until a list brings nobody new. From then on the kernel follows every child by itself.
 */
static int follow_all(struct recorder *io_recorder, struct error *err)
{
	io_recorder->err = err;
	for (int i = 0; i < SNAPSHOTS_MAX; i++) {
		io_recorder->newly_followed = 0;
		TRY(load_snapshot(io_recorder->load, follow, io_recorder, err));
		if (!io_recorder->newly_followed)
			break;
	}
	return load_snapshot(io_recorder->load, keep, io_recorder, err);
}

static int list_cgroups(struct recorder *io_recorder, struct error *err)
{
	struct trees_request request = { .time_ns = now_ns(CLOCK_BOOTTIME), .take = keep,
					 .data = io_recorder };

	return trees_list(&request, err);
}

/* --- the loop --- */

/* Losses are events too: whoever reads the recording later has to know. */
static void tell_lost(struct recorder *io_recorder, uint64_t now)
{
	uint64_t lost[EVENT_KINDS];

	io_recorder->lost_ns = now;
	load_lost(io_recorder->load, lost);
	for (uint32_t kind = 0; kind < EVENT_KINDS; kind++) {
		struct event_lost event = {
			.head = { .time_ns = now, .size = sizeof(event), .kind = EVENT_LOST },
			.count = lost[kind],
			.kind = kind,
		};

		if (lost[kind] == io_recorder->lost[kind])
			continue;
		io_recorder->lost[kind] = lost[kind];
		batch_add(&io_recorder->batch, &event.head);
	}
}

static int flush(struct recorder *io_recorder, uint64_t before_ns, struct error *err)
{
	const struct recorder_request *request = io_recorder->request;

	TRY(load_read(io_recorder->load, keep, io_recorder, err));
	TRY(batch_flush(&io_recorder->batch, before_ns, request->take, request->data, err));
	request->rest(request->data);
	return 0;
}

static int attend(struct recorder *io_recorder, struct error *err)
{
	enum { BUFFER, SIGNALS, END, COUNT };
	struct pollfd wait[COUNT] = {
		[BUFFER] = { .fd = load_poll_fd(io_recorder->load), .events = POLLIN },
		[SIGNALS] = { .fd = io_recorder->signal_fd, .events = POLLIN },
		[END] = { .fd = io_recorder->end_fd, .events = POLLIN },
	};
	uint64_t now = 0;

	while (!wait[SIGNALS].revents && !wait[END].revents &&
	       !(io_recorder->until_ns && now >= io_recorder->until_ns)) {
		if (poll(wait, COUNT, LOOK_MS) < 0 && errno != EINTR)
			return error_sys(err, "poll");
		now = now_ns(CLOCK_BOOTTIME);
		if (now - io_recorder->lost_ns >= lost_every_ns)
			tell_lost(io_recorder, now);
		TRY(flush(io_recorder, now - HOLD_NS, err));
	}
	return 0;
}

/* Blocked, so that they end the recording and not the recorder. */
static int open_signals(struct recorder *io_recorder, struct error *err)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	io_recorder->signal_fd = signalfd(-1, &ends, SFD_CLOEXEC);
	return io_recorder->signal_fd < 0 ? error_sys(err, "signalfd") : 0;
}

static int open_end(struct recorder *io_recorder, struct error *err)
{
	const struct recorder_request *request = io_recorder->request;

	if (request->command)
		return start_command(io_recorder, err);
	if (!request->scope->pid)
		return 0;
	io_recorder->end_fd = sys_pidfd_open((pid_t)request->scope->pid, 0);
	if (io_recorder->end_fd < 0)
		return error_sys(err, "process %u", request->scope->pid);
	return 0;
}

static int record(struct recorder *io_recorder, struct error *err)
{
	const struct recorder_request *request = io_recorder->request;

	TRY(open_signals(io_recorder, err));
	TRY(scope_apply(request->scope, io_recorder->load, err));
	TRY(open_end(io_recorder, err));
	TRY(load_attach(io_recorder->load, err));
	TRY(list_cgroups(io_recorder, err));
	TRY(load_report(io_recorder->load, keep, io_recorder));
	TRY(follow_all(io_recorder, err));
	TRY(open_gate(io_recorder, err));
	if (request->duration_ms)
		io_recorder->until_ns = now_ns(CLOCK_BOOTTIME) +
					(uint64_t)request->duration_ms * 1000000;
	TRY(attend(io_recorder, err));
	TRY(load_finish(io_recorder->load, keep, io_recorder));
	TRY(flush(io_recorder, 0, err));
	/* After the last look at the buffer, so that each event is either there or counted. */
	load_detach(io_recorder->load);
	tell_lost(io_recorder, now_ns(CLOCK_BOOTTIME));
	return flush(io_recorder, UINT64_MAX, err);
}

int recorder_run(const struct recorder_request *request, struct recorder_result *ret_result,
		 struct error *err)
{
	struct load_request programs = request->programs;
	struct recorder recorder = { .request = request, .signal_fd = -1, .end_fd = -1,
				     .gate_fd = -1 };
	struct error ignored;
	int r;

	memset(ret_result, 0, sizeof(*ret_result));
	programs.all = request->scope->all;
	programs.has_cgroups = request->scope->cgroup;
	TRY(load_open(&programs, &recorder.load, err));
	r = record(&recorder, err);
	memcpy(ret_result->lost, recorder.lost, sizeof(recorder.lost));
	load_close(&recorder.load);
	batch_clear(&recorder.batch);
	scope_close(&recorder.gate_fd);
	scope_close(&recorder.signal_fd);
	scope_close(&recorder.end_fd);
	if (r < 0 && recorder.pid > 0)
		kill(recorder.pid, SIGKILL);
	ret_result->status = wait_command(&recorder, r < 0 ? &ignored : err);
	return r < 0 ? r : ret_result->status < 0 ? ret_result->status : 0;
}
