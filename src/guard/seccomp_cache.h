// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seccomp_cache - compiled filters, kept so that a profile is compiled once
 *
 * libseccomp takes 10 ms for the profile that engines give to every container; to read the result
 * takes a tenth of a millisecond. It is kept below the state root, as
 * ".cache/seccomp/HASH": whoever may write there may do anything to the containers anyway.
 *
 * A file holds the whole key beside the program, so that two profiles never share one, and a
 * checksum. What is not as it should be counts as not there, and is written anew.
 */
#ifndef HUSK_GUARD_SECCOMP_CACHE_H
#define HUSK_GUARD_SECCOMP_CACHE_H

#include "base/error.h"
#include "base/text.h"
#include "guard/seccomp.h"

/**
 * guard_seccomp_cache_key - all that the instructions depend on, as text
 *
 * The rules, libseccomp's version, the kernel's, the processor, and the way we compile. Not
 * the flags and the listener: they do not change the instructions.
 */
void guard_seccomp_cache_key(const struct spec_seccomp *seccomp, struct text *io_key);

/**
 * guard_seccomp_cache_find - the program of a key
 *
 * @root_fd: the state root.
 *
 * Returns 0, guard_seccomp_set_flags comes next; -ENOENT when there is none that can be trusted:
 * a regular file of ours that others may not write, whole, of this very key.
 */
MUST_USE int guard_seccomp_cache_find(int root_fd, const char *key,
				      struct guard_seccomp_program *ret_program,
				      struct error *err);

/**
 * guard_seccomp_cache_save - keep a program; old or new, never half
 *
 * Makes the folders (0700) if they are missing. When there are many files, of profiles long
 * gone perhaps, all are removed first.
 */
MUST_USE int guard_seccomp_cache_save(int root_fd, const char *key,
				      const struct guard_seccomp_program *program,
				      struct error *err);

#endif
