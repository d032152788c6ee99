// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/announce.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"
#include "base/scratch.h"
#include "base/sys.h"
#include "proc/task.h"
#include "test.h"

TEST(number_is_in_the_file_that_was_asked_for)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autofree char *path = mem_format("%s/pid", scratch.path);
	autofree char *text = NULL;
	struct error err;

	CHECK_OK(container_announce_pid(path, 4711, &err), err);
	CHECK_OK(file_read(AT_FDCWD, path, 100, &text, NULL, &err), err);
	CHECK_STR(text, "4711");
	CHECK_OK(container_announce_pid(NULL, 4711, &err), err);
}

TEST(file_that_cannot_be_made_is_named)
{
	struct error err;

	CHECK_ERROR(container_announce_pid("/nowhere/pid", 1, &err), err, ENOENT,
		    "pid file /nowhere/pid: open /nowhere/.pid.tmp: no such file or directory");
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	CHECK_INT(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	CHECK_INT(listen(fd, 1), 0);
	return fd;
}

/* The descriptor that came with the one message on a connection. */
static int receive(int connection_fd, char text[16])
{
	char room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec piece = { text, 15 };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = room,
				  .msg_controllen = sizeof(room) };
	ssize_t size = recvmsg(connection_fd, &message, MSG_CMSG_CLOEXEC);
	int fd;

	CHECK_TRUE(size > 0 && CMSG_FIRSTHDR(&message));
	text[size] = '\0';
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

TEST(pidfd_arrives_with_its_name)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autofree char *path = mem_format("%s/socket", scratch.path);
	autoclose int listening_fd = listen_at(path), own_fd = sys_pidfd_open(getpid(), 0);
	autoclose int fd = -1, connection_fd = -1, arrived_fd = -1;
	autofree char *place = NULL, *info = NULL, *line = mem_format("Pid:\t%d\n", getpid());
	struct error err;
	char text[16];

	fd = container_announce_connect(path, &err);
	CHECK_OK(fd, err);
	connection_fd = accept4(listening_fd, NULL, NULL, SOCK_CLOEXEC);
	CHECK_OK(container_announce_pidfd(fd, path, own_fd, &err), err);
	arrived_fd = receive(connection_fd, text);
	CHECK_STR(text, "pidfd");
	place = mem_format("/proc/self/fdinfo/%d", arrived_fd);
	CHECK_OK(file_read(AT_FDCWD, place, 4096, &info, NULL, &err), err);
	CHECK_TRUE(strstr(info, line));
}

TEST(socket_that_nobody_reads_is_named)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autofree char *path = mem_format("%s/socket", scratch.path);
	autofree char *text = mem_format("pidfd socket %s: connect: no such file or directory", path);
	struct error err;

	CHECK_ERROR(container_announce_connect(path, &err), err, ENOENT, text);
}
