// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "display/display.h"
#include "view/ps_part.h"

/* --- samples --- */

static const struct top_row *find_before(const struct top_sample *before,
					 const struct top_row *row)
{
	for (size_t i = 0; i < before->count; i++)
		if (before->row[i].engine == row->engine &&
		    strcmp(before->row[i].id, row->id) == 0)
			return &before->row[i];
	return NULL;
}

/* Of a container that has no counter the processes' own, which end with them. */
static void fill_rate(const struct top_sample *before, uint64_t time_ns, struct top_row *io_row)
{
	const struct top_row *old = before->time_ns ? find_before(before, io_row) : NULL;

	if (!old || time_ns <= before->time_ns)
		return;
	io_row->cpu_permille.is_set = true;
	if (io_row->cpu_ns > old->cpu_ns)
		io_row->cpu_permille.value =
			(io_row->cpu_ns - old->cpu_ns) * 1000 / (time_ns - before->time_ns);
}

static void fill_counts(const struct survey_container *container, struct top_row *io_row)
{
	const struct cgroup_stat *stat = &container->stat;

	io_row->memory = stat->memory_current_bytes;
	io_row->memory_limit = stat->memory_limit_bytes;
	io_row->tasks = stat->pids_current;
	io_row->tasks_limit = stat->pids_limit;
	memcpy(io_row->pressure, container->pressure, sizeof(io_row->pressure));
	if (!io_row->tasks.is_set)
		io_row->tasks = (struct maybe_uint){ true, container->threads +
							  container->zombies };
}

static void fill_row(const struct survey *survey, size_t index, struct arena *io_arena,
		     struct top_row *ret_row)
{
	const struct survey_container *container = &survey->container[index];
	autotext struct text command = { 0 };

	ps_add_command(&survey->process[container->first].status, &command);
	*ret_row = (struct top_row){
		.engine = container->engine,
		.id = arena_text(io_arena, container->id),
		.name = arena_text(io_arena, container->name),
		.command = arena_text(io_arena, text_get(&command)),
		.processes = container->processes,
		.zombies = container->zombies,
		.cpu_ns = container->stat.cpu_ns.value,
	};
	fill_counts(container, ret_row);
}

/* What the processes have and their cgroup does not count. */
static void add_processes(const struct survey *survey, struct top_sample *io_sample)
{
	uint64_t tick_ns = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);

	for (size_t i = 0; i < survey->count; i++) {
		const struct survey_process *process = &survey->process[i];
		struct top_row *row;

		io_sample->zombies += survey_is_zombie(process);
		if (process->container == SURVEY_NONE)
			continue;
		row = &io_sample->row[process->container];
		row->pending += (process->status.pending | process->status.shared_pending) != 0;
		if (!survey->container[process->container].stat.cpu_ns.is_set)
			row->cpu_ns += process->cpu_ticks * tick_ns;
	}
}

void top_take(const struct survey *survey, uint64_t time_ns, struct top *io_top)
{
	struct top_sample sample = { .time_ns = time_ns, .count = survey->container_count,
				     .processes = survey->count };

	sample.row = arena_new(&sample.arena, (sample.count + 1) * sizeof(*sample.row));
	for (size_t i = 0; i < sample.count; i++)
		fill_row(survey, i, &sample.arena, &sample.row[i]);
	add_processes(survey, &sample);
	for (size_t i = 0; i < sample.count; i++)
		fill_rate(&io_top->sample, time_ns, &sample.row[i]);
	arena_clear(&io_top->sample.arena);
	io_top->sample = sample;
}

void top_clear(struct top *io_top)
{
	arena_clear(&io_top->sample.arena);
	*io_top = (struct top){ 0 };
}

/* --- keys --- */

static enum top_action type_filter(int key, struct top *io_top)
{
	size_t size = strlen(io_top->filter);

	if (key == '\r' || key == '\n')
		io_top->is_typing = false;
	else if (key == DISPLAY_KEY_ESCAPE)
		*io_top->filter = '\0', io_top->is_typing = false;
	else if ((key == DISPLAY_KEY_BACKSPACE || key == '\b') && size)
		io_top->filter[size - 1] = '\0';
	else if (key < 0x7f && isprint(key) && size + 1 < sizeof(io_top->filter))
		io_top->filter[size] = (char)key, io_top->filter[size + 1] = '\0';
	io_top->scroll = 0;
	return TOP_REDRAW;
}

static enum top_action sort_by(enum top_sort sort, struct top *io_top)
{
	io_top->sort = sort;
	io_top->is_reverse = false;
	return TOP_REDRAW;
}

static enum top_action scroll_by(int rows, struct top *io_top)
{
	if (rows < 0 && io_top->scroll < (size_t)-rows)
		io_top->scroll = 0;
	else
		io_top->scroll += (size_t)rows;
	return TOP_REDRAW;
}

static enum top_action move(int key, struct top *io_top)
{
	enum { PAGE = 10 };

	switch (key) {
	case DISPLAY_KEY_UP:
	case 'k':
		return scroll_by(-1, io_top);
	case DISPLAY_KEY_DOWN:
	case 'j':
		return scroll_by(1, io_top);
	case DISPLAY_KEY_PAGE_UP:
		return scroll_by(-PAGE, io_top);
	case DISPLAY_KEY_PAGE_DOWN:
		return scroll_by(PAGE, io_top);
	case DISPLAY_KEY_HOME:
		io_top->scroll = 0;
		return TOP_REDRAW;
	case DISPLAY_KEY_END:
		io_top->scroll = SIZE_MAX / 2;
		return TOP_REDRAW;
	default:
		return TOP_STAY;
	}
}

/* As it is everywhere: the screen is drawn anew, whatever others have written on it. */
enum { CONTROL_L = 'L' & 0x1f };

enum top_action top_key(int key, struct top *io_top)
{
	static const char sorts[TOP_SORTS] = {
		[TOP_CPU] = 'c',     [TOP_MEMORY] = 'm',  [TOP_TASKS] = 't',
		[TOP_ZOMBIES] = 'z', [TOP_SIGNALS] = 's', [TOP_NAME] = 'n',
	};

	if (io_top->is_typing)
		return type_filter(key, io_top);
	for (size_t i = 0; i < TOP_SORTS; i++)
		if (key == sorts[i])
			return sort_by((enum top_sort)i, io_top);
	switch (key) {
	case 'q':
		return TOP_QUIT;
	case 'r':
		io_top->is_reverse = !io_top->is_reverse;
		return TOP_REDRAW;
	case '/':
		io_top->is_typing = true;
		return TOP_REDRAW;
	case ' ':
		return TOP_SAMPLE;
	case CONTROL_L:
		return TOP_REPAINT;
	default:
		return move(key, io_top);
	}
}
