// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/clear.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/group.h"
#include "lab/tracefs.h"
#include "proc/task.h"

/*
 * Whoever loses its parent becomes our child, so that all have been ours in the end. The list of
 * /proc/PID/task/TID/children is not in every kernel; the parent in /proc/PID/stat is.
 */
static void kill_children(void)
{
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	struct task task;
	struct error ignored;

	while (folder && (entry = readdir(folder))) {
		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		if (task_read(atoi(entry->d_name), &task, &ignored) == 0 &&
		    task.parent_pid == getpid())
			kill(task.pid, SIGKILL);
	}
	if (folder)
		closedir(folder);
}

void clear_all(const char *name, pid_t pid, int *ret_wait_status)
{
	pid_t ended;
	int status;

	kill_children();
	group_remove(name);
	do {
		kill_children();
		while ((ended = waitpid(-1, &status, WNOHANG)) > 0)
			if (ended == pid)
				*ret_wait_status = status;
		/* Those that live are dying, and may have children of their own until then. */
		if (ended == 0)
			nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	} while (ended == 0 || errno == EINTR);
	tracefs_remove(name);
	group_remove(name);
}
