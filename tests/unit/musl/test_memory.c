// SPDX-License-Identifier: GPL-2.0-or-later
#include <pthread.h>
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

/* Not inlined: the compiler would see what the last tests do, and refuse it. */
__attribute__((noinline)) void __real_free(void *data)
{
	free(data);
}

static void *get(int kind, size_t size)
{
	return kind == 0 ? __wrap_malloc(size) : kind == 1 ? __wrap_calloc(1, size)
							   : __wrap_realloc(NULL, size);
}

/* The pool as a program finds it. */
static void begin(void)
{
	last = end = pool;
}

TEST(what_is_there_is_given)
{
	begin();
	for (int kind = 0; kind < 3; kind++) {
		void *small = get(kind, 8), *large = get(kind, PIECE_MAX + 1), *none = get(kind, 0);

		CHECK_TRUE(is_pooled(small));
		CHECK_INT((uintptr_t)small % STEP, 0);
		CHECK_TRUE(large && !is_pooled(large));
		CHECK_TRUE(none && none != small);
		__wrap_free(large);
	}
	__wrap_free(NULL);
}

TEST(zeroed_is_zero_where_something_was_before)
{
	enum { SIZE = 100 };
	static const char zeros[SIZE];
	char *data = __wrap_malloc(SIZE), *again;

	memset(data, 'x', SIZE);
	__wrap_free(data);
	again = __wrap_calloc(SIZE / 4, 4);
	CHECK_TRUE(again == data);
	CHECK_INT(memcmp(again, zeros, SIZE), 0);
}

TEST(last_one_grows_and_shrinks_where_it_is)
{
	char *piece, *next;

	begin();
	piece = __wrap_malloc(40);
	CHECK_TRUE(__wrap_realloc(piece, 4000) == piece);
	CHECK_TRUE(__wrap_realloc(piece, 24) == piece);
	next = __wrap_malloc(40);
	CHECK_INT(next - piece, 32);
	CHECK_TRUE(__wrap_realloc(piece, 32) != piece);
}

TEST(any_other_moves_with_what_is_in_it)
{
	char *piece, *next, *moved;

	begin();
	piece = __wrap_malloc(24);
	next = __wrap_malloc(24);
	memset(piece, 'x', 24);
	memset(next, 'y', 24);
	moved = __wrap_realloc(piece, 100);
	CHECK_TRUE(moved != piece && is_pooled(moved));
	CHECK_INT(strspn(moved, "x"), 24);
	moved = __wrap_realloc(moved, PIECE_MAX + 1);
	CHECK_TRUE(!is_pooled(moved));
	CHECK_INT(strspn(moved, "x"), 24);
	moved = __wrap_realloc(moved, 2 * PIECE_MAX);
	CHECK_INT(strspn(moved, "x"), 24);
	CHECK_INT(strspn(next, "y"), 24);
	__wrap_free(moved);
}

TEST(place_is_used_again_of_the_last_one_only)
{
	char *low, *high;

	begin();
	low = __wrap_malloc(100);
	high = __wrap_malloc(100);
	__wrap_free(low);
	__wrap_free(high);
	__wrap_free(high);
	CHECK_TRUE(__wrap_malloc(100) == high);
	__wrap_free(low);
	__wrap_free(low + STEP);
	CHECK_TRUE((char *)__wrap_malloc(100) > high);
}

TEST(full_pool_leaves_the_rest_to_the_library)
{
	enum { SIZE = 1000, ROOM = (SIZE + STEP - 1) / STEP * STEP, MANY = POOL_SIZE / ROOM + 1 };
	char *piece[MANY], *more;
	int inside = 0;

	begin();
	for (int i = 0; i < MANY; i++) {
		piece[i] = __wrap_malloc(SIZE);
		inside += is_pooled(piece[i]);
		memset(piece[i], 'x', SIZE);
	}
	CHECK_INT(inside, MANY - 1);
	do
		more = __wrap_malloc(0);
	while (is_pooled(more));
	CHECK_TRUE(end == pool + POOL_SIZE);
	__wrap_free(more);
	for (int i = 0; i < MANY; i++)
		__wrap_free(piece[i]);
	more = __wrap_calloc(1, 1);
	CHECK_TRUE(!is_pooled(more));
	__wrap_free(more);
}

/* A small generator of numbers: the same at each run. */
static unsigned int draw(uint32_t *io_seed, unsigned int below)
{
	*io_seed = *io_seed * 1664525 + 1013904223;
	return (*io_seed >> 8) % below;
}

/* All of its bytes are still alike. */
static bool holds(const unsigned char *data, size_t size)
{
	for (size_t i = 1; i < size; i++)
		if (data[i] != data[0])
			return false;
	return true;
}

/* Takes, changes and frees pieces by chance. Returns NULL when one lost what was in it. */
static void *stir(void *argument)
{
	enum { MANY = 200, TURNS = 100000, LONG = 2000 };
	unsigned char *data[MANY] = { NULL };
	size_t size[MANY] = { 0 };
	uint32_t *seed = argument;
	bool is_kept = true;

	for (int turn = 0; turn < TURNS; turn++) {
		unsigned int i = draw(seed, MANY);
		size_t wanted = 1 + draw(seed, draw(seed, 4) ? 100 : LONG);
		size_t kept = wanted < size[i] ? wanted : size[i];
		unsigned char mark = (unsigned char)(i + *seed);

		is_kept = is_kept && holds(data[i], size[i]);
		if (draw(seed, 2)) {
			__wrap_free(data[i]);
			data[i] = NULL;
			size[i] = 0;
			continue;
		}
		data[i] = __wrap_realloc(data[i], wanted);
		is_kept = is_kept && holds(data[i], kept);
		memset(data[i], mark, wanted);
		size[i] = wanted;
	}
	for (int i = 0; i < MANY; i++)
		__wrap_free(data[i]);
	return is_kept ? argument : NULL;
}

TEST(pieces_keep_to_themselves_whatever_comes)
{
	uint32_t seed = 1;

	begin();
	CHECK_TRUE(stir(&seed));
}

/* They take turns with short pieces, so that both find room in the pool again and again. */
static void *push(void *argument)
{
	enum { TURNS = 1000000, SIZE = 40 };
	char mark = *(const char *)argument;
	bool is_kept = true;

	for (int turn = 0; turn < TURNS; turn++) {
		char *data = __wrap_malloc(SIZE);

		memset(data, mark, SIZE);
		is_kept = is_kept && holds((const unsigned char *)data, SIZE) && *data == mark;
		__wrap_free(data);
	}
	return is_kept ? argument : NULL;
}

TEST(two_threads_do_not_meet)
{
	for (int round = 0; round < 5; round++) {
		pthread_t other;
		void *end_of_other;

		begin();
		CHECK_INT(pthread_create(&other, NULL, push, "a"), 0);
		CHECK_TRUE(push("b"));
		CHECK_INT(pthread_join(other, &end_of_other), 0);
		CHECK_TRUE(end_of_other);
	}
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
		(void)!get(kind, PIECE_MAX + 1);
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
