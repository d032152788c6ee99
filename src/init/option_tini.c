// SPDX-License-Identifier: 0BSD
/*
 * option_tini - husk-init under the names tini, tini-static and docker-init
 *
 * A daemon reads the first words of the version, "tini version X - git.HASH".
 */
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "init/option_part.h"
#include "init/version.h"
#include "init/words.h"

enum { VERBOSITY_DEFAULT = 1 };

static const char version[] = "tini version 0.19.0_husk - git." INIT_COMMIT "\n";

static const char help[] =
	"usage: tini [OPTIONS] [--] PROGRAM [ARGS]\n"
	"       tini --version\n"
	"\n"
	"husk-init, with the options and the manners of tini.\n"
	"\n"
	"  -s       become a subreaper when not PID 1 (TINI_SUBREAPER)\n"
	"  -p SIG   be sent SIG, a full name like SIGTERM, when the parent ends\n"
	"  -v       say more; up to three times (TINI_VERBOSITY=N)\n"
	"  -w       warn of each orphan that is reaped\n"
	"  -g       send signals to the process group (TINI_KILL_PROCESS_GROUP)\n"
	"  -e CODE  exit with 0 in place of CODE, 0 to 255; may be repeated\n"
	"  -h, -l   this text; the licence\n";

static const char licence[] = "husk-init: 0BSD\n";

static const struct init_flag flags[] = {
	{ 'p', "", true },  { 'h', "", false }, { 'v', "", false }, { 'w', "", false },
	{ 'g', "", false }, { 'l', "", false }, { 'e', "", true },  { 's', "", false },
	{ 0, "", false },
};

/* Faults of the processor, and what would stop tini itself: they are not passed on. */
static const uint8_t kept[] = { SIGFPE,	 SIGILL, SIGSEGV, SIGBUS, SIGABRT,
				SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU };

/* Only the names that tini knows: in capitals and in full, no second names, no real-time. */
static int parse_death_signal(const char *text, struct init_options *io_options)
{
	int signal;

	if (signal_parse(text, &signal) < 0 || signal >= SIGNAL_REALTIME_MIN)
		return -EINVAL;
	if (strcmp(signal_name(signal), text) != 0)
		return -EINVAL;
	if (signal == SIGSTKFLT || signal == SIGIO || signal == SIGPWR)
		return -EINVAL;
	io_options->parent_death_signal = signal;
	return 0;
}

static int parse_exit_code(const char *text, struct init_options *io_options)
{
	long long code;

	if (text_number(text, 0, 255, &code) < 0)
		return -EINVAL;
	io_options->policy.exit_map[code] = 0;
	return 0;
}

static void aim_at_group(struct init_options *io_options)
{
	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		io_options->policy.rule[signal].target = INIT_TO_GROUP;
}

static int parse_one(int key, const struct init_words *words, struct init_options *io_options)
{
	switch (key) {
	case 's':
		io_options->is_subreaper = true;
		return 0;
	case 'w':
		io_options->tells_orphans = true;
		return 0;
	case 'v':
		io_options->verbosity++;
		return 0;
	case 'g':
		aim_at_group(io_options);
		return 0;
	case 'p':
		return parse_death_signal(words->value, io_options);
	default:
		return parse_exit_code(words->value, io_options);
	}
}

/* As atoi(3) reads it: what is no number is 0. */
static int loose_number(const char *text)
{
	int number = 0;

	for (; *text >= '0' && *text <= '9' && number < 1000; text++)
		number = 10 * number + (*text - '0');
	return number;
}

static void read_variables(char *const *env, struct init_options *io_options)
{
	const char *verbosity = init_option_env(env, "TINI_VERBOSITY");

	if (init_option_env(env, "TINI_SUBREAPER"))
		io_options->is_subreaper = true;
	if (init_option_env(env, "TINI_KILL_PROCESS_GROUP"))
		aim_at_group(io_options);
	if (verbosity)
		io_options->verbosity = loose_number(verbosity);
}

static void set_defaults(struct init_options *io_options)
{
	io_options->policy.ends_with_main = true;
	for (size_t i = 0; i < countof(kept); i++)
		io_options->policy.rule[kept[i]].becomes = 0;
	io_options->keeps_signals = true;
	io_options->verbosity = VERBOSITY_DEFAULT;
	io_options->code_not_found = 127;
	io_options->code_cannot_exec = 126;
	io_options->code_exec_failed = 1;
}

static int refuse_value(int key, const char *value, struct init_options *io_options,
			struct init_text *io_reply)
{
	init_text_add(io_reply, "[FATAL tini] Not a valid option for -");
	init_text_add(io_reply, key == 'p' ? "p: " : "e: ");
	init_text_add(io_reply, value);
	return init_option_refuse(io_options, io_reply, 1, "\n");
}

int init_option_tini(char **io_argv, char *const *env, struct init_options *io_options,
		     struct init_text *io_reply)
{
	struct init_words words;
	int key;

	set_defaults(io_options);
	if (io_argv[1] && !io_argv[2] && strcmp(io_argv[1], "--version") == 0)
		return init_option_say(io_options, io_reply, 0, version);
	init_words_begin(&words, io_argv, flags, true);
	while ((key = init_words_next(&words)) != INIT_WORDS_END) {
		if (key == 'h')
			return init_option_say(io_options, io_reply, 0, help);
		if (key == 'l')
			return init_option_say(io_options, io_reply, 0, licence);
		if (key < 0) {
			init_option_blame(&words, key, io_argv[0], io_reply);
			return init_option_refuse(io_options, io_reply, 1, help);
		}
		if (parse_one(key, &words, io_options) < 0)
			return refuse_value(key, words.value, io_options, io_reply);
	}
	read_variables(env, io_options);
	io_options->program = words.operands;
	return *words.operands ? 0 : init_option_refuse(io_options, io_reply, 1, help);
}
