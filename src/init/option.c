// SPDX-License-Identifier: 0BSD
#include "init/option.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "base/scope.h"
#include "init/option_part.h"

static const struct manner_name {
	char name[12];
	unsigned char manner;
} manner_names[] = {
	{ "tini", INIT_TINI },		 { "tini-static", INIT_TINI },
	{ "docker-init", INIT_TINI },	 { "dumb-init", INIT_DUMB_INIT },
	{ "catatonit", INIT_CATATONIT },
};

static enum init_manner manner_of(const char *path)
{
	const char *name = path ? strrchr(path, '/') : NULL;

	name = name ? name + 1 : path;
	for (size_t i = 0; name && i < countof(manner_names); i++)
		if (strcmp(name, manner_names[i].name) == 0)
			return (enum init_manner)manner_names[i].manner;
	return INIT_NATIVE;
}

/* Engines call whatever init they were given with nothing but this. */
static bool is_pause(char *const *argv)
{
	return argv[0] && argv[1] && strcmp(argv[1], "-P") == 0 && !argv[2];
}

static int parse_as(char **io_argv, char *const *env, struct init_options *io_options,
		    struct init_text *io_reply)
{
	switch (io_options->manner) {
	case INIT_TINI:
		return init_option_tini(io_argv, env, io_options, io_reply);
	case INIT_DUMB_INIT:
		return init_option_dumb(io_argv, env, io_options, io_reply);
	case INIT_CATATONIT:
		return init_option_catatonit(io_argv, env, io_options, io_reply);
	case INIT_NATIVE:
		break;
	}
	return init_option_native(io_argv, io_options, io_reply);
}

int init_option_parse(char **io_argv, char *const *env, struct init_options *ret_options,
		      struct init_text *io_reply)
{
	struct init_policy *policy = &ret_options->policy;

	memset(ret_options, 0, sizeof(*ret_options));
	init_policy_clear(policy);
	ret_options->manner = manner_of(io_argv[0]);
	if (ret_options->manner == INIT_NATIVE || !is_pause(io_argv))
		return parse_as(io_argv, env, ret_options, io_reply);
	policy->is_pause = true;
	policy->rule[SIGTERM].stops = policy->rule[SIGINT].stops = true;
	ret_options->is_subreaper = true;
	ret_options->program = io_argv + 2;
	return 0;
}
