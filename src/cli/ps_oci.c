// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ps_oci - `husk ps --format json|table ID`, as engines call it: numbers, or the table of ps(1)
 *
 * The table is that of `ps -ef`, made from /proc: no program of the machine is called, let
 * alone one of the image.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"
#include "container/member.h"
#include "proc/status.h"
#include "proc/usage.h"
#include "state/record.h"

enum { WORDS_SIZE = 1 << 20 };

struct table {
	struct arena arena;
	struct text text;
	time_t now, boot;
	long ticks_per_second;
};

static void table_clear(struct table *io_table)
{
	arena_clear(&io_table->arena);
	text_clear(&io_table->text);
}

static int table_begin(struct table *io_table, struct error *err)
{
	struct timespec since_boot;

	if (clock_gettime(CLOCK_BOOTTIME, &since_boot) < 0)
		return error_sys(err, "clock_gettime");
	io_table->now = time(NULL);
	io_table->boot = io_table->now - since_boot.tv_sec;
	io_table->ticks_per_second = sysconf(_SC_CLK_TCK);
	text_add(&io_table->text, "%-12s %7s %7s %2s %5s %-8s %8s %s\n", "UID", "PID", "PPID", "C",
		 "STIME", "TTY", "TIME", "CMD");
	return 0;
}

/* The container chose these bytes: a terminal must not obey them. */
void command_add_words(struct text *io_text, pid_t pid, const char *name)
{
	autofree char *path = mem_format("/proc/%d/cmdline", (int)pid);
	autofree char *words = NULL;
	struct error ignored;
	size_t size = 0;

	if (file_read(AT_FDCWD, path, WORDS_SIZE, &words, &size, &ignored) == 0 && size) {
		text_add_plain(io_text, words, size - (words[size - 1] == '\0'));
		return;
	}
	text_add(io_text, "[");
	text_add_plain(io_text, name, strlen(name));
	text_add(io_text, "]");
}

/* The part of one processor that it had in all its life. */
static unsigned int percent(const struct table *table, const struct usage *usage, time_t start)
{
	int64_t seconds = table->now - start;
	int64_t part = (int64_t)usage->cpu_ticks * 100 / table->ticks_per_second;

	if (seconds < 1)
		seconds = 1;
	return part / seconds > 99 ? 99 : (unsigned int)(part / seconds);
}

static void add_row(struct table *io_table, pid_t pid)
{
	struct status status;
	struct usage usage;
	struct error gone;
	time_t start;

	/* It has ended since it was listed: then it is not there. */
	if (status_read(pid, pid, &status, &gone) < 0 || usage_read(pid, &usage, &gone) < 0)
		return;
	start = io_table->boot + (time_t)(usage.start_ticks / (uint64_t)io_table->ticks_per_second);
	text_add(&io_table->text, "%-12s %7d %7d %2u %5s %-8s %8s ",
		 record_owner_name(&io_table->arena, status.uid.effective), (int)pid,
		 (int)status.parent_pid, percent(io_table, &usage, start),
		 usage_format_start(start, io_table->now).text, usage_format_tty(&usage).text,
		 usage_format_cpu(&usage, io_table->ticks_per_second).text);
	command_add_words(&io_table->text, pid, status.name);
	text_add(&io_table->text, "\n");
}

static int print_table(const pid_t *pids, size_t count, struct error *err)
{
	autoclean(table_clear) struct table table = { 0 };

	TRY(table_begin(&table, err));
	for (size_t i = 0; i < count; i++)
		add_row(&table, pids[i]);
	fwrite(text_get(&table.text), 1, table.text.size, stdout);
	return 0;
}

static void print_numbers(const pid_t *pids, size_t count)
{
	printf("[");
	for (size_t i = 0; i < count; i++)
		printf("%s%d", i ? "," : "", (int)pids[i]);
	printf("]\n");
}

int command_ps_oci(const struct context *context, bool is_json, const char *id, struct error *err)
{
	autostore struct store store = STORE_NONE;
	autoclean(arena_clear) struct arena arena = { 0 };
	pid_t *pids = NULL;
	size_t count = 0;

	TRY(store_open(context->root, &store, err));
	if (container_members(&store, id, &arena, &pids, &count, err) < 0)
		return error_wrap(err, "ps %s", id);
	if (!is_json)
		return print_table(pids, count, err);
	print_numbers(pids, count);
	return 0;
}
