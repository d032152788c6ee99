// SPDX-License-Identifier: GPL-2.0-or-later
#include "layers.h"
#include "trace/joins.h"

static void take(struct model *io_model, struct joins *io_joins, const void *event)
{
	struct model_step step = add(io_model, event);

	joins_take(io_joins, &step);
}

static struct event_deliver delivery(uint32_t pid, int signal, enum event_disposition disposition)
{
	return (struct event_deliver){
		.head = head_of(EVENT_DELIVER, sizeof(struct event_deliver), 3000),
		.tgid = pid, .tid = pid, .signal = (uint8_t)signal,
		.disposition = (uint8_t)disposition, .call = -1,
	};
}

static struct event_signal sent_at(uint64_t time_ns, uint32_t from, uint32_t to, int signal,
				   enum verdict_result result)
{
	struct event_signal event = event_of_signal(from, to, signal, result);

	event.head.time_ns = time_ns;
	return event;
}

TEST(a_signal_comes_to_nothing_for_a_reason)
{
	static const struct {
		uint32_t to;
		int signal;
		enum verdict_result result;
		enum event_disposition disposition;
		uint32_t flags;
		int lost; /* enum joins_loss, or -1 */
		const char *rule;
	} rows[] = {
		{ INIT, SIGTERM, VERDICT_RESULT_IGNORED, EVENT_DEFAULT, EVENT_SIGNAL_UNKILLABLE,
		  JOINS_IGNORED, "init-no-handler" },
		{ INNER, SIGTERM, VERDICT_RESULT_IGNORED, EVENT_IGNORED, 0, JOINS_IGNORED,
		  "set-to-ignore" },
		{ INNER, SIGUSR1, VERDICT_RESULT_ALREADY_PENDING, EVENT_HANDLER, 0,
		  JOINS_COALESCED, "already-pending" },
		{ INNER, SIGCHLD, VERDICT_RESULT_ALREADY_PENDING, EVENT_HANDLER, 0,
		  JOINS_COALESCED, "already-pending" },
		{ INNER, 36, VERDICT_RESULT_OVERFLOW_FAIL, EVENT_HANDLER, 0, JOINS_REFUSED,
		  "queue-refuses" },
		{ INNER, SIGTERM, VERDICT_RESULT_IGNORED, EVENT_DEFAULT, EVENT_SIGNAL_DEAD,
		  JOINS_IGNORED, "dying" },
		{ INNER, SIGKILL, VERDICT_RESULT_IGNORED, EVENT_DEFAULT, EVENT_SIGNAL_EXITING, -1,
		  NULL },
		{ INNER, SIGWINCH, VERDICT_RESULT_IGNORED, EVENT_DEFAULT, 0, -1, NULL },
		{ INNER, SIGCHLD, VERDICT_RESULT_IGNORED, EVENT_IGNORED, 0, -1, NULL },
		{ INNER, SIGCONT, VERDICT_RESULT_IGNORED, EVENT_IGNORED, EVENT_SIGNAL_CONTINUES, -1,
		  NULL },
		{ INNER, SIGUSR1, VERDICT_RESULT_DELIVERED, EVENT_HANDLER, 0, -1, NULL },
		{ INNER, SIGUSR1, VERDICT_RESULT_LOSE_INFO, EVENT_HANDLER, 0, -1, NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		automodel struct model model = { 0 };
		struct joins joins = { 0 };
		const struct joins_table *table = &joins.table[JOINS_LOST];
		struct event_signal event = event_of_signal(OUTER, rows[i].to, rows[i].signal,
							    rows[i].result);

		add_container(&model);
		event.disposition = (uint8_t)rows[i].disposition;
		event.flags = rows[i].flags | EVENT_SIGNAL_GROUP;
		event.code = rows[i].result == VERDICT_RESULT_OVERFLOW_FAIL ? SI_QUEUE : SI_USER;
		take(&model, &joins, &event);
		CHECK_INT(table->count, rows[i].lost >= 0);
		if (table->count) {
			CHECK_INT(table->row[0]->lost.how, rows[i].lost);
			CHECK_STR(table->row[0]->lost.rule, rows[i].rule);
		}
		joins_clear(&joins);
	}
}

TEST(a_signal_that_was_blocked_is_dropped_when_nothing_is_set_for_it)
{
	static const struct {
		uint32_t to;
		int signal;
		enum event_disposition disposition;
		int32_t code;
		const char *rule; /* NULL: not dropped */
	} rows[] = {
		{ INIT, SIGTERM, EVENT_DEFAULT, SI_USER, "init-survives" },
		{ INNER, SIGTERM, EVENT_IGNORED, SI_USER, "ignored-when-taken" },
		{ INNER, SIGTERM, EVENT_DEFAULT, SI_USER, NULL },
		{ INIT, SIGTERM, EVENT_HANDLER, SI_USER, NULL },
		{ INIT, SIGKILL, EVENT_DEFAULT, SI_USER, NULL },
		{ INIT, SIGCHLD, EVENT_DEFAULT, CLD_EXITED, NULL },
		{ INIT, SIGSEGV, EVENT_DEFAULT, SEGV_MAPERR, NULL },
	};

	for (size_t known = 0; known < 2; known++)
		for (size_t i = 0; i < countof(rows); i++) {
			automodel struct model model = { 0 };
			struct joins joins = { 0 };
			const struct joins_table *table = &joins.table[JOINS_LOST];
			struct event_signal event = event_of_signal(
				OUTER, rows[i].to, rows[i].signal, VERDICT_RESULT_DELIVERED);
			struct event_deliver taken = delivery(rows[i].to, rows[i].signal,
							      rows[i].disposition);

			add_container(&model);
			event.code = taken.code = rows[i].code;
			event.flags |= EVENT_SIGNAL_BLOCKED;
			if (known)
				take(&model, &joins, &event);
			take(&model, &joins, &taken);
			CHECK_INT(table->count, rows[i].rule != NULL);
			if (table->count) {
				CHECK_INT(table->row[0]->lost.how, JOINS_DROPPED);
				CHECK_STR(table->row[0]->lost.rule, rows[i].rule);
				CHECK_INT(table->row[0]->lost.last.time_ns, known ? 1000 : 0);
			}
			joins_clear(&joins);
		}
}

TEST(equal_losses_are_one_row_and_the_last_rows_are_kept)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	const struct joins_table *table = &joins.table[JOINS_LOST];
	struct event_signal event;

	add_container(&model);
	for (uint32_t i = 0; i < JOINS_KEPT + 10; i++)
		for (int twice = 0; twice < 2; twice++) {
			struct event_task born = event_of_task(EVENT_FORK, 1000 + i, 0, 40 + i);

			if (!twice)
				take(&model, &joins, &born);
			event = sent_at(2000 + i, OUTER, 1000 + i, SIGUSR1,
					VERDICT_RESULT_ALREADY_PENDING);
			take(&model, &joins, &event);
		}
	CHECK_INT(table->count, JOINS_KEPT);
	CHECK_INT(table->left_out, 20);
	CHECK_INT(table->row[0]->lost.last.target->pid, 1010);
	CHECK_INT(table->row[JOINS_KEPT - 1]->lost.last.target->pid, 1000 + JOINS_KEPT + 9);
	CHECK_INT(table->row[0]->count, 2);
	/* One that still goes on is not the oldest, whenever it began. */
	event = sent_at(9000, OUTER, 1010, SIGUSR1, VERDICT_RESULT_ALREADY_PENDING);
	take(&model, &joins, &event);
	event = sent_at(9001, OUTER, INNER, SIGUSR2, VERDICT_RESULT_ALREADY_PENDING);
	take(&model, &joins, &event);
	CHECK_INT(table->row[0]->lost.last.target->pid, 1010);
	CHECK_INT(table->left_out, 22);
	joins_clear(&joins);
}

