// SPDX-License-Identifier: GPL-2.0-or-later
/* main - global options, dispatch, and the one place that prints an error and exits */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/version.h"
#include "guard/seccomp.h"
#include "spec/spec.h"

static void print_version(void)
{
	autofree char *library = guard_seccomp_library_version();

	printf("husk version %s\ncommit: %s\nspec: %s\nlibseccomp: %s\n", HUSK_VERSION, HUSK_COMMIT,
	       SPEC_OCI_VERSION, library);
}

static int is_one_of(const char *option, const char *value, const char *const words[],
		     struct error *err)
{
	autotext struct text list = { 0 };

	for (size_t i = 0; words[i]; i++) {
		if (strcmp(words[i], value) == 0)
			return (int)i;
		text_add(&list, "%s%s", i ? ", " : "", words[i]);
	}
	return error_set(err, EINVAL, "--%s: \"%s\" is not one of %s", option, value,
			 text_get(&list));
}

static int open_log(const struct context *context, struct error *err)
{
	static const char *const formats[] = { "text", "json", NULL };
	static const char *const levels[] = { "error", "warning", "debug", NULL };
	/* A log file is an engine's and holds one error; a terminal's user wants warnings. */
	int level = context->log ? LOG_ERROR : LOG_WARNING, format = 0, fd = -1;

	if (context->log_format) {
		format = is_one_of("log-format", context->log_format, formats, err);
		if (format < 0)
			return format;
	}
	if (context->log_level) {
		level = is_one_of("log-level", context->log_level, levels, err);
		if (level < 0)
			return level;
	}
	if (context->debug)
		level = LOG_DEBUG;
	if (context->log) {
		fd = open(context->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
			  0644);
		if (fd < 0)
			return error_sys(err, "--log: open %s", context->log);
	}
	log_open(fd, format == 1, (enum log_level)level);
	return 0;
}

static int check_globals(const struct context *context, struct error *err)
{
	static const char *const managers[] = { "cgroupfs", "systemd", "disabled", NULL };
	static const char *const answers[] = { "true", "false", "auto", NULL };

	if (context->cgroup_manager)
		TRY(is_one_of("cgroup-manager", context->cgroup_manager, managers, err));
	if (context->rootless)
		TRY(is_one_of("rootless", context->rootless, answers, err));
	return 0;
}

static int dispatch(struct context *io_context, int argc, char **argv, struct error *err)
{
	int words = option_parse(global_options, OPTION_FIRST, argc, argv, io_context,
				 err);
	const struct command *command;

	TRY(words);
	TRY(open_log(io_context, err));
	if (io_context->version) {
		print_version();
		return 0;
	}
	if (io_context->help) {
		command_print_overview();
		return 0;
	}
	if (argc == 0) {
		command_print_faces();
		return 0;
	}
	if (words == 0)
		return error_set(err, EINVAL, "no command given (try husk --help)");
	TRY(check_globals(io_context, err));
	command = command_find(argv[0]);
	if (!command)
		return error_set(err, EINVAL, "unknown command \"%s\" (try husk --help)", argv[0]);
	if (command_help(command, words - 1, argv + 1))
		return 0;
	return command->run(io_context, words - 1, argv + 1, err);
}

/*
 * argv is rewritten by the option parser, and the commands that enter a container run the whole
 * call once more from an unwritable place: they need it as it was.
 */
static char **keep_arguments(int argc, char **argv)
{
	char **copy = mem_new(((size_t)argc + 1) * sizeof(*copy));

	memcpy(copy, argv, (size_t)argc * sizeof(*copy));
	return copy;
}

/*
 * Written at the end, in one piece, where nobody reads along: then there is a reason when it cannot
 * be. musl would write the first line at once.
 */
static void open_stdout(void)
{
	static char buffer[1 << 16];

	setvbuf(stdout, buffer, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof(buffer));
}

/* Of a write that failed before the last one there is only the mark: its errno is gone. */
static int close_output(int status)
{
	const char *why = NULL;

	if (fflush(stdout) != 0)
		why = error_words(errno);
	else if (ferror(stdout))
		why = "not all of it could be written";
	if (!why || status != 0)
		return status;
	log_line(LOG_ERROR, "write to stdout: %s", why);
	return 1;
}

int main(int argc, char **argv)
{
	struct context context = { .error_status = 1 };
	struct error err;
	int status;

	open_stdout();
	context.argv = keep_arguments(argc, argv);
	status = dispatch(&context, argc - 1, argv + 1, &err);
	if (status < 0) {
		log_line(LOG_ERROR, "%s", err.text);
		status = context.error_status;
	}
	free(context.argv);
	return close_output(status);
}
