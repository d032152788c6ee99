// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test - the few words that unit tests are written in, over cmocka
 *
 *	TEST(later_word_wins_over_earlier)
 *	{
 *		CHECK_INT(parse("x"), 1);
 *	}
 *
 * A test registers itself; the name is a sentence that is true. Each CHECK_ stops its
 * test when it does not hold and prints file and line.
 */
#ifndef HUSK_TESTS_UNIT_TEST_H
#define HUSK_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"

void test_register(const char *name, CMUnitTestFunction function);

#define TEST(name)                                                             \
	static void test_##name(void **state);                                 \
	static void __attribute__((constructor)) test_register_##name(void)   \
	{                                                                      \
		test_register(#name, test_##name);                             \
	}                                                                      \
	static void test_##name(void **state UNUSED)

#define CHECK_TRUE(what) assert_true(what)
#define CHECK_INT(actual, expected) \
	test_check_int((long long)(actual), (long long)(expected), #actual, __FILE__, __LINE__)
#define CHECK_STR(actual, expected) assert_string_equal(actual, expected)

/* The call succeeds; when it does not, its error text is shown. */
#define CHECK_OK(call, err) test_check_ok((long long)(call), &(err), #call, __FILE__, __LINE__)

/* The call fails with -@code and exactly this text. */
#define CHECK_ERROR(call, err, code, expected)                              \
	do {                                                               \
		CHECK_INT(call, -(code));                                  \
		CHECK_STR((err).text, expected);                           \
	} while (0)

/* The test cannot run here; @reason is printed and the skip is counted. */
#define SKIP(reason)                               \
	do {                                       \
		print_message("SKIP %s\n", reason); \
		skip();                            \
	} while (0)

/* What tests/run shall print of a test that passes too: the seed of what was drawn at random. */
#define NOTE(format, ...) print_message("NOTE " format "\n", __VA_ARGS__)

void test_check_int(long long actual, long long expected, const char *what, const char *file,
		    int line);
void test_check_ok(long long result, const struct error *err, const char *what,
		   const char *file, int line);

#endif
