// SPDX-License-Identifier: 0BSD
/*
 * option_native - husk-init under its own name
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "init/option_part.h"
#include "init/version.h"
#include "init/words.h"
#include "signal/name.h"

enum { CODE_USAGE = 125, CODE_CANNOT_EXEC = 126, CODE_NOT_FOUND = 127 };
enum { GRACE_DEFAULT_MS = 10000, MARGIN_PARTS = 20, DELAY_MAX_MS = 24 * 60 * 60 * 1000 };

static const char help[] =
	"usage: husk-init [OPTIONS] [--] PROGRAM [ARGS]\n"
	"       husk-init -P\n"
	"\n"
	"Runs PROGRAM as the first process of a container: passes signals on, reaps orphans,\n"
	"and ends only after everybody was asked to end. Exits as PROGRAM does, 128+N when\n"
	"signal N ended it, 126/127 when it cannot be run or found, 125 for a bad option.\n"
	"\n"
	"  --grace D            from a stop signal to SIGKILL (10s)\n"
	"  --margin D           so much before the end of the grace (a 20th of it)\n"
	"  --end-grace D        from the end of PROGRAM to SIGKILL for the others (as --grace)\n"
	"  --wait-all           when PROGRAM ends, wait for the others; ask nobody to end\n"
	"  --stop-signal S      S stops all as TERM, INT and QUIT do\n"
	"  --forward [S=]TO     send S, or all but stop signals, to child, group or all\n"
	"  --map S=T            T in place of S\n"
	"  --drop S             S goes to nobody\n"
	"  --delay S=D          pass S on only after D\n"
	"  --exit-map N=M       exit with M in place of N\n"
	"  --stop-is-success    143, 137 and 130 are 0 when a stop was asked for\n"
	"  --keep-signals       PROGRAM inherits signal mask and dispositions\n"
	"  --orphan-timeout D   orphans that live longer get TERM, then KILL\n"
	"  --report FILE        write what happened as JSON when all is over\n"
	"  -v                   one line about it on stderr, as always on a terminal\n"
	"  -P                   no program: reap, and wait for TERM, INT or QUIT\n"
	"  -h, --help           this text\n"
	"  --version            the version\n"
	"\n"
	"D is 500ms, 10s or 1h30m; S is TERM, SIGTERM, 15 or RTMIN+3.\n"
	"Named tini, docker-init, dumb-init or catatonit it takes the options of that one.\n";

enum key {
	KEY_GRACE = 256,
	KEY_MARGIN,
	KEY_END_GRACE,
	KEY_WAIT_ALL,
	KEY_STOP_SIGNAL,
	KEY_FORWARD,
	KEY_MAP,
	KEY_DROP,
	KEY_DELAY,
	KEY_EXIT_MAP,
	KEY_STOP_IS_SUCCESS,
	KEY_KEEP_SIGNALS,
	KEY_ORPHAN_TIMEOUT,
	KEY_REPORT,
	KEY_VERSION,
};

static const struct init_flag flags[] = {
	{ KEY_GRACE, "grace", true },
	{ KEY_MARGIN, "margin", true },
	{ KEY_END_GRACE, "end-grace", true },
	{ KEY_WAIT_ALL, "wait-all", false },
	{ KEY_STOP_SIGNAL, "stop-signal", true },
	{ KEY_FORWARD, "forward", true },
	{ KEY_MAP, "map", true },
	{ KEY_DROP, "drop", true },
	{ KEY_DELAY, "delay", true },
	{ KEY_EXIT_MAP, "exit-map", true },
	{ KEY_STOP_IS_SUCCESS, "stop-is-success", false },
	{ KEY_KEEP_SIGNALS, "keep-signals", false },
	{ KEY_ORPHAN_TIMEOUT, "orphan-timeout", true },
	{ KEY_REPORT, "report", true },
	{ KEY_VERSION, "version", false },
	{ 'v', "verbose", false },
	{ 'P', "pause", false },
	{ 'h', "help", false },
	{ 0, "", false },
};

/* Margins and graces depend on each other, whatever their order; -1: not given. */
struct times {
	int64_t grace_ms, margin_ms, end_grace_ms;
};

