// SPDX-License-Identifier: 0BSD
#include "init/bare/tasks.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

#include "base/text.h"
#include "init/bare/sys.h"
#include "init/text.h"

enum { DESCENDANTS_MAX = 4096, ENTRIES_SIZE = 2048, STAT_SIZE = 512, PID_LIMIT = 1 << 22 };

/* As getdents64(2) fills it; glibc's struct dirent64 is the same. */
typedef struct dirent64 entry;

static pid_t parse_pid(const char *text)
{
	long long pid;

	return text_number(text, 1, PID_LIMIT, &pid) < 0 ? 0 : (pid_t)pid;
}

bool tasks_are_known(void)
{
	char target[16];
	long size = sys_link_target("/proc/self", target, sizeof(target) - 1);

	if (size <= 0)
		return false;
	target[size] = '\0';
	return parse_pid(target) == sys_pid();
}

/* "1234 (name) S 1 ...": the name may hold anything, but behind it there is no ")". */
static pid_t parse_parent(char *io_stat)
{
	char *at = strrchr(io_stat, ')'), *end;

	if (!at || strlen(at) < sizeof(") S 1"))
		return 0;
	at += sizeof(") S ") - 1;
	end = strchr(at, ' ');
	if (!end)
		return 0;
	*end = '\0';
	return parse_pid(at);
}

static pid_t read_parent(int proc_fd, const char *pid)
{
	char path[32], stat[STAT_SIZE];
	struct init_text text = INIT_TEXT_IN(path);
	long read_size;
	int fd;

	init_text_add(&text, pid);
	init_text_add(&text, "/stat");
	fd = sys_open_at(proc_fd, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	read_size = sys_read(fd, stat, sizeof(stat) - 1);
	sys_close(fd);
	stat[read_size > 0 ? read_size : 0] = '\0';
	return parse_parent(stat);
}

static int open_proc(void)
{
	return tasks_are_known() ? sys_open_at(AT_FDCWD, "/proc",
					       O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
				 : -1;
}

void tasks_visit(void (*visit)(void *argument, pid_t pid, pid_t parent_pid), void *argument)
{
	_Alignas(entry) char data[ENTRIES_SIZE];
	int proc_fd = open_proc();
	long size;

	if (proc_fd < 0)
		return;
	while ((size = sys_entries(proc_fd, data, sizeof(data))) > 0) {
		/* By the kernel. NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign) */
		for (long at = 0; at < size; at += ((const entry *)(data + at))->d_reclen) {
			const char *name = ((const entry *)(data + at))->d_name;
			pid_t pid = parse_pid(name);

			if (pid)
				visit(argument, pid, read_parent(proc_fd, name));
		}
	}
	sys_close(proc_fd);
}

/* Static, as the room for so many; its pages do not exist before they are needed. */
struct family {
	int signal;
	int count;
	bool has_grown;
	pid_t member[DESCENDANTS_MAX + 1]; /* the first is ourselves */
};

static struct family family;

static bool is_member(const struct family *known, pid_t pid)
{
	for (int i = 0; i < known->count; i++)
		if (known->member[i] == pid)
			return true;
	return false;
}

static void add_child(void *argument, pid_t pid, pid_t parent_pid)
{
	struct family *io_family = argument;

	if (io_family->count > DESCENDANTS_MAX || !is_member(io_family, parent_pid) ||
	    is_member(io_family, pid))
		return;
	io_family->member[io_family->count++] = pid;
	io_family->has_grown = true;
	sys_kill(pid, io_family->signal);
}

/* A child may have a lower number than its parent, or be younger than the last look. */
void tasks_signal_descendants(int signal)
{
	family.signal = signal;
	family.count = 1;
	family.member[0] = sys_pid();
	do {
		family.has_grown = false;
		tasks_visit(add_child, &family);
	} while (family.has_grown);
}
