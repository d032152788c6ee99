// SPDX-License-Identifier: GPL-2.0-or-later
/* ps_column - the columns; to add one is one row of the table and its function */
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "signal/name.h"
#include "signal/set.h"
#include "view/ps_part.h"

/* Deeper trees go on at this depth, with the true one told. */
enum { DEPTH_SHOWN = 24 };

/* A table of all processes has very many numbers. */
static void add_number(long long number, struct text *io_text)
{
	char digits[24];
	size_t at = sizeof(digits);
	unsigned long long rest = number < 0 ? 0 - (unsigned long long)number
					     : (unsigned long long)number;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (number < 0)
		digits[--at] = '-';
	text_add_bytes(io_text, digits + at, sizeof(digits) - at);
}

static void add_word(const char *word, struct text *io_text)
{
	text_add_bytes(io_text, word, strlen(word));
}

static const struct survey_process *process_of(const struct ps_cell *cell)
{
	return &cell->survey->process[cell->row->at];
}

static const struct survey_container *container_of(const struct ps_cell *cell)
{
	int container = process_of(cell)->container;

	return container == SURVEY_NONE ? NULL : &cell->survey->container[container];
}

static void add_pid(const struct ps_cell *cell, struct text *io_text)
{
	add_number(process_of(cell)->status.pid, io_text);
}

static void add_tid(const struct ps_cell *cell, struct text *io_text)
{
	add_number(cell->status->pid, io_text);
}

/* From the outside inwards, the first one left out: it stands in the column PID. */
static void add_nspid(const struct ps_cell *cell, struct text *io_text)
{
	const struct status *s = cell->status;

	if (s->level_count <= 1)
		text_add_bytes(io_text, "-", 1);
	for (size_t i = 1; i < s->level_count; i++) {
		if (i > 1)
			text_add_bytes(io_text, "/", 1);
		add_number(s->level[i], io_text);
	}
}

static void add_ppid(const struct ps_cell *cell, struct text *io_text)
{
	add_number(cell->status->parent_pid, io_text);
}

static void add_nsppid(const struct ps_cell *cell, struct text *io_text)
{
	if (cell->status->level_count <= 1)
		text_add_bytes(io_text, "-", 1);
	else
		add_number(survey_inner_parent(cell->survey, cell->row->at), io_text);
}

static void add_state(const struct ps_cell *cell, struct text *io_text)
{
	text_add_bytes(io_text, &cell->status->state, 1);
}

static void add_threads(const struct ps_cell *cell, struct text *io_text)
{
	add_number(process_of(cell)->status.threads, io_text);
}

static void add_uid(const struct ps_cell *cell, struct text *io_text)
{
	add_number(cell->status->uid.effective, io_text);
}

static void add_pgid(const struct ps_cell *cell, struct text *io_text)
{
	add_number(cell->status->group, io_text);
}

static void add_sid(const struct ps_cell *cell, struct text *io_text)
{
	add_number(cell->status->session, io_text);
}

/* KILL and STOP cannot be in a mask, and the C library keeps two signals out of it. */
static uint64_t left_out(uint64_t set)
{
	uint64_t never = signal_set_group(SIGNAL_GROUP_ONLY) | signal_set_of(SIGNAL_QUEUED_MIN) |
			 signal_set_of(SIGNAL_QUEUED_MIN + 1);

	return ~(set | never);
}

/* "-", "HUP,INT", "all", "all-but-CHLD" */
static void add_set(uint64_t set, struct text *io_text)
{
	size_t begin = io_text->size;
	bool is_most = __builtin_popcountll(set) > SIGNAL_MAX / 2;
	uint64_t named = is_most ? left_out(set) : set;

	if (is_most)
		add_word(named ? "all-but-" : "all", io_text);
	else if (!set)
		text_add_bytes(io_text, "-", 1);
	if (named)
		signal_set_format(named, io_text);
	/* One cell is one word, for those who cut the lines up. */
	for (size_t i = begin; i < io_text->size; i++)
		if (io_text->data[i] == ' ')
			io_text->data[i] = ',';
}

static void add_pending(const struct ps_cell *cell, struct text *io_text)
{
	add_set(cell->status->pending | cell->status->shared_pending, io_text);
}

static void add_blocked(const struct ps_cell *cell, struct text *io_text)
{
	add_set(cell->status->blocked, io_text);
}

static void add_ignored(const struct ps_cell *cell, struct text *io_text)
{
	add_set(cell->status->ignored, io_text);
}

static void add_caught(const struct ps_cell *cell, struct text *io_text)
{
	add_set(cell->status->caught, io_text);
}

static void add_stop(const struct ps_cell *cell, struct text *io_text)
{
	const struct survey_process *process = process_of(cell);
	int signal = ps_stop_signal(cell->survey, cell->row->at);

	if (process->status.is_kernel_thread || survey_is_zombie(process))
		text_add_bytes(io_text, "-", 1);
	else
		add_word(ps_catch_name(ps_catch_of(&process->status, signal)), io_text);
}

static void add_zombie(const struct ps_cell *cell, struct text *io_text)
{
	struct ps_zombie zombie;

	if (!survey_is_zombie(process_of(cell))) {
		text_add_bytes(io_text, "-", 1);
		return;
	}
	ps_read_zombie(cell->survey, cell->row->at, &zombie);
	if (zombie.has_age)
		ps_add_age(zombie.age_ms, io_text);
	else
		text_add_bytes(io_text, "?", 1);
}