/* SIGKILL and SIGSTOP never come, and SIGCHLD is for init alone. */
static int parse_signal(const char *text, struct init_policy *policy, struct init_rule **ret_rule)
{
	int signal;

	if (signal_parse(text, &signal) < 0)
		return -EINVAL;
	if (signal == SIGKILL || signal == SIGSTOP || signal == SIGCHLD)
		return -EINVAL;
	*ret_rule = &policy->rule[signal];
	return 0;
}

static int parse_target(const char *text, enum init_target *ret_target)
{
	static const char *const names[] = { "child", "group", "all" };

	for (int i = INIT_TO_CHILD; i <= INIT_TO_ALL; i++) {
		if (strcmp(names[i], text) != 0)
			continue;
		*ret_target = (enum init_target)i;
		return 0;
	}
	return -EINVAL;
}

static void aim(struct init_rule *io_rule, enum init_target target)
{
	io_rule->target = (uint8_t)target;
	/* To all: then it may as well go on to be a stop. To fewer: that is no stop of all. */
	if (target != INIT_TO_ALL)
		io_rule->stops = false;
}

/* The words of "LEFT=RIGHT"; @right is NULL when there is no "=". */
struct pair {
	const char *left, *right;
};

static int parse_forward(struct pair pair, struct init_policy *io_policy)
{
	struct init_rule *rule;
	enum init_target target;

	if (parse_target(pair.right ? pair.right : pair.left, &target) < 0)
		return -EINVAL;
	if (pair.right) {
		TRY(parse_signal(pair.left, io_policy, &rule));
		aim(rule, target);
		return 0;
	}
	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		if (!io_policy->rule[signal].stops)
			io_policy->rule[signal].target = (uint8_t)target;
	return 0;
}

static int parse_map(struct pair pair, struct init_policy *io_policy)
{
	struct init_rule *rule;
	int signal;

	if (!pair.right || signal_parse(pair.right, &signal) < 0)
		return -EINVAL;
	TRY(parse_signal(pair.left, io_policy, &rule));
	rule->becomes = (uint8_t)signal;
	return 0;
}

static int parse_delay(struct pair pair, struct init_policy *io_policy)
{
	struct init_rule *rule;
	int64_t ms;

	if (!pair.right || init_option_duration(pair.right, &ms) < 0 || ms > DELAY_MAX_MS)
		return -EINVAL;
	TRY(parse_signal(pair.left, io_policy, &rule));
	rule->delay_ms = (int32_t)ms;
	return 0;
}

static int parse_exit_map(struct pair pair, struct init_policy *io_policy)
{
	long long from, to;

	if (!pair.right || text_number(pair.left, 0, 255, &from) < 0 ||
	    text_number(pair.right, 0, 255, &to) < 0)
		return -EINVAL;
	io_policy->exit_map[from] = (uint8_t)to;
	return 0;
}

static int parse_rule(int key, struct pair pair, struct init_policy *io_policy)
{
	struct init_rule *rule;

	switch (key) {
	case KEY_FORWARD:
		return parse_forward(pair, io_policy);
	case KEY_MAP:
		return parse_map(pair, io_policy);
	case KEY_DELAY:
		return parse_delay(pair, io_policy);
	case KEY_EXIT_MAP:
		return parse_exit_map(pair, io_policy);
	default:
		break;
	}
	TRY(pair.right ? -EINVAL : parse_signal(pair.left, io_policy, &rule));
	if (key == KEY_DROP)
		rule->becomes = 0;
	else
		rule->stops = true;
	return 0;
}

/* The word is whole again afterwards: it is shown in /proc, and in our own message. */
static int parse_pair(int key, char *value, struct init_policy *io_policy)
{
	char *equals = strchr(value, '=');
	int r;

	if (!equals)
		return parse_rule(key, (struct pair){ value, NULL }, io_policy);
	*equals = '\0';
	r = parse_rule(key, (struct pair){ value, equals + 1 }, io_policy);
	*equals = '=';
	return r;
}

static int parse_time(int key, const char *value, struct times *io_times,
		      struct init_policy *io_policy)
{
	switch (key) {
	case KEY_GRACE:
		return init_option_duration(value, &io_times->grace_ms);
	case KEY_MARGIN:
		return init_option_duration(value, &io_times->margin_ms);
	case KEY_END_GRACE:
		return init_option_duration(value, &io_times->end_grace_ms);
	default:
		return init_option_duration(value, &io_policy->orphan_timeout_ms);
	}
}

