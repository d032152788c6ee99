// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line of husk-init under each of its names, and what it decides by it */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "init/decide.h"
#include "init/option.h"
#include "init/report.h"

enum { WORDS_MAX = 64, REPLY_SIZE = 4096, STATUS_EXITED_1 = 1 << 8 };

/* A line is a word; those behind an empty line are the environment. */
static void split(char *io_text, char **ret_argv, char **ret_env)
{
	char **list = ret_argv, *line;
	size_t count = 0;

	while (count < WORDS_MAX && (line = strsep(&io_text, "\n"))) {
		if (*line || list == ret_env) {
			list[count++] = line;
			continue;
		}
		list[count] = NULL;
		list = ret_env;
		count = 0;
	}
	list[count] = NULL;
}

static void tell(struct init_state *io_state, struct init_event event, int64_t *io_now_ms)
{
	struct init_actions actions = { 0 };
	int64_t next_ms;

	event.now_ms = *io_now_ms;
	init_decide(io_state, &event, &actions);
	FUZZ_MUST(actions.count >= 0 && actions.count <= INIT_ACTIONS_MAX);
	next_ms = init_next_ms(io_state);
	if (next_ms != INIT_NEVER && next_ms > *io_now_ms)
		*io_now_ms = next_ms;
}

/* Every signal, the end of the main child, and the times that come of it. */
static void decide(const struct init_policy *policy)
{
	struct init_delayed delayed[SIGNAL_MAX + 1] = { 0 };
	struct init_state state = { .policy = policy, .delayed = delayed, .can_suspend = true };
	int64_t now_ms = 1;

	init_decide_begin(&state, now_ms);
	for (int number = 1; number <= SIGNAL_MAX; number++)
		tell(&state, (struct init_event){ .kind = INIT_EVENT_SIGNAL,
						  .signal = { .number = number } }, &now_ms);
	tell(&state, (struct init_event){ .kind = INIT_EVENT_TIME }, &now_ms);
	tell(&state, (struct init_event){ .kind = INIT_EVENT_MAIN_ENDED,
					  .wait_status = STATUS_EXITED_1 }, &now_ms);
	for (int i = 0; i < 4; i++)
		tell(&state, (struct init_event){ .kind = INIT_EVENT_TIME }, &now_ms);
	tell(&state, (struct init_event){ .kind = INIT_EVENT_EMPTY }, &now_ms);
}

void fuzz_one(const char *text, size_t size)
{
	char *argv[WORDS_MAX + 1] = { NULL }, *env[WORDS_MAX + 1] = { NULL };
	char room[REPLY_SIZE], *copy = strndup(text, size);
	struct init_options options = { 0 };
	struct init_text reply = INIT_TEXT_IN(room);

	split(copy, argv, env);
	if (argv[0] && init_option_parse(argv, env, &options, &reply) >= 0) {
		FUZZ_MUST(options.program);
		decide(&options.policy);
	}
	FUZZ_MUST(reply.size < sizeof(room));
	free(copy);
}
