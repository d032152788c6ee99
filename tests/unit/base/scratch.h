// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scratch - a folder for one test, gone at its end
 *
 *	autoclean(scratch_clear) struct scratch scratch = scratch_new();
 *
 * A test that fails leaves it, to be looked at.
 */
#ifndef HUSK_TESTS_UNIT_BASE_SCRATCH_H
#define HUSK_TESTS_UNIT_BASE_SCRATCH_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

struct scratch {
	char path[64];
	int fd;
};

static inline struct scratch scratch_new(void)
{
	struct scratch scratch = { .path = "/tmp/husk-test-XXXXXX" };

	CHECK_TRUE(mkdtemp(scratch.path));
	scratch.fd = open(scratch.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CHECK_TRUE(scratch.fd >= 0);
	return scratch;
}

static inline int scratch_remove_one(const char *path, const struct stat *st UNUSED,
				     int kind UNUSED, struct FTW *at UNUSED)
{
	return remove(path);
}

static inline void scratch_clear(struct scratch *scratch)
{
	close(scratch->fd);
	nftw(scratch->path, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
