// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * netlink - questions and orders to the kernel's network, one at a time
 *
 *	struct netlink_message m;
 *
 *	netlink_begin(&m, RTM_GETLINK, 0, &body, sizeof(body));
 *	netlink_add(&m, IFLA_IFNAME, name, strlen(name) + 1);
 *	TRY(netlink_ask(fd, &m, see_link, &link, err));
 *
 * A socket acts on the network namespace that it was made in, for as long as it is open.
 * Source: netlink(7), rtnetlink(7).
 */
#ifndef HUSK_NS_NETLINK_H
#define HUSK_NS_NETLINK_H

#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { NETLINK_ROOM = 1024 };

struct netlink_message {
	struct nlmsghdr header;
	char body[NETLINK_ROOM];
};

/* A NETLINK_ROUTE socket in the caller's network namespace; close-on-exec. */
MUST_USE int netlink_open(struct error *err);

/* @flags: NLM_F_DUMP, NLM_F_CREATE and so on; request and acknowledgement are understood. */
void netlink_begin(struct netlink_message *ret_message, uint16_t type, uint16_t flags,
		   const void *body, size_t size);

/* One attribute more. What does not fit ends the program: our messages are small. */
void netlink_add(struct netlink_message *io_message, uint16_t type, const void *data,
		 size_t size);

/* What the kernel answers with, once for each message that is no acknowledgement. */
typedef void netlink_see(const struct nlmsghdr *answer, void *io_argument);

/**
 * netlink_ask - send, and take all answers up to the acknowledgement
 *
 * @see: NULL when there is nothing to be told.
 *
 * Returns 0, or the negative errno that the kernel answers with, the text being its name.
 */
MUST_USE int netlink_ask(int socket_fd, struct netlink_message *message, netlink_see *see,
			 void *io_argument, struct error *err);

/* The attribute of an answer whose fixed part is @body_size bytes, or NULL. */
const struct rtattr *netlink_find(const struct nlmsghdr *answer, size_t body_size, int type);

#endif
