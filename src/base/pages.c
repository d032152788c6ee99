// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/pages.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"

enum { MANY = 16 };

struct ranges {
	uintptr_t page, begin[MANY], end[MANY];
	size_t count;
};

static int add_read_only(struct dl_phdr_info *object, size_t size UNUSED, void *argument)
{
	struct ranges *io_ranges = argument;

	for (int i = 0; i < object->dlpi_phnum && io_ranges->count < MANY; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		uintptr_t begin = object->dlpi_addr + part->p_vaddr;

		/* What may be written to is not in the file as it is here. */
		if (part->p_type != PT_LOAD || part->p_flags & PF_W)
			continue;
		io_ranges->begin[io_ranges->count] = begin / io_ranges->page * io_ranges->page;
		io_ranges->end[io_ranges->count++] = begin + part->p_memsz;
	}
	return 0;
}

void pages_let_go(void)
{
	struct ranges ranges = { .page = (uintptr_t)sysconf(_SC_PAGESIZE) };

	/* The headers are such pages too: all is read before any is given back. */
	dl_iterate_phdr(add_read_only, &ranges);
	for (size_t i = 0; i < ranges.count; i++)
		/* Where it is refused the pages stay, and nothing else is wrong. */
		(void)madvise((void *)ranges.begin[i], ranges.end[i] - ranges.begin[i],
			      MADV_DONTNEED);
}