/* -ENOENT: it is none of the switches. */
static int set_switch(int key, const char *value, struct init_options *io_options)
{
	switch (key) {
	case KEY_WAIT_ALL:
		io_options->policy.waits_for_all = true;
		return 0;
	case KEY_STOP_IS_SUCCESS:
		io_options->policy.stop_is_success = true;
		return 0;
	case KEY_KEEP_SIGNALS:
		io_options->keeps_signals = true;
		return 0;
	case KEY_REPORT:
		io_options->report = value;
		return *value ? 0 : -EINVAL;
	case 'P':
		io_options->policy.is_pause = true;
		return 0;
	case 'v':
		io_options->verbosity++;
		return 0;
	default:
		return -ENOENT;
	}
}

static int refuse(struct init_options *io_options, struct init_text *io_reply,
		  const char *const *words)
{
	init_text_add(io_reply, "husk-init: ");
	for (; *words; words++)
		init_text_add(io_reply, *words);
	return init_option_refuse(io_options, io_reply, CODE_USAGE, "\n");
}

#define REFUSE(...) refuse(io_options, io_reply, (const char *const[]){ __VA_ARGS__, NULL })

static bool is_time(int key)
{
	return key == KEY_GRACE || key == KEY_MARGIN || key == KEY_END_GRACE ||
	       key == KEY_ORPHAN_TIMEOUT;
}

static int parse_one(int key, const struct init_words *words, struct times *io_times,
		     struct init_options *io_options)
{
	int r = set_switch(key, words->value, io_options);

	if (r != -ENOENT)
		return r;
	if (is_time(key))
		return parse_time(key, words->value, io_times, &io_options->policy);
	return parse_pair(key, words->value, &io_options->policy);
}

static void set_times(const struct times *times, struct init_policy *io_policy)
{
	int64_t margin_ms = times->margin_ms < 0 ? times->grace_ms / MARGIN_PARTS
						 : times->margin_ms;

	io_policy->grace_ms = times->grace_ms > margin_ms ? times->grace_ms - margin_ms : 0;
	io_policy->end_grace_ms = times->end_grace_ms < 0 ? times->grace_ms : times->end_grace_ms;
}

static void set_defaults(struct init_options *io_options)
{
	struct init_rule *rule = io_options->policy.rule;

	rule[SIGTERM].stops = rule[SIGINT].stops = rule[SIGQUIT].stops = true;
	io_options->is_subreaper = true;
	io_options->code_not_found = CODE_NOT_FOUND;
	io_options->code_cannot_exec = io_options->code_exec_failed = CODE_CANNOT_EXEC;
}

int init_option_native(char **io_argv, struct init_options *io_options,
		       struct init_text *io_reply)
{
	struct times times = { GRACE_DEFAULT_MS, -1, -1 };
	struct init_words words;
	char *shown;
	int key;

	set_defaults(io_options);
	init_words_begin(&words, io_argv, flags, false);
	while ((key = init_words_next(&words)) != INIT_WORDS_END) {
		if (key == 'h')
			return init_option_say(io_options, io_reply, 0, help);
		if (key == KEY_VERSION)
			return init_option_say(io_options, io_reply, 0,
					       "husk-init version " INIT_VERSION "\n");
		if (key == INIT_WORDS_UNKNOWN)
			return REFUSE("option \"", words.word, "\" is not known");
		if (key == INIT_WORDS_NO_VALUE)
			return REFUSE(words.word, ": a value is wanted");
		shown = words.from[-1];
		if (parse_one(key, &words, &times, io_options) < 0)
			return REFUSE(words.word, shown == words.word ? "" : " ",
				      shown == words.word ? "" : shown,
				      is_time(key) ? ": wanted is a duration such as 10s"
						   : ": not understood");
	}
	set_times(&times, &io_options->policy);
	io_options->program = words.operands;
	if (io_options->policy.is_pause && *words.operands)
		return REFUSE("-P takes no program");
	if (!io_options->policy.is_pause && !*words.operands)
		return REFUSE("a program is wanted");
	return 0;
}
