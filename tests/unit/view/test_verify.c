// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/verify.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scene.h"
#include "test.h"

#define GENERATE(name, rest) \
	"  tr-2738  [001] d..1.  4131.694117: signal_generate: sig=15 errno=0 code=0 comm=" name rest

TEST(line_of_a_sending_is_read_from_behind_the_name)
{
	static const struct {
		const char *line;
		int result;
	} rows[] = {
		{ GENERATE("web", " pid=4711 grp=1 res=0"), 0 },
		{ GENERATE("web", " pid=4711 grp=1 res=2\n"), 2 },
		{ GENERATE("a pid=1 res=3", " pid=4711 grp=1 res=1"), 1 },
		{ GENERATE("web", " pid=4712 grp=1 res=0"), VERDICT_RESULT_NONE },
		{ "x-1 [000] 1.0: signal_generate: sig=9 errno=0 code=0 comm=w pid=4711 grp=1 res=0",
		  VERDICT_RESULT_NONE },
		{ "x-1 [000] 1.0: signal_generate: word", VERDICT_RESULT_NONE },
		{ "CPU:0 [LOST 12 EVENTS]", VERDICT_RESULT_NONE },
		{ "", VERDICT_RESULT_NONE },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct verify_seen seen = { .result = VERDICT_RESULT_NONE };
		struct scene s;

		scene_set(&s);
		verify_parse(rows[i].line, SIGTERM, &s.facts.target, &seen);
		CHECK_INT(seen.result, rows[i].result);
		CHECK_TRUE(!seen.generate == (rows[i].result == VERDICT_RESULT_NONE));
		verify_seen_clear(&seen);
	}
}

TEST(line_of_a_delivery_counts_when_a_thread_of_the_target_wrote_it)
{
	static const struct {
		const char *line;
		bool is_delivered, has_handler;
		int signal;
	} rows[] = {
		{ "web-4711 [001] d..1. 1.2: signal_deliver: sig=15 errno=0 code=0 sa_handler=0 "
		  "sa_flags=0", true, false, 15 },
		{ "web-4711 [001] d..1. 1.2: signal_deliver: sig=9 errno=0 code=0 sa_handler=0 "
		  "sa_flags=0", true, false, 9 },
		{ "a [3] b-1-4711    [001] d..1. 1.2: signal_deliver: sig=15 errno=0 code=0 "
		  "sa_handler=559327629dc0 sa_flags=4000000", true, true, 15 },
		{ "web-4712 [001] d..1. 1.2: signal_deliver: sig=15 errno=0 code=0 sa_handler=0 "
		  "sa_flags=0", false, false, 0 },
		{ "web-4711 [001] d..1. 1.2: signal_deliver: sig=14 errno=0 code=0 sa_handler=0 "
		  "sa_flags=0", false, false, 0 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct verify_seen seen = { 0 };
		struct scene s;

		scene_set(&s);
		verify_parse(rows[i].line, SIGTERM, &s.facts.target, &seen);
		CHECK_INT(seen.is_delivered, rows[i].is_delivered);
		CHECK_INT(seen.has_handler, rows[i].has_handler);
		CHECK_INT(seen.delivered_signal, rows[i].signal);
		verify_seen_clear(&seen);
	}
}

TEST(agreement_is_about_what_the_tracepoints_tell)
{
	static const struct {
		int signal;
		struct verify_seen seen;
		bool agrees;
	} rows[] = {
		{ SIGTERM, { .result = VERDICT_RESULT_IGNORED }, true },
		{ SIGTERM, { .result = VERDICT_RESULT_DELIVERED }, false },
		{ SIGTERM, { .result = VERDICT_RESULT_NONE }, false },
		{ SIGTERM, { .result = VERDICT_RESULT_NONE, .error = EPERM }, false },
		{ SIGTERM, { .result = VERDICT_RESULT_IGNORED, .is_delivered = true }, false },
		{ SIGHUP, { .result = VERDICT_RESULT_DELIVERED }, false },
		{ SIGHUP, { .result = VERDICT_RESULT_DELIVERED, .is_delivered = true,
			    .has_handler = true }, true },
		{ SIGHUP, { .result = VERDICT_RESULT_DELIVERED, .is_delivered = true }, false },
		{ SIGKILL, { .result = VERDICT_RESULT_DELIVERED, .has_ended = true }, true },
		{ SIGKILL, { .result = VERDICT_RESULT_DELIVERED }, false },
		{ SIGSTOP, { .result = VERDICT_RESULT_DELIVERED, .is_delivered = true }, true },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct verdict v;
		struct scene s;

		scene_set(&s);
		v = verdict_reach(rows[i].signal, &s.facts.target, &s.facts.sender);
		CHECK_INT(verify_agrees(&rows[i].seen, &v), rows[i].agrees);
	}
}

/* Sends to a child that sleeps with the default action, and gives back what came of it. */
static int send_to_child(int signal, struct verify_seen *ret_seen, bool *ret_agrees,
			 struct error *err)
{
	pid_t pid = fork();
	struct facts_request request = { .pid = pid };
	autofacts struct facts facts = { 0 };
	struct verdict v;
	int r;

	if (pid == 0)
		for (;;)
			pause();
	r = facts_read(&request, &facts, err);
	if (r == 0) {
		v = verdict_reach(signal, &facts.target, &facts.sender);
		r = verify_send(&facts, &v, ret_seen, err);
		*ret_agrees = r == 0 && verify_agrees(ret_seen, &v);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return r;
}

TEST(kernel_tells_what_it_did)
{
	static const int signals[] = { SIGTERM, SIGSTOP, SIGCHLD, SIGKILL, SIGQUIT };

	if (geteuid() != 0)
		SKIP("needs root");
	for (size_t i = 0; i < countof(signals); i++) {
		struct verify_seen seen;
		struct error err;
		bool agrees = false;
		int r = send_to_child(signals[i], &seen, &agrees, &err);

		if (r == -EOPNOTSUPP || r == -ENODEV || r == -EPERM || r == -EACCES)
			SKIP("needs tracefs and the outermost pid namespace");
		CHECK_OK(r, err);
		CHECK_TRUE(seen.generate);
		verify_seen_clear(&seen);
		CHECK_TRUE(agrees);
	}
}
