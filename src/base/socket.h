// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * socket - UNIX sockets that have a name in the file system
 */
#ifndef HUSK_BASE_SOCKET_H
#define HUSK_BASE_SOCKET_H

#include "base/error.h"

/**
 * socket_connect - to whoever listens at @path
 *
 * @type: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.
 * @path: may be longer than an address holds. One that begins with '@' is a name in the
 *        abstract namespace, as sd_notify(3) has it.
 *
 * Returns a socket, close-on-exec; -EINVAL for ""; an errno of connect(2), unix(7).
 */
MUST_USE int socket_connect(const char *path, int type, struct error *err);

#endif
