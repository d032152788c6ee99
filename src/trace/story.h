// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * story - what a recorder saw of husk's own containers, left where `husk why` finds it
 *
 * When the first process of a container dies while it is recorded, who asked it to end, what the
 * kernel made of that, and who killed it go into the container's own story (state/life.h); at
 * the end of the recording also what was asked of those that live on: some lines for each, and
 * no file of its own. For root, and only into folders that nobody but root may write to.
 *
 * Nothing here fails a recording: what cannot be written is not.
 */
#ifndef HUSK_TRACE_STORY_H
#define HUSK_TRACE_STORY_H

#include "state/store.h"
#include "trace/joins.h"

/* The most containers that are watched at a time. */
enum { STORY_KEPT = 256 };

/* One container, known by its first process. Its story stays open: it may be deleted first. */
struct story_entry {
	uint32_t pid;
	uint64_t start_ticks; /* field 22 of /proc/PID/stat */
	int fd;
};

struct story {
	bool is_open;
	struct store store;
	int64_t wall_offset_ns;
	long ticks_per_second;
	struct story_entry entry[STORY_KEPT];
	size_t count;
};

/**
 * story_open - the containers that there are now
 *
 * @root: as for store_open. When the caller may not write stories the story stays shut, and
 *        the others do nothing.
 */
void story_open(const char *root, int64_t wall_offset_ns, struct story *ret_story);

void story_take(struct story *io_story, const struct joins *joins, const struct model_step *step);

/* The recording is over. Before the model is cleared. */
void story_end(struct story *io_story, const struct joins *joins, const struct model *model);

void story_close(struct story *io_story);

#endif
