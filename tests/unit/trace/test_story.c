// SPDX-License-Identifier: GPL-2.0-or-later
/* Stories of containers in a state root of the test, by a recording made by hand. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scratch.h"
#include "events.h"
#include "state/life.h"
#include "state/record.h"
#include "trace/story.h"

enum { TICK_NS = 10 * 1000 * 1000 }; /* CLK_TCK is 100 everywhere */

/* A state root, a container "web" in it whose first process is @pid, and a story that is open. */
struct setting {
	struct scratch scratch;
	struct store store;
	struct store_entry entry;
	struct model model;
	struct joins joins;
	struct story story;
};

static void begin(struct setting *ret_setting)
{
	struct error err;

	if (geteuid() != 0)
		SKIP("needs root");
	*ret_setting = (struct setting){ .scratch = scratch_new() };
	CHECK_OK(store_open(ret_setting->scratch.path, &ret_setting->store, &err), err);
}

static void create(struct setting *io_setting, uint32_t pid, uint64_t start_ticks)
{
	struct life_event created = { .kind = { true, LIFE_CREATED } };
	struct record record = { .id = "web", .bundle = "/b", .pid = { true, pid },
				 .start_time = { true, start_ticks } };
	struct error err;

	CHECK_OK(store_create(&io_setting->store, "web", &io_setting->entry, &err), err);
	CHECK_OK(life_add(&io_setting->entry, &created, &err), err);
	CHECK_OK(record_write(&io_setting->entry, &record, &err), err);
}

static void finish(struct setting *io_setting)
{
	story_close(&io_setting->story);
	joins_clear(&io_setting->joins);
	model_clear(&io_setting->model);
	store_entry_close(&io_setting->entry);
	store_close(&io_setting->store);
	scratch_clear(&io_setting->scratch);
}

static void take(struct setting *io_setting, const void *event)
{
	struct model_step step = add(&io_setting->model, event);

	joins_take(&io_setting->joins, &step);
	story_take(&io_setting->story, &io_setting->joins, &step);
}

/* PID 1 of a container is born in tick 7, executes, is asked in vain, and killed. */
static void play(struct setting *io_setting)
{
	struct event_task outer = event_of_task(EVENT_TASK, OUTER, 0, 10);
	struct event_task born = event_of_task(EVENT_FORK, INIT, 1, 7 * TICK_NS + 5);
	struct event_exec exec = { .task = born, .file = "/bin/sleep" };
	struct event_signal term = event_of_signal(OUTER, INIT, SIGTERM, VERDICT_RESULT_IGNORED);
	struct event_signal kill = event_of_signal(OUTER, INIT, SIGKILL, VERDICT_RESULT_DELIVERED);
	struct event_exit end = event_of_exit(INIT, SIGKILL, 99 * TICK_NS);

	exec.task.head = head_of(EVENT_EXEC, sizeof(exec), 8 * TICK_NS);
	term.flags |= EVENT_SIGNAL_UNKILLABLE;
	term.head.time_ns = 9 * TICK_NS;
	kill.head.time_ns = 50 * TICK_NS;
	take(io_setting, &outer);
	take(io_setting, &born);
	take(io_setting, &exec);
	take(io_setting, &term);
	take(io_setting, &kill);
	take(io_setting, &end);
}

static struct life told(struct setting *io_setting)
{
	struct life life;
	struct error err;

	CHECK_OK(life_read(&io_setting->entry, &life, &err), err);
	return life;
}

static void check_story(struct life *life)
{
	CHECK_INT(life->count, 3);
	/* In the order of time: the container was made after what the test has made up. */
	CHECK_INT(life->event[0].kind.value, LIFE_TRACED);
	CHECK_STR(life->event[0].signal, "SIGTERM");
	CHECK_INT(life->event[0].boot_ms.value, 90);
	CHECK_STR(life->event[0].outcome, "ignored");
	CHECK_STR(life->event[0].sender->name, "p100");
	CHECK_STR(life->event[1].signal, "SIGKILL");
	CHECK_INT(life->event[1].end->signal.value, SIGKILL);
	CHECK_INT(life->event[1].certainty.value, LIFE_SEEN);
	CHECK_INT(life->event[2].kind.value, LIFE_CREATED);
}

TEST(what_was_seen_goes_into_the_story_of_the_container)
{
	struct setting place;
	autolife struct life life = { 0 };

	begin(&place);
	story_open(place.scratch.path, 0, &place.story);
	create(&place, INIT, 7);
	play(&place);
	life = told(&place);
	check_story(&life);
	CHECK_INT(place.story.count, 0);
	finish(&place);
}

TEST(a_story_is_told_to_the_end_though_the_container_is_deleted)
{
	struct setting place;
	autolife struct life life = { 0 };
	struct event_exit end = event_of_exit(INIT, SIGKILL, 99 * TICK_NS);
	struct event_task born = event_of_task(EVENT_FORK, INIT, 1, 7 * TICK_NS + 5);
	struct event_exec exec = { .task = born };
	struct error err;

	begin(&place);
	story_open(place.scratch.path, 0, &place.story);
	create(&place, INIT, 7);
	exec.task.head = head_of(EVENT_EXEC, sizeof(exec), 8 * TICK_NS);
	take(&place, &born);
	take(&place, &exec);
	CHECK_INT(place.story.count, 1);
	CHECK_OK(life_keep(&place.entry, &err), err);
	CHECK_OK(store_remove(&place.entry, &err), err);
	take(&place, &end);
	CHECK_OK(life_find_past(&place.store, "web", &life, &err), err);
	CHECK_INT(life.count, 2);
	CHECK_INT(life.event[0].kind.value, LIFE_TRACED);
	finish(&place);
}

