// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "cli/option.h"

struct values {
	bool detach, tty;
	const char *pid_file;
	struct option_texts env;
	int fds;
	struct maybe_int memory;
};

static const struct option options[] = {
	{ "detach", 'd', OPTION_FLAG, offsetof(struct values, detach), NULL, "" },
	{ "tty", 't', OPTION_FLAG, offsetof(struct values, tty), NULL, "" },
	{ "pid-file", 'p', OPTION_TEXT, offsetof(struct values, pid_file), "FILE", "" },
	{ "env", 'e', OPTION_TEXTS, offsetof(struct values, env), "K=V", "" },
	{ "preserve-fds", 0, OPTION_COUNT, offsetof(struct values, fds), "N", "" },
	{ "memory", 0, OPTION_SIZE, offsetof(struct values, memory), "SIZE", "" },
	{ "no-subreaper", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ 0 },
};

static int parse(enum option_order order, char **argv, struct values *ret_values,
		 struct error *err)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	*ret_values = (struct values){ 0 };
	return option_parse(options, order, argc, argv, ret_values, err);
}

#define ARGV(...) (char *[]){ __VA_ARGS__, NULL }

TEST(value_may_stand_behind_or_after_an_equals_sign)
{
	struct values got;
	struct error err;

	CHECK_OK(parse(OPTION_MIXED, ARGV("--pid-file", "/a"), &got, &err), err);
	CHECK_STR(got.pid_file, "/a");
	CHECK_OK(parse(OPTION_MIXED, ARGV("--pid-file=/b"), &got, &err), err);
	CHECK_STR(got.pid_file, "/b");
	CHECK_OK(parse(OPTION_MIXED, ARGV("-p", "/c"), &got, &err), err);
	CHECK_STR(got.pid_file, "/c");
	CHECK_OK(parse(OPTION_MIXED, ARGV("-p/d"), &got, &err), err);
	CHECK_STR(got.pid_file, "/d");
}

TEST(long_name_with_one_dash_is_accepted_and_letters_can_be_joined)
{
	struct values got;
	struct error err;

	CHECK_OK(parse(OPTION_MIXED, ARGV("-no-subreaper", "-pid-file", "/a", "-dt"), &got, &err),
		 err);
	CHECK_STR(got.pid_file, "/a");
	CHECK_TRUE(got.detach && got.tty);
}

TEST(flag_takes_true_and_false_as_callers_in_go_write_them)
{
	struct values got;
	struct error err;

	CHECK_OK(parse(OPTION_MIXED, ARGV("--detach=true"), &got, &err), err);
	CHECK_TRUE(got.detach);
	CHECK_OK(parse(OPTION_MIXED, ARGV("--detach", "--detach=false"), &got, &err), err);
	CHECK_TRUE(!got.detach);
	CHECK_ERROR(parse(OPTION_MIXED, ARGV("--detach=no"), &got, &err), err, EINVAL,
		    "--detach: \"no\" is neither true nor false");
}

TEST(operands_come_to_the_front_and_options_may_stand_behind_them)
{
	char **argv = ARGV("web", "-d", "TERM");
	struct values got;
	struct error err;

	CHECK_INT(parse(OPTION_MIXED, argv, &got, &err), 2);
	CHECK_STR(argv[0], "web");
	CHECK_STR(argv[1], "TERM");
	CHECK_TRUE(got.detach);
}

TEST(first_operand_ends_the_options_where_another_program_follows)
{
	char **argv = ARGV("-d", "ls", "-t", "--", "x");
	struct values got;
	struct error err;

	CHECK_INT(parse(OPTION_FIRST, argv, &got, &err), 4);
	CHECK_STR(argv[0], "ls");
	CHECK_STR(argv[1], "-t");
	CHECK_STR(argv[2], "--");
	CHECK_TRUE(got.detach && !got.tty);
}

TEST(two_dashes_end_the_options)
{
	char **argv = ARGV("-d", "--", "-t");
	struct values got;
	struct error err;

	CHECK_INT(parse(OPTION_MIXED, argv, &got, &err), 1);
	CHECK_STR(argv[0], "-t");
	CHECK_TRUE(!got.tty);
}

