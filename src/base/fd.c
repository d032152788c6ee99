// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/fd.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <string.h>
#include <sys/socket.h>

#include "base/listing.h"
#include "base/mem.h"
#include "base/text.h"

enum { FIRST_READ = 4096 };

int fd_read_all(int fd, size_t limit, char **ret_data, size_t *ret_size, struct error *err)
{
	autofree char *data = NULL;
	size_t room = 0, size = 0;
	ssize_t n;

	do {
		if (size == room) {
			room = room ? 2 * room : FIRST_READ;
			data = mem_grow(data, room + 1);
		}
		n = TEMP_FAILURE_RETRY(read(fd, data + size, room - size));
		if (n < 0)
			return error_sys(err, "read");
		size += (size_t)n;
		if (size > limit)
			return error_set(err, EFBIG, "more than %zu bytes", limit);
	} while (n > 0);

	data[size] = '\0';
	if (ret_size)
		*ret_size = size;
	/* The room was a guess, and what is kept is often far shorter. */
	*ret_data = mem_grow(ptr_take(&data), size + 1);
	return 0;
}

int fd_write_all(int fd, const void *data, size_t size, struct error *err)
{
	const char *next = data;

	while (size > 0) {
		ssize_t n = TEMP_FAILURE_RETRY(write(fd, next, size));

		if (n < 0)
			return error_sys(err, "write");
		next += n;
		size -= (size_t)n;
	}
	return 0;
}

int fd_send(int socket_fd, const char *payload, size_t size, int fd, struct error *err)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec data = { .iov_base = (char *)payload, .iov_len = size };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);

	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
	if (TEMP_FAILURE_RETRY(sendmsg(socket_fd, &message, MSG_NOSIGNAL)) < 0)
		return error_sys(err, "send a descriptor");
	return 0;
}

int fd_list_inherited(unsigned int first, int **ret_fds, struct error *err)
{
	autolisting struct listing list = listing_open(AT_FDCWD, "/proc/self/fd");
	const char *name;
	int *fds = NULL;
	size_t count = 0;

	if (list.fd < 0)
		return error_sys(err, "open /proc/self/fd");
	while ((name = listing_next(&list))) {
		long long fd;

		if (text_number(name, first, 1 << 30, &fd) < 0 ||
		    fcntl((int)fd, F_GETFD) != 0)
			continue;
		fds = mem_grow(fds, (count + 1) * sizeof(*fds));
		fds[count++] = (int)fd;
	}
	fds = mem_grow(fds, (count + 1) * sizeof(*fds));
	fds[count] = -1;
	*ret_fds = fds;
	return 0;
}

static int mark_listed(unsigned int first, struct error *err)
{
	autofree int *fds = NULL;

	TRY(fd_list_inherited(first, &fds, err));
	for (const int *fd = fds; *fd >= 0; fd++)
		fcntl(*fd, F_SETFD, FD_CLOEXEC);
	return 0;
}

int fd_close_on_exec_from(unsigned int first, struct error *err)
{
	if (close_range(first, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return 0;
	if (errno != ENOSYS && errno != EINVAL)
		return error_sys(err, "close_range");
	return mark_listed(first, err);
}
