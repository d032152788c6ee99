// SPDX-License-Identifier: GPL-2.0-or-later
/* top_draw - the rows in their order, as lines */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/scope.h"
#include "view/ps_part.h"
#include "view/top.h"

/* The head, the titles and the keys. */
enum { OTHER_LINES = 3, SHORT_ID = 12, LONG_ID = 64, NAME_LEAST = 16, NAME_MOST = 40 };

static const char *const sort_names[TOP_SORTS] = {
	[TOP_CPU] = "cpu",	   [TOP_MEMORY] = "memory",   [TOP_TASKS] = "tasks",
	[TOP_ZOMBIES] = "zombies", [TOP_SIGNALS] = "signals", [TOP_NAME] = "name",
};

int top_parse_sort(const char *word, enum top_sort *ret_sort, struct error *err)
{
	for (size_t i = 0; i < TOP_SORTS; i++) {
		if (strcmp(sort_names[i], word) != 0)
			continue;
		*ret_sort = (enum top_sort)i;
		return 0;
	}
	return error_set(err, EINVAL,
			 "--sort: \"%s\" is not one of cpu, memory, tasks, zombies, signals, name",
			 word);
}

/* --- order --- */

static const char *shown_name(const struct top_row *row)
{
	return row->name ? row->name : row->id;
}

static uint64_t measure(const struct top_row *row, enum top_sort sort)
{
	switch (sort) {
	case TOP_CPU:
		return row->cpu_permille.value;
	case TOP_MEMORY:
		return row->memory.value;
	case TOP_TASKS:
		return row->tasks.value;
	case TOP_ZOMBIES:
		return row->zombies;
	case TOP_SIGNALS:
		return row->pending;
	case TOP_NAME:
	case TOP_SORTS:
		break;
	}
	return 0;
}

/* The largest first; what is equal stands by name, so that no line jumps about. */
static int compare(const void *a, const void *b, void *data)
{
	const struct top_row *one = *(const struct top_row *const *)a;
	const struct top_row *other = *(const struct top_row *const *)b;
	const struct top *top = data;
	uint64_t x = measure(one, top->sort), y = measure(other, top->sort);
	int order = x != y ? (x < y ? 1 : -1) : strcmp(shown_name(one), shown_name(other));

	return top->is_reverse ? -order : order;
}

static bool is_wanted(const struct top *top, const struct top_row *row)
{
	return !*top->filter || strcasestr(row->id, top->filter) ||
	       (row->name && strcasestr(row->name, top->filter)) ||
	       strcasestr(engine_name(row->engine), top->filter) ||
	       strcasestr(row->command, top->filter);
}

/* --- cells --- */

static void add_cpu(const struct top_row *row, struct text *io_text)
{
	unsigned long long permille = row->cpu_permille.value;

	if (row->cpu_permille.is_set)
		text_add(io_text, " %5llu.%llu", permille / 10, permille % 10);
	else
		text_add(io_text, " %7s", "-");
}

static void add_right(const char *word, size_t width, struct text *io_text)
{
	text_add(io_text, " %*s", (int)width, word);
}

static void add_memory(const struct maybe_uint *bytes, const char *other, struct text *io_text)
{
	autotext struct text word = { 0 };

	if (bytes->is_set)
		ps_add_size(bytes->value, &word);
	add_right(bytes->is_set ? text_get(&word) : other, 7, io_text);
}

static void add_tasks(const struct top_row *row, struct text *io_text)
{
	autotext struct text word = { 0 };

	text_add(&word, "%llu/", (unsigned long long)row->tasks.value);
	if (row->tasks_limit.is_set)
		text_add(&word, "%llu", (unsigned long long)row->tasks_limit.value);
	else
		text_add(&word, "max");
	add_right(text_get(&word), 11, io_text);
}

/* Some of its tasks waited for this part of the last ten seconds. */
static void add_pressure(const struct detail_pressure *pressure, struct text *io_text)
{
	if (pressure->is_set)
		text_add(io_text, " %3u.%u", pressure->some.average_10 / 100,
			 pressure->some.average_10 % 100 / 10);
	else
		text_add(io_text, " %5s", "-");
}

static void add_printable(const char *word, size_t size, struct text *io_text)
{
	size_t begin = io_text->size;

	text_add_bytes(io_text, word, size);
	for (size_t i = begin; i < io_text->size; i++)
		if (io_text->data[i] < ' ' || io_text->data[i] > '~')
			io_text->data[i] = '?';
}

