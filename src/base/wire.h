// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * wire - messages between husk's own processes, over a socket pair
 *
 * Each message is one packet of a SOCK_SEQPACKET pair: a small header with its
 * kind, then at most WIRE_MAX bytes, with at most one descriptor. Packets keep their
 * borders, so there is no length to get wrong; a closed other end is an event of
 * its own.
 */
#ifndef HUSK_BASE_WIRE_H
#define HUSK_BASE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { WIRE_MAX = 4096 };

/* @fd is -1 when none came or goes; a received one is the receiver's to close. */
struct wire_message {
	uint32_t kind;
	uint32_t size;
	int fd;
	char data[WIRE_MAX];
};

/* Two ends, both close-on-exec. */
MUST_USE int wire_pair(int ret_ends[2], struct error *err);

/**
 * wire_send - one message
 *
 * @data: @size bytes, or NULL and 0. @fd: a descriptor to lend to the other, or -1.
 * Returns 0; -EPIPE when nobody is there to read; -EMSGSIZE over WIRE_MAX.
 */
MUST_USE int wire_send(int socket_fd, uint32_t kind, const void *data, size_t size, int fd,
		       struct error *err);

/**
 * wire_receive - the next message, waited for
 *
 * Returns 1 with the message; 0 when the other end is closed; or a negative errno.
 * A message that is cut or malformed is -EBADMSG.
 */
MUST_USE int wire_receive(int socket_fd, struct wire_message *ret_message, struct error *err);

#endif
