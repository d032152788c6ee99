// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/life.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/scratch.h"
#include "test.h"

struct place {
	struct scratch scratch;
	struct store store;
};

static struct place open_place(void)
{
	struct place place = { .scratch = scratch_new() };
	struct error err;

	CHECK_OK(store_open(place.scratch.path, &place.store, &err), err);
	return place;
}

static void close_place(struct place *io_place)
{
	store_close(&io_place->store);
	scratch_clear(&io_place->scratch);
}

static void add(const struct store_entry *entry, enum life_kind kind, const char *signal)
{
	struct life_event event = {
		.kind = { true, (int)kind },
		.certainty = { true, LIFE_SEEN },
		.signal = (char *)signal,
	};
	struct error err;

	CHECK_OK(life_add(entry, &event, &err), err);
}

/* Takes the id, and begins its story. */
static void begin(struct store *io_store, const char *id, struct store_entry *ret_entry)
{
	struct error err;

	CHECK_OK(store_create(io_store, id, ret_entry, &err), err);
	add(ret_entry, LIFE_CREATED, NULL);
}

TEST(events_come_back_in_their_order_with_their_time)
{
	struct place place = open_place();
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	autolife struct life life = { 0 };
	struct error err;

	begin(&place.store, "web", &entry);
	add(&entry, LIFE_SIGNAL, "SIGTERM");
	CHECK_OK(life_read(&entry, &life, &err), err);
	CHECK_INT(life.count, 2);
	CHECK_STR(life.id, "web");
	CHECK_INT(life.event[0].kind.value, LIFE_CREATED);
	CHECK_STR(life.event[1].signal, "SIGTERM");
	CHECK_TRUE(life.event[1].time && life.event[1].boot_ms.is_set);
	CHECK_TRUE(life.event[1].boot_ms.value >= life.event[0].boot_ms.value);
	close_place(&place);
}

TEST(missing_story_is_an_empty_one)
{
	struct place place = open_place();
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	autolife struct life life = { 0 };
	struct error err;

	CHECK_OK(store_create(&place.store, "web", &entry, &err), err);
	CHECK_OK(life_read(&entry, &life, &err), err);
	CHECK_INT(life.count, 0);
	CHECK_OK(life_keep(&entry, &err), err);
	close_place(&place);
}

TEST(line_that_was_cut_takes_nothing_with_it)
{
	struct place place = open_place();
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	autolife struct life life = { 0 };
	autoclose int fd = -1;
	struct error err;

	begin(&place.store, "web", &entry);
	fd = openat(entry.folder_fd, "life.jsonl", O_WRONLY | O_APPEND | O_CLOEXEC);
	CHECK_INT(write(fd, "{\"kind\":\"sig\n", 13), 13);
	add(&entry, LIFE_ENDED, NULL);
	CHECK_OK(life_read(&entry, &life, &err), err);
	CHECK_INT(life.count, 2);
	CHECK_INT(life.event[1].kind.value, LIFE_ENDED);
	close_place(&place);
}

static void live_and_go(struct store *io_store, const char *id, const char *signal)
{
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	struct error err;

	begin(io_store, id, &entry);
	add(&entry, LIFE_SIGNAL, signal);
	CHECK_OK(life_keep(&entry, &err), err);
	CHECK_OK(store_remove(&entry, &err), err);
}

TEST(newest_story_of_a_deleted_container_is_found)
{
	struct place place = open_place();
	autolife struct life life = { 0 };
	struct error err;

	live_and_go(&place.store, "web", "SIGHUP");
	live_and_go(&place.store, "web-2", "SIGINT");
	live_and_go(&place.store, "web", "SIGTERM");
	CHECK_OK(life_find_past(&place.store, "web", &life, &err), err);
	CHECK_STR(life.event[1].signal, "SIGTERM");
	close_place(&place);
}

TEST(unknown_past_is_the_error_of_an_unknown_container)
{
	struct place place = open_place();
	struct life life;
	struct error err;

	CHECK_ERROR(life_find_past(&place.store, "web", &life, &err), err, ENOENT,
		    "container \"web\" does not exist");
	close_place(&place);
}

TEST(only_the_last_stories_are_kept)
{
	struct place place = open_place();
	autolife struct life life = { 0 };
	char id[16];
	struct error err;

	for (int i = 0; i < LIFE_PAST_MAX + 5; i++) {
		snprintf(id, sizeof(id), "c%d", i);
		live_and_go(&place.store, id, "SIGTERM");
	}
	CHECK_INT(life_find_past(&place.store, "c4", &life, &err), -ENOENT);
	CHECK_OK(life_find_past(&place.store, "c5", &life, &err), err);
	close_place(&place);
}

