// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * role - what a command line is by trade: an init, a shell, a wrapper around another program
 *
 * Told by names alone. An init is made to be PID 1 of one program, a manager that of many; a
 * wrapper starts the program that is meant as a child of its own and stays in front of it.
 */
#ifndef HUSK_PROC_ROLE_H
#define HUSK_PROC_ROLE_H

#include <stdbool.h>
#include <stddef.h>

enum role { ROLE_PROGRAM, ROLE_INIT, ROLE_MANAGER, ROLE_SHELL, ROLE_WRAPPER };

/* @args: the command line, @count words; no words are a program. */
enum role role_of(const char *const *args, size_t count);

/* Made to be PID 1, of one program or of many. */
static inline bool role_is_init(enum role role)
{
	return role == ROLE_INIT || role == ROLE_MANAGER;
}

/* The last component of a path, a login shell's "-" left out; borrowed from @path. */
const char *role_base_name(const char *path);

/*
 * The command line that an init of @args runs: the words behind "--", or behind its options.
 * Returns the index of the first, or @count when there is none.
 */
size_t role_init_command(const char *const *args, size_t count);

/* The script of `sh -c SCRIPT`, borrowed; NULL when the words have no such form. */
const char *role_shell_script(const char *const *args, size_t count);

#endif
