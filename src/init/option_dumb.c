// SPDX-License-Identifier: 0BSD
/*
 * option_dumb - husk-init under the name dumb-init
 */
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "init/option_part.h"
#include "init/words.h"

enum { REWRITE_MAX = 31, CODE_EXEC_FAILED = 2 };

/* The version whose contract is kept. */
static const char version[] = "dumb-init v1.2.5\n";

static const char help[] =
	"usage: dumb-init [OPTIONS] PROGRAM [ARGS]\n"
	"\n"
	"husk-init, with the options and the manners of dumb-init.\n"
	"\n"
	"  -c, --single-child  no session of its own; signals go to PROGRAM alone\n"
	"                      (DUMB_INIT_SETSID=0)\n"
	"  -r, --rewrite S:R   pass on signal R in place of S, numbers from 1 to 31;\n"
	"                      R=0 drops S; may be repeated\n"
	"  -v, --verbose       say what is done on stderr (DUMB_INIT_DEBUG=1)\n"
	"  -h, --help          this text\n"
	"  -V, --version       the version\n";

static const char usage[] = "usage: dumb-init [OPTIONS] PROGRAM [ARGS]\n"
			    "dumb-init --help says more.\n";

static const char rewrite_usage[] =
	"dumb-init: -r takes SIGNAL:SIGNAL, numbers from 1 to 31, the second may be 0.\n";

static const struct init_flag flags[] = {
	{ 'c', "single-child", false }, { 'r', "rewrite", true }, { 'v', "verbose", false },
	{ 'h', "help", false },		{ 'V', "version", false }, { 0, "", false },
};

/* A session of its own hears no stop from the terminal; it gets what cannot be missed. */
static const uint8_t terminal_stops[] = { SIGTSTP, SIGTTIN, SIGTTOU };

static int parse_rewrite(char *value, struct init_policy *io_policy)
{
	char *colon = strchr(value, ':');
	long long from, to;
	int r;

	if (!colon)
		return -EINVAL;
	*colon = '\0';
	r = text_number(value, 1, REWRITE_MAX, &from);
	*colon = ':';
	if (r < 0 || text_number(colon + 1, 0, REWRITE_MAX, &to) < 0)
		return -EINVAL;
	io_policy->rule[from].becomes = (uint8_t)to;
	return 0;
}

static bool is_env(char *const *env, const char *name, const char *value)
{
	const char *found = init_option_env(env, name);

	return found && strcmp(found, value) == 0;
}

static void set_place(bool is_single, struct init_options *io_options)
{
	struct init_policy *policy = &io_options->policy;

	io_options->place = is_single ? INIT_SAME_GROUP : INIT_OWN_SESSION;
	if (is_single)
		return;
	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		policy->rule[signal].target = INIT_TO_GROUP;
	for (size_t i = 0; i < countof(terminal_stops); i++)
		if (policy->rule[terminal_stops[i]].becomes == terminal_stops[i])
			policy->rule[terminal_stops[i]].becomes = SIGSTOP;
	policy->farewell = policy->rule[SIGTERM].becomes;
}

int init_option_dumb(char **io_argv, char *const *env, struct init_options *io_options,
		     struct init_text *io_reply)
{
	bool is_single = is_env(env, "DUMB_INIT_SETSID", "0");
	struct init_words words;
	int key;

	io_options->policy.ends_with_main = true;
	io_options->policy.suspends_itself = true;
	io_options->code_not_found = io_options->code_cannot_exec =
		io_options->code_exec_failed = CODE_EXEC_FAILED;
	io_options->verbosity = is_env(env, "DUMB_INIT_DEBUG", "1");
	init_words_begin(&words, io_argv, flags, false);
	while ((key = init_words_next(&words)) != INIT_WORDS_END) {
		if (key == 'h' || key == 'V')
			return init_option_refuse(io_options, io_reply, 0,
						  key == 'h' ? help : version);
		if (key < 0) {
			init_option_blame(&words, key, io_argv[0], io_reply);
			return init_option_refuse(io_options, io_reply, 1, "");
		}
		if (key == 'r' && parse_rewrite(words.value, &io_options->policy) < 0)
			return init_option_refuse(io_options, io_reply, 1, rewrite_usage);
		is_single |= key == 'c';
		io_options->verbosity |= key == 'v';
	}
	set_place(is_single, io_options);
	io_options->program = words.operands;
	return *words.operands ? 0 : init_option_refuse(io_options, io_reply, 1, usage);
}
