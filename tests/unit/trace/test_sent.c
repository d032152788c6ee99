// SPDX-License-Identifier: GPL-2.0-or-later
#include "events.h"

/* What the event says, and who is behind it. */
TEST(the_source_is_told_by_code_and_flags)
{
	static const struct {
		uint32_t from;
		int signal;
		int32_t code;
		uint32_t flags;
		enum model_source source;
	} rows[] = {
		{ OUTER, SIGTERM, SI_USER, EVENT_SIGNAL_GROUP, MODEL_BY_PROCESS },
		{ OUTER, SIGTERM, SI_TKILL, 0, MODEL_BY_PROCESS },
		{ OUTER, SIGALRM, SI_TIMER, EVENT_SIGNAL_GROUP, MODEL_BY_TIMER },
		{ OUTER, SIGCHLD, CLD_EXITED, EVENT_SIGNAL_GROUP, MODEL_BY_CHILD },
		{ INNER, SIGSEGV, SEGV_MAPERR, 0, MODEL_BY_FAULT },
		{ INNER, SIGINT, SI_KERNEL, EVENT_SIGNAL_GROUP, MODEL_BY_TERMINAL },
		{ INIT, SIGKILL, 0, EVENT_SIGNAL_PRIVATE, MODEL_BY_INIT },
		{ OUTER, SIGKILL, 0, EVENT_SIGNAL_PRIVATE, MODEL_BY_KERNEL },
		{ OUTER, SIGKILL, 0, EVENT_SIGNAL_NO_INFO, MODEL_BY_CGROUP },
		{ OUTER, SIGTERM, 0, EVENT_SIGNAL_NO_INFO | EVENT_SIGNAL_GROUP, MODEL_BY_PARENT },
	};
	automodel struct model model = { 0 };

	add_container(&model);
	for (size_t i = 0; i < countof(rows); i++) {
		struct event_signal event = event_of_signal(rows[i].from, INNER, rows[i].signal,
							    VERDICT_RESULT_DELIVERED);

		event.code = rows[i].code;
		event.flags = rows[i].flags;
		CHECK_INT(add(&model, &event).signal->source, rows[i].source);
	}
}

static const char *rule_of(struct model *io_model, const struct event_signal *event)
{
	const struct verdict *verdict = &add(io_model, event).signal->verdict;

	return verdict->step[verdict->step_count - 1]->id;
}

TEST(the_rule_explains_what_the_kernel_did)
{
	static const struct {
		uint32_t from, to;
		int signal;
		enum verdict_result result;
		enum event_disposition disposition;
		uint32_t flags;
		const char *rule;
	} rows[] = {
		{ OUTER, INIT, SIGTERM, VERDICT_RESULT_IGNORED, EVENT_DEFAULT,
		  EVENT_SIGNAL_UNKILLABLE, "init-no-handler" },
		{ INNER, INIT, SIGKILL, VERDICT_RESULT_IGNORED, EVENT_DEFAULT,
		  EVENT_SIGNAL_UNKILLABLE, "init-from-inside" },
		{ OUTER, INIT, SIGKILL, VERDICT_RESULT_DELIVERED, EVENT_DEFAULT,
		  EVENT_SIGNAL_UNKILLABLE | EVENT_SIGNAL_EXITING, "sure-kill" },
		{ OUTER, INNER, SIGTERM, VERDICT_RESULT_DELIVERED, EVENT_DEFAULT,
		  EVENT_SIGNAL_EXITING, "default-terminates" },
		{ OUTER, INNER, SIGTERM, VERDICT_RESULT_IGNORED, EVENT_DEFAULT,
		  EVENT_SIGNAL_EXITING, "dying" },
		{ OUTER, INNER, SIGTERM, VERDICT_RESULT_IGNORED, EVENT_IGNORED, 0, "set-to-ignore" },
		{ OUTER, INNER, SIGWINCH, VERDICT_RESULT_IGNORED, EVENT_DEFAULT, 0,
		  "ignored-by-default" },
		{ OUTER, INNER, SIGUSR1, VERDICT_RESULT_DELIVERED, EVENT_HANDLER, 0, "handler" },
		{ OUTER, INNER, SIGUSR1, VERDICT_RESULT_DELIVERED, EVENT_DEFAULT,
		  EVENT_SIGNAL_BLOCKED | EVENT_SIGNAL_WAITED, "awaited" },
		{ OUTER, INNER, SIGSTOP, VERDICT_RESULT_DELIVERED, EVENT_DEFAULT, 0, "sure-stop" },
		{ OUTER, INNER, SIGCONT, VERDICT_RESULT_DELIVERED, EVENT_HANDLER,
		  EVENT_SIGNAL_CONTINUES, "handler" },
	};
	automodel struct model model = { 0 };

	add_container(&model);
	for (size_t i = 0; i < countof(rows); i++) {
		struct event_signal event = event_of_signal(rows[i].from, rows[i].to,
							    rows[i].signal, rows[i].result);

		event.disposition = (uint8_t)rows[i].disposition;
		event.flags = rows[i].flags | EVENT_SIGNAL_GROUP;
		CHECK_STR(rule_of(&model, &event), rows[i].rule);
	}
}

