// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * listing - the names in a folder, one after the other
 *
 *	autolisting struct listing list = listing_open(folder_fd, ".");
 *	const char *name;
 *
 *	while ((name = listing_next(&list)))
 *
 * It is a descriptor and a buffer in the caller's frame: no memory, and no call but openat(2),
 * getdents64(2) and close(2).
 */
#ifndef HUSK_BASE_LISTING_H
#define HUSK_BASE_LISTING_H

#include <dirent.h>
#include <stddef.h>

struct listing {
	int fd; /* of its own: the offset of one that is inherited would be shared */
	size_t size, next;
	char entries[2048] __attribute__((aligned(__alignof__(struct dirent64))));
};

/* @name in @dir_fd, links followed, from its beginning. On failure its fd is -1, errno says why. */
struct listing listing_open(int dir_fd, const char *name);

/*
 * The next name, which is neither "." nor "..", borrowed until the next call; or NULL. Then errno
 * is 0 at the end, also when the folder was removed meanwhile, else one of getdents64(2). Of a
 * listing that could not be opened it is NULL.
 */
const char *listing_next(struct listing *io_listing);

/* The same with DT_DIR and its like, DT_UNKNOWN on file systems that do not tell. */
const struct dirent64 *listing_next_entry(struct listing *io_listing);

#define autolisting __attribute__((cleanup(listing_close)))
void listing_close(const struct listing *listing);

#endif
