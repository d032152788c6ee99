// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/match.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/scope.h"
#include "base/scratch.h"
#include "state/life.h"
#include "state/store.h"
#include "test.h"

/* Two roots: of the first, "web-1" lives and "web-2" is past; of the second "data" lives. */
struct scene {
	struct scratch scratch;
	struct arena arena;
	struct state_roots roots;
	struct state_match match;
	struct error err;
};

static void live(const char *root, const char *id, bool is_past)
{
	struct life_event created = { .kind = { true, LIFE_CREATED } };
	autostore struct store store = STORE_NONE;
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	struct error err;

	CHECK_OK(store_open(root, &store, &err), err);
	CHECK_OK(store_create(&store, id, &entry, &err), err);
	CHECK_OK(life_add(&entry, &created, &err), err);
	if (!is_past)
		return;
	CHECK_OK(life_keep(&entry, &err), err);
	CHECK_OK(store_remove(&entry, &err), err);
}

static struct scene open_scene(void)
{
	struct scene scene = { .scratch = scratch_new() };

	state_roots_add(arena_format(&scene.arena, "%s/one", scene.scratch.path), &scene.arena,
			&scene.roots);
	state_roots_add(arena_format(&scene.arena, "%s/two", scene.scratch.path), &scene.arena,
			&scene.roots);
	live(scene.roots.item[0], "web-1", false);
	live(scene.roots.item[0], "web-2", true);
	live(scene.roots.item[1], "data", false);
	return scene;
}

static void close_scene(struct scene *io_scene)
{
	arena_clear(&io_scene->arena);
	scratch_clear(&io_scene->scratch);
}

static int find(struct scene *io_scene, const char *word)
{
	return state_match_find(&io_scene->roots, word, &io_scene->arena, &io_scene->match,
				&io_scene->err);
}

static void check(struct scene *io_scene, const char *word, const char *id, int root)
{
	CHECK_OK(find(io_scene, word), io_scene->err);
	CHECK_STR(io_scene->match.id, id);
	CHECK_STR(io_scene->match.root, io_scene->roots.item[root]);
}

TEST(whole_id_is_found_alive_and_past_in_each_root)
{
	autoclean(close_scene) struct scene scene = open_scene();

	check(&scene, "web-1", "web-1", 0);
	check(&scene, "web-2", "web-2", 0);
	check(&scene, "data", "data", 1);
}

TEST(whole_id_comes_before_a_beginning)
{
	autoclean(close_scene) struct scene scene = open_scene();

	live(scene.roots.item[1], "web-1-more", false);
	check(&scene, "web-1", "web-1", 0);
	check(&scene, "web-1-", "web-1-more", 1);
}

TEST(beginning_of_two_is_refused_with_both)
{
	autoclean(close_scene) struct scene scene = open_scene();

	CHECK_INT(find(&scene, "web-"), -EINVAL);
	CHECK_TRUE(strstr(scene.err.text, "web-1"));
	CHECK_TRUE(strstr(scene.err.text, "web-2"));
}

TEST(several_lives_of_one_id_are_one)
{
	autoclean(close_scene) struct scene scene = open_scene();

	live(scene.roots.item[0], "again", true);
	live(scene.roots.item[0], "again", true);
	check(&scene, "agai", "again", 0);
}

TEST(less_than_four_letters_are_no_beginning)
{
	autoclean(close_scene) struct scene scene = open_scene();

	CHECK_INT(find(&scene, "dat"), -ENOENT);
	CHECK_STR(scene.err.text, "container \"dat\" does not exist");
}

TEST(root_of_an_engine_that_may_not_be_opened_is_passed_over)
{
	autoclean(close_scene) struct scene scene = open_scene();

	CHECK_INT(chmod(scene.roots.item[1], 0777), 0);
	check(&scene, "web-1", "web-1", 0);
	CHECK_INT(find(&scene, "data"), -ENOENT);
	CHECK_INT(chmod(scene.roots.item[0], 0777), 0);
	CHECK_INT(find(&scene, "web-1"), -EPERM);
}
