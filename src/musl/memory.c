// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory - small pieces out of a pool, and the end of husk when there is no memory
 *
 * musl asks the kernel for the pages of each size that it hands out, and gives them back when the
 * last piece on them is free: a tenth of what `husk run` cost. So small pieces lie in a pool of
 * husk's own, one behind the other, and only the one taken last is ever given back, grown or made
 * shorter where it is. The place of any other is never used again: there are no books between the
 * pieces that could be written over, and one that is used after it was freed is still its own. When
 * the pool is full musl is asked: a husk that lives for months wastes the pool and no more.
 *
 * A library that gets no memory ends husk, as base/mem does: libseccomp 2.5 goes on with a null
 * pointer when it writes a filter. The linker puts these in front of musl's (--wrap).
 */
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *data, size_t size);
void __real_free(void *data);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *data, size_t size);
void __wrap_free(void *data);

enum { POOL_SIZE = 160 << 10, PIECE_MAX = 16 << 10, STEP = alignof(max_align_t) };

static alignas(STEP) char pool[POOL_SIZE];
/* Where the piece that was taken last begins, and where the next one will. */
static char *last = pool, *end = pool;

static bool is_pooled(const void *data)
{
	return (uintptr_t)data - (uintptr_t)pool < sizeof(pool);
}

/* What a piece takes up that begins at @begin; 0 when it is not for the pool. */
static size_t room_for(size_t size, const char *begin)
{
	size_t whole = size ? (size + STEP - 1) / STEP * STEP : STEP;

	return size <= PIECE_MAX && whole <= (size_t)(pool + sizeof(pool) - begin) ? whole : 0;
}

/*
 * husk has a second thread while it loads a filter with a listener. It turns and does not ask the
 * kernel: the filter may be there already, and hold up whoever makes a system call.
 */
static atomic_flag is_busy = ATOMIC_FLAG_INIT;

static void lock(void)
{
	while (atomic_flag_test_and_set_explicit(&is_busy, memory_order_acquire))
		;
}

static void unlock(void)
{
	atomic_flag_clear_explicit(&is_busy, memory_order_release);
}

static void *pool_take(size_t size)
{
	void *data = NULL;
	size_t room;

	lock();
	room = room_for(size, end);
	if (room) {
		data = last = end;
		end += room;
	}
	unlock();
	return data;
}

static void pool_release(const void *data)
{
	lock();
	if (data == last)
		end = last;
	unlock();
}

/* @ret_most: no more than so many bytes are in @data. */
static bool pool_resize(const char *data, size_t size, size_t *ret_most)
{
	size_t room;

	lock();
	room = data == last ? room_for(size, last) : 0;
	*ret_most = (size_t)(end - data);
	if (room)
		end = last + room;
	unlock();
	return room;
}

/* --- in front of musl's --- */

static void *there(void *data)
{
	static const char line[] = "husk: out of memory\n";

	ssize_t written;

	if (data)
		return data;
	written = write(STDERR_FILENO, line, sizeof(line) - 1);
	(void)written; /* there is nobody left to tell */
	_exit(1);
}

void *__wrap_malloc(size_t size)
{
	void *data = pool_take(size);

	return data ? data : there(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	size_t whole;
	void *data = __builtin_mul_overflow(count, size, &whole) ? NULL : pool_take(whole);

	return data ? memset(data, 0, whole) : there(__real_calloc(count, size));
}

void *__wrap_realloc(void *data, size_t size)
{
	size_t most;
	void *moved;

	if (!data)
		return __wrap_malloc(size);
	if (!is_pooled(data))
		return there(__real_realloc(data, size));
	if (pool_resize(data, size, &most))
		return data;
	moved = __wrap_malloc(size);
	/* Behind its own bytes lie those of others, which nobody looks at. */
	memcpy(moved, data, most < size ? most : size);
	pool_release(data);
	return moved;
}

void __wrap_free(void *data)
{
	if (is_pooled(data))
		pool_release(data);
	else
		__real_free(data);
}
