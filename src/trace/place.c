// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/place.h"

#include <string.h>

#include "proc/engine.h"

/* What engines show of an id of 64 digits. */
enum { LONG_ID = 64, SHORT_ID = 12 };

static struct place *const *bucket_of(const struct places *places, uint64_t id)
{
	return &places->bucket[id % PLACE_BUCKETS];
}

const struct place *place_find(const struct places *places, uint64_t id, enum event_tree tree)
{
	const struct place *place = *bucket_of(places, id);

	while (place && !(place->id == id && place->tree & tree))
		place = place->next;
	return place;
}

static void name_container(struct place *io_place, struct arena *io_arena)
{
	struct engine_match match;
	size_t shown;

	if (!engine_parse(io_place->path, &match))
		return;
	shown = match.id_size == LONG_ID ? SHORT_ID : match.id_size;
	io_place->engine = engine_name(match.engine);
	io_place->container = arena_format(io_arena, "%.*s", (int)match.id_size, match.id);
	io_place->name = arena_format(io_arena, "%s/%.*s", io_place->engine, (int)shown, match.id);
}

void place_add(struct places *io_places, const struct event_cgroup *event, struct arena *io_arena)
{
	struct place **bucket = &io_places->bucket[event->id % PLACE_BUCKETS];
	struct place *place;

	if (place_find(io_places, event->id, event->tree))
		return;
	place = arena_new(io_arena, sizeof(*place));
	place->id = event->id;
	place->tree = event->tree;
	place->path = arena_text(io_arena, event->path);
	name_container(place, io_arena);
	place->next = *bucket;
	*bucket = place;
}

const struct place *place_container(const struct places *places, uint64_t cgroup1,
				    uint64_t cgroup2)
{
	/* Of v2 first: that of the controller may lie above it. */
	const struct place *place = place_find(places, cgroup2, EVENT_TREE_V2);

	if (!place || !place->name)
		place = place_find(places, cgroup1, EVENT_TREE_PIDS);
	return place && place->name ? place : NULL;
}