TEST(second_of_a_number_is_coalesced_whichever_queue_it_is_in)
{
	automodel struct model model = { 0 };
	struct event_signal event = event_of_signal(OUTER, INNER, SIGUSR1,
						    VERDICT_RESULT_ALREADY_PENDING);

	add_container(&model);
	CHECK_INT(verdict_now(&add(&model, &event).signal->verdict), VERDICT_COALESCED);
	event.flags = 0;
	CHECK_INT(verdict_now(&add(&model, &event).signal->verdict), VERDICT_COALESCED);
}

TEST(full_queue_refuses_or_forgets)
{
	automodel struct model model = { 0 };
	struct event_signal event = event_of_signal(OUTER, INNER, SIGRTMIN,
						    VERDICT_RESULT_OVERFLOW_FAIL);

	add_container(&model);
	event.code = SI_QUEUE;
	CHECK_STR(rule_of(&model, &event), "queue-refuses");
	event.result = VERDICT_RESULT_LOSE_INFO;
	event.code = SI_USER;
	event.disposition = EVENT_HANDLER;
	CHECK_INT(add(&model, &event).signal->verdict.result, VERDICT_RESULT_LOSE_INFO);
	CHECK_STR(rule_of(&model, &event), "handler");
}

TEST(what_a_stopped_process_gets_waits_and_sigcont_resumes_it)
{
	static const struct {
		int signal;
		enum verdict_result result;
		uint32_t flags;
		enum verdict_outcome now, end;
	} rows[] = {
		{ SIGTERM, VERDICT_RESULT_DELIVERED, EVENT_SIGNAL_STOPPED, VERDICT_QUEUED,
		  VERDICT_TERMINATE },
		{ SIGKILL, VERDICT_RESULT_DELIVERED, EVENT_SIGNAL_STOPPED, VERDICT_TERMINATE,
		  VERDICT_TERMINATE },
		{ SIGCONT, VERDICT_RESULT_IGNORED, EVENT_SIGNAL_CONTINUES, VERDICT_CONTINUE,
		  VERDICT_IGNORED },
		{ SIGCONT, VERDICT_RESULT_IGNORED, 0, VERDICT_IGNORED, VERDICT_IGNORED },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		automodel struct model model = { 0 };
		struct event_signal event = event_of_signal(OUTER, INNER, rows[i].signal,
							    rows[i].result);
		const struct verdict *verdict;

		add_container(&model);
		event.flags |= rows[i].flags;
		verdict = &add(&model, &event).signal->verdict;
		CHECK_INT(verdict_now(verdict), rows[i].now);
		CHECK_INT(verdict_end(verdict), rows[i].end);
	}
}
