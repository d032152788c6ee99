// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * root - the folder that all containers of one user are kept in
 */
#ifndef HUSK_STATE_ROOT_H
#define HUSK_STATE_ROOT_H

#include <stdbool.h>

#include "base/error.h"

/* What the default depends on, apart from the machine, so that it can be a table in a test. */
struct state_caller {
	bool is_root;		    /* effective uid 0 */
	bool is_in_first_namespace; /* the initial user namespace */
	const char *runtime_folder; /* XDG_RUNTIME_DIR, or NULL */
};

/**
 * state_root_default - where state is kept without --root
 *
 * @ret_is_sticky: the folder lies where cleaners of old files go round.
 *
 * Returns 0 with a path that the caller frees; -ENOENT or -EINVAL for an ordinary user whose
 * XDG_RUNTIME_DIR is missing or not absolute.
 */
MUST_USE int state_root_default(const struct state_caller *caller, char **ret_root,
				bool *ret_is_sticky, struct error *err);

/* The caller as it is. */
struct state_caller state_root_caller(void);

/**
 * state_root_open - open the root and look at whose it is
 *
 * Returns a close-on-exec descriptor; -ENOENT when it is not there; -EINVAL when it is "/";
 * -EPERM when neither root nor we own it, or group or others may write to it.
 */
MUST_USE int state_root_open(const char *root, struct error *err);

/* The root with every missing folder above, mode 0700; what exists is left as it is. */
MUST_USE int state_root_make(const char *root, bool is_sticky, struct error *err);

#endif
