// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * find - what a word of the command line means among the processes of the machine
 */
#ifndef HUSK_VIEW_FIND_H
#define HUSK_VIEW_FIND_H

#include "base/error.h"
#include "state/store.h"
#include "view/survey.h"

enum find_kind { FIND_PROCESS, FIND_CONTAINER };

struct find {
	enum find_kind kind;
	int index; /* into survey.process or survey.container */
};

/**
 * find_target - a PID, or the id or name of a container of any engine
 *
 * Digits alone are a PID, unless a container is called so. An id may be cut short as far as it
 * means one container.
 *
 * Returns 0; -EINVAL for what can be neither ("0", "-1", ""); -ESRCH "process N: no such
 * process"; -ENOENT "no container \"x\" runs here"; -EEXIST when several containers have it: the
 * text names them.
 */
MUST_USE int find_target(const struct survey *survey, const char *word, struct find *ret_find,
			 struct error *err);

/**
 * find_name_own - let the containers of husk's own state folder bear their ids
 *
 * One without a cgroup, as an ordinary user has it on cgroup v1, is known by its first process
 * alone; one whose cgroup an engine has named gets its id as another name. Containers that
 * cannot be read are passed over.
 */
void find_name_own(const struct store *store, struct survey *io_survey);

#endif
