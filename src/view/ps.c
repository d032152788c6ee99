// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/ps.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "base/utf8.h"
#include "proc/task.h"
#include "view/ps_part.h"

enum { SHORT_ID = 12, LONG_ID = 64 };

/* --- which columns --- */

int ps_parse_columns(const char *list, struct ps_request *io_request, struct error *err)
{
	autotext struct text names = { 0 };
	size_t size;

	for (const char *word = list; *word; word += size) {
		const struct ps_column *column;

		word += strspn(word, ", ");
		size = strcspn(word, ", ");
		if (!size)
			break;
		column = ps_find_column(word, size);
		if (!column) {
			ps_name_columns(&names);
			return error_set(err, EINVAL, "-o: \"%.*s\" is not one of %s", (int)size,
					 word, text_get(&names));
		}
		if (io_request->column_count == PS_COLUMNS_MAX)
			return error_set(err, E2BIG, "-o: more than %d columns", PS_COLUMNS_MAX);
		io_request->column[io_request->column_count++] = column;
	}
	if (!io_request->column_count)
		return error_set(err, EINVAL, "-o: no column");
	return 0;
}

unsigned int ps_wants(const struct ps_request *request)
{
	unsigned int want = request->column_count ? 0 : SURVEY_COUNTS | SURVEY_WORDS;

	for (size_t i = 0; i < request->column_count; i++)
		want |= request->column[i]->want;
	/* Of one container among many, those of the others would be read for nothing. */
	return request->target_count ? want & ~(unsigned int)SURVEY_WORDS : want;
}

static void take_usual(struct ps_request *io_request)
{
	for (const char *const *name = ps_usual_columns; *name; name++) {
		io_request->column[io_request->column_count++] =
			ps_find_column(*name, strlen(*name));
		if (io_request->has_threads && name == ps_usual_columns)
			io_request->column[io_request->column_count++] = ps_find_column("tid", 3);
	}
}

/* --- the lines --- */

/* All cells one behind the other; a line's width is known when all are there. */
struct grid {
	const struct ps_request *request;
	struct arena arena;
	struct text cells;
	size_t count;
	size_t *end; /* of each cell, row by row */
	size_t width[PS_COLUMNS_MAX];
};

static void grid_clear(struct grid *io_grid)
{
	arena_clear(&io_grid->arena);
	text_clear(&io_grid->cells);
	free(io_grid->end);
}

static void end_cell(struct grid *io_grid, size_t column, size_t begin)
{
	size_t size = io_grid->cells.size - begin;

	/* Names and ids are others' choice: a terminal must not obey them. */
	if (size)
		utf8_make_plain(io_grid->cells.data + begin, size);
	io_grid->end = mem_grow_array(io_grid->end, io_grid->count, sizeof(*io_grid->end));
	io_grid->end[io_grid->count++] = io_grid->cells.size;
	if (size > io_grid->width[column])
		io_grid->width[column] = size;
}

static void add_titles(struct grid *io_grid)
{
	for (size_t i = 0; i < io_grid->request->column_count; i++) {
		const char *title = io_grid->request->column[i]->title;
		size_t begin = io_grid->cells.size;

		text_add_bytes(&io_grid->cells, title, strlen(title));
		end_cell(io_grid, i, begin);
	}
}

static void add_cells(struct grid *io_grid, const struct ps_row *row, const struct status *status)
{
	struct ps_cell cell = { io_grid->request->survey, row, status };

	for (size_t i = 0; i < io_grid->request->column_count; i++) {
		size_t begin = io_grid->cells.size;

		io_grid->request->column[i]->add(&cell, &io_grid->cells);
		end_cell(io_grid, i, begin);
	}
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

/* The process first, then its other threads. */
static void add_threads(struct grid *io_grid, const struct ps_row *row)
{
	const struct status *own = &io_grid->request->survey->process[row->at].status;
	autofree char *path = mem_format("/proc/%d/task", (int)own->pid);
	autoclean(close_folder) DIR *folder = opendir(path);
	struct dirent *entry;
	struct status status;
	struct error gone;
	long long tid;

	add_cells(io_grid, row, own);
	while (folder && (entry = readdir(folder)))
		if (text_number(entry->d_name, 1, INT32_MAX, &tid) == 0 && tid != own->pid &&
		    status_read(own->pid, (pid_t)tid, &status, &gone) == 0)
			add_cells(io_grid, row, &status);
}

static void add_rows(struct grid *io_grid, const struct ps_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct ps_row *row = &rows->row[i];

		if (io_grid->request->has_threads)
			add_threads(io_grid, row);
		else
			add_cells(io_grid, row, &io_grid->request->survey->process[row->at].status);
	}
}

static void add_padding(size_t size, struct text *io_text)
{
	static const char blanks[] = "                                ";

	while (size > 0) {
		size_t part = size < sizeof(blanks) - 1 ? size : sizeof(blanks) - 1;

		text_add_bytes(io_text, blanks, part);
		size -= part;
	}
}

static void print_cell(const struct grid *grid, size_t i, size_t begin, size_t end,
		       struct text *io_text)
{
	const struct ps_column *column = grid->request->column[i];
	size_t missing = grid->width[i] - (end - begin);
	bool is_first_free = !i || grid->request->column[i - 1]->place != PS_FREE;

