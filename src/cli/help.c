// SPDX-License-Identifier: GPL-2.0-or-later
/* help - `husk` alone, and `husk help`: the manual page of a command */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scope.h"
#include "cli/command.h"
#include "container/self.h"

/* --- the faces --- */

static const struct face {
	const char *name, *what, *example;
	const char *command; /* the face is shown when the registry has it */
} faces[] = {
	{ "runtime", "runs OCI bundles as engines ask for it, and programs without an image",
	  "husk box -- sh   husk run ID   husk stop ID", "run" },
	{ "init", "a PID 1 that reaps, passes signals on, and stops all before it ends",
	  "husk box --init -- PROGRAM   husk-init PROGRAM", "box" },
	{ "view", "what runs, what a signal will do to it, what is wrong, how it died",
	  "husk ps   husk top   husk explain ID TERM   husk doctor ID   husk why ID", "explain" },
	{ "trace", "signals, births and deaths, as the kernel decides them",
	  "husk trace ID   husk trace -- PROGRAM", "trace" },
	{ "lab", "experiments that show what this kernel does", "husk lab", "lab" },
};

void command_print_faces(void)
{
	printf("husk runs containers and gets the life and death of their processes right.\n");
	for (size_t i = 0; i < countof(faces); i++)
		if (command_find(faces[i].command))
			printf("\n  %-8s %s\n           %s\n", faces[i].name, faces[i].what,
			       faces[i].example);
	printf("\n`husk --help` lists the commands, `husk help COMMAND` shows a manual page.\n");
}

/* --- husk help --- */

/* Beside the programs in a build folder; in PREFIX/share where they are in PREFIX/bin. */
static char *find_page(const char *name)
{
	static const struct {
		const char *folder, *ending;
	} places[] = {
		{ "docs", ".1" },
		{ "../share/man/man1", ".1" },
		{ "../share/man/man1", ".1.gz" },
	};

	for (size_t i = 0; i < countof(places); i++) {
		autofree char *file = mem_format("%s/husk-%s%s", places[i].folder, name,
						 places[i].ending);
		autofree char *path = container_self_beside(file);

		if (path && access(path, R_OK) == 0)
			return ptr_take(&path);
	}
	return NULL;
}

/* Returns only when there is no page, or no man(1). */
static void show_page(const char *name)
{
	autofree char *path = find_page(name);

	if (path)
		execlp("man", "man", "-l", path, NULL);
}

int cmd_help(struct context *io_context UNUSED, int argc, char **argv, struct error *err)
{
	const struct command *command;

	if (argc == 0 || *argv[0] == '-') {
		command_print_overview();
		return 0;
	}
	if (argc > 1)
		return error_set(err, EINVAL, "too many arguments, beginning with \"%s\"", argv[1]);
	command = command_find(argv[0]);
	if ((!command || !command->summary) && strcmp(argv[0], "init") != 0)
		return error_set(err, EINVAL, "help: unknown command \"%s\" (try husk --help)",
				 argv[0]);
	show_page(argv[0]);
	if (!command)
		return error_set(err, ENOENT, "help: no manual page of husk-init, or no man(1): "
				 "try husk-init --help");
	command_print_help(command);
	return 0;
}
