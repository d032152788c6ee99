// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * folder - names that nobody sees, and folders that go away with what is in them
 *
 * A hidden name is a dot and 16 hexadecimal digits, made at random. Other names with a dot
 * are not ours to sweep.
 */
#ifndef HUSK_STATE_FOLDER_H
#define HUSK_STATE_FOLDER_H

#include <dirent.h>
#include <stdbool.h>

#include "base/error.h"

enum { STATE_HIDDEN_SIZE = 1 + 16 + 1 };

/* @ret_name: STATE_HIDDEN_SIZE bytes. */
void state_folder_hidden_name(char *ret_name);
bool state_folder_is_hidden(const char *name);

/* True when @name in @dir_fd is the very folder that @folder_fd is open on. */
bool state_folder_is_named(int folder_fd, int dir_fd, const char *name);

/*
 * The entries of @folder_fd from the beginning, or NULL and errno. The list has a
 * descriptor of its own: the offset of @folder_fd is shared with whoever inherited it.
 */
DIR *state_folder_list(int folder_fd);

/* For autoclean: closes *@list unless it is NULL. */
void state_folder_close_list(DIR *const *list);

/**
 * state_folder_remove - @name in @dir_fd, open as @folder_fd, with everything in it
 *
 * Folders inside are removed when they hold no folder themselves.
 * Returns 0, or a negative errno with the name that could not be removed.
 */
MUST_USE int state_folder_remove(int folder_fd, int dir_fd, const char *name, struct error *err);

/*
 * Removes the hidden folders in @dir_fd that nobody holds a lock on. What cannot be removed
 * stays for the next time.
 */
void state_folder_sweep(int dir_fd);

#endif
