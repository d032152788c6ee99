// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/scope.h"
#include "cli/options.h"

static const char *const group_titles[] = {
	[COMMAND_BOX] = "A container without an image",
	[COMMAND_OCI] = "OCI runtime",
	[COMMAND_LIFE] = "Life and death",
	[COMMAND_VIEW] = "Look",
};

const struct command *command_find(const char *name)
{
	for (const struct command *command = commands; command->name; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

int command_options(const struct command *command, enum option_order order, int least, int most,
		    int argc, char **io_argv, void *ret_values, struct error *err)
{
	static const struct option none[] = { { 0 } };
	int words = option_parse(command->options ? command->options : none, order, argc, io_argv,
				 ret_values, err);

	TRY(words);
	if (words < least)
		return error_set(err, EINVAL, "%s is missing: husk %s %s",
				 strstr(command->operands, "ID") ? "ID" : "an argument",
				 command->name, command->operands);
	if (most >= 0 && words > most)
		return error_set(err, EINVAL, "too many arguments, beginning with \"%s\"",
				 io_argv[most]);
	return words;
}

void command_print_help(const struct command *command)
{
	printf("usage: husk %s%s%s%s\n\n%s\n", command->name,
	       command->options ? " [OPTION...]" : "",
	       *command->operands ? " " : "", command->operands, command->summary);
	if (command->options) {
		printf("\n");
		option_print(command->options);
	}
}

bool command_help(const struct command *command, int argc, char **argv)
{
	if (!command->summary)
		return false;
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			command_print_help(command);
			return true;
		}
		/* What follows belongs to the command, or to the program that it shall run. */
		if (argv[i][0] != '-' || strcmp(argv[i], "--") == 0)
			return false;
	}
	return false;
}

static void print_group(enum command_group group)
{
	printf("%s\n", group_titles[group]);
	for (const struct command *command = commands; command->name; command++) {
		char words[40];

		if (command->group != group || !command->summary)
			continue;
		snprintf(words, sizeof(words), "%s %s", command->name, command->operands);
		printf("  %-24s %.*s\n", words, (int)strcspn(command->summary, "\n"),
		       command->summary);
	}
}

void command_print_overview(void)
{
	printf("husk runs containers and gets the life and death of their processes right.\n\n"
	       "usage: husk [OPTION...] COMMAND [ARGUMENT...]\n\n");
	for (size_t group = 0; group < countof(group_titles); group++)
		print_group((enum command_group)group);
	printf("Options before the command\n");
	option_print(global_options);
	printf("\n`husk COMMAND --help` shows a command's own options, `husk help COMMAND` its "
	       "manual page.\n");
}
