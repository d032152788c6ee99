// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/wire.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/scope.h"
#include "test.h"

struct pair {
	int a, b;
};

static struct pair pair_new(void)
{
	struct error err;
	int ends[2];

	CHECK_OK(wire_pair(ends, &err), err);
	return (struct pair){ ends[0], ends[1] };
}

static void pair_clear(struct pair *pair)
{
	scope_close(&pair->a);
	scope_close(&pair->b);
}

TEST(ends_are_closed_on_exec)
{
	autoclean(pair_clear) struct pair pair = pair_new();

	CHECK_INT(fcntl(pair.a, F_GETFD), FD_CLOEXEC);
	CHECK_INT(fcntl(pair.b, F_GETFD), FD_CLOEXEC);
}

TEST(messages_keep_kind_order_and_borders)
{
	autoclean(pair_clear) struct pair pair = pair_new();
	struct wire_message message;
	struct error err;

	CHECK_OK(wire_send(pair.a, 7, "abc", 3, -1, &err), err);
	CHECK_OK(wire_send(pair.a, 8, NULL, 0, -1, &err), err);
	CHECK_INT(wire_receive(pair.b, &message, &err), 1);
	CHECK_INT(message.kind, 7);
	CHECK_INT(message.size, 3);
	CHECK_INT(message.fd, -1);
	CHECK_TRUE(memcmp(message.data, "abc", 3) == 0);
	CHECK_INT(wire_receive(pair.b, &message, &err), 1);
	CHECK_INT(message.kind, 8);
	CHECK_INT(message.size, 0);
}

TEST(largest_message_fits_and_a_larger_is_refused)
{
	autoclean(pair_clear) struct pair pair = pair_new();
	static char data[WIRE_MAX + 1];
	struct wire_message message;
	struct error err;

	memset(data, 'x', sizeof(data));
	CHECK_OK(wire_send(pair.a, 1, data, WIRE_MAX, -1, &err), err);
	CHECK_INT(wire_receive(pair.b, &message, &err), 1);
	CHECK_INT(message.size, WIRE_MAX);
	CHECK_ERROR(wire_send(pair.a, 1, data, WIRE_MAX + 1, -1, &err), err, EMSGSIZE,
		    "message of 4097 bytes");
}

TEST(descriptor_travels_and_is_closed_on_exec)
{
	autoclean(pair_clear) struct pair pair = pair_new();
	autoclose int file_fd = memfd_create("test", MFD_CLOEXEC);
	struct wire_message message = { .fd = -1 };
	struct stat sent, got;
	struct error err;

	CHECK_OK(wire_send(pair.a, 1, "x", 1, file_fd, &err), err);
	CHECK_INT(wire_receive(pair.b, &message, &err), 1);
	CHECK_TRUE(message.fd >= 0 && message.fd != file_fd);
	CHECK_INT(fcntl(message.fd, F_GETFD), FD_CLOEXEC);
	CHECK_INT(fstat(file_fd, &sent), 0);
	CHECK_INT(fstat(message.fd, &got), 0);
	CHECK_INT(got.st_ino, sent.st_ino);
	close(message.fd);
}

TEST(closed_end_is_an_event_of_its_own)
{
	autoclean(pair_clear) struct pair pair = pair_new();
	struct wire_message message;
	struct error err;

	CHECK_OK(wire_send(pair.a, 1, "x", 1, -1, &err), err);
	close(pair.a);
	pair.a = -1;
	CHECK_INT(wire_receive(pair.b, &message, &err), 1);
	CHECK_INT(wire_receive(pair.b, &message, &err), 0);
	CHECK_ERROR(wire_send(pair.b, 1, "x", 1, -1, &err), err, EPIPE, "send: broken pipe");
}

/* Closing an end with unread messages is a reset to the other. */
TEST(end_closed_with_unread_messages_is_closed_too)
{
	autoclean(pair_clear) struct pair pair = pair_new();
	struct wire_message message;
	struct error err;

	CHECK_OK(wire_send(pair.b, 1, "x", 1, -1, &err), err);
	close(pair.a);
	pair.a = -1;
	CHECK_INT(wire_receive(pair.b, &message, &err), 0);
}

TEST(message_that_is_cut_is_refused)
{
	autoclean(pair_clear) struct pair pair = pair_new();
	static char huge[sizeof(uint32_t) + WIRE_MAX + 1];
	struct wire_message message;
	struct error err;

	CHECK_INT(send(pair.a, "xy", 2, 0), 2);
	CHECK_INT(wire_receive(pair.b, &message, &err), -EBADMSG);
	CHECK_INT(send(pair.a, huge, sizeof(huge), 0), sizeof(huge));
	CHECK_INT(wire_receive(pair.b, &message, &err), -EBADMSG);
}

TEST(two_descriptors_are_refused_and_not_kept)
{
	autoclean(pair_clear) struct pair pair = pair_new();
	char control[CMSG_SPACE(2 * sizeof(int))] __attribute__((aligned(8))) = { 0 };
	char bytes[8] = { 0 };
	struct iovec data = { bytes, sizeof(bytes) };
	struct msghdr packet = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control,
				 .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&packet);
	int fds[2] = { pair.a, pair.b }, before, after;
	struct wire_message message;
	struct error err;

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(header), fds, sizeof(fds));
	before = dup(0);
	close(before);
	CHECK_INT(sendmsg(pair.a, &packet, 0), sizeof(bytes));
	CHECK_INT(wire_receive(pair.b, &message, &err), -EBADMSG);
	after = dup(0);
	close(after);
	CHECK_INT(after, before);
}
