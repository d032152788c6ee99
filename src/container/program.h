// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * program - find the container's program, complete its environment, look up its home
 *
 * Runs in the container's root with the container's user: what the image holds is read as
 * text, never asked through the C library.
 */
#ifndef HUSK_CONTAINER_PROGRAM_H
#define HUSK_CONTAINER_PROGRAM_H

#include <sys/types.h>

#include "base/error.h"
#include "base/mem.h"
#include "json/bind.h"

/**
 * container_program_find - the path that execve gets for args[0]
 *
 * With a slash: the name itself; else the first executable file of that name in the folders of
 * PATH, taken from @env. Symbolic links end in the container because its root does.
 *
 * Returns 0 with *@ret_path in the arena, or
 *   -ENOENT  executable file "x" not found in $PATH: no such file or directory
 *   -EACCES  exec "x": permission denied; for a folder too, as execve(2) has it
 */
MUST_USE int container_program_find(const char *name, const struct json_strings *env,
			  struct arena *io_arena, const char **ret_path, struct error *err);

/**
 * container_program_environment - the environment of the container's program
 *
 * The configured one; a later entry replaces an earlier one of the same name. HOME is added from
 * the container's /etc/passwd entry of @uid, or "/", where it is missing or empty. With
 * @listen_fds above 0: LISTEN_FDS and LISTEN_PID=1 (sd_listen_fds(3)).
 */
char **container_program_environment(const struct json_strings *env, uid_t uid, int listen_fds,
			   struct arena *io_arena);

/*
 * The home of @uid in the text of a passwd file, which is cut up by that; NULL: there is none.
 * passwd(5). An image may have any text there.
 */
const char *container_program_home(char *io_passwd, uid_t uid);

#endif
