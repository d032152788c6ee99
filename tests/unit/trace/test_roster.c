// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/roster.h"

#include "base/text.h"
#include "layers.h"

static int note(void *data, const struct event_head *event, struct error *err)
{
	const struct event_task *task = (const void *)event;
	const struct event_cgroup *cgroup = (const void *)event;
	const struct event_lost *lost = (const void *)event;
	const struct event_layer *layer = (const void *)event;

	(void)err;
	CHECK_INT(event->time_ns, 99);
	if (event->kind == EVENT_TASK)
		text_add(data, "%u %s%s\n", task->tgid, task->name,
			 task->flags & EVENT_TASK_DEAD ? " dead" : "");
	else if (event->kind == EVENT_CGROUP)
		text_add(data, "%s\n", cgroup->path);
	else if (event->kind == EVENT_LAYER)
		text_add(data, "layer %u: %s\n", layer->layer, layer->why);
	else
		text_add(data, "lost %u %u\n", (unsigned int)lost->kind, (unsigned int)lost->count);
	return 0;
}

static void check_told(struct roster *io_roster, const char *wanted)
{
	autotext struct text told = { 0 };
	struct error err;

	CHECK_OK(roster_tell(io_roster, 99, note, &told, &err), err);
	CHECK_STR(text_get(&told), wanted);
}

static void take_end(struct roster *io_roster, uint32_t pid, uint32_t tid)
{
	struct event_end end = { .head = head_of(EVENT_FREE, sizeof(end), 50), .tgid = pid,
				 .tid = tid };

	roster_take(io_roster, &end.head);
}

TEST(whoever_lives_is_told_with_the_latest_name)
{
	autoroster struct roster roster = { 0 };
	struct event_task there = event_of_task(EVENT_TASK, 100, 0, 1);
	struct event_task born = event_of_task(EVENT_FORK, 200, 0, 2), thread = born;
	struct event_exec exec = { .task = event_of_task(EVENT_EXEC, 200, 0, 3) };

	check_told(&roster, "");
	thread.tid = 201;
	snprintf(thread.name, sizeof(thread.name), "thread");
	snprintf(exec.task.name, sizeof(exec.task.name), "sleep");
	roster_take(&roster, &there.head);
	roster_take(&roster, &born.head);
	roster_take(&roster, &thread.head);
	check_told(&roster, "100 p100\n200 p200\n");
	exec.task.head.size = sizeof(exec);
	roster_take(&roster, &exec.task.head);
	check_told(&roster, "100 p100\n200 sleep\n");
}

TEST(a_zombie_is_there_until_it_is_freed)
{
	autoroster struct roster roster = { 0 };
	struct event_task born = event_of_task(EVENT_FORK, 200, 0, 2);
	struct event_exit end = event_of_exit(200, 9, 10), thread = end;

	thread.flags = 0;
	roster_take(&roster, &born.head);
	roster_take(&roster, &thread.head);
	take_end(&roster, 200, 201);
	check_told(&roster, "200 p200\n");
	roster_take(&roster, &end.head);
	check_told(&roster, "200 p200 dead\n");
	take_end(&roster, 200, 200);
	check_told(&roster, "");
}

TEST(a_number_that_is_given_again_belongs_to_the_new_process)
{
	autoroster struct roster roster = { 0 };
	struct event_task born = event_of_task(EVENT_FORK, 200, 0, 2);
	struct event_task again = event_of_task(EVENT_FORK, 200, 0, 20);
	struct event_exit end = event_of_exit(200, 9, 10);

	snprintf(again.name, sizeof(again.name), "again");
	roster_take(&roster, &born.head);
	roster_take(&roster, &end.head);
	roster_take(&roster, &again.head);
	/* The kernel frees the old one now. */
	take_end(&roster, 200, 200);
	check_told(&roster, "200 again\n");
}

TEST(whoever_only_sends_signals_is_not_kept)
{
	autoroster struct roster roster = { 0 };
	struct event_task other = event_of_task(EVENT_TASK, 300, 0, 1);

	other.flags |= EVENT_TASK_OTHER;
	roster_take(&roster, &other.head);
	check_told(&roster, "");
}

TEST(a_removed_cgroup_is_kept_as_long_as_somebody_is_in_it)
{
	autoroster struct roster roster = { 0 };
	struct event_cgroup cgroup = event_of_cgroup(7, EVENT_TREE_PIDS, "/husk/web");
	struct event_cgroup empty = event_of_cgroup(7, EVENT_TREE_V2, "/husk/other");
	struct event_task born = event_of_task(EVENT_FORK, 200, 0, 2);
	struct event_exit end = event_of_exit(200, 9, 10);

	born.cgroup1 = 7;
	roster_take(&roster, &cgroup.head);
	roster_take(&roster, &empty.head);
	roster_take(&roster, &born.head);
	cgroup.is_gone = empty.is_gone = true;
	roster_take(&roster, &cgroup.head);
	roster_take(&roster, &empty.head);
	check_told(&roster, "/husk/web\n200 p200\n");
	roster_take(&roster, &end.head);
	take_end(&roster, 200, 200);
	check_told(&roster, "");
}

TEST(losses_are_told_as_the_last_count)
{
	autoroster struct roster roster = { 0 };
	struct event_lost lost = { .head = head_of(EVENT_LOST, sizeof(lost), 1),
				   .kind = EVENT_SIGNAL, .count = 3 };

	roster_take(&roster, &lost.head);
	lost.count = 5;
	roster_take(&roster, &lost.head);
	check_told(&roster, "lost 7 5\n");
}

TEST(layers_are_told_before_all_else)
{
	autoroster struct roster roster = { 0 };
	struct event_task born = event_of_task(EVENT_FORK, 200, 0, 2);
	struct event_layer layer = event_of_layer(EVENT_LAYER_PARTLY, "tasklet_exit");

	roster_take(&roster, &born.head);
	roster_take(&roster, &layer.head);
	check_told(&roster, "layer 2: tasklet_exit\n200 p200\n");
	layer.layer = EVENT_LAYERS;
	roster_take(&roster, &layer.head);
	check_told(&roster, "layer 2: tasklet_exit\n200 p200\n");
}
