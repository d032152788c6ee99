// SPDX-License-Identifier: 0BSD
/*
 * file - the few files that husk-init touches
 */
#ifndef HUSK_INIT_BARE_FILE_H
#define HUSK_INIT_BARE_FILE_H

#include <stdbool.h>

#include "init/text.h"

/* The folder that @path lies in, to be found again when the working folder has changed. */
int file_open_folder(const char *path);

/**
 * file_write - @text as the file that @path names in its folder, mode 0600, all or nothing
 *
 * What was there is replaced. Returns 0 or a negative errno.
 */
int file_write(int folder_fd, const char *path, const struct init_text *text);

/* True as well when /proc does not tell. */
bool file_is_first_pid_namespace(void);

#endif
