// SPDX-License-Identifier: GPL-2.0-or-later
#include "events.h"

#include <errno.h>

TEST(processes_have_their_numbers_and_makers)
{
	automodel struct model model = { 0 };

	add_container(&model);
	CHECK_INT(model_inner(model_find(&model, INIT)), 1);
	CHECK_INT(model_inner(model_find(&model, OUTER)), OUTER);
	CHECK_INT(model_find(&model, INNER)->maker, INIT);
	CHECK_TRUE(model_find(&model, INIT)->is_init);
	CHECK_TRUE(model_find(&model, OUTER)->was_there);
	CHECK_TRUE(!model_find(&model, INIT)->was_there);
	CHECK_TRUE(!model_find(&model, 4711));
}

TEST(number_that_is_given_again_is_another_process)
{
	automodel struct model model = { 0 };
	struct event_task again = event_of_task(EVENT_FORK, INNER, 3, 90);
	struct event_task met = event_of_task(EVENT_TASK, INNER, 4, 95);
	struct model_process *first;

	add_container(&model);
	first = model_find(&model, INNER);
	(void)add(&model, &again);
	CHECK_TRUE(model_find(&model, INNER) != first);
	/* Told of a second time, with another start: born where nobody looked. */
	(void)add(&model, &met);
	CHECK_INT(model_inner(model_find(&model, INNER)), 4);
	(void)add(&model, &met);
	CHECK_INT(model_inner(first), 2);
}

TEST(fatal_signal_is_the_killer_of_who_dies_of_it)
{
	automodel struct model model = { 0 };
	struct event_signal term = event_of_signal(OUTER, INNER, SIGTERM, VERDICT_RESULT_DELIVERED);
	struct event_exit end = event_of_exit(INNER, 0, 2000);

	end.flags |= EVENT_EXIT_GROUP;
	end.group_code = SIGTERM;
	add_container(&model);
	(void)add(&model, &term);
	(void)add(&model, &end);
	CHECK_INT(model_find(&model, INNER)->exit_code, SIGTERM);
	CHECK_TRUE(model_find(&model, INNER)->killer);
	CHECK_TRUE(model_find(&model, INNER)->killer->sender == model_find(&model, OUTER));
}

TEST(handled_signal_kills_nobody)
{
	automodel struct model model = { 0 };
	struct event_signal term = event_of_signal(OUTER, INNER, SIGTERM, VERDICT_RESULT_DELIVERED);
	struct event_exit end = event_of_exit(INNER, SIGTERM, 2000);

	term.disposition = EVENT_HANDLER;
	add_container(&model);
	(void)add(&model, &term);
	(void)add(&model, &end);
	CHECK_TRUE(!model_find(&model, INNER)->killer);
}

TEST(oom_killer_marks_after_it_has_killed)
{
	automodel struct model model = { 0 };
	struct event_signal kill = event_of_signal(INNER, INNER, SIGKILL, VERDICT_RESULT_DELIVERED);
	struct event_end mark = { .head = head_of(EVENT_OOM, sizeof(mark), 1100), .tgid = INNER };
	struct event_exit end = event_of_exit(INNER, SIGKILL, 2000);

	kill.flags |= EVENT_SIGNAL_PRIVATE;
	add_container(&model);
	CHECK_INT(add(&model, &kill).signal->source, MODEL_BY_KERNEL);
	(void)add(&model, &mark);
	(void)add(&model, &end);
	CHECK_INT(model_find(&model, INNER)->killer->source, MODEL_BY_OOM);
}

TEST(death_by_sigkill_is_delivered_under_its_true_name)
{
	automodel struct model model = { 0 };
	struct event_signal term = event_of_signal(OUTER, INNER, SIGTERM, VERDICT_RESULT_DELIVERED);
	struct event_deliver taken = {
		.head = head_of(EVENT_DELIVER, sizeof(taken), 1500),
		.tgid = INNER, .tid = INNER, .signal = SIGKILL, .exit_code = SIGTERM, .call = -1,
	};
	struct model_step step;

	add_container(&model);
	(void)add(&model, &term);
	step = add(&model, &taken);
	CHECK_INT(step.signal->signal, SIGTERM);
	CHECK_INT(step.signal->delivered_ns, 1500);
}

