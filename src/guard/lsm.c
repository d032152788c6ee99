// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/lsm.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/procfs.h"
#include "base/scope.h"

enum { READ_LIMIT = 65536 };

/* podman looks for the name of the file in the error. */
static int write_label(int fd, const char *file, const char *text, struct error *err)
{
	int r = procfs_write(fd, text, err);

	return r < 0 ? error_wrap(err, "/proc/thread-self/%s", file) : 0;
}

static int write_own(int proc_fd, const char *file, const char *text, struct error *err)
{
	autoclose int fd = procfs_open_own_file(proc_fd, file, O_WRONLY, err);

	return fd < 0 ? fd : write_label(fd, file, text, err);
}

/* The folder is there when AppArmor is compiled in; the write is taken when it is on. */
static int apply_apparmor(int proc_fd, const char *profile, struct error *err)
{
	static const char file[] = "attr/apparmor/exec";
	autofree char *command = mem_format("exec %s", profile);
	autoclose int fd = procfs_open_own_file(proc_fd, file, O_WRONLY, err);
	int r = fd < 0 ? fd : write_label(fd, file, command, err);

	if ((fd < 0 && r == -ENOENT) || (fd >= 0 && r == -EINVAL))
		return error_set(err, EOPNOTSUPP, "AppArmor is not enabled on this machine");
	return r;
}

/* SELinux shares its attr files with other modules, so the write would not tell. */
static int check_selinux(int proc_fd, struct error *err)
{
	autoclose int fd = procfs_open_file(proc_fd, "filesystems", O_RDONLY, err);
	autofree char *list = NULL;

	if (fd < 0)
		return fd;
	TRY(fd_read_all(fd, READ_LIMIT, &list, NULL, err));
	if (!strstr(list, "\tselinuxfs\n"))
		return error_set(err, EOPNOTSUPP, "SELinux is not enabled on this machine");
	return 0;
}

static int apply_selinux(int proc_fd, const char *label, struct error *err)
{
	TRY(check_selinux(proc_fd, err));
	return write_own(proc_fd, "attr/exec", label, err);
}

static bool is_asked(const char *label)
{
	return label && *label;
}

static bool is_confined(const char *profile)
{
	return is_asked(profile) && strcmp(profile, "unconfined") != 0;
}

int guard_lsm_apply_exec(int proc_fd, const char *apparmor_profile, const char *selinux_label,
			 struct error *err)
{
	if (is_confined(apparmor_profile) &&
	    apply_apparmor(proc_fd, apparmor_profile, err) < 0)
		return error_wrap(err, "process.apparmorProfile: %s", apparmor_profile);
	if (is_asked(selinux_label) && apply_selinux(proc_fd, selinux_label, err) < 0)
		return error_wrap(err, "process.selinuxLabel: %s", selinux_label);
	return 0;
}

int guard_lsm_set_key_label(int proc_fd, const char *selinux_label, struct error *err)
{
	int r = check_selinux(proc_fd, err);

	/* The empty text takes a label away, and an empty write(2) would not get that far. */
	if (r == 0 && is_asked(selinux_label))
		r = write_own(proc_fd, "attr/keycreate", selinux_label, err);
	else if (r == 0)
		r = write_own(proc_fd, "attr/keycreate", "\n", err);
	return r < 0 ? error_wrap(err, "label of the session keyring") : 0;
}
