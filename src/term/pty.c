// SPDX-License-Identifier: GPL-2.0-or-later
#include "term/pty.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/scope.h"
#include "base/socket.h"

/* What every devpts has at "ptmx": inode 2, the character device 5:2. */
enum { PTMX_INODE = 2, PTMX_MAJOR = 5, PTMX_MINOR = 2, NAME_SIZE = 32 };

static bool is_on_devpts(int fd)
{
	struct statfs file_system;

	return fstatfs(fd, &file_system) == 0 && file_system.f_type == DEVPTS_SUPER_MAGIC;
}

static bool is_ptmx(int fd)
{
	struct stat found;

	return is_on_devpts(fd) && fstat(fd, &found) == 0 && S_ISCHR(found.st_mode) &&
	       found.st_ino == PTMX_INODE && found.st_rdev == makedev(PTMX_MAJOR, PTMX_MINOR);
}

/*
 * The folder is looked at before anything is opened in it: to open a device can do
 * something. The file is looked at too: something may be mounted on it.
 */
static int open_master(int devpts_fd, struct error *err)
{
	autoclose int master_fd = -1;

	if (!is_on_devpts(devpts_fd))
		return error_set(err, ENODEV, "not a devpts: %s", error_words(ENODEV));
	master_fd = openat(devpts_fd, "ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	if (master_fd < 0)
		return error_sys(err, "open ptmx");
	if (!is_ptmx(master_fd))
		return error_set(err, ENODEV, "ptmx is not that of a devpts: %s",
				 error_words(ENODEV));
	return fd_take(&master_fd);
}

int pty_open(int devpts_fd, struct pty *ret_pty, struct error *err)
{
	autopty struct pty pty = PTY_NONE;
	int unlock = 0;

	pty.master_fd = open_master(devpts_fd, err);
	if (pty.master_fd < 0)
		return error_wrap(err, "make a terminal");
	if (ioctl(pty.master_fd, TIOCSPTLCK, &unlock) < 0)
		return error_sys(err, "make a terminal: unlock it");
	if (ioctl(pty.master_fd, TIOCGPTN, &pty.number) < 0)
		return error_sys(err, "make a terminal: ask its number");
	pty.slave_fd = ioctl(pty.master_fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pty.slave_fd < 0)
		return error_sys(err, "make a terminal: open its slave");
	*ret_pty = pty;
	pty = (struct pty)PTY_NONE;
	return 0;
}

void pty_close(struct pty *io_pty)
{
	scope_close(&io_pty->master_fd);
	scope_close(&io_pty->slave_fd);
	*io_pty = (struct pty)PTY_NONE;
}

int pty_set_size(int terminal_fd, uint64_t rows, uint64_t columns, struct error *err)
{
	struct winsize size = { .ws_row = (uint16_t)rows, .ws_col = (uint16_t)columns };

	if (rows > UINT16_MAX || columns > UINT16_MAX)
		return error_set(err, EINVAL, "window of %llu rows and %llu columns",
				 (unsigned long long)rows, (unsigned long long)columns);
	if (rows == 0 && columns == 0)
		return 0;
	if (ioctl(terminal_fd, TIOCSWINSZ, &size) < 0)
		return error_sys(err, "set the window size");
	return 0;
}

int pty_copy_size(int from_fd, int to_fd, struct error *err)
{
	struct winsize size;

	if (ioctl(from_fd, TIOCGWINSZ, &size) < 0 || (size.ws_row == 0 && size.ws_col == 0))
		return 0;
	if (ioctl(to_fd, TIOCSWINSZ, &size) < 0)
		return error_sys(err, "set the window size");
	return 0;
}

int pty_connect(const char *path, struct error *err)
{
	int socket_fd = socket_connect(path, SOCK_STREAM, err);

	return socket_fd < 0 ? error_wrap(err, "console socket %s", path) : socket_fd;
}

int pty_send(int socket_fd, const struct pty *pty, struct error *err)
{
	char name[NAME_SIZE];
	int r;

	snprintf(name, sizeof(name), "/dev/pts/%u", pty->number);
	r = fd_send(socket_fd, name, strlen(name), pty->master_fd, err);
	return r < 0 ? error_wrap(err, "console socket") : 0;
}

int pty_make_controlling(int slave_fd, struct error *err)
{
	if (ioctl(slave_fd, TIOCSCTTY, 0) < 0)
		return error_sys(err, "make the terminal the controlling one");
	for (int fd = 0; fd <= 2; fd++) {
		/* dup2 onto itself would leave it close-on-exec. */
		int r = fd == slave_fd ? fcntl(fd, F_SETFD, 0) : dup2(slave_fd, fd);

		if (r < 0)
			return error_sys(err, "put the terminal on %d", fd);
	}
	return 0;
}
