// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/scope.h"
#include "proc/usage.h"

TEST(line_of_the_kernel_is_read)
{
	static const char line[] =
		"12 (a) b) S 1 12 12 34817 12 4194560 1 2 3 4 500 60 7 8 20 0 1 0 123456 1 2\n";
	struct usage usage;
	struct error err;

	CHECK_OK(usage_parse(line, &usage, &err), err);
	CHECK_INT(usage.tty_major, 136);
	CHECK_INT(usage.tty_minor, 1);
	CHECK_INT(usage.cpu_ticks, 560);
	CHECK_INT(usage.start_ticks, 123456);
	CHECK_STR(usage_format_tty(&usage).text, "pts/1");
}

TEST(text_that_is_no_stat_file_is_refused)
{
	static const char *const bad[] = { "", "12 (a", "12 (a) S 1 2 3", "12 (a) S x" };
	struct usage usage;
	struct error err;

	for (size_t i = 0; i < countof(bad); i++)
		CHECK_INT(usage_parse(bad[i], &usage, &err), -EBADMSG);
}

TEST(terminals_have_their_usual_names)
{
	static const struct {
		unsigned int major, minor;
		const char *name;
	} rows[] = {
		{ 0, 0, "?" },	    { 136, 0, "pts/0" }, { 137, 3, "pts/259" },
		{ 4, 1, "tty1" },   { 4, 64, "ttyS0" },	 { 5, 1, "?" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct usage usage = { .tty_major = rows[i].major, .tty_minor = rows[i].minor };

		CHECK_STR(usage_format_tty(&usage).text, rows[i].name);
	}
}

TEST(time_on_the_processor_has_days_when_there_are_any)
{
	static const struct {
		uint64_t ticks;
		const char *text;
	} rows[] = {
		{ 0, "00:00:00" },	  { 99, "00:00:00" },	      { 100, "00:00:01" },
		{ 372300, "01:02:03" }, { 8640000, "1-00:00:00" }, { 27388600, "3-04:04:46" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct usage usage = { .cpu_ticks = rows[i].ticks };

		CHECK_STR(usage_format_cpu(&usage, 100).text, rows[i].text);
	}
}

TEST(start_is_an_hour_a_day_or_a_year)
{
	const time_t now = 1800000000; /* 15 January 2027, 08:00 UTC */

	setenv("TZ", "UTC", 1);
	tzset();
	CHECK_STR(usage_format_start(now - 3600, now).text, "07:00");
	CHECK_STR(usage_format_start(now - 86400, now).text, "Jan14");
	CHECK_STR(usage_format_start(now - 20 * 86400, now).text, "2026");
}

TEST(own_process_is_there_and_a_missing_one_is_not)
{
	struct usage usage;
	struct error err;

	CHECK_OK(usage_read(getpid(), &usage, &err), err);
	CHECK_TRUE(usage.start_ticks > 0);
	CHECK_INT(usage_read(0x7ffffffe, &usage, &err), -ESRCH);
}
