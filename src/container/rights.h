// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rights - what husk itself gives up, as early as it can
 */
#ifndef HUSK_CONTAINER_RIGHTS_H
#define HUSK_CONTAINER_RIGHTS_H

#include <stdbool.h>

#include "base/error.h"

/**
 * container_rights_conceal - what we have read of a configuration shall be in no core file
 *
 * Environments hold passwords. A process that cannot be dumped leaves no core, and only real root
 * reads its memory. PR_SET_DUMPABLE; children inherit it until they execute something.
 *
 * @has_placed: the child is where it belongs. Before, this does nothing but for root of the
 *              machine: an ordinary user writes the id maps of a child by /proc, whose files
 *              belong to root when it cannot be dumped.
 */
MUST_USE int container_rights_conceal(bool has_placed, struct error *err);

/**
 * container_rights_give_up - all capabilities but those that the end of a container takes
 *
 * CAP_KILL, for processes of other users, and CAP_DAC_OVERRIDE, for cgroups that were given to
 * them. For user 0 only: what it executes, a hook say, gets back all of the bounding set, which
 * stays. For anybody else what is given up is lost to hooks too; so nothing is.
 *
 * It cannot fail but by a bug, which is logged: nothing depends on it.
 */
void container_rights_give_up(void);

#endif
