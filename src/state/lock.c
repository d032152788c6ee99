// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/lock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "base/file.h"
#include "base/scope.h"
#include "proc/task.h"

enum { FIRST_PAUSE_MS = 1, LONGEST_PAUSE_MS = 16, LOCKS_LIMIT = 4 << 20 };

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static void pause_ms(int64_t ms)
{
	struct timespec length = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	/* A signal ends it early; the loop around looks at the clock. */
	(void)nanosleep(&length, NULL);
}

/*
 * One line of /proc/locks: "1: FLOCK  ADVISORY  WRITE 1234 00:19:5678 0 EOF". A waiter has
 * "->" after the number and so does not match. Source: proc_locks(5).
 */
static pid_t holder_in_line(const char *line, const struct stat *folder)
{
	unsigned int major_number, minor_number;
	uint64_t inode;
	int pid;

	if (sscanf(line, "%*u: FLOCK %*s %*s %d %x:%x:%" SCNu64, &pid, &major_number,
		   &minor_number, &inode) != 4)
		return 0;
	return inode == folder->st_ino && major_number == major(folder->st_dev) &&
			       minor_number == minor(folder->st_dev)
		       ? pid
		       : 0;
}

static pid_t find_holder(int folder_fd)
{
	autofree char *locks = NULL;
	char *rest, *line;
	struct stat folder;
	struct error err;
	pid_t pid = 0;

	if (fstat(folder_fd, &folder) < 0 ||
	    file_read(AT_FDCWD, "/proc/locks", LOCKS_LIMIT, &locks, NULL, &err) < 0)
		return 0;
	for (rest = locks; pid == 0 && (line = strsep(&rest, "\n"));)
		pid = holder_in_line(line, &folder);
	return pid;
}

static int busy(int folder_fd, struct error *err)
{
	pid_t pid = find_holder(folder_fd);
	struct task task;
	struct error ignored;

	/* Who took it may be dead while a child of it still has the folder open. */
	if (pid == 0 || task_read(pid, &task, &ignored) < 0)
		return error_set(err, EBUSY, "locked by another process");
	return error_set(err, EBUSY, "locked by %s (process %d)", task.name, (int)pid);
}

int state_lock_take(int folder_fd, int timeout_ms, struct error *err)
{
	int64_t pause = FIRST_PAUSE_MS, left, end = 0;

	for (;;) {
		if (TEMP_FAILURE_RETRY(flock(folder_fd, LOCK_EX | LOCK_NB)) == 0)
			return 0;
		if (errno != EWOULDBLOCK)
			return error_sys(err, "flock");
		if (end == 0)
			end = now_ms() + timeout_ms;
		left = end - now_ms();
		if (left <= 0)
			return busy(folder_fd, err);
		pause_ms(pause < left ? pause : left);
		pause = pause < LONGEST_PAUSE_MS ? 2 * pause : pause;
	}
}

void state_lock_release(int folder_fd)
{
	flock(folder_fd, LOCK_UN);
}

bool state_lock_is_held(int folder_fd)
{
	if (TEMP_FAILURE_RETRY(flock(folder_fd, LOCK_SH | LOCK_NB)) < 0)
		return errno == EWOULDBLOCK;
	flock(folder_fd, LOCK_UN);
	return false;
}
