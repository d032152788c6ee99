// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/roster.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/scope.h"

enum { TASK_BUCKETS = 4096, CGROUP_BUCKETS = 256 };

struct roster_task {
	struct roster_task *next;
	struct event_task told;
};

struct roster_cgroup {
	struct roster_cgroup *next;
	bool is_gone, is_used;
	struct event_cgroup *told; /* as long as its head says */
};

/* --- processes --- */

/* Where the pointer to it is, or where one would go. */
static struct roster_task **find_task(struct roster *io_roster, uint32_t tgid)
{
	struct roster_task **place;

	if (!io_roster->task)
		io_roster->task = mem_new(TASK_BUCKETS * sizeof(struct roster_task *));
	place = &io_roster->task[tgid % TASK_BUCKETS];
	while (*place && (*place)->told.tgid != tgid)
		place = &(*place)->next;
	return place;
}

/* Threads are their process's; whoever is only the other end of signals is told with each. */
static void put_task(struct roster *io_roster, const struct event_task *task)
{
	struct roster_task **place;

	if (task->tid != task->tgid || task->flags & EVENT_TASK_OTHER)
		return;
	place = find_task(io_roster, task->tgid);
	if (!*place)
		*place = mem_new(sizeof(**place));
	(*place)->told = *task;
	(*place)->told.head.kind = EVENT_TASK;
	(*place)->told.head.size = sizeof(*task);
}

static void mark_dead(struct roster *io_roster, const struct event_exit *exit)
{
	struct roster_task *task = *find_task(io_roster, exit->tgid);

	if (!task || !(exit->flags & EVENT_EXIT_LAST))
		return;
	task->told.flags |= EVENT_TASK_DEAD;
	task->told.parent = exit->parent;
	task->told.exit_code = exit->flags & EVENT_EXIT_GROUP ? exit->group_code : exit->code;
}

/* The kernel frees late: by then the number may be that of a new process, which lives. */
static void drop_task(struct roster *io_roster, const struct event_end *end)
{
	struct roster_task **place = find_task(io_roster, end->tgid), *task = *place;

	if (end->tid != end->tgid || !task || !(task->told.flags & EVENT_TASK_DEAD))
		return;
	*place = task->next;
	free(task);
}

/* --- cgroups --- */

static struct roster_cgroup **find_cgroup(struct roster *io_roster, uint64_t id, uint32_t tree)
{
	struct roster_cgroup **place;

	if (!io_roster->cgroup)
		io_roster->cgroup = mem_new(CGROUP_BUCKETS * sizeof(struct roster_cgroup *));
	place = &io_roster->cgroup[id % CGROUP_BUCKETS];
	while (*place && !((*place)->told->id == id && (*place)->told->tree & tree))
		place = &(*place)->next;
	return place;
}

static void put_cgroup(struct roster *io_roster, const struct event_cgroup *cgroup)
{
	struct roster_cgroup **place = find_cgroup(io_roster, cgroup->id, cgroup->tree);
	size_t size = offsetof(struct event_cgroup, path) + (strlen(cgroup->path) + 8) / 8 * 8;

	if (!*place) {
		*place = mem_new(sizeof(**place));
		(*place)->told = mem_new(size);
		memcpy((*place)->told, cgroup,
		       offsetof(struct event_cgroup, path) + strlen(cgroup->path));
		(*place)->told->head.size = (uint32_t)size;
		(*place)->told->is_gone = false;
	}
	(*place)->is_gone = cgroup->is_gone;
}

static void free_cgroup(struct roster_cgroup *cgroup)
{
	free(cgroup->told);
	free(cgroup);
}

static void use_cgroup(struct roster *io_roster, uint64_t id, uint32_t tree)
{
	struct roster_cgroup *cgroup = *find_cgroup(io_roster, id, tree);

	if (cgroup)
		cgroup->is_used = true;
}

