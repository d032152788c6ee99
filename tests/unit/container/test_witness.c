// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/witness.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/scratch.h"
#include "proc/task.h"
#include "test.h"

struct place {
	struct scratch scratch;
	struct store store;
	struct store_entry entry;
};

static struct place open_place(void)
{
	struct place place = { .scratch = scratch_new(), .entry = STORE_ENTRY_NONE };
	struct container_witness_actor actor;
	struct error err;

	CHECK_OK(store_open(place.scratch.path, &place.store, &err), err);
	CHECK_OK(store_create(&place.store, "web", &place.entry, &err), err);
	container_witness_ourselves("create", &actor);
	container_witness_created(&place.entry, &actor);
	return place;
}

static void close_place(struct place *io_place)
{
	store_entry_close(&io_place->entry);
	store_close(&io_place->store);
	scratch_clear(&io_place->scratch);
}

static struct life story(const struct place *place)
{
	struct life life = { 0 };
	struct error err;

	CHECK_OK(life_read(&place->entry, &life, &err), err);
	return life;
}

TEST(signal_is_written_with_its_verdict_and_its_sender)
{
	struct place place = open_place();
	struct cgroup none = { 0 };
	struct container_witness_signal sent = {
		.command = "kill", .pid = getpid(), .signal = SIGUSR1, .timeout_ms = -1,
		.cgroup = &none
	};
	autolife struct life life = { 0 };
	const char *why;

	signal(SIGUSR1, SIG_IGN);
	why = container_witness_signal(&place.entry, &sent);
	signal(SIGUSR1, SIG_DFL);
	CHECK_TRUE(why);
	life = story(&place);
	CHECK_INT(life.count, 2);
	CHECK_STR(life.event[1].signal, "SIGUSR1");
	CHECK_STR(life.event[1].outcome, "ignored");
	CHECK_STR(life.event[1].rule, why);
	CHECK_STR(life.event[1].by->command, "kill");
	CHECK_INT(life.event[1].by->parent_pid.value, getppid());
	close_place(&place);
}

TEST(stop_is_a_signal_with_a_grace)
{
	struct place place = open_place();
	struct cgroup none = { 0 };
	struct container_witness_signal sent = {
		.command = "stop", .pid = getpid(), .signal = SIGTERM, .timeout_ms = 10000,
		.cgroup = &none
	};
	autolife struct life life = { 0 };

	CHECK_TRUE(!container_witness_signal(&place.entry, &sent));
	life = story(&place);
	CHECK_INT(life.event[1].kind.value, LIFE_STOP);
	CHECK_INT(life.event[1].timeout_ms.value, 10000);
	close_place(&place);
}

TEST(first_end_that_was_seen_is_the_one_that_stays)
{
	struct place place = open_place();
	struct cgroup none = { 0 };
	int exited_7 = W_EXITCODE(7, 0), killed = W_EXITCODE(0, SIGKILL);
	autolife struct life life = { 0 };

	container_witness_end(&place.entry, &none, NULL);
	container_witness_end(&place.entry, &none, &exited_7);
	container_witness_end(&place.entry, &none, &killed);
	life = story(&place);
	CHECK_INT(life.count, 3);
	CHECK_TRUE(!life.event[1].end);
	CHECK_INT(life.event[2].end->exit_code.value, 7);
	close_place(&place);
}

/* Who holds the story open since the start sees what others wrote since, and its own line not again. */
TEST(end_that_another_one_has_seen_is_not_written_again)
{
	struct place place = open_place();
	struct cgroup none = { 0 };
	struct record record = { .pid = { true, getpid() }, .start_time = { true, 1 } };
	int exited_7 = W_EXITCODE(7, 0), killed = W_EXITCODE(0, SIGKILL);
	autoclose int story_fd = container_witness_started(&place.entry, &record, &none);
	autolife struct life life = { 0 };

	CHECK_TRUE(story_fd >= 0);
	container_witness_end(&place.entry, &none, &exited_7);
	container_witness_end_in(story_fd, &none, &killed);
	life = story(&place);
	CHECK_INT(life.count, 3);
	CHECK_INT(life.event[2].end->exit_code.value, 7);
	close_place(&place);
}

TEST(end_that_nobody_has_seen_is_written_by_who_holds_the_story_open)
{
	struct place place = open_place();
	struct cgroup none = { 0 };
	struct record record = { .pid = { true, getpid() }, .start_time = { true, 1 } };
	int killed = W_EXITCODE(0, SIGKILL);
	autoclose int story_fd = container_witness_started(&place.entry, &record, &none);
	autolife struct life life = { 0 };

	container_witness_out_of_memory(&place.entry);
	container_witness_end_in(story_fd, &none, &killed);
	container_witness_end_in(-1, &none, &killed);
	life = story(&place);
	CHECK_INT(life.count, 4);
	CHECK_INT(life.event[2].kind.value, LIFE_OUT_OF_MEMORY);
	CHECK_INT(life.event[3].end->signal.value, SIGKILL);
	close_place(&place);
}

TEST(process_that_is_alive_has_no_end)
{
	struct place place = open_place();
	struct cgroup none = { 0 };
	struct task task;
	struct record record = { .pid = { true, getpid() } };
	autolife struct life life = { 0 };
	struct error err;

	CHECK_OK(task_read(getpid(), &task, &err), err);
	record.start_time = (struct maybe_uint){ true, task.start_time };
	container_witness_find_end(&place.entry, &record, &none, -1);
	life = story(&place);
	CHECK_INT(life.count, 1);
	close_place(&place);
}

TEST(deleted_one_has_its_story_in_the_past)
{
	struct place place = open_place();
	struct container_witness_actor actor;
	autolife struct life life = { 0 };
	struct error err;

	container_witness_ourselves("delete", &actor);
	container_witness_deleted(&place.entry, &actor);
	CHECK_OK(life_find_past(&place.store, "web", &life, &err), err);
	CHECK_INT(life.event[1].kind.value, LIFE_DELETED);
	CHECK_STR(life.event[1].by->command, "delete");
	CHECK_INT(life.event[1].by->parent_pid.value, getppid());
	close_place(&place);
}