TEST(repeated_text_is_collected_in_order)
{
	struct values got;
	struct error err;

	CHECK_OK(parse(OPTION_MIXED, ARGV("-e", "A=1", "--env=B=2"), &got, &err), err);
	CHECK_INT(got.env.count, 2);
	CHECK_STR(got.env.item[0], "A=1");
	CHECK_STR(got.env.item[1], "B=2");
}

TEST(mistakes_name_the_option)
{
	static const struct {
		const char *word, *expected;
	} cases[] = {
		{ "--pid-file", "--pid-file: flag needs an argument" },
		{ "-p", "--pid-file: flag needs an argument" },
		{ "--nope=3", "unknown option --nope" },
		{ "-x", "unknown option -x" },
		{ "-dx", "unknown option -x in -dx" },
		{ "--preserve-fds=-1", "--preserve-fds: \"-1\" is not a count" },
		{ "--preserve-fds=1x", "--preserve-fds: \"1x\" is not a count" },
		{ "--memory=lots", "--memory: \"lots\" is not a size such as 64M" },
	};
	struct values got;
	struct error err;

	for (size_t i = 0; i < countof(cases); i++)
		CHECK_ERROR(parse(OPTION_MIXED, ARGV((char *)cases[i].word), &got, &err), err,
			    EINVAL, cases[i].expected);
}

TEST(sizes_are_powers_of_1024)
{
	static const struct {
		const char *text;
		long long bytes; /* -2: refused */
	} cases[] = {
		{ "0", 0 },	   { "512", 512 },	    { "64k", 65536 },
		{ "64K", 65536 },  { "64M", 67108864 },	    { "1.5G", 1610612736 },
		{ "2GiB", 2147483648 }, { "2gb", 2147483648 }, { "100b", 100 },
		{ "0.5k", 512 },   { "-1", -1 },	    { "1T", 1099511627776 },
		{ "", -2 },	   { "M", -2 },		    { "-2", -2 },
		{ "1.", -2 },	   { "1x", -2 },	    { "1 M", -2 },
		{ "99999999999T", -2 }, { "0x10", -2 },	    { "1MM", -2 },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		int64_t bytes = -2;
		int r = option_size(cases[i].text, &bytes);

		CHECK_INT(r, cases[i].bytes == -2 ? -EINVAL : 0);
		CHECK_INT(bytes, cases[i].bytes);
	}
}

TEST(durations_are_milliseconds)
{
	static const struct {
		const char *text;
		long long ms; /* -2: refused */
	} cases[] = {
		{ "10", 10000 },   { "10s", 10000 }, { "1m30s", 90000 }, { "250ms", 250 },
		{ "0.5s", 500 },   { "2h", 7200000 }, { "1.5", 1500 },	 { "0", 0 },
		{ "", -2 },	   { "s", -2 },	      { "-1s", -2 },	 { "1s2", -2 },
		{ "10 s", -2 },	   { "1d", -2 },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		int64_t ms = -2;
		int r = option_duration(cases[i].text, &ms);

		CHECK_INT(r, cases[i].ms == -2 ? -EINVAL : 0);
		CHECK_INT(ms, cases[i].ms);
	}
}

TEST(decimals_are_thousandths)
{
	int64_t value;

	CHECK_INT(option_decimal("1.5", &value), 0);
	CHECK_INT(value, 1500);
	CHECK_INT(option_decimal("2", &value), 0);
	CHECK_INT(value, 2000);
	CHECK_INT(option_decimal("two", &value), -EINVAL);
	CHECK_INT(option_decimal("-1", &value), -EINVAL);
}

TEST(option_that_wants_the_next_word_is_told)
{
	CHECK_STR(option_wanting(options, "--pid-file")->name, "pid-file");
	CHECK_STR(option_wanting(options, "-pid-file")->name, "pid-file");
	CHECK_STR(option_wanting(options, "-p")->name, "pid-file");
	CHECK_STR(option_wanting(options, "-dtp")->name, "pid-file");
	CHECK_TRUE(!option_wanting(options, "-p/a"));
	CHECK_TRUE(!option_wanting(options, "-dp/a"));
	CHECK_TRUE(!option_wanting(options, "--pid-file=/a"));
	CHECK_TRUE(!option_wanting(options, "--detach"));
	CHECK_TRUE(!option_wanting(options, "-d"));
	CHECK_TRUE(!option_wanting(options, "--none"));
	CHECK_TRUE(!option_wanting(options, "-n"));
}
