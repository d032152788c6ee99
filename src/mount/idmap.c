// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/idmap.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/sys.h"

/* Does nothing until it is killed, by its parent or with it. */
static NORETURN void lend_namespace(pid_t parent_pid)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent_pid)
		raise(SIGKILL);
	for (;;)
		pause();
}

static int write_map(pid_t pid, const char *name, const char *map, struct error *err)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return file_write(AT_FDCWD, path, map, err);
}

static int open_namespace(pid_t pid, const struct mount_idmap *idmap, struct error *err)
{
	char path[64];
	int fd;

	TRY(write_map(pid, "uid_map", idmap->uid_map, err));
	TRY(write_map(pid, "gid_map", idmap->gid_map, err));
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? error_sys(err, "open %s", path) : fd;
}

/* A user namespace lives as long as a descriptor on it: the process is gone on return. */
static int make_namespace(const struct mount_idmap *idmap, struct error *err)
{
	struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
	pid_t parent_pid = getpid(), pid = sys_clone3(&args);
	int fd;

	if (pid < 0)
		return error_sys(err, "clone a user namespace");
	if (pid == 0)
		lend_namespace(parent_pid);
	fd = open_namespace(pid, idmap, err);
	kill(pid, SIGKILL); /* our child, not waited for yet: the number cannot be another's */
	TEMP_FAILURE_RETRY(waitpid(pid, NULL, 0));
	return fd;
}

int mount_idmap_set(int tree_fd, const struct mount_idmap *idmap, struct error *err)
{
	unsigned int at_flags = AT_EMPTY_PATH | (idmap->is_recursive ? AT_RECURSIVE : 0);
	autoclose int ns_fd = make_namespace(idmap, err);
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)ns_fd };

	if (ns_fd < 0)
		return ns_fd;
	if (mount_setattr(tree_fd, "", at_flags, &attr, sizeof(attr)) == 0)
		return 0;
	if (errno == ENOSYS)
		return error_set(err, ENOSYS, "id-mapped mounts need Linux 5.12");
	return error_sys(err, "mount_setattr: id maps");
}
