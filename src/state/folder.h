// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * folder - names that nobody has yet, and folders that go away with what is in them
 *
 * What is being made or removed lies in the folder ".half" of the state root, under 16 hexadecimal
 * digits, made at random.
 */
#ifndef HUSK_STATE_FOLDER_H
#define HUSK_STATE_FOLDER_H

#include <stdbool.h>

#include "base/error.h"

enum { STATE_RANDOM_SIZE = 16 + 1 };

/* @ret_name: STATE_RANDOM_SIZE bytes. */
void state_folder_random_name(char *ret_name);
bool state_folder_is_random(const char *name);

/*
 * The folder ".half" of @root_fd; -EPERM when it is somebody else's. With @is_made it is made if it
 * is missing, else that is -ENOENT.
 */
MUST_USE int state_folder_open_half(int root_fd, bool is_made, struct error *err);

/* True when @name in @dir_fd is the very folder that @folder_fd is open on. */
bool state_folder_is_named(int folder_fd, int dir_fd, const char *name);

/**
 * state_folder_remove - @name in @dir_fd, open as @folder_fd, with everything in it
 *
 * Folders inside are removed when they hold no folder themselves.
 * Returns 0, or a negative errno with the name that could not be removed.
 */
MUST_USE int state_folder_remove(int folder_fd, int dir_fd, const char *name, struct error *err);

/*
 * Removes the folders with random names in @dir_fd that nobody holds a lock on. What cannot be
 * removed stays for the next time.
 */
void state_folder_sweep(int dir_fd);

#endif