TEST(a_stop_is_all_that_was_asked_and_how_it_ended)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct event_signal term = sent_at(1000, OUTER, INIT, SIGTERM, VERDICT_RESULT_IGNORED);
	struct event_signal kill = sent_at(5000, OUTER, INIT, SIGKILL, VERDICT_RESULT_DELIVERED);
	struct event_signal late = sent_at(5500, OUTER, INIT, SIGKILL, VERDICT_RESULT_IGNORED);
	struct event_exit end = event_of_exit(INIT, SIGKILL, 6000);
	const struct joins_stop *stop;

	late.flags |= EVENT_SIGNAL_EXITING;
	add_container(&model);
	take(&model, &joins, &term);
	take(&model, &joins, &kill);
	take(&model, &joins, &late);
	take(&model, &joins, &end);
	stop = joins_find_stop(&joins, model_find(&model, INIT));
	CHECK_INT(stop->count, 2);
	CHECK_INT(stop->ask[0].signal, SIGTERM);
	CHECK_INT(stop->ask[1].signal, SIGKILL);
	CHECK_INT(stop->ask[1].sender->pid, OUTER);
	CHECK_TRUE(joins_is_told(stop));
	joins_clear(&joins);
}

TEST(only_a_stop_with_a_story_is_told)
{
	static const struct {
		enum event_disposition disposition;
		enum verdict_result result;
		bool dies, is_told;
	} rows[] = {
		{ EVENT_DEFAULT, VERDICT_RESULT_DELIVERED, true, false }, /* of the first word */
		{ EVENT_HANDLER, VERDICT_RESULT_DELIVERED, true, true },
		{ EVENT_HANDLER, VERDICT_RESULT_DELIVERED, false, false }, /* SIGHUP: read again */
		{ EVENT_IGNORED, VERDICT_RESULT_IGNORED, false, true },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		automodel struct model model = { 0 };
		struct joins joins = { 0 };
		struct event_signal term = sent_at(1000, OUTER, INNER, SIGTERM, rows[i].result);
		struct event_exit end = event_of_exit(
			INNER, rows[i].disposition == EVENT_DEFAULT ? SIGTERM : 0x300, 6000);
		const struct joins_stop *stop;

		term.disposition = (uint8_t)rows[i].disposition;
		add_container(&model);
		take(&model, &joins, &term);
		if (rows[i].dies)
			take(&model, &joins, &end);
		stop = joins_find_stop(&joins, model_find(&model, INNER));
		CHECK_INT(stop && joins_is_told(stop), rows[i].is_told);
		joins_clear(&joins);
	}
}

