// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/verify.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/sys.h"
#include "proc/ns.h"

/* How long a delivery may take on a busy machine, and how often it is looked for. */
enum { DELIVERY_MS = 20000, LOOK_MS = 10, LINES_SIZE = 65536 };

/* --- the lines of a trace file --- */

static const char *last_of(const char *text, const char *word)
{
	const char *found = NULL;

	for (const char *at = text; (at = strstr(at, word)); at++)
		found = at;
	return found;
}

/* "NAME-PID  [CPU] ...: EVENT": the name may hold anything, so it is read from behind. */
static pid_t pid_of_line(const char *line, const char *event)
{
	const char *at = event;

	while (at > line && *at != '[')
		at--;
	while (at > line && !isdigit((unsigned char)*at))
		at--;
	while (at > line && isdigit((unsigned char)at[-1]))
		at--;
	return atoi(at);
}

static void keep_line(const char *event, char **io_line)
{
	free(*io_line);
	*io_line = mem_format("%.*s", (int)strcspn(event, "\n"), event);
}

static void parse_generate(const char *event, int signal, const struct verdict_target *target,
			   struct verify_seen *io_seen)
{
	/* The sender's name stands before them and may hold anything. */
	const char *tail = last_of(event, " pid=");
	int number, pid, result;

	if (!tail || sscanf(event, "signal_generate: sig=%d", &number) != 1 ||
	    sscanf(tail, " pid=%d grp=%*d res=%d", &pid, &result) != 2)
		return;
	if (number != signal || pid != target->thread->tid || io_seen->generate)
		return;
	io_seen->result = (enum verdict_result)result;
	keep_line(event, &io_seen->generate);
}

static bool has_thread(const struct verdict_target *target, pid_t tid)
{
	for (size_t i = 0; i < target->thread_count; i++)
		if (target->thread[i].tid == tid)
			return true;
	return false;
}

static void parse_deliver(const char *line, const char *event, int signal,
			  const struct verdict_target *target, struct verify_seen *io_seen)
{
	pid_t tid = pid_of_line(line, event);
	unsigned long handler;
	int number;

	if (sscanf(event, "signal_deliver: sig=%d errno=%*d code=%*d sa_handler=%lx", &number,
		   &handler) != 2)
		return;
	if ((number != signal && number != SIGKILL) || !has_thread(target, tid) ||
	    io_seen->is_delivered)
		return;
	io_seen->is_delivered = true;
	io_seen->taker_tid = tid;
	io_seen->delivered_signal = number;
	io_seen->has_handler = handler > (unsigned long)SIG_IGN;
	keep_line(event, &io_seen->deliver);
}

void verify_parse(const char *line, int signal, const struct verdict_target *target,
		  struct verify_seen *io_seen)
{
	const char *generate = strstr(line, ": signal_generate: ");
	const char *deliver = strstr(line, ": signal_deliver: ");

	if (generate)
		parse_generate(generate + 2, signal, target, io_seen);
	else if (deliver)
		parse_deliver(line, deliver + 2, signal, target, io_seen);
}

/* --- an instance of tracefs --- */

struct tracer {
	int root_fd;	 /* of a mount of tracefs that only we have */
	int instance_fd; /* our folder in it */
	int pipe_fd;	 /* its trace_pipe */
	char name[64];
};

