// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/oom.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "base/mem.h"
#include "cgroup/folder.h"
#include "cgroup/fs.h"

enum { EVENTS_SIZE = 512 };

/* --- cgroup v2 --- */

/* Reading also tells the kernel which state we know: poll reports any later one. */
static bool read_kills(int fd, uint64_t *ret_kills)
{
	static const char key[] = "\noom_kill ";
	char text[EVENTS_SIZE];
	ssize_t size = TEMP_FAILURE_RETRY(pread(fd, text, sizeof(text) - 1, 0));
	const char *found;

	if (size < 0)
		return false;
	text[size] = '\0';
	found = strstr(text, key);
	if (!found)
		return false;
	*ret_kills = strtoull(found + strlen(key), NULL, 10);
	return true;
}

static int open2(const struct cgroup_tree *tree, struct cgroup_oom *ret_oom, struct error *err)
{
	autoclose int fd = cgroup_folder_open_file_at(tree->folder, "memory.events", O_RDONLY, err);

	if (fd == -ENOENT)
		return 0; /* the controller is not handed down to here */
	TRY(fd);
	(void)read_kills(fd, &ret_oom->seen);
	ret_oom->events = POLLPRI;
	ret_oom->fd = fd_take(&fd);
	return 0;
}

/* --- cgroup v1 --- */

static int open1(const struct cgroup_tree *tree, struct cgroup_oom *ret_oom, struct error *err)
{
	autoclose int folder_fd = cgroup_folder_open(tree->folder, err);
	autoclose int control_fd = -1, event_fd = -1;
	autofree char *line = NULL;

	TRY(folder_fd);
	control_fd = cgroup_folder_open_file(folder_fd, "memory.oom_control", O_RDONLY, err);
	TRY(control_fd);
	event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (event_fd < 0)
		return error_sys(err, "eventfd");
	line = mem_format("%d %d", event_fd, control_fd);
	TRY(cgroup_folder_write(folder_fd, "cgroup.event_control", line, err));
	ret_oom->events = POLLIN;
	ret_oom->fd = fd_take(&event_fd);
	return 0;
}

/* --- both --- */

int cgroup_oom_open(const struct cgroup *cgroup, struct cgroup_oom *ret_oom, struct error *err)
{
	const struct cgroup_tree *v1 = cgroup_fs_find_tree(cgroup, "memory");
	const struct cgroup_tree *v2 = cgroup_fs_find_tree(cgroup, "");
	int r = 0;

	*ret_oom = (struct cgroup_oom)CGROUP_OOM_NONE;
	if (v1)
		r = open1(v1, ret_oom, err);
	else if (v2)
		r = open2(v2, ret_oom, err);
	return r < 0 ? error_wrap(err, "watch for a lack of memory") : 0;
}

bool cgroup_oom_take(struct cgroup_oom *io_oom)
{
	uint64_t kills = 0;

	if (io_oom->fd < 0)
		return false;
	if (io_oom->events == POLLIN)
		return read(io_oom->fd, &kills, sizeof(kills)) == sizeof(kills);
	if (!read_kills(io_oom->fd, &kills) || kills <= io_oom->seen)
		return false;
	io_oom->seen = kills;
	return true;
}

void cgroup_oom_close(struct cgroup_oom *io_oom)
{
	scope_close(&io_oom->fd);
	io_oom->fd = -1;
}
