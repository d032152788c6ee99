// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/end.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/sys.h"
#include "proc/task.h"

enum { STAT_SIZE = 4096, SCHED_SIZE = 65536 };

/* The last number of the line. It is 0 for whom may not trace the process, and for exit code 0. */
static int read_zombie(pid_t pid, uint64_t start_time, int *ret_wait_status, struct error *err)
{
	autofree char *stat = NULL;
	struct task task;
	const char *last;
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	TRY(file_read(AT_FDCWD, name, STAT_SIZE, &stat, NULL, err));
	TRY(task_parse(stat, &task, err));
	if (task.start_time != start_time)
		return error_set(err, ESRCH, "process %d: %s", (int)pid, error_words(ESRCH));
	if (!task_is_dead(&task))
		return error_set(err, EBUSY, "process %d is alive", (int)pid);
	last = strrchr(stat, ' ');
	*ret_wait_status = last ? atoi(last + 1) : 0;
	return 0;
}

static bool can_trace(void)
{
	return geteuid() == 0;
}

int end_read(pid_t pid, uint64_t start_time, int pid_fd, int *ret_wait_status,
	     struct error *err)
{
	int r = read_zombie(pid, start_time, ret_wait_status, err);

	if (r == -EBUSY)
		return r;
	if (r == 0 && (*ret_wait_status != 0 || can_trace()))
		return 0;
	if (pid_fd >= 0 && sys_pidfd_end(pid_fd, ret_wait_status) == 0)
		return 0;
	return error_set(err, ENODATA, "nobody saw how process %d ended", (int)pid);
}

bool end_parse_last_run(const char *sched, double *ret_ms)
{
	static const char key[] = "\nse.exec_start";
	const char *line = strstr(sched, key);
	const char *colon = line ? strchr(line + 1, ':') : NULL;

	return colon && !memchr(line + 1, '\n', (size_t)(colon - line - 1)) &&
	       sscanf(colon + 1, "%lf", ret_ms) == 1;
}

static int read_last_run(const char *name, double *ret_ms, struct error *err)
{
	autofree char *text = NULL;
	int r = file_read(AT_FDCWD, name, SCHED_SIZE, &text, NULL, err);

	if (r < 0)
		return r;
	if (!end_parse_last_run(text, ret_ms))
		return error_set(err, ENODATA, "%s: no se.exec_start", name);
	return 0;
}

int end_read_age(pid_t pid, uint64_t *ret_ms, struct error *err)
{
	char name[64];
	double then, now;
	int r;

	snprintf(name, sizeof(name), "/proc/%d/sched", (int)pid);
	r = read_last_run(name, &then, err);
	/* A kernel without the file shows no such name in any process's folder. */
	if (r == -ENOENT && access("/proc/self/sched", F_OK) < 0)
		return error_set(err, ENODATA, "%s: the kernel has no such file", name);
	if (r == -ENOENT)
		return error_set(err, ESRCH, "process %d: %s", (int)pid, error_words(ESRCH));
	TRY(r);
	TRY(read_last_run("/proc/self/sched", &now, err));
	*ret_ms = now > then ? (uint64_t)(now - then) : 0;
	return 0;
}
