// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/socket.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/scope.h"

/* An abstract name is as long as its address says; the first byte of it is 0. */
static socklen_t address_size(const struct sockaddr_un *address, const char *path)
{
	return *path == '@' ? (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path))
			    : (socklen_t)sizeof(*address);
}

/*
 * An address holds 107 bytes. A longer path is opened first, which works for sockets with
 * O_PATH only, and then reached through its descriptor.
 */
static int connect_to(int socket_fd, const char *path, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct sockaddr *to = (const struct sockaddr *)&address;
	autoclose int path_fd = -1;

	if (strlen(path) < sizeof(address.sun_path)) {
		strcpy(address.sun_path, path);
		if (*path == '@')
			address.sun_path[0] = '\0';
	} else {
		path_fd = open(path, O_PATH | O_CLOEXEC);
		if (path_fd < 0)
			return error_sys(err, "open");
		snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d", path_fd);
	}
	if (TEMP_FAILURE_RETRY(connect(socket_fd, to, address_size(&address, path))) < 0)
		return error_sys(err, "connect");
	return 0;
}

int socket_connect(const char *path, int type, struct error *err)
{
	autoclose int socket_fd = -1;

	if (!*path)
		return error_set(err, EINVAL, "the path is empty");
	socket_fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (socket_fd < 0)
		return error_sys(err, "socket");
	TRY(connect_to(socket_fd, path, err));
	return fd_take(&socket_fd);
}