	if (begin == end && column->place == PS_FREE)
		return;
	if (i)
		text_add_bytes(io_text, is_first_free ? " " : "  <- ", is_first_free ? 1 : 5);
	if (column->place == PS_RIGHT)
		add_padding(missing, io_text);
	text_add_bytes(io_text, grid->cells.data + begin, end - begin);
	if (column->place == PS_LEFT && i + 1 < grid->request->column_count)
		add_padding(missing, io_text);
}

static void print_line(const struct grid *grid, size_t *io_at, struct text *io_text)
{
	for (size_t i = 0; i < grid->request->column_count; i++, ++*io_at)
		print_cell(grid, i, *io_at ? grid->end[*io_at - 1] : 0, grid->end[*io_at], io_text);
	while (io_text->size && io_text->data[io_text->size - 1] == ' ')
		io_text->data[--io_text->size] = '\0';
	text_add_bytes(io_text, "\n", 1);
}

/* --- the head of a container --- */

static void add_count(const char *name, size_t count, struct text *io_text)
{
	if (count)
		text_add(io_text, "  %s %zu", name, count);
}

static void add_meters(const struct survey_container *container, struct text *io_text)
{
	const struct cgroup_stat *stat = &container->stat;

	if (stat->pids_current.is_set) {
		text_add(io_text, "  tasks %llu/", (unsigned long long)stat->pids_current.value);
		if (stat->pids_limit.is_set)
			text_add(io_text, "%llu", (unsigned long long)stat->pids_limit.value);
		else
			text_add(io_text, "max");
	}
	if (stat->memory_current_bytes.is_set) {
		text_add(io_text, "  memory ");
		ps_add_size(stat->memory_current_bytes.value, io_text);
		text_add(io_text, "/");
		if (stat->memory_limit_bytes.is_set)
			ps_add_size(stat->memory_limit_bytes.value, io_text);
		else
			text_add(io_text, "max");
	}
	add_count("forks refused", stat->pids_refused.value, io_text);
	add_count("OOM kills", stat->oom_kills.value, io_text);
	add_count("unlisted tasks", container->unlisted.value, io_text);
}

static void add_head(const struct survey *survey, int index, struct text *io_text)
{
	const struct survey_container *container = &survey->container[index];
	const struct status *first = &survey->process[container->first].status;
	size_t size = strlen(container->id);

	text_add(io_text, "%s ", engine_name(container->engine));
	text_add_plain(io_text, container->id, size == LONG_ID ? SHORT_ID : size);
	if (container->name) {
		text_add_bytes(io_text, " (", 2);
		text_add_plain(io_text, container->name, strlen(container->name));
		text_add_bytes(io_text, ")", 1);
	}
	/* Of hexadecimal digits and dashes alone. */
	if (container->pod)
		text_add(io_text, "  pod %s", container->pod);
	if (container->pid_ns)
		text_add(io_text, "  pidns %llu", (unsigned long long)container->pid_ns);
	else if (first->level_count <= 1)
		text_add(io_text, "  pidns the machine's");
	text_add(io_text, "  processes %zu", container->processes);
	add_meters(container, io_text);
	add_count("zombies", container->zombies, io_text);
	text_add(io_text, "\n");
}

/* --- the whole --- */

static void collect(struct grid *io_grid, const struct find *target, struct ps_rows *ret_rows)
{
	const struct survey *survey = io_grid->request->survey;

	if (target->kind == FIND_CONTAINER)
		ps_rows_of_container(survey, target->index, &io_grid->arena, ret_rows);
	else
		ps_rows_of_process(survey, target->index, &io_grid->arena, ret_rows);
}

/* One table, the usual one with a head above it. */
static void print_table(const struct ps_request *request, const struct find *targets,
			size_t count, struct text *io_text)
{
	autoclean(grid_clear) struct grid grid = { .request = request };
	size_t at = 0;

	add_titles(&grid);
	for (size_t i = 0; i < count; i++) {
		struct ps_rows rows;

		collect(&grid, &targets[i], &rows);
		add_rows(&grid, &rows);
	}
	while (at < grid.count)
		print_line(&grid, &at, io_text);
}

static void print_each(const struct ps_request *request, struct text *io_text)
{
	struct ps_request usual = *request;

	take_usual(&usual);
	for (size_t i = 0; i < request->target_count; i++) {
		const struct find *target = &request->target[i];

		text_add(io_text, "%s", i ? "\n" : "");
		if (target->kind == FIND_CONTAINER)
			add_head(request->survey, target->index, io_text);
		print_table(&usual, target, 1, io_text);
	}
}

static void add_all(const struct survey *survey, struct arena *io_arena,
		    struct ps_request *io_request)
{
	struct find *all = arena_new(io_arena, (survey->container_count + 1) * sizeof(*all));

	for (size_t i = 0; i < survey->container_count; i++)
		all[i] = (struct find){ FIND_CONTAINER, (int)i };
	io_request->target = all;
	io_request->target_count = survey->container_count;
}

void ps_text(const struct ps_request *request, struct text *io_text)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct ps_request all = *request;

	if (!all.target_count)
		add_all(all.survey, &arena, &all);
	if (all.column_count)
		print_table(&all, all.target, all.target_count, io_text);
	else if (all.target_count)
		print_each(&all, io_text);
	else
		text_add(io_text, "no container is to be seen here\n");
}
