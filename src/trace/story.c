// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/story.h"

#include <string.h>
#include <sys/stat.h>

#include "base/scope.h"
#include "state/life.h"
#include "state/record.h"
#include "trace/obituary.h"

/* --- whose stories are written --- */

/* Whoever else may write there may have put anything in the place of a file. */
static bool is_ours_alone(int fd)
{
	struct stat file;

	return fstat(fd, &file) == 0 && file.st_uid == 0 && !(file.st_mode & (S_IWGRP | S_IWOTH));
}

static void drop(struct story *io_story, size_t i)
{
	scope_close(&io_story->entry[i].fd);
	io_story->entry[i] = io_story->entry[--io_story->count];
}

/* Field 22 of /proc/PID/stat. */
static uint64_t ticks_of(const struct story *story, const struct model_process *process)
{
	return process->start_ns / (1000000000ULL / (uint64_t)story->ticks_per_second);
}

static bool is_first(const struct story *story, const struct record *record,
		     const struct model_process *process)
{
	return record->pid.value == process->pid &&
	       record->start_time.value == ticks_of(story, process);
}

/* @process NULL: any container whose first process is alive. */
static bool is_wanted(const struct story *story, const struct store_entry *entry,
		      const struct record *record, const struct model_process *process)
{
	if (record->pid.value <= 0)
		return false;
	return process ? is_first(story, record, process)
		       : record_status(record, entry) != RECORD_STOPPED;
}

/* Takes @fd. */
static void add_entry(struct story *io_story, uint32_t pid, uint64_t start_ticks, int fd)
{
	io_story->entry[io_story->count++] = (struct story_entry){ pid, start_ticks, fd };
}

static void add(struct story *io_story, const char *id, const struct model_process *process)
{
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	autorecord struct record record = { 0 };
	autoclose int fd = -1;
	struct error ignored;

	if (store_find(&io_story->store, id, &entry, &ignored) < 0 ||
	    !is_ours_alone(entry.folder_fd) || record_read(&entry, &record, &ignored) < 0 ||
	    !is_wanted(io_story, &entry, &record, process))
		return;
	fd = life_open(&entry, &ignored);
	if (fd < 0 || !is_ours_alone(fd))
		return;
	add_entry(io_story, (uint32_t)record.pid.value, record.start_time.value, fd_take(&fd));
}

/* The root is made with the first container. One that is not ours shuts the story for good. */
static bool open_root(struct story *io_story)
{
	struct store *store = &io_story->store;
	struct store found = STORE_NONE;
	struct error ignored;

	if (store->folder_fd >= 0)
		return true;
	io_story->is_open = store_open(store->root, &found, &ignored) == 0 &&
			    (found.folder_fd < 0 || is_ours_alone(found.folder_fd));
	if (!io_story->is_open || found.folder_fd < 0) {
		store_close(&found);
		return false;
	}
	store_close(store);
	*store = found;
	return true;
}

static void scan(struct story *io_story, const struct model_process *process)
{
	struct store_ids ids = { 0 };
	struct error ignored;

	if (store_list(&io_story->store, &ids, &ignored) < 0)
		return;
	for (size_t i = 0; i < ids.count && io_story->count < STORY_KEPT; i++)
		add(io_story, ids.item[i], process);
	store_ids_clear(&ids);
}

void story_open(const char *root, int64_t wall_offset_ns, struct story *ret_story)
{
	struct error ignored;

	*ret_story = (struct story){ .store = STORE_NONE, .wall_offset_ns = wall_offset_ns,
				     .ticks_per_second = sysconf(_SC_CLK_TCK) };
	if (geteuid() != 0 || store_open(root, &ret_story->store, &ignored) < 0)
		return;
	ret_story->is_open = ret_story->store.folder_fd < 0 ||
			     is_ours_alone(ret_story->store.folder_fd);
	if (ret_story->is_open && ret_story->store.folder_fd >= 0)
		scan(ret_story, NULL);
}

/* --- what is written --- */

static struct story_entry *find(struct story *story, const struct model_process *process)
{
	for (size_t i = 0; i < story->count; i++)
		if (story->entry[i].pid == process->pid &&
		    story->entry[i].start_ticks == ticks_of(story, process))
			return &story->entry[i];
	return NULL;
}

/* Its beginning is in the story already. */
static void tell(const struct story *story, const struct story_entry *entry,
		 const struct joins *joins, const struct model_process *process)
{
	autolife struct life life = obituary_of(joins, process, story->wall_offset_ns);
	struct error ignored;

	for (size_t i = 0; i < life.count; i++)
		if (life.event[i].kind.value == LIFE_TRACED)
			(void)!life_append(entry->fd, &life.event[i], &ignored);
}

/*
 * The first process of a container executes its program when it stands in its record already. But
 * events come a moment late: a container that was there for no longer has been deleted by then.
 */
static void look_for(struct story *io_story, const struct model_step *step)
{
	const struct model_process *process = step->process;
	bool is_end = step->event->kind == EVENT_EXIT && !step->is_thread;
	autoclose int fd = -1;
	struct error ignored;

	if ((step->event->kind != EVENT_EXEC && !is_end) || !process->is_init ||
	    !process->level || find(io_story, process) || !open_root(io_story))
		return;
	scan(io_story, process);
	if (!is_end || find(io_story, process) || io_story->count == STORY_KEPT)
		return;
	fd = life_open_past(&io_story->store, process->pid, ticks_of(io_story, process), &ignored);
	if (fd < 0 || !is_ours_alone(fd))
		return;
	add_entry(io_story, process->pid, ticks_of(io_story, process), fd_take(&fd));
}

void story_take(struct story *io_story, const struct joins *joins, const struct model_step *step)
{
	struct story_entry *entry;

	if (!io_story->is_open)
		return;
	look_for(io_story, step);
	if (step->event->kind != EVENT_EXIT || step->is_thread)
		return;
	entry = find(io_story, step->process);
	if (!entry)
		return;
	tell(io_story, entry, joins, step->process);
	drop(io_story, (size_t)(entry - io_story->entry));
}

void story_end(struct story *io_story, const struct joins *joins, const struct model *model)
{
	for (size_t i = 0; i < io_story->count; i++) {
		const struct model_process *process = model_find(model, io_story->entry[i].pid);

		if (process && find(io_story, process))
			tell(io_story, &io_story->entry[i], joins, process);
	}
}

void story_close(struct story *io_story)
{
	while (io_story->count)
		drop(io_story, io_story->count - 1);
	store_close(&io_story->store);
	io_story->is_open = false;
}
