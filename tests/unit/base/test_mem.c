// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/mem.h"

#include <stdint.h>
#include <string.h>

#include "base/scope.h"
#include "test.h"

TEST(new_memory_is_zero)
{
	autofree unsigned char *bytes = mem_new(4096);

	for (size_t i = 0; i < 4096; i++)
		CHECK_INT(bytes[i], 0);
}

TEST(nothing_is_still_an_address)
{
	autofree void *data = mem_new(0);
	autofree void *grown = mem_grow(NULL, 0);

	CHECK_TRUE(data && grown);
}

TEST(growing_keeps_what_was_there)
{
	autofree char *text = mem_text("abc");

	text = mem_grow(text, 100000);
	CHECK_STR(text, "abc");
}

TEST(copy_of_no_text_is_no_text)
{
	struct arena arena = { 0 };

	CHECK_TRUE(!mem_text(NULL));
	CHECK_TRUE(!arena_text(&arena, NULL));
	arena_clear(&arena);
}

TEST(formatted_text_is_new)
{
	autofree char *text = mem_format("%s-%d", "a", 7);

	CHECK_STR(text, "a-7");
}

TEST(pieces_of_an_arena_are_zero_aligned_and_apart)
{
	struct arena arena = { 0 };
	unsigned char *last = NULL;

	for (size_t size = 1; size < 9000; size += 37) {
		unsigned char *piece = arena_new(&arena, size);

		CHECK_INT((uintptr_t)piece % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			CHECK_INT(piece[i], 0);
		memset(piece, 0xff, size);
		CHECK_TRUE(piece != last);
		last = piece;
	}
	arena_clear(&arena);
	CHECK_TRUE(!arena.block);
}

TEST(arena_texts_stay_while_others_come)
{
	struct arena arena = { 0 };
	char *first = arena_text(&arena, "first");
	char *number = arena_format(&arena, "%05d", 42);

	arena_new(&arena, 100000);
	arena_text(&arena, "more");
	CHECK_STR(first, "first");
	CHECK_STR(number, "00042");
	arena_clear(&arena);
}

TEST(array_on_the_heap_grows_one_by_one)
{
	int *items = NULL;

	for (size_t count = 0; count < 100000; count++) {
		items = mem_grow_array(items, count, sizeof(*items));
		items[count] = (int)count;
	}
	for (int i = 0; i < 100000; i++)
		CHECK_INT(items[i], i);
	free(items);
}

TEST(array_in_an_arena_grows_one_by_one)
{
	struct arena arena = { 0 };
	int *items = NULL;

	for (size_t count = 0; count < 1000; count++) {
		items = arena_grow(&arena, items, count, sizeof(*items));
		items[count] = (int)count;
	}
	for (int i = 0; i < 1000; i++)
		CHECK_INT(items[i], i);
	arena_clear(&arena);
}

TEST(cleared_arena_is_usable)
{
	struct arena arena = { 0 };

	arena_text(&arena, "a");
	arena_clear(&arena);
	CHECK_STR(arena_text(&arena, "b"), "b");
	arena_clear(&arena);
	arena_clear(&arena);
}