TEST(interrupted_calls_restart_or_end)
{
	static const struct {
		int result;
		enum event_disposition disposition;
		uint64_t flags;
		enum model_call call;
	} rows[] = {
		{ -512, EVENT_HANDLER, 0, MODEL_CALL_EINTR },
		{ -512, EVENT_HANDLER, SA_RESTART, MODEL_CALL_RESTARTS },
		{ -512, EVENT_DEFAULT, 0, MODEL_CALL_RESTARTS },
		{ -513, EVENT_HANDLER, 0, MODEL_CALL_RESTARTS },
		{ -514, EVENT_HANDLER, SA_RESTART, MODEL_CALL_EINTR },
		{ -516, EVENT_HANDLER, 0, MODEL_CALL_EINTR },
		{ -516, EVENT_DEFAULT, 0, MODEL_CALL_RESTARTS },
		{ -EINTR, EVENT_HANDLER, SA_RESTART, MODEL_CALL_EINTR },
		{ 0, EVENT_HANDLER, 0, MODEL_CALL_NONE },
		{ 5, EVENT_HANDLER, 0, MODEL_CALL_NONE },
	};
	automodel struct model model = { 0 };

	add_container(&model);
	for (size_t i = 0; i < countof(rows); i++) {
		struct event_deliver taken = {
			.head = head_of(EVENT_DELIVER, sizeof(taken), 1500),
			.tgid = INNER, .tid = INNER, .signal = SIGUSR1, .call = 61,
			.call_result = rows[i].result, .disposition = (uint8_t)rows[i].disposition,
			.action_flags = rows[i].flags,
		};

		CHECK_INT(add(&model, &taken).call, rows[i].call);
	}
}

TEST(thousands_of_signals_take_no_room_each)
{
	automodel struct model model = { 0 };
	struct event_signal usr1 = event_of_signal(OUTER, INNER, SIGUSR1, VERDICT_RESULT_DELIVERED);
	struct event_signal again = event_of_signal(OUTER, INNER, SIGUSR1,
						    VERDICT_RESULT_ALREADY_PENDING);
	const struct model_signal *seen[3];

	add_container(&model);
	for (size_t i = 0; i < countof(seen); i++) {
		seen[i] = add(&model, &usr1).signal;
		(void)add(&model, &again);
	}
	/* The first gave its place to the third. */
	CHECK_TRUE(seen[0] != seen[1]);
	CHECK_TRUE(seen[0] == seen[2] || model.spare);
	CHECK_INT(model.count[EVENT_SIGNAL], 6);
}

TEST(only_who_has_to_do_with_an_event_is_met)
{
	automodel struct model model = { 0 };
	struct event_task there = event_of_task(EVENT_TASK, 300, 0, 15);
	struct event_signal kill = event_of_signal(300, INNER, SIGTERM, VERDICT_RESULT_DELIVERED);

	add_container(&model);
	(void)add(&model, &there);
	CHECK_TRUE(model_find(&model, OUTER)->is_met); /* made the container */
	CHECK_TRUE(model_find(&model, INNER)->is_met);
	CHECK_TRUE(!model_find(&model, 300)->is_met);
	(void)add(&model, &kill);
	CHECK_TRUE(model_find(&model, 300)->is_met);
	CHECK_TRUE(!model_find(&model, 300)->is_followed);
}

TEST(a_number_that_is_given_again_is_another_track)
{
	automodel struct model model = { 0 };
	struct event_task again = event_of_task(EVENT_FORK, INIT, 0, 5000);
	uint64_t first;

	add_container(&model);
	first = model_track(model_find(&model, INIT));
	CHECK_INT(first, INIT);
	(void)add(&model, &again);
	CHECK_TRUE(model_track(model_find(&model, INIT)) != first);
	CHECK_INT(model_track(model_find(&model, INNER)), INNER);
}

TEST(a_process_has_the_container_of_its_cgroup)
{
	automodel struct model model = { 0 };
	struct event_cgroup cgroup = event_of_cgroup(7, EVENT_TREE_PIDS, "/husk/web");
	struct event_task born = event_of_task(EVENT_FORK, 300, 0, 20);
	struct event_task moved = event_of_task(EVENT_MOVE, 300, 0, 30);
	struct model_step step;

	step = add(&model, &cgroup);
	CHECK_TRUE(!step.process);
	/* Nobody has done anything yet. */
	CHECK_INT(model.first_ns, 0);
	CHECK_TRUE(!add(&model, &born).process->container);
	CHECK_INT(model.first_ns, 20);
	moved.cgroup1 = 7;
	CHECK_STR(add(&model, &moved).process->container->name, "husk/web");
}

TEST(layers_are_nobodys_and_told_once)
{
	automodel struct model model = { 0 };
	struct event_layer layer = { .head = head_of(EVENT_LAYER, sizeof(layer), 5),
				     .layer = EVENT_LAYER_IRQ };
	struct model_step step = add(&model, &layer);

	CHECK_TRUE(!step.process && !step.is_again);
	CHECK_INT(model.first_ns, 0);
	CHECK_TRUE(add(&model, &layer).is_again);
	layer.layer = EVENT_LAYER_SCHED;
	CHECK_TRUE(!add(&model, &layer).is_again);
}

