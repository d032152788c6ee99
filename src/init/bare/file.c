// SPDX-License-Identifier: 0BSD
#include "init/bare/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <string.h>

#include "init/bare/sys.h"

/* The name of the inode that the first pid namespace has had since Linux 3.8: fs/nsfs. */
static const char first_pid_namespace[] = "pid:[4026531836]";

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int file_open_folder(const char *path)
{
	char folder[PATH_MAX];
	size_t size = (size_t)(name_of(path) - path);

	if (size >= sizeof(folder))
		return -ENAMETOOLONG;
	memcpy(folder, path, size);
	folder[size] = '\0';
	return sys_open_at(AT_FDCWD, size ? folder : ".",
			   O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
}

static int write_new(int folder_fd, const char *name, const struct init_text *text)
{
	int fd = sys_open_at(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	long written;

	if (fd < 0)
		return fd;
	written = sys_write(fd, text->data, text->size);
	sys_close(fd);
	if (written < 0)
		return (int)written;
	return (size_t)written == text->size ? 0 : -ENOSPC;
}

int file_write(int folder_fd, const char *path, const struct init_text *text)
{
	char room[NAME_MAX + 1];
	struct init_text other = INIT_TEXT_IN(room);
	int r;

	init_text_add(&other, ".husk-init.");
	init_text_add_number(&other, sys_pid());
	/* One that an earlier life was killed over. */
	sys_remove_at(folder_fd, room);
	r = write_new(folder_fd, room, text);
	if (r == 0)
		r = sys_rename_at(folder_fd, room, name_of(path));
	if (r < 0)
		sys_remove_at(folder_fd, room);
	return r;
}

bool file_is_first_pid_namespace(void)
{
	char target[sizeof(first_pid_namespace)];
	long size = sys_link_target("/proc/self/ns/pid", target, sizeof(target) - 1);

	if (size < 0)
		return true;
	target[size] = '\0';
	return strcmp(target, first_pid_namespace) == 0;
}
