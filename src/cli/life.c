// SPDX-License-Identifier: GPL-2.0-or-later
/* life - stop, wait, why: how a container ends, and how it ended */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/log.h"
#include "base/scope.h"
#include "cli/command.h"
#include "cli/options.h"
#include "container/stop.h"
#include "signal/name.h"
#include "state/engine.h"
#include "state/life.h"
#include "state/match.h"
#include "view/why.h"

enum { DEFAULT_TIMEOUT_MS = 10000 };

struct stop_values {
	const char *signal;
	struct maybe_int timeout;
	bool all;
};

const struct option stop_options[] = {
	{ "signal", 's', OPTION_TEXT, offsetof(struct stop_values, signal), "SIGNAL",
	  "first signal (default: the image's stop signal, else TERM)" },
	{ "timeout", 't', OPTION_DURATION, offsetof(struct stop_values, timeout), "DURATION",
	  "until SIGKILL (default 10s)" },
	{ "all", 'a', OPTION_FLAG, offsetof(struct stop_values, all), NULL,
	  "the first signal goes to every process" },
	{ 0 },
};

static void print_stopped(const char *id, const struct container_stop_result *result)
{
	autotext struct text line = { 0 };

	if (result->was_stopped)
		text_add(&line, "%s: had ended before", id);
	else
		text_add(&line, "%s: %s after %lld.%03lld s", id,
			 result->was_killed ? "killed" : "stopped",
			 (long long)result->took_ms / 1000, (long long)result->took_ms % 1000);
	if (result->wait_status.is_set)
		text_add(&line, ", exit status %d",
			 child_exit_code((int)result->wait_status.value));
	if (result->was_killed && result->ignored_by)
		text_add(&line, "\n  %s came to nothing: %s", signal_name(result->signal),
			 result->ignored_by);
	printf("%s\n", text_get(&line));
}

/* Something stands in the cursor's line that is to be wiped. */
static bool is_waiting_shown;

/* On a terminal, where nothing else tells that something is going on. */
static void show_waiting(const char *id, int64_t left_ms)
{
	is_waiting_shown = true;
	fprintf(stderr, "\r\033[K%s: waiting for its end, SIGKILL in %lld s", id,
		(long long)(left_ms + 999) / 1000);
}

static int report_stops(char *const *ids, size_t count,
			const struct container_stop_result *results, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < count; i++) {
		if (results[i].error.code == 0) {
			print_stopped(ids[i], &results[i]);
			continue;
		}
		if (r < 0)
			log_warning("%s", err->text);
		*err = results[i].error;
		r = error_wrap(err, "stop %s", ids[i]);
	}
	return r;
}

int cmd_stop(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct stop_values values = { .timeout = { false, DEFAULT_TIMEOUT_MS } };
	struct container_stop_options options;
	autofree struct container_stop_result *results = NULL;
	autostore struct store store = STORE_NONE;
	int words = command_options(command_find("stop"), OPTION_MIXED, 1, -1, argc, argv, &values,
				    err);

	TRY(words);
	options = (struct container_stop_options){
		.timeout_ms = values.timeout.value,
		.to_all = values.all,
		.waiting = isatty(STDERR_FILENO) ? show_waiting : NULL,
	};
	if (values.signal && signal_parse(values.signal, &options.signal) < 0)
		return error_set(err, EINVAL, "stop: --signal: \"%s\" is not a signal",
				 values.signal);
	TRY(store_open(io_context->root, &store, err));
	results = mem_new((size_t)words * sizeof(*results));
	container_stop(&store, argv, (size_t)words, &options, results);
	if (is_waiting_shown)
		fputs("\r\033[K", stderr);
	return report_stops(argv, (size_t)words, results, err);
}

int cmd_wait(struct context *io_context, int argc, char **argv, struct error *err)
{
	autostore struct store store = STORE_NONE;
	int status;

	TRY(command_options(command_find("wait"), OPTION_MIXED, 1, 1, argc, argv, NULL, err));
	TRY(store_open(io_context->root, &store, err));
	status = container_wait(&store, argv[0], err);
	if (status < 0)
		return error_wrap(err, "wait %s", argv[0]);
	printf("%d\n", status);
	return 0;
}

struct why_values {
	bool json;
	const char *format;
};

const struct option why_options[] = {
	{ "json", 0, OPTION_FLAG, offsetof(struct why_values, json), NULL, "for machines" },
	{ "format", 'f', OPTION_TEXT, offsetof(struct why_values, format), "text|json",
	  "how to print" },
	{ 0 },
};

/* A container that is there, or the story of one that is not any more. */
static int find_story(const struct state_match *match, struct life *ret_life, struct error *err)
{
	autostore struct store store = STORE_NONE;
	autosubject struct subject subject = SUBJECT_NONE;
	int r;

	TRY(store_open(match->root, &store, err));
	r = container_subject_find(&store, match->id, &subject, err);
	if (r == -ENOENT)
		return life_find_past(&store, match->id, ret_life, err);
	TRY(r);
	container_stop_look(&subject);
	return life_read(&subject.entry, ret_life, err);
}

/* Without --root the engines' roots count as well: that is where `run` of an engine led. */
static int find_match(const char *root, const char *word, struct arena *io_arena,
		      struct state_match *ret_match, struct error *err)
{
	struct state_roots roots = { 0 };

	state_roots_add(root, io_arena, &roots);
	if (!root)
		state_engine_roots("/run", io_arena, &roots);
	return state_match_find(&roots, word, io_arena, ret_match, err);
}

static int tell(const char *root, const char *word, bool is_json, struct text *io_text,
		struct error *err)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	autolife struct life life = { 0 };
	struct state_match match;

	TRY(find_match(root, word, &arena, &match, err));
	TRY(find_story(&match, &life, err));
	if (is_json) {
		why_json(&life, io_text);
		return 0;
	}
	why_text(&life, io_text);
	if (match.root && !root)
		text_add(io_text, "  kept in %s\n", match.root);
	return 0;
}

int cmd_why(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct why_values values = { .format = "text" };
	autotext struct text text = { 0 };
	bool is_json;

	TRY(command_options(command_find("why"), OPTION_MIXED, 1, 1, argc, argv, &values, err));
	is_json = values.json || strcmp(values.format, "json") == 0;
	if (!is_json && strcmp(values.format, "text") != 0)
		return error_set(err, EINVAL, "why: --format: \"%s\" is not one of text, json",
				 values.format);
	if (tell(io_context->root, argv[0], is_json, &text, err) < 0)
		return error_wrap(err, "why %s", argv[0]);
	printf("%s", text_get(&text));
	return 0;
}