TEST(who_is_told_of_again_is_known_and_may_have_another_name)
{
	automodel struct model model = { 0 };
	struct event_task born = event_of_task(EVENT_FORK, 300, 0, 20);
	struct event_task again = event_of_task(EVENT_TASK, 300, 0, 20);
	struct model_step step;

	(void)add(&model, &born);
	snprintf(again.name, sizeof(again.name), "other");
	again.head.time_ns = 90;
	step = add(&model, &again);
	CHECK_TRUE(step.is_again);
	CHECK_STR(step.process->name, "other");
	CHECK_TRUE(!step.process->was_there);
	/* The same number, and somebody else. */
	again.start_ns = 50;
	step = add(&model, &again);
	CHECK_TRUE(!step.is_again);
	CHECK_TRUE(step.process->was_there);
}

TEST(losses_are_the_last_count_of_each_kind)
{
	automodel struct model model = { 0 };
	struct event_lost lost = { .head = head_of(EVENT_LOST, sizeof(lost), 5),
				   .kind = EVENT_FORK, .count = 2 };
	struct model_step step;
	struct error err;

	(void)add(&model, &lost);
	lost.count = 7;
	(void)add(&model, &lost);
	CHECK_INT(model.lost[EVENT_FORK], 7);
	lost.kind = EVENT_KINDS;
	CHECK_INT(model_add(&model, &lost.head, &step, &err), -EBADMSG);
}

TEST(a_cgroup_without_an_end_of_its_path_is_refused)
{
	automodel struct model model = { 0 };
	struct event_cgroup cgroup = event_of_cgroup(7, EVENT_TREE_PIDS, "/husk/web");
	struct model_step step;
	struct error err;

	cgroup.head.size = offsetof(struct event_cgroup, path) + 8; /* "/husk/we" */
	CHECK_INT(model_add(&model, &cgroup.head, &step, &err), -EBADMSG);
}

TEST(the_first_sigcont_resumes_until_the_process_has_run)
{
	automodel struct model model = { 0 };
	struct event_signal cont = event_of_signal(OUTER, INNER, SIGCONT, VERDICT_RESULT_IGNORED);
	struct event_deliver stop = {
		.head = head_of(EVENT_DELIVER, sizeof(stop), 1500),
		.tgid = INNER, .tid = INNER, .signal = SIGSTOP, .call = -1,
	};

	add_container(&model);
	/* Both find the note that the first has left, and that is gone when the process runs. */
	cont.flags |= EVENT_SIGNAL_CONTINUES;
	CHECK_INT(verdict_now(&add(&model, &cont).signal->verdict), VERDICT_CONTINUE);
	CHECK_INT(verdict_now(&add(&model, &cont).signal->verdict), VERDICT_IGNORED);
	(void)add(&model, &stop);
	CHECK_INT(verdict_now(&add(&model, &cont).signal->verdict), VERDICT_CONTINUE);
}

TEST(an_end_has_a_cause)
{
	static const struct {
		uint32_t tid, flags, code, group_code;
		bool is_zapped;
		enum model_cause cause;
	} rows[] = {
		{ INNER, EVENT_EXIT_LAST | EVENT_EXIT_GROUP, 0, 0x300, false, MODEL_CAUSE_EXIT },
		{ INNER, EVENT_EXIT_LAST, 0x300, 0, false, MODEL_CAUSE_EXIT },
		{ INNER, EVENT_EXIT_LAST | EVENT_EXIT_GROUP, 0, SIGTERM, true, MODEL_CAUSE_SIGNAL },
		{ 777, EVENT_EXIT_GROUP, 0, SIGTERM, true, MODEL_CAUSE_GROUP },
		{ 777, EVENT_EXIT_GROUP, 0, 0, true, MODEL_CAUSE_GROUP },
		{ 777, 0, 0, 0, true, MODEL_CAUSE_EXEC },
		{ 777, 0, 0, 0, false, MODEL_CAUSE_EXIT },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		automodel struct model model = { 0 };
		struct event_exit end = event_of_exit(INNER, rows[i].code, 2000);
		struct event_deliver zap = {
			.head = head_of(EVENT_DELIVER, sizeof(zap), 1500),
			.tgid = INNER, .tid = rows[i].tid, .signal = SIGKILL, .call = -1,
		};

		add_container(&model);
		if (rows[i].is_zapped)
			(void)add(&model, &zap);
		end.tid = rows[i].tid;
		end.flags = rows[i].flags;
		end.group_code = rows[i].group_code;
		CHECK_INT(add(&model, &end).cause, rows[i].cause);
		/* The number of a thread that is gone tells nothing of the next one. */
		if (rows[i].cause == MODEL_CAUSE_EXEC)
			CHECK_INT(add(&model, &end).cause, MODEL_CAUSE_EXIT);
	}
}
