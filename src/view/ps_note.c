// SPDX-License-Identifier: GPL-2.0-or-later
/* ps_note - what is remarkable about a process: its parent is 0, it is dead, it is an orphan */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/scope.h"
#include "proc/end.h"
#include "proc/task.h"
#include "proc/waits.h"
#include "signal/name.h"
#include "signal/set.h"
#include "view/ps_part.h"
#include "view/survey_part.h"

enum { WORDS_SIZE = 1 << 20 };

/* PROC_PID_INIT_INO: the inode of the namespace that the machine was started with. */
static const uint64_t first_pid_ns = 0xEFFFFFFCU;

/* --- words --- */

void ps_add_age(uint64_t ms, struct text *io_text)
{
	uint64_t s = ms / 1000;

	if (s < 60)
		text_add(io_text, "%u.%us", (unsigned int)s, (unsigned int)(ms % 1000 / 100));
	else if (s < 3600)
		text_add(io_text, "%um%us", (unsigned int)(s / 60), (unsigned int)(s % 60));
	else if (s < 86400)
		text_add(io_text, "%uh%um", (unsigned int)(s / 3600), (unsigned int)(s / 60 % 60));
	else
		text_add(io_text, "%llud%uh", (unsigned long long)(s / 86400),
			 (unsigned int)(s / 3600 % 24));
}

void ps_add_size(uint64_t bytes, struct text *io_text)
{
	static const char units[] = "BKMGT";
	size_t unit = 0;
	uint64_t tenths = bytes * 10;

	while (tenths >= 10240 && unit + 2 < sizeof(units)) {
		tenths /= 1024;
		unit++;
	}
	text_add(io_text, "%llu", (unsigned long long)(tenths / 10));
	if (unit && tenths < 1000)
		text_add(io_text, ".%llu", (unsigned long long)(tenths % 10));
	text_add_bytes(io_text, &units[unit], 1);
}

/* The container chose these bytes: a terminal must not obey them. */
static void add_name(const struct status *status, struct text *io_text)
{
	text_add_plain(io_text, status->name, strlen(status->name));
}

static void add_until_end(const char *words, size_t size, struct text *io_text)
{
	text_add_plain(io_text, words, size - (words[size - 1] == '\0'));
}

static bool add_long_words(const char *path, struct text *io_text)
{
	autofree char *words = NULL;
	struct error ignored;
	size_t size = 0;

	if (file_read(AT_FDCWD, path, WORDS_SIZE, &words, &size, &ignored) < 0 || !size)
		return false;
	add_until_end(words, size, io_text);
	return true;
}

/* In one read where it can be: of ten thousand processes each call counts. */
static bool add_words(const struct status *status, struct text *io_text)
{
	char path[64], text[SURVEY_FILE_SIZE];
	int size;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)status->pid);
	size = survey_read_file(AT_FDCWD, path, text);
	if (size == -EFBIG)
		return add_long_words(path, io_text);
	if (size <= 0)
		return false;
	add_until_end(text, (size_t)size, io_text);
	return true;
}

void ps_add_command(const struct status *status, struct text *io_text)
{
	/* A kernel thread and a zombie have none; neither has one that is gone. */
	if (status->state != 'Z' && add_words(status, io_text))
		return;
	text_add_bytes(io_text, "[", 1);
	add_name(status, io_text);
	text_add_bytes(io_text, "]", 1);
}

void ps_add_read_command(const struct survey_process *process, struct text *io_text)
{
	if (process->words)
		add_until_end(process->words, process->words_size, io_text);
	else
		ps_add_command(&process->status, io_text);
}

/* --- the parent --- */

enum ps_parent ps_parent_kind(const struct survey *survey, int at)
{
	const struct survey_process *process = &survey->process[at];
	size_t level = process->status.level_count;

	if (process->parent != SURVEY_NONE)
		return survey->process[process->parent].status.level_count < level
			       ? PS_PARENT_OUTSIDE
			       : PS_PARENT_SEEN;
	if (process->status.parent_pid || level > 1)
		return PS_PARENT_HIDDEN;
	/* 0 in the machine's own namespace is the kernel; in another one, somebody outside. */
	return process->status.is_kernel_thread || survey->pid_ns == first_pid_ns
		       ? PS_PARENT_KERNEL
		       : PS_PARENT_HIDDEN;
}

bool ps_is_orphan(const struct survey *survey, int at)
{
	const struct status *own = &survey->process[at].status, *parent;

	if (survey->process[at].parent == SURVEY_NONE)
		return false;
	parent = &survey->process[survey->process[at].parent].status;
	/* Kernel threads, and what was put in from outside, have none that they could lose. */
	if (own->is_kernel_thread || parent->level_count != own->level_count || !own->session)
		return false;
	if (own->session != parent->session && own->session != own->pid)
		return true;
	return own->group != parent->group && own->group != own->pid;
}

/* --- signals --- */

enum ps_catch ps_catch_of(const struct status *status, int signal)
{
	struct waits waits;
	struct error ignored;
	uint64_t awaited;

	if (signal_set_has(status->blocked, signal))
		return PS_BLOCKED;
	if (signal_set_has(status->ignored, signal))
		return PS_IGNORED;
	if (signal_set_has(status->caught, signal))
		return PS_CAUGHT;
	/* What it awaits is out of the blocked set while it does, and it would look deaf. */
	if (status_is_init(status) &&
	    waits_read(status->pid, status->pid, &waits, &ignored) == 0 &&
	    waits_for_signals(&waits) &&
	    waits_read_awaited(status->pid, status->pid, &waits, &awaited, &ignored) == 0 &&
	    signal_set_has(awaited, signal))
		return PS_AWAITED;
	return PS_DEFAULT;
}

