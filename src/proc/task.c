// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/task.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/sys.h"

enum { STAT_SIZE = 4096 };

/* PF_... of include/linux/sched.h: the same bits in every kernel since 2.6.33. */
enum { FLAG_EXITING = 0x00000004, FLAG_KERNEL_THREAD = 0x00200000 };

static int no_such_process(pid_t pid, struct error *err)
{
	return error_set(err, ESRCH, "process %d: %s", (int)pid, error_words(ESRCH));
}

/*
 * The name stands in brackets and may hold brackets, blanks and line ends itself: the
 * first '(' and the LAST ')' are its borders.
 */
int task_parse(const char *stat, struct task *ret_task, struct error *err)
{
	const char *open = strchr(stat, '(');
	const char *close = strrchr(stat, ')');
	struct task task = { 0 };
	int pid, parent, group, session;

	if (!open || !close || close < open || sscanf(stat, "%d", &pid) != 1 ||
	    sscanf(close + 1,
		   " %c %d %d %d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %u %*d "
		   "%" SCNu64,
		   &task.state, &parent, &group, &session, &task.flags, &task.threads,
		   &task.start_time) != 7)
		return error_set(err, EBADMSG, "not the text of a stat file");
	task.pid = pid;
	task.parent_pid = parent;
	task.group = group;
	task.session = session;
	snprintf(task.name, sizeof(task.name), "%.*s", (int)(close - open - 1), open + 1);
	*ret_task = task;
	return 0;
}

/* A missing folder is a missing process only if the kernel says so too: hidepid hides some. */
static bool is_gone(pid_t pid)
{
	return kill(pid, 0) < 0 && errno == ESRCH;
}

int task_read(pid_t pid, struct task *ret_task, struct error *err)
{
	autofree char *stat = NULL;
	char name[64];
	int r;

	if (pid <= 0)
		return no_such_process(pid, err);
	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	r = file_read(AT_FDCWD, name, STAT_SIZE, &stat, NULL, err);
	if (r == -ESRCH || (r == -ENOENT && is_gone(pid)))
		return no_such_process(pid, err);
	if (r < 0)
		return r;
	r = task_parse(stat, ret_task, err);
	return r < 0 ? error_wrap(err, "%s", name) : 0;
}

bool task_is_dead(const struct task *task)
{
	return task->state == 'X' || task->state == 'x' ||
	       (task->state == 'Z' && task->threads <= 1);
}

bool task_is_exiting(const struct task *task)
{
	return task->flags & FLAG_EXITING;
}

bool task_is_kernel_thread(const struct task *task)
{
	return task->flags & FLAG_KERNEL_THREAD;
}

bool task_is_alive(pid_t pid, uint64_t start_time)
{
	struct task task;
	struct error err;
	int r = task_read(pid, &task, &err);

	if (r < 0)
		return r != -ESRCH;
	return task.start_time == start_time && !task_is_dead(&task);
}

int task_open(pid_t pid, uint64_t start_time, struct error *err)
{
	struct task task;
	autoclose int task_fd = -1;

	if (pid <= 0)
		return no_such_process(pid, err);
	task_fd = sys_pidfd_open(pid, 0);
	/*
	 * EINVAL: the number is that of a thread now, or of a leader that was reaped just now.
	 * Newer kernels say ENOENT instead.
	 */
	if (task_fd < 0 && (errno == ESRCH || errno == EINVAL || errno == ENOENT))
		return no_such_process(pid, err);
	if (task_fd < 0)
		return error_sys(err, "pidfd_open %d", (int)pid);
	TRY(task_read(pid, &task, err));
	if (task.start_time != start_time || task_is_dead(&task))
		return no_such_process(pid, err);
	return fd_take(&task_fd);
}

int task_read_boot_id(char *ret_id, struct error *err)
{
	static const char name[] = "/proc/sys/kernel/random/boot_id";
	autofree char *id = NULL;
	size_t size;

	TRY(file_read(AT_FDCWD, name, 4096, &id, &size, err));
	if (size < TASK_BOOT_ID_SIZE - 1)
		return error_set(err, EBADMSG, "%s: %zu bytes", name, size);
	memcpy(ret_id, id, TASK_BOOT_ID_SIZE - 1);
	ret_id[TASK_BOOT_ID_SIZE - 1] = '\0';
	return 0;
}
