// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/announce.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"
#include "base/socket.h"

int container_announce_pid(const char *path, pid_t pid, struct error *err)
{
	autofree char *text = mem_format("%d", pid);

	if (path && file_replace(AT_FDCWD, path, 0644, text, strlen(text), err) < 0)
		return error_wrap(err, "pid file %s", path);
	return 0;
}

int container_announce_connect(const char *path, struct error *err)
{
	int fd = socket_connect(path, SOCK_STREAM, err);

	return fd < 0 ? error_wrap(err, "pidfd socket %s", path) : fd;
}

int container_announce_pidfd(int socket_fd, const char *path, int pid_fd, struct error *err)
{
	static const char name[] = "pidfd";

	if (fd_send(socket_fd, name, strlen(name), pid_fd, err) < 0)
		return error_wrap(err, "pidfd socket %s", path);
	return 0;
}
