// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/pages.h"

#include <link.h>
#include <poll.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"

enum { MANY = 16, WAIT_SIZE = 256 };

struct ranges {
	uintptr_t page, begin[MANY], size[MANY];
	size_t count;
};

static int add_read_only(struct dl_phdr_info *object, size_t size UNUSED, void *argument)
{
	struct ranges *io_ranges = argument;

	for (int i = 0; i < object->dlpi_phnum && io_ranges->count < MANY; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		uintptr_t begin = object->dlpi_addr + part->p_vaddr;
		uintptr_t in_page = begin % io_ranges->page;

		/* What may be written to is not in the file as it is here. */
		if (part->p_type != PT_LOAD || part->p_flags & PF_W)
			continue;
		io_ranges->begin[io_ranges->count] = begin - in_page;
		io_ranges->size[io_ranges->count++] = part->p_memsz + in_page;
	}
	return 0;
}

/* Without the C library, whose functions lie in other pages. */
__attribute__((always_inline)) static inline long call(long number, long a, long b, long c)
{
#if defined(__x86_64__)
	register long d __asm__("r10") = 0;
	long result = number;

	__asm__ volatile("syscall"
			 : "+a"(result)
			 : "D"(a), "S"(b), "d"(c), "r"(d)
			 : "rcx", "r11", "memory");
	return result;
#else
	return syscall(number, a, b, c, 0);
#endif
}

/*
 * All of it lies in one page. The kernel maps the fifteen around a page as well, but none beyond
 * the mapping, and the page is made one of its own by an advice that its neighbours did not get.
 */
__attribute__((noinline, aligned(WAIT_SIZE))) static void wait_without(const struct ranges *ranges,
									const struct pollfd *wait)
{
	/* Where it is refused the pages stay, and nothing else is wrong. */
	for (size_t i = 0; i < ranges->count; i++)
		call(SYS_madvise, (long)ranges->begin[i], (long)ranges->size[i], MADV_DONTNEED);
	call(SYS_ppoll, (long)wait, 1, 0);
}

void pages_wait_without(int fd)
{
	struct ranges ranges = { .page = (uintptr_t)sysconf(_SC_PAGESIZE) };
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	uintptr_t own = (uintptr_t)wait_without;

	/* The headers are such pages too: all is read before any is given back. */
	dl_iterate_phdr(add_read_only, &ranges);
	(void)madvise((void *)(own - own % ranges.page), ranges.page, MADV_RANDOM);
	wait_without(&ranges, &wait);
}
