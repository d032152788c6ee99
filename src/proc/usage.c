// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/usage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/major.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/scope.h"

enum { STAT_SIZE = 4096, FIRST_SERIAL = 64, PTY_MAJORS = 8, PTYS_PER_MAJOR = 256 };

int usage_parse(const char *stat, struct usage *ret_usage, struct error *err)
{
	/* The name in brackets may hold anything, brackets too. */
	const char *close = strrchr(stat, ')');
	uint64_t user, kernel, start;
	int tty;

	if (!close || sscanf(close + 1,
			     " %*c %*d %*d %*d %d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64
			     " %*d %*d %*d %*d %*u %*d %" SCNu64,
			     &tty, &user, &kernel, &start) != 4)
		return error_set(err, EBADMSG, "not the text of a stat file");
	*ret_usage = (struct usage){
		.tty_major = (unsigned int)tty >> 8 & 0xfff,
		.tty_minor = ((unsigned int)tty & 0xff) | ((unsigned int)tty >> 12 & 0xfff00),
		.cpu_ticks = user + kernel,
		.start_ticks = start,
	};
	return 0;
}

int usage_read(pid_t pid, struct usage *ret_usage, struct error *err)
{
	autofree char *stat = NULL;
	char name[64];
	int r;

	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	r = file_read(AT_FDCWD, name, STAT_SIZE, &stat, NULL, err);
	if (r == -ENOENT || r == -ESRCH)
		return error_set(err, ESRCH, "process %d: %s", (int)pid, error_words(ESRCH));
	TRY(r);
	return usage_parse(stat, ret_usage, err);
}

struct usage_text usage_format_tty(const struct usage *usage)
{
	unsigned int major = usage->tty_major, minor = usage->tty_minor;
	struct usage_text out = { "?" };

	if (major >= UNIX98_PTY_SLAVE_MAJOR && major < UNIX98_PTY_SLAVE_MAJOR + PTY_MAJORS)
		snprintf(out.text, sizeof(out.text), "pts/%u",
			 (major - UNIX98_PTY_SLAVE_MAJOR) * PTYS_PER_MAJOR + minor);
	else if (major == TTY_MAJOR && minor < FIRST_SERIAL)
		snprintf(out.text, sizeof(out.text), "tty%u", minor);
	else if (major == TTY_MAJOR)
		snprintf(out.text, sizeof(out.text), "ttyS%u", minor - FIRST_SERIAL);
	return out;
}

struct usage_text usage_format_cpu(const struct usage *usage, long ticks_per_second)
{
	uint64_t seconds = usage->cpu_ticks / (uint64_t)ticks_per_second;
	unsigned int rest = (unsigned int)(seconds % 86400);
	unsigned int days = (unsigned int)(seconds / 86400 % 1000000);
	struct usage_text out = { "" };
	int size = days ? snprintf(out.text, sizeof(out.text), "%u-", days) : 0;

	snprintf(out.text + size, sizeof(out.text) - (size_t)size, "%02u:%02u:%02u", rest / 3600,
		 rest / 60 % 60, rest % 60);
	return out;
}

struct usage_text usage_format_start(time_t start, time_t now)
{
	struct usage_text out = { "?" };
	struct tm then, today;

	if (!localtime_r(&start, &then) || !localtime_r(&now, &today))
		return out;
	if (then.tm_year != today.tm_year)
		strftime(out.text, sizeof(out.text), "%Y", &then);
	else if (then.tm_yday != today.tm_yday)
		strftime(out.text, sizeof(out.text), "%b%d", &then);
	else
		strftime(out.text, sizeof(out.text), "%H:%M", &then);
	return out;
}
