// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "test.h"

static int file_of(size_t size)
{
	autofree char *bytes = mem_new(size);
	struct error err;
	int fd = memfd_create("test", MFD_CLOEXEC);

	memset(bytes, 'x', size);
	CHECK_TRUE(fd >= 0);
	CHECK_OK(fd_write_all(fd, bytes, size, &err), err);
	CHECK_INT(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

TEST(whole_file_is_read_whatever_its_size)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 100000 };

	for (size_t i = 0; i < countof(sizes); i++) {
		autoclose int fd = file_of(sizes[i]);
		autofree char *data = NULL;
		struct error err;
		size_t size;

		CHECK_OK(fd_read_all(fd, 100000, &data, &size, &err), err);
		CHECK_INT(size, sizes[i]);
		CHECK_INT(strlen(data), sizes[i]);
	}
}

TEST(more_than_the_limit_is_refused)
{
	autoclose int fd = file_of(11);
	char *data = NULL;
	struct error err;

	CHECK_ERROR(fd_read_all(fd, 10, &data, NULL, &err), err, EFBIG, "more than 10 bytes");
	CHECK_TRUE(!data);
}

TEST(file_without_a_size_is_read)
{
	autoclose int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	autofree char *data = NULL;
	struct error err;

	CHECK_OK(fd_read_all(fd, 100000, &data, NULL, &err), err);
	CHECK_TRUE(strstr(data, "Pid:"));
}

TEST(read_and_write_errors_are_named)
{
	autoclose int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	char *data;
	struct error err;

	CHECK_ERROR(fd_write_all(fd, "x", 1, &err), err, ENOSPC,
		    "write: no space left on device");
	CHECK_ERROR(fd_read_all(fd, 10, &data, NULL, &err), err, EBADF,
		    "read: bad file descriptor");
}

/* The descriptor that came with one message of @size bytes. */
static int receive(int socket_fd, char *bytes, size_t size)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct iovec data = { bytes, size };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	CHECK_INT(recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC), size);
	CHECK_TRUE(CMSG_FIRSTHDR(&message));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

TEST(descriptor_travels_with_its_payload)
{
	autoclose int file_fd = file_of(3);
	autoclose int got_fd = -1;
	autofree char *data = NULL;
	struct error err;
	char payload[4];
	int ends[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	CHECK_OK(fd_send(ends[0], "tty", 4, file_fd, &err), err);
	got_fd = receive(ends[1], payload, sizeof(payload));
	CHECK_STR(payload, "tty");
	CHECK_OK(fd_read_all(got_fd, 10, &data, NULL, &err), err);
	CHECK_STR(data, "xxx");
	close(ends[1]);
	CHECK_ERROR(fd_send(ends[0], "x", 1, file_fd, &err), err, EPIPE,
		    "send a descriptor: broken pipe");
	close(ends[0]);
}

TEST(inherited_descriptors_are_those_that_are_not_close_on_exec)
{
	autoclose int low = fcntl(0, F_DUPFD, 200);
	autoclose int first = fcntl(0, F_DUPFD, 300);
	autoclose int own = fcntl(0, F_DUPFD_CLOEXEC, 400);
	autoclose int high = fcntl(0, F_DUPFD, 500);
	autofree int *fds = NULL;
	struct error err;

	CHECK_OK(fd_list_inherited((unsigned int)first, &fds, &err), err);
	CHECK_INT(fds[0], first);
	CHECK_INT(fds[1], high);
	CHECK_INT(fds[2], -1);
	(void)low;
	(void)own;
}

TEST(descriptors_from_the_first_on_are_marked)
{
	autoclose int low = fcntl(0, F_DUPFD, 200);
	autoclose int first = fcntl(0, F_DUPFD, 300);
	autoclose int high = fcntl(0, F_DUPFD, 400);
	struct error err;

	CHECK_OK(fd_close_on_exec_from((unsigned int)first, &err), err);
	CHECK_INT(fcntl(low, F_GETFD), 0);
	CHECK_INT(fcntl(first, F_GETFD), FD_CLOEXEC);
	CHECK_INT(fcntl(high, F_GETFD), FD_CLOEXEC);
}
