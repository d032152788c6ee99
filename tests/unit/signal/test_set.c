// SPDX-License-Identifier: GPL-2.0-or-later
#include "signal/set.h"

#include <errno.h>
#include <signal.h>

#include "test.h"

static void check_format(uint64_t set, const char *expected)
{
	autotext struct text text = { 0 };

	signal_set_format(set, &text);
	CHECK_STR(text_get(&text), expected);
}

TEST(signal_one_is_bit_zero_and_sixty_four_the_last)
{
	CHECK_TRUE(signal_set_of(1) == 1);
	CHECK_TRUE(signal_set_of(64) == 1ULL << 63);
}

TEST(numbers_that_are_no_signal_are_in_no_set)
{
	static const int numbers[] = { 0, -1, 65, 1000 };

	for (size_t i = 0; i < countof(numbers); i++) {
		CHECK_TRUE(signal_set_of(numbers[i]) == 0);
		CHECK_TRUE(!signal_set_has(UINT64_MAX, numbers[i]));
	}
}

TEST(masks_are_read_as_status_writes_them)
{
	static const struct {
		const char *text;
		int result;
		uint64_t set;
	} rows[] = {
		{ "0000000000000000", 0, 0 },
		{ "fffffffe3ffbfa07", 0, 0xfffffffe3ffbfa07 },
		{ "FFFFFFFFFFFFFFFF", 0, UINT64_MAX },
		{ "4000", 0, 1ULL << (SIGTERM - 1) },
		{ "", -EINVAL, 0 },
		{ "0x4000", -EINVAL, 0 },
		{ " 4000", -EINVAL, 0 },
		{ "4000 ", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "00000000000000000", -EINVAL, 0 },
		{ "word", -EINVAL, 0 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		uint64_t set = 77;

		CHECK_INT(signal_set_parse(rows[i].text, &set), rows[i].result);
		CHECK_TRUE(set == (rows[i].result ? 77 : rows[i].set));
	}
}

TEST(sets_are_written_as_short_names)
{
	check_format(0, "none");
	check_format(UINT64_MAX, "all");
	check_format(signal_set_of(SIGTERM), "TERM");
	check_format(signal_set_of(SIGHUP) | signal_set_of(SIGCHLD), "HUP CHLD");
	check_format(signal_set_of(32) | signal_set_of(34) | signal_set_of(64), "32 RTMIN RTMAX");
	check_format(UINT64_MAX << 32, "33..RTMAX");
	check_format(signal_set_of(SIGSYS) | 7ULL << 31 | signal_set_of(36), "SYS 32..RTMIN RTMIN+2");
	check_format(3ULL << 33, "RTMIN RTMIN+1");
}

TEST(groups_are_those_of_the_kernel)
{
	check_format(signal_set_group(SIGNAL_GROUP_ONLY), "KILL STOP");
	check_format(signal_set_group(SIGNAL_GROUP_STOP), "STOP TSTP TTIN TTOU");
	check_format(signal_set_group(SIGNAL_GROUP_IGNORE), "CHLD CONT URG WINCH");
	check_format(signal_set_group(SIGNAL_GROUP_CORE),
		     "QUIT ILL TRAP ABRT BUS FPE SEGV XCPU XFSZ SYS");
	check_format(signal_set_group(SIGNAL_GROUP_FAULT), "ILL TRAP BUS FPE SEGV SYS");
}
