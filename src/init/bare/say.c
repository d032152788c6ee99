// SPDX-License-Identifier: 0BSD
#include "init/bare/say.h"

#include <errno.h>

#include "init/bare/sys.h"
#include "init/text.h"

enum { SAY_SIZE = 512 };

static const char *const tini_levels[] = { "FATAL", "WARN ", "INFO ", "DEBUG" };
static const char *const catatonit_levels[] = { "ERROR", "WARN", "INFO", "DEBUG" };

void say_bytes(int fd, const char *data, size_t size)
{
	while (size > 0) {
		long written = sys_write(fd, data, size);

		if (written <= 0)
			return;
		data += written;
		size -= (size_t)written;
	}
}

static void add_head(struct init_text *io_text, const struct init_options *options,
		     enum say_level level)
{
	switch (options->manner) {
	case INIT_TINI:
		init_text_add(io_text, "[");
		init_text_add(io_text, tini_levels[level]);
		init_text_add(io_text, " tini (");
		init_text_add_number(io_text, sys_pid());
		init_text_add(io_text, ")] ");
		break;
	case INIT_DUMB_INIT:
		init_text_add(io_text, "[dumb-init] ");
		break;
	case INIT_CATATONIT:
		init_text_add(io_text, catatonit_levels[level]);
		init_text_add(io_text, " (catatonit:");
		init_text_add_number(io_text, sys_pid());
		init_text_add(io_text, "): ");
		break;
	case INIT_NATIVE:
		init_text_add(io_text, "husk-init: ");
		break;
	}
}

void say_exec_failed(const struct init_options *options, const char *name, int code)
{
	static const char *const verbs[] = {
		[INIT_NATIVE] = "exec ",
		[INIT_TINI] = "exec ",
		[INIT_DUMB_INIT] = "",
		[INIT_CATATONIT] = "failed to exec pid1: ",
	};
	char room[SAY_SIZE];
	struct init_text text = INIT_TEXT_IN(room);

	add_head(&text, options, SAY_FATAL);
	init_text_add(&text, verbs[options->manner]);
	if (options->manner != INIT_CATATONIT)
		init_text_add(&text, name);
	if (options->manner == INIT_TINI)
		init_text_add(&text, " failed");
	if (options->manner != INIT_CATATONIT)
		init_text_add(&text, ": ");
	init_text_add_errno(&text, code);
	init_text_add(&text, "\n");
	say_bytes(2, text.data, text.size);
}

/* tini has four steps, the others one; husk-init itself says all it has to say at the end. */
static bool is_wanted(const struct init_options *options, enum say_level level)
{
	switch (options->manner) {
	case INIT_TINI:
		return options->verbosity >= (int)level;
	case INIT_DUMB_INIT:
	case INIT_CATATONIT:
		return level <= SAY_WARN || options->verbosity > 0;
	case INIT_NATIVE:
		break;
	}
	return level <= SAY_WARN;
}

void say(const struct init_options *options, enum say_level level, const char *text,
	 int64_t number)
{
	char room[SAY_SIZE];
	struct init_text line = INIT_TEXT_IN(room);
	int fd;

	if (!is_wanted(options, level))
		return;
	add_head(&line, options, level);
	init_text_add(&line, text);
	if (number >= 0)
		init_text_add_number(&line, number);
	init_text_add(&line, "\n");
	fd = options->manner == INIT_TINI && level >= SAY_INFO ? 1 : 2;
	say_bytes(fd, line.data, line.size);
}