static void add_reaper(const struct ps_cell *cell, struct text *io_text)
{
	const struct survey_process *process = process_of(cell);

	if (survey_is_zombie(process))
		add_number(process->status.parent_pid, io_text);
	else
		text_add_bytes(io_text, "-", 1);
}

static void add_orphan(const struct ps_cell *cell, struct text *io_text)
{
	add_word(ps_is_orphan(cell->survey, cell->row->at) ? "inferred" : "-", io_text);
}

static void add_time(const struct ps_cell *cell, struct text *io_text)
{
	uint64_t ticks = process_of(cell)->cpu_ticks, rate = (uint64_t)sysconf(_SC_CLK_TCK);

	text_add(io_text, "%llu:%02u.%02u", (unsigned long long)(ticks / rate / 60),
		 (unsigned int)(ticks / rate % 60), (unsigned int)(ticks % rate * 100 / rate));
}

static void add_engine(const struct ps_cell *cell, struct text *io_text)
{
	const struct survey_container *container = container_of(cell);

	add_word(container ? engine_name(container->engine) : "-", io_text);
}

static void add_container(const struct ps_cell *cell, struct text *io_text)
{
	const struct survey_container *container = container_of(cell);

	add_word(container ? container->id : "-", io_text);
}

static void add_pidns(const struct ps_cell *cell, struct text *io_text)
{
	uint64_t pid_ns = process_of(cell)->pid_ns;

	if (!pid_ns && process_of(cell)->status.level_count <= 1)
		pid_ns = cell->survey->pid_ns;
	if (pid_ns)
		add_number((long long)pid_ns, io_text);
	else
		text_add_bytes(io_text, "?", 1);
}

static void add_name(const struct ps_cell *cell, struct text *io_text)
{
	add_word(cell->status->name, io_text);
}

static void add_args(const struct ps_cell *cell, struct text *io_text)
{
	if (cell->status->pid == process_of(cell)->status.pid)
		ps_add_read_command(process_of(cell), io_text);
	else
		add_name(cell, io_text);
}

/* A tree may be thousands deep: its lines stay as long as their words. */
static void add_tree(const struct ps_cell *cell, struct text *io_text)
{
	size_t depth = cell->row->depth;

	for (size_t i = 1; i < depth && i < DEPTH_SHOWN; i++)
		text_add_bytes(io_text, "  ", 2);
	if (depth >= DEPTH_SHOWN)
		text_add(io_text, "(%zu)", depth);
	if (depth)
		text_add_bytes(io_text, "\\_ ", 3);
	add_args(cell, io_text);
}

static void add_note(const struct ps_cell *cell, struct text *io_text)
{
	if (cell->status->pid == process_of(cell)->status.pid)
		ps_add_note(cell->survey, cell->row->at, io_text);
}

static const struct ps_column columns[] = {
	{ "pid", "PID", PS_RIGHT, 0, add_pid },
	{ "tid", "TID", PS_RIGHT, 0, add_tid },
	{ "nspid", "NSPID", PS_RIGHT, 0, add_nspid },
	{ "ppid", "PPID", PS_RIGHT, 0, add_ppid },
	{ "nsppid", "NSPPID", PS_RIGHT, 0, add_nsppid },
	{ "state", "S", PS_LEFT, 0, add_state },
	{ "threads", "THR", PS_RIGHT, 0, add_threads },
	{ "uid", "UID", PS_RIGHT, 0, add_uid },
	{ "pgid", "PGID", PS_RIGHT, 0, add_pgid },
	{ "sid", "SID", PS_RIGHT, 0, add_sid },
	{ "time", "TIME", PS_RIGHT, SURVEY_TIMES, add_time },
	{ "stop", "STOP", PS_LEFT, 0, add_stop },
	{ "pending", "PENDING", PS_LEFT, 0, add_pending },
	{ "blocked", "BLOCKED", PS_LEFT, 0, add_blocked },
	{ "ignored", "IGNORED", PS_LEFT, 0, add_ignored },
	{ "caught", "CAUGHT", PS_LEFT, 0, add_caught },
	{ "zombie", "ZOMBIE", PS_RIGHT, 0, add_zombie },
	{ "reaper", "REAPER", PS_RIGHT, 0, add_reaper },
	{ "orphan", "ORPHAN", PS_LEFT, 0, add_orphan },
	{ "engine", "ENGINE", PS_LEFT, 0, add_engine },
	{ "container", "CONTAINER", PS_LEFT, 0, add_container },
	{ "pidns", "PIDNS", PS_RIGHT, 0, add_pidns },
	{ "name", "NAME", PS_LEFT, 0, add_name },
	{ "args", "COMMAND", PS_FREE, SURVEY_WORDS, add_args },
	{ "tree", "COMMAND", PS_FREE, SURVEY_WORDS, add_tree },
	{ "note", "NOTE", PS_FREE, 0, add_note },
};

const char *const ps_usual_columns[] = { "pid",	 "nspid",   "ppid",    "nsppid", "state", "threads",
					 "stop", "pending", "blocked", "tree",	 "note",  NULL };

const struct ps_column *ps_find_column(const char *name, size_t size)
{
	for (size_t i = 0; i < countof(columns); i++)
		if (strlen(columns[i].name) == size && strncmp(columns[i].name, name, size) == 0)
			return &columns[i];
	return NULL;
}

void ps_name_columns(struct text *io_text)
{
	for (size_t i = 0; i < countof(columns); i++)
		text_add(io_text, "%s%s", i ? "," : "", columns[i].name);
}
