// SPDX-License-Identifier: GPL-2.0-or-later
#include "ns/netlink.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/scope.h"

/* The kernel fills at most this much in one message of a dump: NLMSG_GOODSIZE. */
enum { ANSWER_SIZE = 32768 };

int netlink_open(struct error *err)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	return fd < 0 ? error_sys(err, "make a netlink socket") : fd;
}

static void append(struct netlink_message *io_message, const void *data, size_t size)
{
	size_t at = NLMSG_ALIGN(io_message->header.nlmsg_len);

	if (at + size > sizeof(*io_message)) {
		fprintf(stderr, "netlink: message too long\n");
		abort();
	}
	memcpy((char *)io_message + at, data, size);
	io_message->header.nlmsg_len = (uint32_t)(at + size);
}

void netlink_begin(struct netlink_message *ret_message, uint16_t type, uint16_t flags,
		   const void *body, size_t size)
{
	*ret_message = (struct netlink_message){
		.header = {
			.nlmsg_len = NLMSG_HDRLEN,
			.nlmsg_type = type,
			.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags),
		},
	};
	append(ret_message, body, size);
}

void netlink_add(struct netlink_message *io_message, uint16_t type, const void *data, size_t size)
{
	struct rtattr head = { .rta_len = (uint16_t)RTA_LENGTH(size), .rta_type = type };

	append(io_message, &head, sizeof(head));
	append(io_message, data, size);
}

/* Returns 1 when @answer was the last one. */
static int take(const struct nlmsghdr *answer, netlink_see *see, void *io_argument,
		struct error *err)
{
	int code = 0;

	if (answer->nlmsg_type != NLMSG_ERROR && answer->nlmsg_type != NLMSG_DONE) {
		if (see)
			see(answer, io_argument);
		return 0;
	}
	/* Both begin with a negative errno, or 0; an empty end of a dump has none. */
	if (answer->nlmsg_len >= NLMSG_LENGTH(sizeof(code)))
		memcpy(&code, NLMSG_DATA(answer), sizeof(code));
	return code < 0 ? error_set(err, -code, "%s", error_words(-code)) : 1;
}

int netlink_ask(int socket_fd, struct netlink_message *message, netlink_see *see,
		void *io_argument, struct error *err)
{
	_Alignas(struct nlmsghdr) char answers[ANSWER_SIZE];
	int r = 0;

	if (send(socket_fd, message, message->header.nlmsg_len, 0) < 0)
		return error_sys(err, "netlink: send");
	while (r == 0) {
		ssize_t n = TEMP_FAILURE_RETRY(recv(socket_fd, answers, sizeof(answers), 0));
		const struct nlmsghdr *at = (const struct nlmsghdr *)answers;
		size_t left = (size_t)n;

		if (n < 0)
			return error_sys(err, "netlink: receive");
		for (; r == 0 && NLMSG_OK(at, left); at = NLMSG_NEXT(at, left))
			r = take(at, see, io_argument, err);
	}
	return r < 0 ? r : 0;
}

const struct rtattr *netlink_find(const struct nlmsghdr *answer, size_t body_size, int type)
{
	const struct rtattr *at = (const struct rtattr *)((const char *)NLMSG_DATA(answer) +
							   NLMSG_ALIGN(body_size));
	size_t left = NLMSG_PAYLOAD(answer, NLMSG_ALIGN(body_size));

	for (; RTA_OK(at, left); at = RTA_NEXT(at, left))
		if (at->rta_type == type)
			return at;
	return NULL;
}
