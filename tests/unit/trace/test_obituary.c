// SPDX-License-Identifier: GPL-2.0-or-later
/* The events of a life, and the words that view/why has for them. */
#include "events.h"
#include "trace/obituary.h"
#include "view/why.h"

static void take(struct model *io_model, struct joins *io_joins, const void *event)
{
	struct model_step step = add(io_model, event);

	joins_take(io_joins, &step);
}

static void check_words(const struct joins *joins, const struct model_process *process,
			const char *expected)
{
	autolife struct life life = obituary_of(joins, process, 0);
	struct why why = why_find(&life);
	autotext struct text said = { 0 };

	why_summary(&life, &why, &said);
	CHECK_STR(text_get(&said), expected);
}

/* What happens to INNER, who is no init, and how `why` tells it. */
static const struct {
	uint32_t from;
	int signal;
	enum verdict_result result;
	enum event_disposition disposition;
	uint32_t flags;
	uint32_t code; /* as wait(2) has it */
	const char *words;
} rows[] = {
	{ OUTER, SIGUSR1, VERDICT_RESULT_DELIVERED, EVENT_HANDLER, EVENT_SIGNAL_GROUP, 0x300,
	  "201/2 p201 ran for 2.0 s and ended by itself with exit status 3 [seen]." },
	{ OUTER, SIGTERM, VERDICT_RESULT_DELIVERED, EVENT_DEFAULT, EVENT_SIGNAL_GROUP, SIGTERM,
	  "201/2 p201 ran for 2.0 s and was stopped on request, exit status 143 [seen]. It was asked "
	  "to end: SIGTERM by p100 (100) [seen]." },
	{ OUTER, SIGTERM, VERDICT_RESULT_DELIVERED, EVENT_HANDLER, EVENT_SIGNAL_GROUP, 0x700,
	  "201/2 p201 ran for 2.0 s and was stopped on request, exit status 7 [inferred]. It was "
	  "asked to end: SIGTERM by p100 (100) [seen]." },
	{ OUTER, SIGTERM, VERDICT_RESULT_IGNORED, EVENT_IGNORED, EVENT_SIGNAL_GROUP, 0x700,
	  "201/2 p201 ran for 2.0 s and ended by itself with exit status 7 [seen]. It was asked to "
	  "end: SIGTERM by p100 (100) [seen]. That came to nothing [seen]: The program has set this "
	  "signal to be ignored (SIG_IGN), or was started that way." },
	{ OUTER, SIGKILL, VERDICT_RESULT_DELIVERED, EVENT_DEFAULT, EVENT_SIGNAL_GROUP, SIGKILL,
	  "201/2 p201 ran for 2.0 s and was killed, exit status 137 [seen]. SIGKILL was sent by p100 "
	  "(100) [seen]." },
	{ OUTER, SIGKILL, VERDICT_RESULT_DELIVERED, EVENT_DEFAULT, EVENT_SIGNAL_NO_INFO, SIGKILL,
	  "201/2 p201 ran for 2.0 s and was killed, exit status 137 [seen]. SIGKILL was sent through "
	  "cgroup.kill by p100 (100) [seen]." },
	{ INIT, SIGKILL, VERDICT_RESULT_DELIVERED, EVENT_DEFAULT,
	  EVENT_SIGNAL_GROUP | EVENT_SIGNAL_PRIVATE, SIGKILL,
	  "201/2 p201 ran for 2.0 s and was killed, exit status 137 [seen]. SIGKILL was sent by the "
	  "kernel, since PID 1 has ended: p200 (200) [seen]." },
	{ INNER, SIGUSR1, VERDICT_RESULT_DELIVERED, EVENT_DEFAULT, EVENT_SIGNAL_GROUP, SIGUSR1,
	  "201/2 p201 ran for 2.0 s and died of SIGUSR1, exit status 138 [seen]. SIGUSR1 was sent by "
	  "itself [seen]." },
};

TEST(a_life_is_told_in_the_words_of_why)
{
	for (size_t i = 0; i < countof(rows); i++) {
		automodel struct model model = { 0 };
		struct joins joins = { 0 };
		struct event_signal event = event_of_signal(rows[i].from, INNER, rows[i].signal,
							    rows[i].result);
		struct event_exit end = event_of_exit(INNER, rows[i].code,
						      2ULL * 1000 * 1000 * 1000 + 30);

		event.disposition = (uint8_t)rows[i].disposition;
		event.flags = rows[i].flags;
		add_container(&model);
		take(&model, &joins, &event);
		take(&model, &joins, &end);
		check_words(&joins, model_find(&model, INNER), rows[i].words);
		joins_clear(&joins);
	}
}

TEST(oom_kill_is_seen_and_not_inferred)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct event_signal kill = event_of_signal(INNER, INNER, SIGKILL, VERDICT_RESULT_DELIVERED);
	struct event_end mark = { .head = head_of(EVENT_OOM, sizeof(mark), 1100), .tgid = INNER };
	struct event_exit end = event_of_exit(INNER, SIGKILL, 2000);

	kill.flags |= EVENT_SIGNAL_PRIVATE;
	add_container(&model);
	take(&model, &joins, &kill);
	take(&model, &joins, &mark);
	take(&model, &joins, &end);
	check_words(&joins, model_find(&model, INNER), "201/2 p201 ran for 0.0 s and was killed by "
		    "the kernel for want of memory, exit status 137 [seen]. SIGKILL was sent by the "
		    "kernel, for want of memory [seen].");
	joins_clear(&joins);
}

TEST(who_lives_has_no_end)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct event_signal term = event_of_signal(OUTER, INIT, SIGTERM, VERDICT_RESULT_IGNORED);
	struct life life;

	term.flags |= EVENT_SIGNAL_UNKILLABLE;
	add_container(&model);
	take(&model, &joins, &term);
	life = obituary_of(&joins, model_find(&model, INIT), 5LL * 1000 * 1000 * 1000);
	CHECK_INT(life.count, 2);
	CHECK_INT(life.event[0].kind.value, LIFE_STARTED);
	CHECK_STR(life.event[0].time, "1970-01-01T00:00:05.000000020Z");
	CHECK_INT(life.event[1].kind.value, LIFE_TRACED);
	CHECK_STR(life.event[1].signal, "SIGTERM");
	CHECK_STR(life.event[1].source, "process");
	CHECK_INT(life.event[1].sender->pid.value, OUTER);
	CHECK_STR(life.event[1].outcome, "ignored");
	CHECK_TRUE(!life.event[1].end);
	life_clear(&life);
	joins_clear(&joins);
}

TEST(a_name_is_told_as_text)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct event_task other = event_of_task(EVENT_TASK, 300, 0, 15);
	struct event_signal term = event_of_signal(300, INIT, SIGTERM, VERDICT_RESULT_IGNORED);
	struct life life;

	strcpy(other.name, "\033[2J\xff");
	add_container(&model);
	take(&model, &joins, &other);
	take(&model, &joins, &term);
	life = obituary_of(&joins, model_find(&model, INIT), 0);
	CHECK_STR(life.event[1].sender->name, "?[2J?");
	life_clear(&life);
	joins_clear(&joins);
}
