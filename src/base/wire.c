// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/wire.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/scope.h"

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int wire_pair(int ret_ends[2], struct error *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_ends) < 0)
		return error_sys(err, "socketpair");
	return 0;
}

int wire_send(int socket_fd, uint32_t kind, const void *data, size_t size, int fd,
	      struct error *err)
{
	union control control = { 0 };
	struct iovec parts[] = {
		{ .iov_base = &kind, .iov_len = sizeof(kind) },
		{ .iov_base = (void *)data, .iov_len = size },
	};
	struct msghdr packet = { .msg_iov = parts, .msg_iovlen = countof(parts) };

	if (size > WIRE_MAX)
		return error_set(err, EMSGSIZE, "message of %zu bytes", size);
	if (fd >= 0) {
		packet.msg_control = &control;
		packet.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	if (TEMP_FAILURE_RETRY(sendmsg(socket_fd, &packet, MSG_NOSIGNAL)) < 0)
		return error_sys(err, "send");
	return 0;
}

static int take_descriptor(struct msghdr *packet)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(packet);
	int fd = -1;

	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

int wire_receive(int socket_fd, struct wire_message *ret_message, struct error *err)
{
	union control control = { 0 };
	uint32_t kind;
	struct iovec parts[] = {
		{ .iov_base = &kind, .iov_len = sizeof(kind) },
		{ .iov_base = ret_message->data, .iov_len = WIRE_MAX },
	};
	struct msghdr packet = {
		.msg_iov = parts,
		.msg_iovlen = countof(parts),
		.msg_control = &control,
		/* Not the padding behind: a second descriptor would fit in there, and stay. */
		.msg_controllen = CMSG_LEN(sizeof(int)),
	};
	ssize_t n = TEMP_FAILURE_RETRY(recvmsg(socket_fd, &packet, MSG_CMSG_CLOEXEC));
	autoclose int fd = -1;

	if (n < 0 && errno != ECONNRESET)
		return error_sys(err, "receive");
	if (n <= 0)
		return 0;
	fd = take_descriptor(&packet);
	if ((size_t)n < sizeof(kind) || packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return error_set(err, EBADMSG, "receive: a message of %zd bytes was cut", n);
	ret_message->kind = kind;
	ret_message->size = (uint32_t)((size_t)n - sizeof(kind));
	ret_message->fd = fd_take(&fd);
	return 1;
}