TEST(nobody_is_asked_to_end_by_itself_nor_by_an_alarm)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct event_signal own = event_of_signal(INNER, INNER, SIGTERM, VERDICT_RESULT_IGNORED);
	struct event_signal alarm = event_of_signal(OUTER, INNER, SIGALRM, VERDICT_RESULT_IGNORED);

	add_container(&model);
	take(&model, &joins, &own);
	take(&model, &joins, &alarm);
	CHECK_TRUE(!joins_find_stop(&joins, model_find(&model, INNER)));
	joins_clear(&joins);
}

TEST(thousands_who_die_at_the_first_word_take_no_room)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct joins_row *first = NULL;

	add_container(&model);
	for (uint32_t i = 0; i < 1000; i++) {
		struct event_task born = event_of_task(EVENT_FORK, 1000 + i, 0, 40 + i);
		struct event_signal term = sent_at(2000 + i, OUTER, 1000 + i, SIGTERM,
						   VERDICT_RESULT_DELIVERED);
		struct event_exit end = event_of_exit(1000 + i, SIGTERM, 3000 + i);

		take(&model, &joins, &born);
		take(&model, &joins, &term);
		first = first ? first : joins.table[JOINS_STOP].row[0];
		take(&model, &joins, &end);
		CHECK_INT(joins.table[JOINS_STOP].count, 0);
		CHECK_TRUE(joins.table[JOINS_STOP].row[0] == first);
	}
	CHECK_INT(joins.table[JOINS_STOP].left_out, 0);
	joins_clear(&joins);
}

TEST(of_many_questions_the_last_are_kept)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	const struct joins_stop *stop;

	add_container(&model);
	for (uint64_t i = 0; i < JOINS_ASKS + 3; i++) {
		struct event_signal term = sent_at(1000 + i, OUTER, INIT, SIGTERM,
						   VERDICT_RESULT_IGNORED);

		take(&model, &joins, &term);
	}
	stop = joins_find_stop(&joins, model_find(&model, INIT));
	CHECK_INT(stop->count, JOINS_ASKS);
	CHECK_INT(stop->left_out, 3);
	CHECK_INT(stop->ask[0].time_ns, 1003);
	joins_clear(&joins);
}

TEST(a_zombie_is_who_was_dead_for_a_second)
{
	static const struct {
		uint64_t gone_ns; /* 0: not reaped */
		uint64_t end_ns;  /* of the recording */
		bool is_zombie;
	} rows[] = {
		{ 2000 + JOINS_ZOMBIE_NS, 0, true },
		{ 1999 + JOINS_ZOMBIE_NS, 0, false },
		{ 0, 2000 + JOINS_ZOMBIE_NS, true },
		{ 0, 1999 + JOINS_ZOMBIE_NS, false },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		automodel struct model model = { 0 };
		struct joins joins = { 0 };
		struct event_exit end = event_of_exit(INNER, 0, 2000);
		struct event_end gone = {
			.head = head_of(EVENT_FREE, sizeof(gone), rows[i].gone_ns),
			.tgid = INNER, .tid = INNER };
		struct event_signal last = sent_at(rows[i].end_ns, OUTER, INIT, SIGUSR1,
						   VERDICT_RESULT_DELIVERED);
		const struct joins_table *table = &joins.table[JOINS_ZOMBIE];

		add_container(&model);
		end.parent = INIT;
		take(&model, &joins, &end);
		take(&model, &joins, rows[i].gone_ns ? (const void *)&gone : &last);
		joins_end(&joins, &model);
		CHECK_INT(table->count, rows[i].is_zombie);
		if (table->count) {
			CHECK_INT(table->row[0]->zombie->pid, INNER);
			CHECK_INT(table->row[0]->last_ns - table->row[0]->first_ns,
				  JOINS_ZOMBIE_NS);
			CHECK_INT(joins_reaper(&model, table->row[0]->zombie)->pid, INIT);
		}
		joins_clear(&joins);
	}
}

