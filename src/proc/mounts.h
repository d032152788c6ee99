// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mounts - the mounts of a mount namespace, as /proc/PID/mountinfo lists them
 *
 * The list has one line for each mount that can be reached below the reader's root, also for
 * those that a later mount covers: no path leads to them. mounts_is_visible tells.
 * Source: proc(5), /proc/pid/mountinfo.
 */
#ifndef HUSK_PROC_MOUNTS_H
#define HUSK_PROC_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/scope.h"

/* Octal escapes of the file ("\040") are plain bytes here. */
struct mounts_row {
	int id, parent_id;
	unsigned int major, minor; /* of the file system: equal for all its mounts */
	char *root;		   /* the folder of the file system that is mounted */
	char *mount_point;	   /* below the reader's root */
	char *options;		   /* of this mount: "rw,nosuid" */
	char *fs_type;
	char *source;
	char *super_options;	   /* of the file system: "rw,cpu,cpuacct" */
};

struct mounts {
	size_t count;
	struct mounts_row *row;
	struct arena arena; /* owns the rows and their text */
};

#define automounts autoclean(mounts_clear)

/**
 * mounts_read - the list of the calling process
 *
 * @ret_mounts: released with mounts_clear. Returns 0, or a negative errno of
 * reading /proc/self/mountinfo; -EBADMSG as mounts_parse.
 */
MUST_USE int mounts_read(struct mounts *ret_mounts, struct error *err);

/* mounts_parse - the text of a mountinfo file; -EBADMSG names the line that is none. */
MUST_USE int mounts_parse(const char *text, struct mounts *ret_mounts, struct error *err);

/**
 * mounts_is_visible - whether the path row->mount_point leads to this mount
 *
 * @row: one of @mounts. False when another mount lies on top of it, or on a folder above
 * its mount point.
 */
bool mounts_is_visible(const struct mounts *mounts, const struct mounts_row *row);

/* True when the option list @options ("rw,cpu,cpuacct") has the whole word @word. */
bool mounts_has_option(const char *options, const char *word);

void mounts_clear(struct mounts *io_mounts);

#endif