TEST(a_container_that_is_deleted_before_its_events_come_is_found_in_the_past)
{
	struct setting place;
	autolife struct life life = { 0 };
	struct life_event started = { .kind = { true, LIFE_STARTED }, .pid = { true, INIT },
				      .start_time = { true, 7 } };
	struct error err;

	begin(&place);
	story_open(place.scratch.path, 0, &place.story);
	create(&place, INIT, 7);
	CHECK_OK(life_add(&place.entry, &started, &err), err);
	CHECK_OK(life_keep(&place.entry, &err), err);
	CHECK_OK(store_remove(&place.entry, &err), err);
	play(&place);
	CHECK_OK(life_find_past(&place.store, "web", &life, &err), err);
	CHECK_INT(life.count, 4);
	CHECK_STR(life.event[0].signal, "SIGTERM");
	CHECK_INT(place.story.count, 0);
	finish(&place);
}

TEST(another_process_of_that_number_is_another_one)
{
	struct setting place;
	autolife struct life life = { 0 };

	begin(&place);
	story_open(place.scratch.path, 0, &place.story);
	create(&place, INIT, 6);
	play(&place);
	life = told(&place);
	CHECK_INT(life.count, 1);
	finish(&place);
}

TEST(who_lives_on_has_what_was_asked_of_it)
{
	struct setting place;
	autolife struct life life = { 0 };
	struct event_task born = event_of_task(EVENT_FORK, INIT, 1, 7 * TICK_NS + 5);
	struct event_exec exec = { .task = born };
	struct event_signal term = event_of_signal(OUTER, INIT, SIGTERM, VERDICT_RESULT_IGNORED);

	begin(&place);
	story_open(place.scratch.path, 0, &place.story);
	create(&place, INIT, 7);
	exec.task.head = head_of(EVENT_EXEC, sizeof(exec), 8 * TICK_NS);
	take(&place, &born);
	take(&place, &exec);
	take(&place, &term);
	story_end(&place.story, &place.joins, &place.model);
	life = told(&place);
	CHECK_INT(life.count, 2);
	CHECK_STR(life.event[0].signal, "SIGTERM");
	CHECK_TRUE(!life.event[0].end);
	finish(&place);
}

TEST(the_state_root_may_come_later_and_is_looked_at_then)
{
	for (int is_ours = 0; is_ours < 2; is_ours++) {
		struct setting place;
		autofree char *root = NULL;
		autolife struct life life = { 0 };
		struct error err;

		begin(&place);
		root = mem_format("%s/later", place.scratch.path);
		story_open(root, 0, &place.story);
		store_close(&place.store);
		CHECK_OK(store_open(root, &place.store, &err), err);
		create(&place, INIT, 7);
		CHECK_INT(chown(root, is_ours ? 0 : 1234, (gid_t)-1), 0);
		play(&place);
		life = told(&place);
		CHECK_INT(life.count, is_ours ? 3 : 1);
		finish(&place);
	}
}

/* What others may write to holds what they like: a link to any file, say. */
TEST(nothing_is_written_where_others_may_write)
{
	static const struct {
		bool is_folder;
		mode_t mode;
		uid_t owner;
	} rows[] = { { true, 0700, 1234 }, { true, 0720, 0 }, { false, 0602, 0 }, { false, 0600, 1234 } };

	for (size_t i = 0; i < countof(rows); i++) {
		struct setting place;
		autolife struct life life = { 0 };
		int fd;

		begin(&place);
		story_open(place.scratch.path, 0, &place.story);
		create(&place, INIT, 7);
		fd = rows[i].is_folder ? dup(place.entry.folder_fd)
				       : openat(place.entry.folder_fd, "life.jsonl", O_RDONLY);
		CHECK_INT(fchown(fd, rows[i].owner, (gid_t)-1), 0);
		CHECK_INT(fchmod(fd, rows[i].mode), 0);
		play(&place);
		/* What is not ours alone is not read either. */
		CHECK_INT(fchown(fd, 0, (gid_t)-1), 0);
		CHECK_INT(fchmod(fd, rows[i].is_folder ? 0700 : 0600), 0);
		close(fd);
		life = told(&place);
		CHECK_INT(life.count, 1);
		finish(&place);
	}
}

TEST(a_link_in_the_place_of_the_story_is_not_followed)
{
	struct setting place;
	struct stat file;

	begin(&place);
	story_open(place.scratch.path, 0, &place.story);
	create(&place, INIT, 7);
	CHECK_INT(renameat(place.entry.folder_fd, "life.jsonl", place.entry.folder_fd, "other"), 0);
	CHECK_INT(symlinkat("other", place.entry.folder_fd, "life.jsonl"), 0);
	CHECK_INT(fstatat(place.entry.folder_fd, "other", &file, 0), 0);
	off_t before = file.st_size;
	play(&place);
	CHECK_INT(fstatat(place.entry.folder_fd, "other", &file, 0), 0);
	CHECK_INT(file.st_size, before);
	finish(&place);
}
