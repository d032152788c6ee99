// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#include "musl/memory.c"

static bool is_gone;

/* Stand for those of the library. */
void *__real_malloc(size_t size)
{
	return is_gone ? NULL : malloc(size);
}

void *__real_calloc(size_t count, size_t size)
{
	return is_gone ? NULL : calloc(count, size);
}

void *__real_realloc(void *data, size_t size)
{
	return is_gone ? NULL : realloc(data, size);
}

static void take(int kind)
{
	void *data = kind == 0 ? __wrap_malloc(8) : kind == 1 ? __wrap_calloc(2, 4)
							      : __wrap_realloc(NULL, 8);

	CHECK_TRUE(data);
	free(data);
}

TEST(what_is_there_is_given)
{
	for (int kind = 0; kind < 3; kind++)
		take(kind);
}

/* Exit status of a process that gets no memory, and what it says. */
static int end_of(int kind, char text[64])
{
	int ends[2], status;
	ssize_t size;
	pid_t pid;

	CHECK_INT(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		is_gone = true;
		take(kind);
		_exit(0);
	}
	close(ends[1]);
	size = read(ends[0], text, 63);
	text[size > 0 ? size : 0] = '\0';
	close(ends[0]);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_TRUE(WIFEXITED(status));
	return WEXITSTATUS(status);
}

TEST(who_gets_none_ends_with_a_word)
{
	for (int kind = 0; kind < 3; kind++) {
		char text[64];

		CHECK_INT(end_of(kind, text), 1);
		CHECK_STR(text, "husk: out of memory\n");
	}
}
