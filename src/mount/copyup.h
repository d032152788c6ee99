// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * copyup - what is in a folder, copied into a fresh tmpfs ("tmpcopyup"); for this folder alone
 */
#ifndef HUSK_MOUNT_COPYUP_H
#define HUSK_MOUNT_COPYUP_H

#include "base/error.h"

/**
 * mount_copyup - all below @from_fd, copied below @to_fd
 *
 * @from_fd: a folder of the image, O_PATH suffices. @to_fd: an empty folder.
 *
 * Files, folders, symbolic links, FIFOs and device nodes with mode, owner and time of change;
 * sockets are left out, as is any extended attribute. No symbolic link is followed. A device node
 * that may not be made (user namespace) is left out.
 *
 * Errors name the entry: "copy up: etc: passwd: write: No space left on device".
 */
MUST_USE int mount_copyup(int from_fd, int to_fd, struct error *err);

#endif
