// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/role.h"

#include <string.h>

#include "base/scope.h"
#include "base/text.h"

/* One word of the command line, or two where the first is an interpreter or a tool of many. */
static const struct row {
	const char *first, *second; /* second NULL: whatever follows */
	enum role role;
} rows[] = {
	{ "husk-init", NULL, ROLE_INIT },   { "tini", NULL, ROLE_INIT },
	{ "tini-static", NULL, ROLE_INIT }, { "docker-init", NULL, ROLE_INIT },
	{ "dumb-init", NULL, ROLE_INIT },   { "catatonit", NULL, ROLE_INIT },
	{ "podman-init", NULL, ROLE_INIT }, { "systemd", NULL, ROLE_MANAGER },
	{ "init", NULL, ROLE_MANAGER },	    { "s6-svscan", NULL, ROLE_MANAGER },
	{ "runit-init", NULL, ROLE_MANAGER },
	{ "sh", NULL, ROLE_SHELL },	    { "bash", NULL, ROLE_SHELL },
	{ "dash", NULL, ROLE_SHELL },	    { "ash", NULL, ROLE_SHELL },
	{ "zsh", NULL, ROLE_SHELL },	    { "ksh", NULL, ROLE_SHELL },
	{ "mksh", NULL, ROLE_SHELL },	    { "busybox", "sh", ROLE_SHELL },
	{ "busybox", "ash", ROLE_SHELL },
	{ "npm", NULL, ROLE_WRAPPER },	    { "npx", NULL, ROLE_WRAPPER },
	{ "yarn", NULL, ROLE_WRAPPER },	    { "pnpm", NULL, ROLE_WRAPPER },
	{ "go", "run", ROLE_WRAPPER },	    { "node", "npm", ROLE_WRAPPER },
	{ "node", "npm-cli.js", ROLE_WRAPPER }, { "node", "npx", ROLE_WRAPPER },
	{ "node", "npx-cli.js", ROLE_WRAPPER }, { "node", "yarn", ROLE_WRAPPER },
	{ "node", "yarn.js", ROLE_WRAPPER },	{ "node", "yarnpkg", ROLE_WRAPPER },
	{ "node", "pnpm", ROLE_WRAPPER },	{ "node", "pnpm.cjs", ROLE_WRAPPER },
};

const char *role_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return *name == '-' ? name + 1 : name;
}

static bool is_row(const struct row *row, const char *const *args, size_t count)
{
	if (strcmp(role_base_name(args[0]), row->first) != 0)
		return false;
	return !row->second || (count > 1 && strcmp(role_base_name(args[1]), row->second) == 0);
}

/* npm writes its title over its arguments: "npm run start" is then one word. */
static bool has_title(const char *word)
{
	return text_begins(word, "npm ") || text_begins(word, "npx ");
}

enum role role_of(const char *const *args, size_t count)
{
	if (count == 0)
		return ROLE_PROGRAM;
	for (size_t i = 0; i < countof(rows); i++)
		if (is_row(&rows[i], args, count))
			return rows[i].role;
	return has_title(args[0]) ? ROLE_WRAPPER : ROLE_PROGRAM;
}

size_t role_init_command(const char *const *args, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (strcmp(args[i], "--") == 0)
			return i + 1;
	for (size_t i = 1; i < count; i++)
		if (args[i][0] != '-')
			return i;
	return count;
}

/* Single letters before the "c" are options of their own: sh -ec, bash -lc. */
static bool is_script_option(const char *word)
{
	return word[0] == '-' && word[1] != '-' && strchr(word, 'c');
}

const char *role_shell_script(const char *const *args, size_t count)
{
	if (role_of(args, count) != ROLE_SHELL)
		return NULL;
	for (size_t i = 1; i + 1 < count; i++)
		if (is_script_option(args[i]))
			return args[i + 1];
	return NULL;
}