TEST(a_zombie_ends_when_it_is_reaped_where_that_is_told)
{
	static const struct {
		uint64_t reaped_ns, freed_ns;
		bool is_zombie;
	} rows[] = {
		{ 2000 + JOINS_ZOMBIE_NS, 9000 + JOINS_ZOMBIE_NS, true },
		{ 1999 + JOINS_ZOMBIE_NS, 9000 + JOINS_ZOMBIE_NS, false },
		{ 1999 + JOINS_ZOMBIE_NS, 0, false },
		{ 2001 + JOINS_ZOMBIE_NS, 2000 + JOINS_ZOMBIE_NS, true },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		automodel struct model model = { 0 };
		struct joins joins = { 0 };
		struct event_exit end = event_of_exit(INNER, 0, 2000);
		struct event_reap reaped = event_of_reap(INIT);
		struct event_end gone = {
			.head = head_of(EVENT_FREE, sizeof(gone), rows[i].freed_ns),
			.tgid = INNER, .tid = INNER };
		struct event_signal last = sent_at(9000 + JOINS_ZOMBIE_NS, OUTER, INIT, SIGUSR1,
						   VERDICT_RESULT_DELIVERED);
		bool is_late = rows[i].reaped_ns > rows[i].freed_ns;
		const struct joins_table *table = &joins.table[JOINS_ZOMBIE];

		add_container(&model);
		reaped.head.time_ns = rows[i].reaped_ns;
		take(&model, &joins, &end);
		if (rows[i].freed_ns && is_late)
			take(&model, &joins, &gone);
		take(&model, &joins, &reaped);
		if (rows[i].freed_ns && !is_late)
			take(&model, &joins, &gone);
		take(&model, &joins, &last);
		joins_end(&joins, &model);
		CHECK_INT(table->count, rows[i].is_zombie);
		if (table->count)
			CHECK_INT(table->row[0]->last_ns - table->row[0]->first_ns,
				  JOINS_ZOMBIE_NS);
		joins_clear(&joins);
	}
}

TEST(who_has_ended_reaps_nobody)
{
	automodel struct model model = { 0 };
	struct event_exit child = event_of_exit(INNER, 0, 2000);
	struct event_exit parent = event_of_exit(INIT, 0, 3000);

	add_container(&model);
	child.parent = INIT;
	(void)add(&model, &child);
	(void)add(&model, &parent);
	CHECK_TRUE(!joins_reaper(&model, model_find(&model, INNER)));
}

TEST(calls_are_told_when_a_handler_interrupts_them)
{
	static const struct {
		enum event_disposition disposition;
		int result;
		uint64_t flags;
		enum model_call ends; /* NONE: not told */
	} rows[] = {
		{ EVENT_HANDLER, -512, 0, MODEL_CALL_EINTR },
		{ EVENT_HANDLER, -512, SA_RESTART, MODEL_CALL_RESTARTS },
		{ EVENT_DEFAULT, -512, 0, MODEL_CALL_NONE }, /* stopped, and continued */
		{ EVENT_HANDLER, 7, 0, MODEL_CALL_NONE },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		automodel struct model model = { 0 };
		struct joins joins = { 0 };
		const struct joins_table *table = &joins.table[JOINS_CALL];
		struct event_deliver taken = delivery(INNER, SIGUSR1, rows[i].disposition);

		add_container(&model);
		taken.call = 0;
		taken.call_result = rows[i].result;
		taken.action_flags = rows[i].flags;
		take(&model, &joins, &taken);
		take(&model, &joins, &taken);
		CHECK_INT(table->count, rows[i].ends != MODEL_CALL_NONE);
		if (table->count) {
			CHECK_INT(table->row[0]->call.ends, rows[i].ends);
			CHECK_INT(table->row[0]->call.signal, SIGUSR1);
			CHECK_INT(table->row[0]->count, 2);
		}
		joins_clear(&joins);
	}
}
