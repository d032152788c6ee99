// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exec_plan - which process exec makes: the container's own one, and what is asked for over it
 */
#ifndef HUSK_CONTAINER_EXEC_PLAN_H
#define HUSK_CONTAINER_EXEC_PLAN_H

#include "base/error.h"
#include "base/mem.h"
#include "container/exec.h"
#include "spec/spec.h"

/**
 * container_exec_plan - the process object
 *
 * @own: of the container's configuration; NULL when it has none. Borrowed by the result.
 *
 * By words: a copy of @own, changed by each word. By file: the file's object. Whatever that
 * leaves out is @own's, but for its terminal, environment, user and no_new_privs, which are
 * what the file says: absent is no. Reads the file, touches nothing else.
 *
 * Returns 0; -EINVAL: "--user: "x" is not UID or UID:GID", "--env: ...", and so on, or the
 * file's name and the JSON path; -ENOENT without the file.
 */
MUST_USE int container_exec_plan(const struct container_exec *request,
				 const struct spec_process *own, struct arena *io_arena,
				 struct spec_process *ret_process, struct error *err);

#endif
