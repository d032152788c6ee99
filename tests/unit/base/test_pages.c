// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/pages.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "test.h"

enum { PAGE = 4096, PAGES = 64 };

/* Constants of this program's file, and data that was changed since. */
static const _Alignas(PAGE) char constants[PAGES * PAGE] = { 1 };
static _Alignas(PAGE) volatile char data[PAGE] = "file";

static int is_in_memory(const volatile void *address)
{
	uint64_t entry = 0;
	FILE *file = fopen("/proc/self/pagemap", "r");

	assert_non_null(file);
	fseek(file, (long)((uintptr_t)address / (uintptr_t)sysconf(_SC_PAGESIZE) * sizeof(entry)),
	      SEEK_SET);
	assert_int_equal(fread(&entry, sizeof(entry), 1, file), 1);
	fclose(file);
	return (int)(entry >> 63);
}

TEST(constants_leave_and_come_back)
{
	const volatile char *middle = constants + PAGES / 2 * PAGE;

	CHECK_INT(*middle, 0);
	CHECK_TRUE(is_in_memory(middle));
	pages_let_go();
	CHECK_TRUE(!is_in_memory(middle));
	CHECK_INT(*(const volatile char *)constants, 1);
	CHECK_INT(*middle, 0);
}

TEST(what_was_written_stays)
{
	data[0] = 'm';
	pages_let_go();
	CHECK_INT(data[0], 'm');
	CHECK_INT(data[1], 'i');
}
