// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/place.h"

#include "events.h"

#define HEX "3f4e5d6c7b8a9f0e1d2c3b4a5f6e7d8c9b0a1f2e3d4c5b6a7f8e9d0c1b2a3f4e"

static const struct place *added(struct places *io_places, struct arena *io_arena,
				 const struct event_cgroup *event)
{
	place_add(io_places, event, io_arena);
	return place_find(io_places, event->id, EVENT_TREE_V2);
}

TEST(a_container_is_told_by_the_path_of_its_cgroup)
{
	static const struct row {
		const char *path, *engine, *container, *name;
	} rows[] = {
		{ "/", NULL, NULL, NULL },
		{ "/user.slice", NULL, NULL, NULL },
		{ "/husk/web", "husk", "web", "husk/web" },
		{ "/libpod_parent/libpod-" HEX, "podman", HEX, "podman/3f4e5d6c7b8a" },
		{ "/docker/" HEX "/below", "docker", HEX, "docker/3f4e5d6c7b8a" },
		{ "/default/web", "containerd", "web", "containerd/web" },
		{ "/kubepods/pod1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901/crio-" HEX, "cri-o", HEX,
		  "cri-o/3f4e5d6c7b8a" },
	};
	struct arena arena = { 0 };
	struct places places = { 0 };

	for (size_t i = 0; i < countof(rows); i++) {
		struct event_cgroup event = event_of_cgroup(i + 1, EVENT_TREE_V2, rows[i].path);
		const struct place *place = added(&places, &arena, &event);

		CHECK_STR(place->path, rows[i].path);
		CHECK_INT(!place->name, !rows[i].name);
		if (!rows[i].name)
			continue;
		CHECK_STR(place->engine, rows[i].engine);
		CHECK_STR(place->container, rows[i].container);
		CHECK_STR(place->name, rows[i].name);
	}
	arena_clear(&arena);
}

TEST(the_same_id_in_two_trees_is_two_cgroups)
{
	struct event_cgroup pids = event_of_cgroup(7, EVENT_TREE_PIDS, "/husk/one");
	struct event_cgroup two = event_of_cgroup(7, EVENT_TREE_V2, "/husk/two");
	struct arena arena = { 0 };
	struct places places = { 0 };

	place_add(&places, &pids, &arena);
	CHECK_TRUE(!place_find(&places, 7, EVENT_TREE_V2));
	place_add(&places, &two, &arena);
	CHECK_STR(place_find(&places, 7, EVENT_TREE_PIDS)->container, "one");
	CHECK_STR(place_find(&places, 7, EVENT_TREE_V2)->container, "two");
	CHECK_STR(place_container(&places, 7, 0)->container, "one");
	CHECK_STR(place_container(&places, 7, 7)->container, "two");
	CHECK_TRUE(!place_container(&places, 0, 0));
	arena_clear(&arena);
}

TEST(one_tree_may_serve_for_both)
{
	struct event_cgroup both = event_of_cgroup(9, EVENT_TREE_PIDS | EVENT_TREE_V2, "/husk/web");
	struct event_cgroup above = event_of_cgroup(8, EVENT_TREE_PIDS | EVENT_TREE_V2, "/husk");
	struct arena arena = { 0 };
	struct places places = { 0 };

	place_add(&places, &both, &arena);
	place_add(&places, &above, &arena);
	/* The controller may be on for the cgroup above alone. */
	CHECK_STR(place_container(&places, 8, 9)->container, "web");
	CHECK_TRUE(!place_container(&places, 8, 8));
	arena_clear(&arena);
}
