// SPDX-License-Identifier: GPL-2.0-or-later
/* session - `husk exec --list`: the execs of a container that are units of their own */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/scope.h"
#include "base/text.h"
#include "cli/command.h"
#include "container/session.h"
#include "proc/task.h"

static void print_json(const struct container_sessions *list)
{
	printf("[");
	for (size_t i = 0; i < list->count; i++) {
		const struct container_session_entry *entry = &list->item[i];

		printf("%s{\"session\":\"%s\",\"running\":%s,\"pids\":[", i ? "," : "",
		       entry->name, entry->is_running ? "true" : "false");
		for (size_t j = 0; j < entry->count; j++)
			printf("%s%d", j ? "," : "", (int)entry->pids[j]);
		printf("]}");
	}
	printf("]\n");
}

/* The first process stands for all; when that has ended, the first of those that are left. */
static void add_row(const struct container_session_entry *entry, struct text *io_text)
{
	pid_t shown = entry->is_running ? entry->leader : entry->pids[0];
	struct error ignored;
	struct task task;

	text_add(io_text, "%-12s %-8s %9zu ", entry->name, entry->is_running ? "running" : "left",
		 entry->count);
	if (task_read(shown, &task, &ignored) == 0)
		command_add_words(io_text, shown, task.name);
	text_add(io_text, "\n");
}

static void print_table(const struct container_sessions *list)
{
	autotext struct text text = { 0 };

	text_add(&text, "%-12s %-8s %9s %s\n", "SESSION", "STATUS", "PROCESSES", "COMMAND");
	for (size_t i = 0; i < list->count; i++)
		add_row(&list->item[i], &text);
	fwrite(text_get(&text), 1, text.size, stdout);
}

static void sessions_clear(struct container_sessions *io_list)
{
	arena_clear(&io_list->arena);
}

int command_list_sessions(const struct context *context, char *const *words, int count,
			  const char *format, struct error *err)
{
	autoclean(sessions_clear) struct container_sessions list = { 0 };
	autostore struct store store = STORE_NONE;
	bool is_json = format && strcmp(format, "json") == 0;

	if (format && !is_json && strcmp(format, "table") != 0)
		return error_set(err, EINVAL, "exec: --format: \"%s\" is not one of table, json",
				 format);
	if (count != 1)
		return error_set(err, EINVAL, "exec: --list: takes an ID and no program");
	TRY(store_open(context->root, &store, err));
	if (container_session_list(&store, words[0], &list, err) < 0)
		return error_wrap(err, "exec %s: --list", words[0]);
	(is_json ? print_json : print_table)(&list);
	return 0;
}
