// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/role.h"

#include "base/scope.h"
#include "test.h"

static size_t count_of(const char *const *args)
{
	size_t count = 0;

	while (args[count])
		count++;
	return count;
}

TEST(role_is_told_by_names)
{
	static const struct {
		const char *args[4];
		enum role role;
	} rows[] = {
		{ { NULL }, ROLE_PROGRAM },
		{ { "web" }, ROLE_PROGRAM },
		{ { "" }, ROLE_PROGRAM },
		{ { "/" }, ROLE_PROGRAM },
		{ { "/sbin/docker-init", "--", "web" }, ROLE_INIT },
		{ { "tini" }, ROLE_INIT },
		{ { "tiny" }, ROLE_PROGRAM },
		{ { "/lib/systemd/systemd" }, ROLE_MANAGER },
		{ { "/sbin/init" }, ROLE_MANAGER },
		{ { "-bash" }, ROLE_SHELL },
		{ { "/bin/busybox", "sh" }, ROLE_SHELL },
		{ { "/bin/busybox", "sleep" }, ROLE_PROGRAM },
		{ { "busybox" }, ROLE_PROGRAM },
		{ { "npm" }, ROLE_WRAPPER },
		{ { "npm run start" }, ROLE_WRAPPER },
		{ { "npmish" }, ROLE_PROGRAM },
		{ { "go", "run" }, ROLE_WRAPPER },
		{ { "go", "test" }, ROLE_PROGRAM },
		{ { "go" }, ROLE_PROGRAM },
		{ { "/usr/bin/node", "/usr/lib/npm-cli.js" }, ROLE_WRAPPER },
		{ { "node", "server.js" }, ROLE_PROGRAM },
	};

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_INT(role_of(rows[i].args, count_of(rows[i].args)), rows[i].role);
}

TEST(inits_are_inits_and_managers)
{
	CHECK_TRUE(role_is_init(ROLE_INIT) && role_is_init(ROLE_MANAGER));
	CHECK_TRUE(!role_is_init(ROLE_PROGRAM) && !role_is_init(ROLE_SHELL));
}

TEST(command_of_an_init_is_behind_its_options)
{
	static const struct {
		const char *args[6];
		size_t at;
	} rows[] = {
		{ { "tini", "--", "web" }, 2 },
		{ { "tini", "-g", "web", "-x" }, 2 },
		{ { "tini", "-p", "SIGTERM", "--", "web" }, 4 },
		{ { "tini", "-g" }, 2 },
		{ { "tini", "--" }, 2 },
		{ { "tini" }, 1 },
	};

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_INT(role_init_command(rows[i].args, count_of(rows[i].args)), rows[i].at);
}

TEST(script_is_behind_the_letter_c)
{
	static const struct {
		const char *args[6];
		const char *script;
	} rows[] = {
		{ { "sh", "-c", "a b" }, "a b" },
		{ { "bash", "-ec", "x", "y" }, "x" },
		{ { "bash", "-o", "errexit", "-c", "x" }, "x" },
		{ { "sh", "--rcfile", "x" }, NULL },
		{ { "sh", "-c" }, NULL },
		{ { "sh", "script" }, NULL },
		{ { "web", "-c", "x" }, NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		const char *script = role_shell_script(rows[i].args, count_of(rows[i].args));

		CHECK_TRUE(!script == !rows[i].script);
		if (script)
			CHECK_STR(script, rows[i].script);
	}
}
