// SPDX-License-Identifier: GPL-2.0-or-later
#include "term/pty.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>

#include "base/mem.h"
#include "base/scope.h"
#include "test.h"

/* The machine's own devpts stands for a container's. */
static int open_devpts(void)
{
	struct stat found;

	if (stat("/dev/pts/ptmx", &found) < 0 || access("/dev/pts/ptmx", R_OK | W_OK) < 0)
		return -1;
	return open("/dev/pts", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

#define PTY(name)                                        \
	autopty struct pty name = PTY_NONE;              \
	struct error err;                                \
	autoclose int devpts_fd = open_devpts();         \
	if (devpts_fd < 0)                               \
		SKIP("needs /dev/pts/ptmx, open for us"); \
	CHECK_OK(pty_open(devpts_fd, &name, &err), err)

TEST(what_is_written_to_one_end_is_read_from_the_other)
{
	char text[16] = "";
	PTY(pty);

	CHECK_INT(write(pty.slave_fd, "a", 1), 1);
	CHECK_INT(read(pty.master_fd, text, sizeof(text)), 1);
	CHECK_INT(text[0], 'a');
	CHECK_INT(write(pty.master_fd, "b\n", 2), 2);
	CHECK_INT(read(pty.slave_fd, text, sizeof(text)), 2);
	CHECK_INT(text[0], 'b');
	CHECK_TRUE(isatty(pty.slave_fd));
	CHECK_INT(fcntl(pty.master_fd, F_GETFD), FD_CLOEXEC);
	CHECK_INT(fcntl(pty.slave_fd, F_GETFD), FD_CLOEXEC);
}

TEST(the_number_is_that_of_the_slave)
{
	struct stat named, opened;
	PTY(pty);
	autofree char *name = mem_format("/dev/pts/%u", pty.number);

	CHECK_INT(stat(name, &named), 0);
	CHECK_INT(fstat(pty.slave_fd, &opened), 0);
	CHECK_INT(named.st_rdev, opened.st_rdev);
	CHECK_INT(named.st_ino, opened.st_ino);
}

TEST(a_folder_that_is_no_devpts_is_refused)
{
	char folder[] = "/tmp/husk-pty-XXXXXX";
	autopty struct pty pty = PTY_NONE;
	autoclose int folder_fd = -1;
	struct error err;

	CHECK_TRUE(mkdtemp(folder) != NULL);
	folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* An image can have the very link, or as root the very device node. */
	CHECK_INT(symlinkat("/dev/ptmx", folder_fd, "ptmx"), 0);
	CHECK_ERROR(pty_open(folder_fd, &pty, &err), err, ENODEV,
		    "make a terminal: not a devpts: no such device");
	CHECK_INT(unlinkat(folder_fd, "ptmx", 0), 0);
	if (mknodat(folder_fd, "ptmx", S_IFCHR | 0666, makedev(5, 2)) == 0) {
		CHECK_INT(pty_open(folder_fd, &pty, &err), -ENODEV);
		CHECK_INT(unlinkat(folder_fd, "ptmx", 0), 0);
	}
	CHECK_INT(rmdir(folder), 0);
	CHECK_INT(pty.master_fd, -1);
}

static void check_size(int fd, int rows, int columns)
{
	struct winsize size;

	CHECK_INT(ioctl(fd, TIOCGWINSZ, &size), 0);
	CHECK_INT(size.ws_row, rows);
	CHECK_INT(size.ws_col, columns);
}

/* P-03 */
TEST(a_window_is_set_seen_from_the_other_end_and_copied)
{
	PTY(pty);
	autopty struct pty other = PTY_NONE;

	CHECK_OK(pty_open(devpts_fd, &other, &err), err);
	CHECK_OK(pty_set_size(pty.master_fd, 24, 80, &err), err);
	check_size(pty.slave_fd, 24, 80);
	CHECK_OK(pty_set_size(pty.slave_fd, 0, 0, &err), err);
	check_size(pty.master_fd, 24, 80);
	CHECK_OK(pty_copy_size(pty.slave_fd, other.master_fd, &err), err);
	check_size(other.slave_fd, 24, 80);
	CHECK_INT(pty_set_size(pty.master_fd, 65536, 1, &err), -EINVAL);
	CHECK_INT(pty_set_size(pty.master_fd, 1, UINT64_MAX, &err), -EINVAL);
}

TEST(a_window_is_not_copied_from_what_has_none)
{
	PTY(pty);
	autopty struct pty fresh = PTY_NONE;

	CHECK_OK(pty_open(devpts_fd, &fresh, &err), err);
	CHECK_OK(pty_set_size(pty.master_fd, 24, 80, &err), err);
	CHECK_OK(pty_copy_size(devpts_fd, pty.master_fd, &err), err);
	CHECK_OK(pty_copy_size(fresh.slave_fd, pty.master_fd, &err), err);
	check_size(pty.slave_fd, 24, 80);
}

/* Exits 0 when 0, 1, 2 are the controlling terminal. */
static NORETURN void take_terminal(int slave_fd)
{
	struct error err;

	if (setsid() < 0 || pty_make_controlling(slave_fd, &err) < 0)
		_exit(1);
	for (int fd = 0; fd <= 2; fd++)
		if (!isatty(fd) || fcntl(fd, F_GETFD) != 0 || tcgetpgrp(fd) != getpid())
			_exit(2);
	_exit(open("/dev/tty", O_RDWR) < 0 ? 3 : 0);
}

/* P-02 */
TEST(the_slave_becomes_the_controlling_terminal_and_0_1_2)
{
	int status;
	pid_t pid;
	PTY(pty);

	pid = fork();
	if (pid == 0)
		take_terminal(pty.slave_fd);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
}

TEST(without_a_session_of_its_own_nobody_gets_a_controlling_terminal)
{
	int status;
	pid_t pid;
	PTY(pty);

	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		_exit(pty_make_controlling(pty.slave_fd, &err) == -EPERM ? 0 : 1);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
}

/* A folder deep enough that a path in it is longer than a socket's address. */
static char *make_long_folder(const char *top)
{
	autofree char *middle = mem_format("%s/%0100d", top, 0);
	char *folder = mem_format("%s/%0100d", middle, 1);

	CHECK_INT(mkdir(middle, 0700), 0);
	CHECK_INT(mkdir(folder, 0700), 0);
	return folder;
}

static int listen_in(const char *folder)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int folder_fd = open(folder, O_PATH | O_CLOEXEC);
	int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/console", folder_fd);
	CHECK_INT(bind(socket_fd, (struct sockaddr *)&address, sizeof(address)), 0);
	CHECK_INT(listen(socket_fd, 1), 0);
	return socket_fd;
}

/* What a caller such as conmon does: one message, its payload and its descriptor. */
static int receive_terminal(int socket_fd, char *ret_payload, size_t size)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec data = { .iov_base = ret_payload, .iov_len = size };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC);
	int fd;

	CHECK_TRUE(n > 0);
	ret_payload[n] = '\0';
	CHECK_INT(control.header.cmsg_type, SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

static void check_console_socket(const char *folder)
{
	autofree char *path = mem_format("%s/console", folder);
	autoclose int listening_fd = listen_in(folder);
	autoclose int sending_fd = -1, receiving_fd = -1, got_fd = -1;
	char payload[64];
	PTY(pty);
	autofree char *name = mem_format("/dev/pts/%u", pty.number);

	sending_fd = pty_connect(path, &err);
	CHECK_OK(sending_fd, err);
	CHECK_INT(fcntl(sending_fd, F_GETFD), FD_CLOEXEC);
	receiving_fd = accept(listening_fd, NULL, NULL);
	CHECK_OK(pty_send(sending_fd, &pty, &err), err);
	got_fd = receive_terminal(receiving_fd, payload, sizeof(payload) - 1);
	CHECK_STR(payload, name);
	CHECK_INT(write(pty.slave_fd, "x", 1), 1);
	CHECK_INT(read(got_fd, payload, 1), 1);
	CHECK_INT(payload[0], 'x');
	CHECK_INT(unlink(path), 0);
}

/* OUT-02 */
TEST(the_master_travels_over_a_console_socket_of_any_path_length)
{
	char top[] = "/tmp/husk-pty-XXXXXX";
	autofree char *folder = NULL, *command = NULL;

	CHECK_TRUE(mkdtemp(top) != NULL);
	command = mem_format("rm -rf -- %s", top);
	check_console_socket(top);
	folder = make_long_folder(top);
	check_console_socket(folder);
	CHECK_INT(system(command), 0);
}

TEST(a_console_socket_that_nobody_listens_on_is_named)
{
	struct error err;

	CHECK_ERROR(pty_connect("/nowhere/console", &err), err, ENOENT,
		    "console socket /nowhere/console: connect: no such file or directory");
	CHECK_INT(pty_connect("/etc/passwd", &err), -ECONNREFUSED);
	CHECK_INT(pty_connect("", &err), -EINVAL);
}
