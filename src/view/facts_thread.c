// SPDX-License-Identifier: GPL-2.0-or-later
/* facts_thread - the threads of a process: masks, states, and what they await */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "base/text.h"
#include "proc/waits.h"
#include "view/facts_part.h"

enum { SNAPSHOT_TRIES = 5 };

/* Mask and system call of one moment. */
struct snapshot {
	struct status status;
	char *text; /* of the status file; freed by the owner */
	struct waits waits;
	uint64_t awaited;
	int result; /* of reading what it waits for: 0, or a negative errno with @err */
	struct error err;
};

static int read_waits(pid_t pid, pid_t tid, struct snapshot *io_shot)
{
	io_shot->waits = (struct waits){ .call = -1 };
	io_shot->awaited = 0;
	TRY(waits_read(pid, tid, &io_shot->waits, &io_shot->err));
	if (!waits_for_signals(&io_shot->waits))
		return 0;
	return waits_read_awaited(pid, tid, &io_shot->waits, &io_shot->awaited, &io_shot->err);
}

/*
 * Mask and call stand in two files, and a thread that leaves sigtimedwait(2) in between
 * gives half a truth: neither blocked nor awaited. If it has not run from the first look
 * to the last, all looks are of one moment.
 */
static int take(pid_t pid, pid_t tid, struct snapshot *ret_shot, struct error *err)
{
	struct status after;

	for (int i = 0; i < SNAPSHOT_TRIES; i++) {
		free(ptr_take(&ret_shot->text));
		TRY(status_read_text(pid, tid, &ret_shot->text, err));
		TRY(status_parse(ret_shot->text, &ret_shot->status, err));
		ret_shot->result = read_waits(pid, tid, ret_shot);
		TRY(status_read(pid, tid, &after, err));
		if (after.switches == ret_shot->status.switches)
			break;
	}
	return 0;
}

static void add_lines(struct facts *io_facts, pid_t tid, const struct snapshot *shot)
{
	const struct status *s = &shot->status;
	const struct facts_line blocked = { FACT_BLOCKED, tid, .text = "SigBlk",
					    .meaning = facts_signals(io_facts, s->blocked) };
	const struct facts_line pending = { FACT_PENDING, tid, .text = "SigPnd",
					    .meaning = facts_signals(io_facts, s->pending) };
	const struct facts_line state = { FACT_STATE, tid, .text = "State" };

	facts_add_status(io_facts, shot->text, &blocked);
	facts_add_status(io_facts, shot->text, &pending);
	if (tid != io_facts->task.pid)
		facts_add_status(io_facts, shot->text, &state);
}

/* Only where it holds a signal back. */
static void add_place(struct facts *io_facts, pid_t tid)
{
	autofree char *file = mem_format("/proc/%d/task/%d/wchan", (int)io_facts->task.pid,
					 (int)tid);
	char place[WAITS_PLACE_SIZE];
	struct error err;

	if (waits_read_place(io_facts->task.pid, tid, place, &err) == 0)
		facts_add_line(io_facts, &(struct facts_line){
			FACT_STATE, tid, file, place, "where in the kernel it waits" });
}

static void add_awaited(struct facts *io_facts, pid_t tid, const struct snapshot *shot)
{
	autofree char *file = mem_format("/proc/%d/task/%d/syscall", (int)io_facts->task.pid,
					 (int)tid);
	autofree char *text = mem_format("%ld 0x%llx", shot->waits.call,
					 (unsigned long long)shot->waits.first_argument);
	autofree char *meaning = mem_format("rt_sigtimedwait for %s",
					    facts_signals(io_facts, shot->awaited));

	facts_add_line(io_facts,
		       &(struct facts_line){ FACT_AWAITED, tid, file, text, meaning });
}

/* Without the right to trace it: the place alone says that it awaits, not what. */
static void add_gap(struct facts *io_facts, pid_t tid, const struct snapshot *shot)
{
	char place[WAITS_PLACE_SIZE] = "";
	struct error err;

	/* A kernel without the file, and a thread that has ended, have nothing to hide. */
	if (shot->result == -ENOENT || shot->result == -ESRCH || tid != io_facts->task.pid)
		return;
	if (waits_read_place(io_facts->task.pid, tid, place, &err) == 0 &&
	    strstr(place, "sigtimedwait"))
		facts_add_gap(io_facts,
			      "which signals it awaits (it waits for signals just now): %s",
			      shot->err.text);
	else
		facts_add_gap(io_facts, "whether it awaits signals in sigwait(3): %s",
			      shot->err.text);
}

static int read_thread(struct facts *io_facts, pid_t tid, struct verdict_thread *ret_thread,
		       struct error *err)
{
	struct snapshot shot = { 0 };
	int r = take(io_facts->task.pid, tid, &shot, err);

	if (r == 0) {
		*ret_thread = (struct verdict_thread){
			.tid = tid,
			.state = shot.status.state,
			.is_traced = shot.status.tracer_pid != 0,
			.blocked = shot.status.blocked,
			.awaited = shot.awaited,
			.pending = shot.status.pending,
		};
		add_lines(io_facts, tid, &shot);
		if (shot.status.state == 'D')
			add_place(io_facts, tid);
		if (shot.awaited)
			add_awaited(io_facts, tid, &shot);
		if (shot.result < 0 && !io_facts->target.is_dying &&
		    !io_facts->target.is_kernel_thread)
			add_gap(io_facts, tid, &shot);
	}
	free(shot.text);
	return r;
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static struct verdict_thread *new_place(struct facts *io_facts, struct verdict_thread **io_threads)
{
	*io_threads = arena_grow(&io_facts->arena, *io_threads, io_facts->target.thread_count,
				 sizeof(**io_threads));
	io_facts->target.thread = *io_threads;
	return &(*io_threads)[io_facts->target.thread_count];
}

int facts_read_threads(struct facts *io_facts, struct error *err)
{
	pid_t pid = io_facts->task.pid;
	autofree char *path = mem_format("/proc/%d/task", (int)pid);
	autoclean(close_folder) DIR *folder = opendir(path);
	struct verdict_thread *threads = NULL;
	const struct dirent *entry;
	long long tid;

	TRY(read_thread(io_facts, pid, new_place(io_facts, &threads), err));
	io_facts->target.thread_count = 1;
	while (folder && (entry = readdir(folder))) {
		if (text_number(entry->d_name, 1, INT32_MAX, &tid) < 0 || tid == pid)
			continue;
		/* A thread that has ended since it was listed is not asked for. */
		if (read_thread(io_facts, (pid_t)tid, new_place(io_facts, &threads), err) == 0)
			io_facts->target.thread_count++;
	}
	return 0;
}