/* Those that are removed and that nobody is in any more. */
static void drop_cgroups(struct roster *io_roster)
{
	for (size_t i = 0; io_roster->task && i < TASK_BUCKETS; i++) {
		for (struct roster_task *task = io_roster->task[i]; task; task = task->next) {
			use_cgroup(io_roster, task->told.cgroup1, EVENT_TREE_PIDS);
			use_cgroup(io_roster, task->told.cgroup2, EVENT_TREE_V2);
		}
	}
	for (size_t i = 0; io_roster->cgroup && i < CGROUP_BUCKETS; i++) {
		struct roster_cgroup **place = &io_roster->cgroup[i];

		while (*place) {
			struct roster_cgroup *cgroup = *place;

			if (cgroup->is_gone && !cgroup->is_used) {
				*place = cgroup->next;
				free_cgroup(cgroup);
				continue;
			}
			cgroup->is_used = false;
			place = &cgroup->next;
		}
	}
}

/* --- all of them --- */

void roster_take(struct roster *io_roster, const struct event_head *event)
{
	const void *whole = event;
	const struct event_lost *lost = whole;
	const struct event_layer *layer = whole;

	switch (event->kind) {
	case EVENT_TASK:
	case EVENT_FORK:
	case EVENT_MOVE:
	case EVENT_EXEC: /* begins with the same */
		return put_task(io_roster, whole);
	case EVENT_EXIT:
		return mark_dead(io_roster, whole);
	case EVENT_FREE:
		return drop_task(io_roster, whole);
	case EVENT_CGROUP:
		return put_cgroup(io_roster, whole);
	case EVENT_LOST:
		if (lost->kind < EVENT_KINDS)
			io_roster->lost[lost->kind] = lost->count;
		return;
	case EVENT_LAYER:
		if (layer->layer < EVENT_LAYERS)
			io_roster->layer[layer->layer] = *layer;
		return;
	default: /* has come and gone */
		return;
	}
}

static int tell_layers(struct roster *io_roster, uint64_t time_ns, roster_tell_to *tell,
		       void *data, struct error *err)
{
	for (size_t i = 0; i < EVENT_LAYERS; i++) {
		struct event_layer *layer = &io_roster->layer[i];

		layer->head.time_ns = time_ns;
		if (layer->head.size)
			TRY(tell(data, &layer->head, err));
	}
	return 0;
}

static int tell_losses(const struct roster *roster, uint64_t time_ns, roster_tell_to *tell,
		       void *data, struct error *err)
{
	for (uint32_t kind = 0; kind < EVENT_KINDS; kind++) {
		struct event_lost lost = {
			.head = { .time_ns = time_ns, .size = sizeof(lost), .kind = EVENT_LOST },
			.kind = kind,
			.count = roster->lost[kind],
		};

		if (lost.count)
			TRY(tell(data, &lost.head, err));
	}
	return 0;
}

int roster_tell(struct roster *io_roster, uint64_t time_ns, roster_tell_to *tell, void *data,
		struct error *err)
{
	TRY(tell_layers(io_roster, time_ns, tell, data, err));
	drop_cgroups(io_roster);
	for (size_t i = 0; io_roster->cgroup && i < CGROUP_BUCKETS; i++) {
		for (struct roster_cgroup *at = io_roster->cgroup[i]; at; at = at->next) {
			at->told->head.time_ns = time_ns;
			TRY(tell(data, &at->told->head, err));
		}
	}
	for (size_t i = 0; io_roster->task && i < TASK_BUCKETS; i++) {
		for (struct roster_task *at = io_roster->task[i]; at; at = at->next) {
			at->told.head.time_ns = time_ns;
			TRY(tell(data, &at->told.head, err));
		}
	}
	return tell_losses(io_roster, time_ns, tell, data, err);
}

void roster_clear(struct roster *io_roster)
{
	for (size_t i = 0; io_roster->task && i < TASK_BUCKETS; i++) {
		struct roster_task *next;

		for (struct roster_task *at = io_roster->task[i]; at; at = next) {
			next = at->next;
			free(at);
		}
	}
	for (size_t i = 0; io_roster->cgroup && i < CGROUP_BUCKETS; i++) {
		struct roster_cgroup *next;

		for (struct roster_cgroup *at = io_roster->cgroup[i]; at; at = next) {
			next = at->next;
			free_cgroup(at);
		}
	}
	free(io_roster->task);
	free(io_roster->cgroup);
	*io_roster = (struct roster){ 0 };
}
