// SPDX-License-Identifier: 0BSD
/*
 * option_catatonit - husk-init under the name catatonit
 *
 * A daemon reads the first words of the version, which are tini's.
 */
#include <signal.h>
#include <stddef.h>

#include "base/scope.h"
#include "init/option_part.h"
#include "init/words.h"

static const char version[] = "tini version 0.1.7_catatonit\n";

static const char usage[] = "usage: catatonit [-ghLPV] [--] PROGRAM [ARGS]\n";

static const char help[] = "\n"
			   "husk-init, with the options and the manners of catatonit.\n"
			   "\n"
			   "  -g             send signals to the process group\n"
			   "  -P             no program: reap, and wait for SIGTERM or SIGINT\n"
			   "  -h, -L         this text; the licence\n"
			   "  -V, --version  the version\n";

static const char licence[] = "husk-init: 0BSD\n";

static const struct init_flag flags[] = {
	{ 'g', "", false },	   { 'h', "", false }, { 'L', "", false },
	{ 'P', "", false },	   { 'V', "version", false }, { 0, "", false },
};

static const uint8_t kept[] = { SIGFPE,	 SIGILL, SIGSEGV, SIGBUS,  SIGABRT,
				SIGTRAP, SIGSYS, SIGTSTP, SIGTTIN, SIGTTOU };

static void aim_at_group(struct init_policy *io_policy)
{
	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		io_policy->rule[signal].target = INIT_TO_GROUP;
}

static void pause_instead(struct init_policy *io_policy)
{
	io_policy->is_pause = true;
	io_policy->rule[SIGTERM].stops = io_policy->rule[SIGINT].stops = true;
}

static void set_defaults(char *const *env, struct init_options *io_options)
{
	io_options->policy.ends_with_main = true;
	for (size_t i = 0; i < countof(kept); i++)
		io_options->policy.rule[kept[i]].becomes = 0;
	io_options->keeps_signals = true;
	io_options->is_subreaper = true;
	io_options->verbosity = init_option_env(env, "CATATONIT_DEBUG") != NULL;
	io_options->code_not_found = io_options->code_cannot_exec =
		io_options->code_exec_failed = 1;
}

int init_option_catatonit(char **io_argv, char *const *env, struct init_options *io_options,
			  struct init_text *io_reply)
{
	struct init_words words;
	int key;

	set_defaults(env, io_options);
	if (init_option_env(env, "CATATONIT_LOG"))
		return init_option_refuse(io_options, io_reply, 1,
					  "ERROR (catatonit): CATATONIT_LOG is reserved\n");
	init_words_begin(&words, io_argv, flags, true);
	while ((key = init_words_next(&words)) != INIT_WORDS_END) {
		if (key == 'V')
			return init_option_say(io_options, io_reply, 0, version);
		if (key == 'L')
			return init_option_say(io_options, io_reply, 0, licence);
		if (key < 0)
			init_option_blame(&words, key, io_argv[0], io_reply);
		if (key < 0 || key == 'h') {
			init_text_add(io_reply, usage);
			return init_option_refuse(io_options, io_reply, key == 'h' ? 0 : 1,
						  key == 'h' ? help : "");
		}
		if (key == 'g')
			aim_at_group(&io_options->policy);
		else
			pause_instead(&io_options->policy);
	}
	io_options->program = words.operands;
	if (*words.operands || io_options->policy.is_pause)
		return 0;
	init_text_add(io_reply, "ERROR (catatonit): missing program name\n");
	return init_option_refuse(io_options, io_reply, 1, usage);
}
