// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * option - the words of mounts[].options
 *
 * Each word is a flag of the mount (MOUNT_ATTR_*), a flag of the superblock (MS_*), a
 * propagation (MS_SHARED ...), an order to the runtime ("bind", "tmpcopyup"), or else data
 * for the file system. Pure: no system call.
 *
 * Source: runtime-spec config.md, "Linux mount options"; mount(8); mount_setattr(2).
 */
#ifndef HUSK_MOUNT_OPTION_H
#define HUSK_MOUNT_OPTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

/* What to change of a set of flags; what neither names stays as it is. */
struct mount_change {
	uint64_t set, clear;
};

enum mount_order {
	MOUNT_ORDER_BIND = 1 << 0,
	MOUNT_ORDER_RECURSIVE = 1 << 1, /* with BIND: and the mounts below */
	MOUNT_ORDER_REMOUNT = 1 << 2,
	MOUNT_ORDER_COPY_UP = 1 << 3,	     /* "tmpcopyup" */
	MOUNT_ORDER_TMP_UPPER = 1 << 4,	     /* "tmpupper": an overlay's upper layer on a tmpfs */
	MOUNT_ORDER_COPY_SYMLINK = 1 << 5,   /* a symlink as source is made anew */
	MOUNT_ORDER_SOURCE_NOFOLLOW = 1 << 6,
	MOUNT_ORDER_TARGET_NOFOLLOW = 1 << 7,
	MOUNT_ORDER_IDMAP = 1 << 8,
	MOUNT_ORDER_IDMAP_RECURSIVE = 1 << 9,
};

/*
 * A zeroed struct says nothing. @below holds for the mount and all mounts in its tree and is
 * applied first, @top for the mount alone: so the later of "ro" and "rrw" wins.
 */
struct mount_options {
	struct mount_change top, below; /* MOUNT_ATTR_* */
	struct mount_change super;	/* MS_* */
	unsigned int orders;		/* enum mount_order */
	const char *idmap;		/* what stood behind "idmap=", or NULL */
	size_t propagation_count, data_count;
	unsigned long *propagation; /* MS_* with MS_REC, in the order given */
	const char **data;	    /* words for the file system, in the order given */
};

/**
 * mount_option_parse - one word more
 *
 * Of contradicting words the last one wins, flag by flag. A word that is not known goes to
 * the data; its text is borrowed. Memory is the arena's.
 */
void mount_option_parse(const char *word, struct arena *io_arena, struct mount_options *io_options);

/* The words known here, sorted: number @i from 0 on, NULL behind the last. For `features`. */
const char *mount_option_word(size_t i);

#endif
