// SPDX-License-Identifier: GPL-2.0-or-later
/* runner - runs the tests of one file that registered themselves, in their order */
#include <signal.h>

#include "test.h"

enum { TESTS_MAX = 2000 };

static struct CMUnitTest tests[TESTS_MAX];
static size_t count;

void test_register(const char *name, CMUnitTestFunction function)
{
	if (count < TESTS_MAX)
		tests[count++] = (struct CMUnitTest){ .name = name, .test_func = function };
}

void test_check_int(long long actual, long long expected, const char *what, const char *file,
		    int line)
{
	if (actual == expected)
		return;
	print_error("%s:%d: %s is %lld, not %lld\n", file, line, what, actual, expected);
	_fail(file, line);
}

void test_check_ok(long long result, const struct error *err, const char *what,
		   const char *file, int line)
{
	if (result >= 0)
		return;
	print_error("%s:%d: %s: %s\n", file, line, what, err->text);
	_fail(file, line);
}

/* Whoever starts the tests may ignore signals (nohup), or block them; the children inherit it. */
static void start_clean(void)
{
	sigset_t none;

	for (int number = 1; number <= SIGRTMAX; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int main(void)
{
	start_clean();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
