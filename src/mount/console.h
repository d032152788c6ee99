// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * console - the container's own devpts, and /dev/console
 */
#ifndef HUSK_MOUNT_CONSOLE_H
#define HUSK_MOUNT_CONSOLE_H

#include "base/error.h"
#include "mount/plan.h"

/**
 * mount_open_pts - the root folder of the container's devpts
 *
 * /dev/pts, reached without symbolic links and verified to be a devpts (S-17). The pair is made
 * below this descriptor (term/pty.h), so that no name is resolved again.
 *
 * Returns an O_PATH descriptor; -ENODEV when something else is there; or an errno of open(2).
 */
MUST_USE int mount_open_pts(const struct mount_run *run, struct error *err);

/**
 * mount_console - bind a pty's slave on /dev/console
 *
 * @slave_fd: made below mount_open_pts; borrowed. One of another devpts is -ENODEV.
 *
 * After the pivot, in the /dev that mount_devices_make has worked in. A symbolic link in the place
 * of the console is removed, a folder is an error. With a /dev that is a bind nothing is done.
 */
MUST_USE int mount_console(const struct mount_plan *plan, const struct mount_run *run, int slave_fd,
			   struct error *err);

#endif
