// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * forked - a test that changes its process for ever, run in a child
 *
 *	static void become_another(void)
 *	{
 *		FORKED_NEEDS(geteuid() == 0, "root");
 *		CHECK_INT(setuid(1), 0);
 *	}
 *
 *	TEST(root_becomes_another)
 *	{
 *		RUN_FORKED(become_another);
 *	}
 *
 * CHECK_ works in the child as in a test: where one does not hold, the child ends with
 * SIGABRT, and the test fails with that.
 */
#ifndef HUSK_TESTS_UNIT_FORKED_H
#define HUSK_TESTS_UNIT_FORKED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

enum { FORKED_SKIPS = 77, FORKED_REASON_SIZE = 128 };

/* Where the child says why it cannot run. */
static int forked_reason_fd = -1;

#define FORKED_NEEDS(what, reason)                                               \
	do {                                                                    \
		if (!(what)) {                                                  \
			(void)!write(forked_reason_fd, reason, strlen(reason)); \
			_exit(FORKED_SKIPS);                                    \
		}                                                               \
	} while (0)

/* Returns the wait status; @ret_reason is "" when the child gave none. */
static inline int forked_run(void (*function)(void), char ret_reason[FORKED_REASON_SIZE])
{
	int ends[2], status = 0;
	ssize_t size;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		forked_reason_fd = ends[1];
		/* Without it a check that fails jumps into the runner, and there would be two. */
		setenv("CMOCKA_TEST_ABORT", "1", 1);
		function();
		_exit(0);
	}
	close(ends[1]);
	size = read(ends[0], ret_reason, FORKED_REASON_SIZE - 1);
	ret_reason[size > 0 ? size : 0] = '\0';
	close(ends[0]);
	waitpid(pid, &status, 0);
	return status;
}

#define RUN_FORKED(function)                                                            \
	do {                                                                           \
		char reason_[FORKED_REASON_SIZE];                                      \
		int status_ = forked_run(function, reason_);                           \
		if (WIFEXITED(status_) && WEXITSTATUS(status_) == FORKED_SKIPS) {      \
			print_message("SKIP needs %s\n", reason_);                     \
			skip();                                                        \
		}                                                                      \
		test_check_int(status_, 0, "wait status of " #function, __FILE__, __LINE__); \
	} while (0)

#endif