static int mount_tracefs(struct error *err)
{
	autoclose int fs_fd = fsopen("tracefs", FSOPEN_CLOEXEC);
	int fd;

	if (fs_fd < 0 || fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return error_sys(err, "open tracefs");
	fd = fsmount(fs_fd, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? error_sys(err, "mount tracefs") : fd;
}

static int start_events(const struct tracer *tracer, int signal, pid_t pid, struct error *err)
{
	static const char generate[] = "events/signal/signal_generate";
	autofree char *only = mem_format("sig == %d && pid == %d", signal, (int)pid);
	autofree char *taken = mem_format("sig == %d || sig == %d", signal, SIGKILL);
	autofree char *filter = mem_format("%s/filter", generate);
	autofree char *enable = mem_format("%s/enable", generate);

	TRY(file_write(tracer->instance_fd, filter, only, err));
	TRY(file_write(tracer->instance_fd, "events/signal/signal_deliver/filter", taken, err));
	TRY(file_write(tracer->instance_fd, enable, "1", err));
	return file_write(tracer->instance_fd, "events/signal/signal_deliver/enable", "1", err);
}

static int open_instance(struct tracer *io_tracer, struct error *err)
{
	snprintf(io_tracer->name, sizeof(io_tracer->name), "instances/husk-%d", (int)getpid());
	/* One with this name belongs to a husk that was killed: its number is ours now. */
	(void)unlinkat(io_tracer->root_fd, io_tracer->name, AT_REMOVEDIR);
	if (mkdirat(io_tracer->root_fd, io_tracer->name, 0700) < 0) {
		int r = error_sys(err, "tracefs: mkdir %s", io_tracer->name);

		*io_tracer->name = '\0';
		return r;
	}
	io_tracer->instance_fd = openat(io_tracer->root_fd, io_tracer->name,
					O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (io_tracer->instance_fd < 0)
		return error_sys(err, "tracefs: open %s", io_tracer->name);
	io_tracer->pipe_fd = openat(io_tracer->instance_fd, "trace_pipe",
				    O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (io_tracer->pipe_fd < 0)
		return error_sys(err, "tracefs: open trace_pipe");
	return 0;
}

/* The kernel removes a folder that nobody reads from any more, its events with it. */
static void close_tracer(const struct tracer *tracer)
{
	scope_close(&tracer->pipe_fd);
	scope_close(&tracer->instance_fd);
	if (*tracer->name)
		(void)unlinkat(tracer->root_fd, tracer->name, AT_REMOVEDIR);
	scope_close(&tracer->root_fd);
}

static int open_tracer(int signal, pid_t pid, struct tracer *ret_tracer, struct error *err)
{
	*ret_tracer = (struct tracer){ -1, -1, -1, "" };
	ret_tracer->root_fd = mount_tracefs(err);
	TRY(ret_tracer->root_fd);
	TRY(open_instance(ret_tracer, err));
	return start_events(ret_tracer, signal, pid, err);
}

/* The tracepoints number processes as the outermost pid namespace does. */
static int check_numbers(struct error *err)
{
	autoclose int fd = proc_ns_open(getpid(), "pid", err);

	TRY(fd);
	if (!proc_ns_is_first(fd))
		return error_set(err, EOPNOTSUPP,
				 "the tracepoints can be read only in the outermost pid namespace");
	return 0;
}

/* --- send and look --- */

static void read_lines(const struct tracer *tracer, int signal,
		       const struct verdict_target *target, struct verify_seen *io_seen)
{
	autofree char *lines = mem_new(LINES_SIZE);
	ssize_t size;

	while ((size = read(tracer->pipe_fd, lines, LINES_SIZE - 1)) > 0) {
		char *at = lines, *line;

		lines[size] = '\0';
		while ((line = strsep(&at, "\n")))
			verify_parse(line, signal, target, io_seen);
	}
}

static bool is_delivery_expected(const struct verdict *v)
{
	enum verdict_outcome now = verdict_now(v), end = verdict_end(v);
	bool waits = now == VERDICT_QUEUED || now == VERDICT_PENDING || now == VERDICT_COALESCED;

	return !waits && end != VERDICT_IGNORED && end != VERDICT_REFUSED && end != VERDICT_READ &&
	       end != VERDICT_DROPPED;
}

static bool is_death(const struct verdict *v)
{
	return verdict_end(v) == VERDICT_TERMINATE || verdict_end(v) == VERDICT_CORE;
}

/* What is not expected is looked for once: an event of the sending is there when it returns. */
static void look(const struct tracer *tracer, int target_fd, const struct verdict_target *target,
		 const struct verdict *verdict, struct verify_seen *io_seen)
{
	struct pollfd end = { .fd = target_fd, .events = POLLIN };
	int turns = is_delivery_expected(verdict) ? DELIVERY_MS / LOOK_MS : 1;

	for (int i = 0; i < turns; i++) {
		io_seen->has_ended = poll(&end, 1, LOOK_MS) > 0;
		read_lines(tracer, verdict->signal, target, io_seen);
		if (io_seen->has_ended || (io_seen->is_delivered && !is_death(verdict)))
			return;
	}
}

/*
 * task_open refuses the dead, to whom a signal can be sent all the same. Opened first and looked
 * at then: between the question and the answer the number may have gone to another process.
 */
static int open_target(const struct facts *facts, struct error *err)
{
	autoclose int fd = -1;

	if (!facts->target.is_dying)
		return task_open(facts->task.pid, facts->task.start_time, err);
	fd = sys_pidfd_open(facts->task.pid, 0);
	if (fd < 0)
		return error_sys(err, "process %d", (int)facts->task.pid);
	TRY(facts_check_same(facts, err));
	return fd_take(&fd);
}

static int send_and_look(const struct facts *facts, const struct tracer *tracer,
			 const struct verdict *verdict, struct verify_seen *io_seen,
			 struct error *err)
{
	autoclose int target_fd = open_target(facts, err);

	TRY(target_fd);
	if (sys_pidfd_send_signal(target_fd, verdict->signal) < 0)
		io_seen->error = errno;
	look(tracer, target_fd, &facts->target, verdict, io_seen);
	return 0;
}

int verify_send(const struct facts *facts, const struct verdict *verdict,
		struct verify_seen *ret_seen, struct error *err)
{
	struct tracer tracer;
	int r;

	*ret_seen = (struct verify_seen){ .result = VERDICT_RESULT_NONE };
	TRY(check_numbers(err));
	r = open_tracer(verdict->signal, facts->task.pid, &tracer, err);
	if (r == 0)
		r = send_and_look(facts, &tracer, verdict, ret_seen, err);
	close_tracer(&tracer);
	return r;
}

void verify_seen_clear(struct verify_seen *io_seen)
{
	free(io_seen->generate);
	free(io_seen->deliver);
	*io_seen = (struct verify_seen){ 0 };
}

bool verify_agrees(const struct verify_seen *seen, const struct verdict *verdict)
{
	enum verdict_outcome end = verdict_end(verdict);

	if (seen->error != verdict_error(verdict) || seen->result != verdict->result)
		return false;
	if (!is_delivery_expected(verdict))
		return verdict_now(verdict) == VERDICT_COALESCED || end == VERDICT_DROPPED ||
		       !seen->is_delivered;
	/* A thread that dies with others is told so by a SIGKILL, or ends without a word. */
	if (is_death(verdict))
		return seen->has_ended;
	return seen->is_delivered && seen->has_handler == (end == VERDICT_HANDLER);
}
