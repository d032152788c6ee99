// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/scratch.h"
#include "container/witness.h"
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
	container_witness_ourselves("run", &actor);
	container_witness_created(&place.entry, &actor);
	return place;
}

static void close_place(struct place *io_place)
{
	store_entry_close(&io_place->entry);
	store_close(&io_place->store);
	scratch_clear(&io_place->scratch);
}

/* How often memory ran out, as the story has it. */
static int told(const struct place *place)
{
	autolife struct life life = { 0 };
	struct error err;
	int count = 0;

	CHECK_OK(life_read(&place->entry, &life, &err), err);
	for (size_t i = 0; i < life.count; i++)
		count += life.event[i].kind.value == LIFE_OUT_OF_MEMORY;
	return count;
}

/* As the kernel tells in cgroup v1, but by the test. */
static struct container_watch watch_by_eventfd(const struct place *place,
					       const struct cgroup *cgroup)
{
	return (struct container_watch){
		.oom = { .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .events = POLLIN },
		.cgroup = cgroup,
		.entry = &place->entry,
		.left = CONTAINER_WATCH_MAX,
	};
}

TEST(without_a_cgroup_there_is_nothing_to_watch)
{
	struct place place = open_place();
	struct cgroup none = { 0 };
	struct container_watch watch;

	container_watch_open(&none, &place.entry, &watch);
	CHECK_INT(watch.oom.fd, -1);
	container_watch_take(&watch);
	CHECK_INT(told(&place), 0);
	container_watch_close(&watch);
	close_place(&place);
}

TEST(each_time_is_told_up_to_the_limit)
{
	struct place place = open_place();
	struct cgroup_tree tree = { .folder = place.scratch.path };
	struct cgroup cgroup = { .tree = &tree, .count = 1 };
	struct container_watch watch = watch_by_eventfd(&place, &cgroup);

	container_watch_take(&watch);
	CHECK_INT(told(&place), 0);
	for (int i = 0; i < CONTAINER_WATCH_MAX; i++) {
		CHECK_INT(eventfd_write(watch.oom.fd, 1), 0);
		container_watch_take(&watch);
	}
	CHECK_INT(told(&place), CONTAINER_WATCH_MAX);
	CHECK_INT(watch.oom.fd, -1);
	close_place(&place);
}

TEST(folder_that_is_being_removed_is_no_end_of_memory)
{
	struct place place = open_place();
	struct cgroup_tree tree = { .folder = (char *)"/no/such/cgroup" };
	struct cgroup cgroup = { .tree = &tree, .count = 1 };
	struct container_watch watch = watch_by_eventfd(&place, &cgroup);

	CHECK_INT(eventfd_write(watch.oom.fd, 1), 0);
	container_watch_take(&watch);
	CHECK_INT(told(&place), 0);
	container_watch_close(&watch);
	close_place(&place);
}
