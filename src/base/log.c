// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/text.h"
#include "base/utf8.h"

/* Set once by log_open; see log.h. */
static struct {
	int file_fd;
	bool json;
	enum log_level level;
} output = { .file_fd = -1, .level = LOG_WARNING };

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_DEBUG] = "debug",
};

void log_open(int file_fd, bool json, enum log_level level)
{
	output.file_fd = file_fd;
	output.json = json;
	output.level = level;
}

static void add_quoted(struct text *io_line, const char *message)
{
	for (const unsigned char *c = (const unsigned char *)message; *c; c++) {
		if (*c == '"' || *c == '\\')
			text_add(io_line, "\\%c", *c);
		else if (*c < 0x20)
			text_add(io_line, "\\u%04x", *c);
		else
			text_add_bytes(io_line, c, 1);
	}
}

static void add_time(struct text *io_line)
{
	struct timespec now;
	struct tm utc;
	char stamp[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &utc);
	text_add(io_line, "%s", stamp);
}

static void put(int fd, const struct text *line)
{
	ssize_t written = write(fd, line->data, line->size);

	(void)written; /* a log that cannot be written has nobody to complain to */
}

static void write_file(enum log_level level, const char *message)
{
	autotext struct text line = { 0 };

	if (output.json) {
		text_add(&line, "{\"msg\":\"");
		add_quoted(&line, message);
		text_add(&line, "\",\"level\":\"%s\",\"time\":\"", level_names[level]);
		add_time(&line);
		text_add(&line, "\"}\n");
	} else {
		add_time(&line);
		text_add(&line, " %s: %s\n", level_names[level], message);
	}
	put(output.file_fd, &line);
}

void log_line(enum log_level level, const char *format, ...)
{
	autotext struct text message = { 0 };
	char bytes[1400];
	va_list args;

	if (level > output.level)
		return;
	va_start(args, format);
	vsnprintf(bytes, sizeof(bytes), format, args);
	va_end(args);
	if (output.file_fd >= 0 && output.json)
		write_file(level, bytes);
	/* One line, and nothing in it that a terminal obeys: texts may quote what an image says. */
	utf8_make_plain(bytes, strlen(bytes));
	if (output.file_fd >= 0 && !output.json)
		write_file(level, bytes);
	if (output.file_fd < 0 || level == LOG_ERROR) {
		text_add(&message, "husk: %s%s\n", level == LOG_WARNING ? "warning: " : "", bytes);
		put(STDERR_FILENO, &message);
	}
}
