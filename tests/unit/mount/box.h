// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * box - a process of its own in a new mount namespace, for tests that mount
 *
 * The body runs in a forked child. There, "." is a tmpfs with the folder "rootfs" in it, and
 * nothing that is mounted outlives the child. cmocka's checks would leave the child in the
 * middle of the runner, so a body says HOLDS(...) and TRY(...), and returns its error.
 */
#ifndef HUSK_TESTS_UNIT_MOUNT_BOX_H
#define HUSK_TESTS_UNIT_MOUNT_BOX_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/scope.h"
#include "mount/plan.h"
#include "spec/spec.h"

struct box {
	char bundle[64]; /* absolute */
	struct spec spec;
	struct mount_plan plan;
	struct mount_run run;
};

/* One for tests that mount nothing. */
#define BOX_NONE { .bundle = "/bundle", .run = MOUNT_RUN_NONE }
#define autobox autoclean(box_clear)

void box_clear(struct box *io_box);

typedef int box_body(struct box *io_box, struct error *err);

enum box_kind {
	BOX_ROOT,    /* a mount namespace and the rights of root; skipped without them */
	BOX_USER_NS, /* and a user namespace with root mapped to the caller */
	BOX_PLAIN,   /* the first where it can be had, else the second */
	BOX_5_10,    /* plain, where mount_setattr(2) is unknown, as before Linux 5.12 */
};

/* Runs @body; fails the test with its error text, or skips it where the kernel refuses. */
void box_run(enum box_kind kind, box_body *body);

/* The parts of a config.json, written with ' for ". NULL: nothing. */
struct box_config {
	const char *mounts;	/* the objects of the list */
	const char *linux_part; /* members of "linux", "namespaces" excepted */
	const char *namespaces; /* objects beside the mount namespace */
	const char *root;	/* members of "root" beside "path" */
	const char *more;	/* members at the top */
	bool has_user_ns, owns_network, no_pivot, has_cgroup_ns, is_cgroup_v2;
	size_t hierarchy_count;
	const struct mount_cgroup_hierarchy *hierarchies;
	const char *cgroup2_folder;
};

MUST_USE int box_plan(const struct box_config *config, struct box *io_box, struct error *err);

/* box_plan, mount_root_open and mount_attach_all in one. */
MUST_USE int box_attach(const struct box_config *config, struct box *io_box, struct error *err);

/* What a test needs on its tmpfs; a failure ends the child. @path is below ".". */
void box_folder(const char *path);
void box_file(const char *path, const char *text);
void box_link(const char *path, const char *text);

/* The content of @path below the container's root, or "(...)" with the error's name. */
const char *box_read(const struct box *box, const char *path);

/* The flags of statvfs(3) at @path below the container's root; 0 when there is nothing. */
unsigned long box_flags(const struct box *box, const char *path);

#define HOLDS(what)                                                                       \
	do {                                                                              \
		if (!(what))                                                              \
			return error_set(err, EPROTO, "%s:%d: does not hold: %s", __FILE__, \
					 __LINE__, #what);                                \
	} while (0)

#define HOLDS_TEXT(actual, expected)                                                           \
	do {                                                                                   \
		char actual_[ERROR_TEXT_SIZE]; /* it may be err's own text */                  \
		snprintf(actual_, sizeof(actual_), "%s", (actual));                            \
		if (strcmp(actual_, expected) != 0)                                            \
			return error_set(err, EPROTO, "%s:%d: \"%.400s\" is not \"%s\"", __FILE__, \
					 __LINE__, actual_, expected);                         \
	} while (0)

/* The call fails with -@code and this text. */
#define HOLDS_ERROR(call, code, expected)             \
	do {                                          \
		int result_ = (call);                 \
		HOLDS(result_ == -(code));            \
		HOLDS_TEXT(err->text, expected);      \
	} while (0)

#endif
