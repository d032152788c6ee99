// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/batch.h"

#include <errno.h>

#include "base/scope.h"
#include "test.h"

struct seen {
	uint64_t time_ns[16];
	size_t count;
};

static int note(void *data, const struct event_head *event, struct error *err UNUSED)
{
	struct seen *seen = data;

	seen->time_ns[seen->count++] = event->time_ns;
	return 0;
}

static int refuse(void *data UNUSED, const struct event_head *event UNUSED, struct error *err)
{
	return error_set(err, EIO, "enough");
}

static void add(struct batch *io_batch, uint64_t time_ns)
{
	struct event_end event = { .head = { .time_ns = time_ns, .size = sizeof(event) } };

	batch_add(io_batch, &event.head);
}

TEST(events_come_out_in_the_order_of_time)
{
	struct batch batch autoclean(batch_clear) = { 0 };
	struct seen seen = { .count = 0 };
	struct error err;

	add(&batch, 30);
	add(&batch, 10);
	add(&batch, 20);
	CHECK_OK(batch_flush(&batch, UINT64_MAX, note, &seen, &err), err);
	CHECK_INT(seen.count, 3);
	for (size_t i = 0; i < 3; i++)
		CHECK_INT(seen.time_ns[i], 10 * (i + 1));
}

TEST(what_is_young_waits_for_what_may_come_before_it)
{
	struct batch batch autoclean(batch_clear) = { 0 };
	struct seen seen = { .count = 0 };
	struct error err;

	add(&batch, 40);
	add(&batch, 10);
	CHECK_OK(batch_flush(&batch, 40, note, &seen, &err), err);
	CHECK_INT(seen.count, 1);
	add(&batch, 35);
	CHECK_OK(batch_flush(&batch, 100, note, &seen, &err), err);
	CHECK_INT(seen.count, 3);
	CHECK_INT(seen.time_ns[1], 35);
	CHECK_INT(seen.time_ns[2], 40);
}

TEST(error_of_the_taker_is_handed_on)
{
	struct batch batch autoclean(batch_clear) = { 0 };
	struct error err;

	add(&batch, 1);
	CHECK_ERROR(batch_flush(&batch, UINT64_MAX, refuse, NULL, &err), err, EIO, "enough");
}

TEST(many_events_keep_their_order)
{
	struct batch batch autoclean(batch_clear) = { 0 };
	struct seen seen = { .count = 0 };
	struct error err;

	for (uint64_t i = 0; i < 5000; i++)
		add(&batch, 1000 + i);
	add(&batch, 999);
	CHECK_OK(batch_flush(&batch, 1005, note, &seen, &err), err);
	CHECK_INT(seen.count, 6);
	CHECK_INT(seen.time_ns[0], 999);
	CHECK_INT(batch.count, 4995);
}
