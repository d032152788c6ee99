// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/socket.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scope.h"
#include "test.h"

static int listen_at(const struct sockaddr_un *address, socklen_t size)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK_INT(bind(fd, (const struct sockaddr *)address, size), 0);
	CHECK_INT(listen(fd, 1), 0);
	return fd;
}

/* A path may be longer than the 107 bytes of an address. */
TEST(long_path_is_reached)
{
	char folder[] = "/tmp/husk-socket-XXXXXX";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autofree char *deep = NULL, *path = NULL;
	autoclose int folder_fd = -1, listening_fd = -1, fd = -1;
	struct error err;

	CHECK_TRUE(mkdtemp(folder));
	deep = mem_format("%s/%0120d", folder, 1);
	CHECK_INT(mkdir(deep, 0700), 0);
	folder_fd = open(deep, O_PATH | O_CLOEXEC);
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/s", folder_fd);
	listening_fd = listen_at(&address, sizeof(address));
	path = mem_format("%s/s", deep);
	fd = socket_connect(path, SOCK_STREAM, &err);
	CHECK_OK(fd, err);
	CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
	unlink(path);
	rmdir(deep);
	rmdir(folder);
}

TEST(abstract_name_begins_with_an_at)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autofree char *name = mem_format("@husk-test-%d", getpid());
	autoclose int listening_fd = -1, fd = -1;
	struct error err;

	strcpy(address.sun_path + 1, name + 1);
	listening_fd = listen_at(&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
						       strlen(name)));
	fd = socket_connect(name, SOCK_STREAM, &err);
	CHECK_OK(fd, err);
}

TEST(nobody_there_is_an_error)
{
	struct error err;

	CHECK_ERROR(socket_connect("", SOCK_STREAM, &err), err, EINVAL, "the path is empty");
	CHECK_ERROR(socket_connect("/nowhere/s", SOCK_DGRAM, &err), err, ENOENT,
		    "connect: no such file or directory");
}