const char *ps_catch_name(enum ps_catch catch)
{
	static const char *const names[] = {
		[PS_DEFAULT] = "no",	  [PS_CAUGHT] = "yes",	   [PS_IGNORED] = "ignored",
		[PS_BLOCKED] = "blocked", [PS_AWAITED] = "awaited",
	};

	return names[catch];
}

int ps_stop_signal(const struct survey *survey, int at)
{
	int container = survey->process[at].container;

	return container == SURVEY_NONE ? SIGTERM : survey->container[container].stop_signal;
}

/* --- zombies --- */

void ps_read_zombie(const struct survey *survey, int at, struct ps_zombie *ret_zombie)
{
	const struct survey_process *process = &survey->process[at];
	const struct status *reaper;
	char place[WAITS_PLACE_SIZE];
	struct error ignored;
	struct task task;

	*ret_zombie = (struct ps_zombie){ .reaper = process->parent };
	ret_zombie->has_age =
		end_read_age(process->status.pid, &ret_zombie->age_ms, &ignored) == 0;
	ret_zombie->has_end =
		task_read(process->status.pid, &task, &ignored) == 0 &&
		end_read(task.pid, task.start_time, -1, &ret_zombie->wait_status, &ignored) == 0;
	if (process->parent == SURVEY_NONE)
		return;
	reaper = &survey->process[process->parent].status;
	ret_zombie->is_reaper_stopped = reaper->state == 'T' || reaper->state == 't';
	ret_zombie->on_child = ps_catch_of(reaper, SIGCHLD);
	ret_zombie->is_waiting =
		waits_read_place(reaper->pid, reaper->pid, place, &ignored) == 0 &&
		text_begins(place, "do_wait");
}

static void add_end(const struct ps_zombie *zombie, struct text *io_text)
{
	if (!zombie->has_end)
		return;
	if (WIFSIGNALED(zombie->wait_status))
		text_add(io_text, ", killed by %s", signal_name(WTERMSIG(zombie->wait_status)));
	else
		text_add(io_text, ", exit status %d", WEXITSTATUS(zombie->wait_status));
}

static void add_reaper(const struct survey *survey, const struct ps_zombie *zombie,
		       struct text *io_text)
{
	static const char *const words[] = {
		[PS_DEFAULT] = "takes no notice of SIGCHLD",
		[PS_CAUGHT] = "has a handler for SIGCHLD",
		[PS_IGNORED] = "ignores SIGCHLD",
		[PS_BLOCKED] = "has SIGCHLD blocked, and may read it otherwise",
		[PS_AWAITED] = "awaits SIGCHLD",
	};
	const struct status *reaper;

	if (zombie->reaper == SURVEY_NONE) {
		text_add(io_text, "; its parent, who must reap it, cannot be seen from here");
		return;
	}
	reaper = &survey->process[zombie->reaper].status;
	text_add(io_text, "; to be reaped by %s%d (", status_is_init(reaper) ? "PID 1, " : "",
		 (int)reaper->pid);
	add_name(reaper, io_text);
	text_add(io_text, "), which %s",
		 zombie->is_reaper_stopped ? "is stopped"
		 : zombie->is_waiting	   ? "is in wait(2) now"
					   : words[zombie->on_child]);
}

static void add_zombie(const struct survey *survey, int at, struct text *io_text)
{
	struct ps_zombie zombie;

	ps_read_zombie(survey, at, &zombie);
	text_add(io_text, "zombie");
	if (zombie.has_age) {
		text_add(io_text, " for ");
		ps_add_age(zombie.age_ms, io_text);
		text_add(io_text, " [inferred]");
	}
	add_end(&zombie, io_text);
	add_reaper(survey, &zombie, io_text);
}

static void add_parent(const struct survey *survey, int at, struct text *io_text)
{
	const struct survey_process *process = &survey->process[at];
	bool is_init = status_is_init(&process->status);
	const struct status *parent;

	switch (ps_parent_kind(survey, at)) {
	case PS_PARENT_SEEN:
		return;
	case PS_PARENT_KERNEL:
		text_add(io_text, "started by the kernel");
		return;
	case PS_PARENT_HIDDEN:
		text_add(io_text, "parent outside of what is seen here");
		return;
	case PS_PARENT_OUTSIDE:
		break;
	}
	parent = &survey->process[process->parent].status;
	text_add(io_text, "%sparent 0: %d (", is_init ? "PID 1, " : "put in, ",
		 (int)parent->pid);
	add_name(parent, io_text);
	text_add(io_text, ") is outside of the pid namespace");
}

void ps_add_note(const struct survey *survey, int at, struct text *io_text)
{
	const struct survey_process *process = &survey->process[at];
	size_t begin = io_text->size;

	if (process->status.level_count > 1 || process->container != SURVEY_NONE)
		add_parent(survey, at, io_text);
	if (survey_is_zombie(process)) {
		text_add(io_text, "%s", io_text->size > begin ? "; " : "");
		add_zombie(survey, at, io_text);
	}
	if (ps_is_orphan(survey, at))
		text_add(io_text, "%sorphan, now a child of %d [inferred]",
			 io_text->size > begin ? "; " : "", (int)process->status.parent_pid);
}