/* Engines' own numbers are known by their beginning, as everywhere. */
static size_t name_size(const struct top_row *row)
{
	size_t size = strlen(shown_name(row));

	return size == LONG_ID ? SHORT_ID : size > NAME_MOST ? NAME_MOST : size;
}

static void add_row(const struct top_row *row, size_t width, struct text *io_text)
{
	text_add(io_text, "%-10s ", engine_name(row->engine));
	add_printable(shown_name(row), name_size(row), io_text);
	text_add(io_text, "%*s", (int)(width - name_size(row)), "");
	add_cpu(row, io_text);
	add_memory(&row->memory, "-", io_text);
	add_memory(&row->memory_limit, "max", io_text);
	add_tasks(row, io_text);
	text_add(io_text, " %4zu %4zu", row->zombies, row->pending);
	for (size_t i = 0; i < SURVEY_PRESSURES; i++)
		add_pressure(&row->pressure[i], io_text);
	text_add_bytes(io_text, " ", 1);
	add_printable(row->command, strlen(row->command), io_text);
	text_add_bytes(io_text, "\n", 1);
}

/* --- the screen --- */

static void add_head(const struct top *top, struct text *io_lines)
{
	time_t now = time(NULL);
	struct tm then = { 0 };

	localtime_r(&now, &then);
	text_add(io_lines, "husk top  %02d:%02d:%02d  containers %zu  processes %zu  zombies %zu",
		 then.tm_hour, then.tm_min, then.tm_sec, top->sample.count, top->sample.processes,
		 top->sample.zombies);
	text_add(io_lines, "  by %s%s", sort_names[top->sort], top->is_reverse ? ", reversed" : "");
	if (*top->filter || top->is_typing) {
		text_add(io_lines, "  filter: ");
		add_printable(top->filter, strlen(top->filter), io_lines);
	}
	text_add(io_lines, "%s\n", top->is_typing ? "_" : "");
}

static void add_titles(size_t width, struct text *io_lines)
{
	text_add(io_lines, "\1%-10s %-*s %7s %7s %7s", "ENGINE", (int)width, "CONTAINER", "CPU%",
		 "MEM", "LIMIT");
	text_add(io_lines, " %11s %4s %4s %5s %5s %5s %s\n", "TASKS", "ZOMB", "SIGS", "P-CPU",
		 "P-MEM", "P-IO", "COMMAND");
}

static void add_keys(const struct top *top, struct text *io_lines)
{
	static const char keys[] = "\1q quit  sort: c cpu  m memory  t tasks  z zombies  "
				   "s signals  n name  r reverse  / filter  space now";
	static const char typing[] = "\1type a part of id, name, engine or command  "
				     "Enter done  Escape no filter";

	text_add(io_lines, "%s", top->is_typing ? typing : keys);
}

static size_t pick(const struct top *top, const struct top_row **ret_shown)
{
	size_t count = 0;

	for (size_t i = 0; i < top->sample.count; i++)
		if (is_wanted(top, &top->sample.row[i]))
			ret_shown[count++] = &top->sample.row[i];
	return count;
}

static size_t widest(const struct top_row *const *shown, size_t count)
{
	size_t width = NAME_LEAST;

	for (size_t i = 0; i < count; i++)
		if (name_size(shown[i]) > width)
			width = name_size(shown[i]);
	return width;
}

void top_compose(struct top *io_top, unsigned int rows, struct text *io_lines)
{
	size_t room = rows > OTHER_LINES ? rows - OTHER_LINES : 1;
	autofree const struct top_row **shown =
		mem_new((io_top->sample.count + 1) * sizeof(*shown));
	size_t count = pick(io_top, shown), width = widest(shown, count);

	qsort_r(shown, count, sizeof(*shown), compare, io_top);
	if (!rows)
		room = count;
	if (io_top->scroll + room > count)
		io_top->scroll = count > room ? count - room : 0;
	add_head(io_top, io_lines);
	add_titles(width, io_lines);
	for (size_t i = io_top->scroll; i < count && i < io_top->scroll + room; i++)
		add_row(shown[i], width, io_lines);
	for (size_t i = count - io_top->scroll; rows && i < room; i++)
		text_add_bytes(io_lines, "\n", 1);
	if (rows)
		add_keys(io_top, io_lines);
}
