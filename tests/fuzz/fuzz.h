// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz - what every fuzz target shares: its one function, and where it may put files
 *
 * A target is one file fuzz_NAME.c with fuzz_one. It gives the input to husk's own readers, and
 * says with FUZZ_MUST what holds for whatever they accept. The sanitizers see the rest.
 */
#ifndef HUSK_FUZZ_H
#define HUSK_FUZZ_H

#include <stddef.h>

/* @text: @size bytes, and a 0 byte after them that is not counted; in memory of their own. */
void fuzz_one(const char *text, size_t size);

/* A folder of this process alone; the runner removes it. Borrowed. */
const char *fuzz_folder(void);

/* A file in the folder @folder_fd, made anew. */
void fuzz_write(int folder_fd, const char *name, const char *data, size_t size);

/* Ends the program as a crash. */
#define FUZZ_MUST(holds)                                 \
	do {                                             \
		if (!(holds))                            \
			fuzz_broken(#holds, __FILE__, __LINE__); \
	} while (0)

/*
 * What husk prints: no byte that a terminal obeys, but ends of lines. Errors and warnings may hold
 * some, since log_line takes them out.
 */
void fuzz_must_be_plain(const char *text);

/* One whole JSON value. */
void fuzz_must_be_json(const char *text, size_t size);

_Noreturn void fuzz_broken(const char *rule, const char *file, int line);

#endif