TEST(oldest_stories_go_however_many_there_are_too_many)
{
	struct place place = open_place();
	struct arena arena = { 0 };
	autoclose int past_fd = -1;
	char name[64], **ids;

	live_and_go(&place.store, "first", "SIGTERM");
	past_fd = openat(place.store.folder_fd, ".past", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < LIFE_PAST_MAX + 5; i++) {
		autoclose int fd = -1;

		snprintf(name, sizeof(name), "%021d-old%d", i, i);
		fd = openat(past_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		CHECK_TRUE(fd >= 0);
	}
	live_and_go(&place.store, "last", "SIGTERM");
	CHECK_INT(life_list_past(&place.store, &arena, &ids), LIFE_PAST_MAX);
	CHECK_STR(ids[0], "last");
	CHECK_STR(ids[1], "first");
	CHECK_STR(ids[LIFE_PAST_MAX - 1], "old7");
	arena_clear(&arena);
	close_place(&place);
}

TEST(late_line_is_not_written_into_a_folder_that_is_being_removed)
{
	struct place place = open_place();
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	struct error err;

	begin(&place.store, "web", &entry);
	CHECK_OK(life_keep(&entry, &err), err);
	add(&entry, LIFE_ENDED, NULL);
	CHECK_INT(faccessat(entry.folder_fd, "life.jsonl", F_OK, 0), -1);
	CHECK_OK(store_remove(&entry, &err), err);
	close_place(&place);
}

TEST(a_late_line_stands_where_it_belongs)
{
	struct place place = open_place();
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	autolife struct life life = { 0 };
	struct life_event late = { .kind = { true, LIFE_TRACED }, .boot_ms = { true, 5 },
				   .time = "1970-01-01T00:00:00.000000000Z" };
	struct error err;

	begin(&place.store, "web", &entry);
	CHECK_OK(life_add(&entry, &late, &err), err);
	CHECK_OK(life_read(&entry, &life, &err), err);
	CHECK_INT(life.count, 2);
	CHECK_INT(life.event[0].kind.value, LIFE_TRACED);
	CHECK_STR(life.event[0].time, late.time);
	CHECK_INT(life.event[0].boot_ms.value, 5);
	close_place(&place);
}

TEST(an_open_story_goes_on_when_it_has_moved_to_the_past)
{
	struct place place = open_place();
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	autolife struct life life = { 0 };
	struct life_event late = { .kind = { true, LIFE_TRACED } };
	autoclose int fd = -1;
	struct error err;

	begin(&place.store, "web", &entry);
	fd = life_open(&entry, &err);
	CHECK_OK(fd, err);
	CHECK_OK(life_keep(&entry, &err), err);
	CHECK_INT(life_open(&entry, &err), -ENOENT);
	CHECK_OK(life_append(fd, &late, &err), err);
	CHECK_OK(life_find_past(&place.store, "web", &life, &err), err);
	CHECK_INT(life.count, 2);
	close_place(&place);
}

TEST(who_holds_a_story_open_reads_on_behind_its_own_line)
{
	struct place place = open_place();
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	struct life_event started = { .kind = { true, LIFE_STARTED } };
	struct life life = { 0 };
	autoclose int fd = -1;
	struct error err;

	begin(&place.store, "web", &entry);
	fd = life_open(&entry, &err);
	CHECK_OK(fd, err);
	CHECK_OK(life_append(fd, &started, &err), err);
	CHECK_OK(life_read_on(fd, &life, &err), err);
	CHECK_INT(life.count, 0);
	life_clear(&life);
	add(&entry, LIFE_SIGNAL, "SIGTERM");
	CHECK_OK(life_read_on(fd, &life, &err), err);
	CHECK_INT(life.count, 1);
	CHECK_STR(life.event[0].signal, "SIGTERM");
	life_clear(&life);
	CHECK_OK(life_keep(&entry, &err), err);
	close_place(&place);
}

TEST(a_link_is_no_story)
{
	struct place place = open_place();
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	struct life_event event = { .kind = { true, LIFE_SIGNAL } };
	struct error err;

	CHECK_OK(store_create(&place.store, "web", &entry, &err), err);
	CHECK_INT(symlinkat("/dev/null", entry.folder_fd, "life.jsonl"), 0);
	CHECK_INT(life_add(&entry, &event, &err), -ELOOP);
	CHECK_INT(life_open(&entry, &err), -ELOOP);
	close_place(&place);
}

/* The clock was set back since the story before: by a year, or from its very end. */
TEST(a_story_that_ends_later_is_the_later_one_whatever_the_clock_says)
{
	static const char *const numbers[] = { "009999999999000000000", "018446744073709551614" };

	for (size_t i = 0; i < countof(numbers); i++) {
		struct place place = open_place();
		autofree char *name = mem_format("%s/.past/%s-other", place.scratch.path,
						 numbers[i]);
		autoclean(arena_clear) struct arena arena = { 0 };
		char **ids;

		live_and_go(&place.store, "first", "SIGTERM");
		CHECK_INT(close(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)), 0);
		live_and_go(&place.store, "last", "SIGTERM");
		CHECK_INT(life_list_past(&place.store, &arena, &ids), 3);
		CHECK_STR(ids[0], "last");
		CHECK_STR(ids[1], "other");
		CHECK_STR(ids[2], "first");
		close_place(&place);
	}
}
