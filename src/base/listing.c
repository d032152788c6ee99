// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "base/scope.h"

struct listing listing_open(int dir_fd, const char *name)
{
	struct listing listing;

	/* What lies in the buffer is of no interest yet. */
	listing.fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	listing.size = listing.next = 0;
	return listing;
}

static const struct dirent64 *next_of_all(struct listing *io_listing)
{
	const struct dirent64 *entry;

	if (io_listing->next == io_listing->size) {
		ssize_t size = getdents64(io_listing->fd, (void *)io_listing->entries,
					  sizeof(io_listing->entries));

		if (size <= 0) {
			errno = size == 0 || errno == ENOENT ? 0 : errno;
			return NULL;
		}
		io_listing->size = (size_t)size;
		io_listing->next = 0;
	}
	entry = (const void *)(io_listing->entries + io_listing->next);
	io_listing->next += entry->d_reclen;
	return entry;
}

static bool is_self_or_parent(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

const struct dirent64 *listing_next_entry(struct listing *io_listing)
{
	const struct dirent64 *entry;

	do
		entry = next_of_all(io_listing);
	while (entry && is_self_or_parent(entry->d_name));
	return entry;
}

const char *listing_next(struct listing *io_listing)
{
	const struct dirent64 *entry = listing_next_entry(io_listing);

	return entry ? entry->d_name : NULL;
}

void listing_close(const struct listing *listing)
{
	scope_close(&listing->fd);
}
