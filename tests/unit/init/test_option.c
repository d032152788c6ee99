// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/option.h"

#include <signal.h>

#include "base/scope.h"
#include "parsed.h"

TEST(the_name_chooses_the_manner)
{
	static const struct {
		char *name;
		enum init_manner manner;
	} rows[] = {
		{ "husk-init", INIT_NATIVE },	  { "init", INIT_NATIVE },
		{ "tini", INIT_TINI },		  { "/sbin/docker-init", INIT_TINI },
		{ "/sbin/tini-static", INIT_TINI }, { "./dumb-init", INIT_DUMB_INIT },
		{ "/usr/bin/catatonit", INIT_CATATONIT }, { "tini/", INIT_NATIVE },
		{ "tinix", INIT_NATIVE },	  { "", INIT_NATIVE },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		CHECK_INT(parse(WORDS(rows[i].name, "--", "true"), NO_ENV), 0);
		CHECK_INT(parsed.manner, rows[i].manner);
		CHECK_STR(parsed.program[0], "true");
	}
}

TEST(pause_is_the_same_under_every_name)
{
	static char *const names[] = { "husk-init", "tini", "dumb-init", "catatonit", "podman-init" };

	for (size_t i = 0; i < countof(names); i++) {
		CHECK_INT(parse(WORDS(names[i], "-P"), NO_ENV), 0);
		CHECK_TRUE(parsed.policy.is_pause && !parsed.program[0]);
		CHECK_TRUE(parsed.policy.rule[SIGTERM].stops && parsed.policy.rule[SIGINT].stops);
	}
}
