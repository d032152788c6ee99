// SPDX-License-Identifier: 0BSD
#include "init/bare/terminal.h"

#include <asm/ioctls.h>
#include <fcntl.h>

#include "init/bare/sys.h"

enum { KERNEL_TERMIOS_SIZE = 64 }; /* more than struct termios has on both processors */

/* The kernel tells the foreground group of the caller's controlling terminal only. */
static int open_own(pid_t *ret_foreground)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (sys_ioctl(fd, TIOCGPGRP, ret_foreground) == 0)
			return fd;
	fd = sys_open_at(AT_FDCWD, "/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
	if (fd < 0 || sys_ioctl(fd, TIOCGPGRP, ret_foreground) == 0)
		return fd;
	sys_close(fd);
	return -1;
}

static void close_own(int fd)
{
	if (fd > 2)
		sys_close(fd);
}

enum terminal_place terminal_find_place(void)
{
	pid_t own = sys_group_of(0), foreground;
	int fd = open_own(&foreground);

	if (fd < 0)
		return TERMINAL_NONE;
	close_own(fd);
	if (own == 0)
		return TERMINAL_SHARED;
	return own == foreground ? TERMINAL_FOREGROUND : TERMINAL_NONE;
}

void terminal_hand_to(pid_t group)
{
	pid_t foreground;
	int fd = open_own(&foreground);

	if (fd < 0)
		return;
	sys_ioctl(fd, TIOCSPGRP, &group);
	close_own(fd);
}

void terminal_leave(void)
{
	sys_ioctl(0, TIOCNOTTY, NULL);
}

void terminal_take(void)
{
	sys_ioctl(0, TIOCSCTTY, NULL);
}

bool terminal_is(int fd)
{
	char settings[KERNEL_TERMIOS_SIZE];

	return sys_ioctl(fd, TCGETS, settings) == 0;
}
