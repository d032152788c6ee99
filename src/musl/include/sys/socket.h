// SPDX-License-Identifier: GPL-2.0-or-later
/* sys/socket.h - musl's, and what glibc's has besides */
#ifndef HUSK_MUSL_INCLUDE_SYS_SOCKET_H
#define HUSK_MUSL_INCLUDE_SYS_SOCKET_H

#include_next <sys/socket.h>

#ifndef AF_MCTP
#define AF_MCTP 45
#endif

#endif
