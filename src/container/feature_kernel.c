// SPDX-License-Identifier: GPL-2.0-or-later
/* feature_kernel - what this kernel has of what husk uses */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scope.h"
#include "cgroup/driver.h"
#include "cgroup/fs.h"
#include "container/feature.h"
#include "guard/seccomp_known.h"
#include "mount/probe.h"

enum { SMALL_FILE = 65536 };

/* --- small questions; none of them changes anything --- */

static bool has_mount_setattr(void)
{
	return mount_setattr(-1, "", AT_EMPTY_PATH, NULL, 0) < 0 && errno != ENOSYS;
}

/* Of a range that holds no descriptor. */
static bool has_close_range(void)
{
	return close_range(~0U, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

static bool has_line(const char *file, const char *word)
{
	autofree char *text = NULL;
	struct error ignored;

	return file_read(AT_FDCWD, file, SMALL_FILE, &text, NULL, &ignored) == 0 &&
	       strstr(text, word);
}

static bool has_user_namespaces(void)
{
	autofree char *limit = NULL;
	struct error ignored;

	return access("/proc/self/ns/user", F_OK) == 0 &&
	       file_read(AT_FDCWD, "/proc/sys/user/max_user_namespaces", SMALL_FILE, &limit, NULL,
			 &ignored) == 0 && strcmp(limit, "0\n") != 0;
}

static bool has_time_namespaces(void)
{
	return access("/proc/self/ns/time", F_OK) == 0;
}

static bool has_cgroup_namespaces(void)
{
	return access("/proc/self/ns/cgroup", F_OK) == 0;
}

static bool has_overlay(void)
{
	return mount_probe_overlay("/");
}

static bool has_apparmor(void)
{
	return has_line("/sys/module/apparmor/parameters/enabled", "Y");
}

static bool has_selinux(void)
{
	return has_line("/proc/filesystems", "\tselinuxfs\n");
}

static bool has_resctrl(void)
{
	return has_line("/proc/filesystems", "\tresctrl\n");
}

/* --- cgroups --- */

static bool has_mode(enum cgroup_mode mode, const char *controller)
{
	autocgroup struct cgroup cgroup = { 0 };
	const struct cgroup_request request = { .id = "x", .is_privileged = true };
	struct error ignored;

	return cgroup_select(&request, &cgroup, &ignored) == 0 &&
	       (mode == CGROUP_MODE_NONE || cgroup.mode == mode) &&
	       cgroup_fs_find_tree(&cgroup, controller);
}

static bool has_cgroup1(void)
{
	return has_mode(CGROUP_MODE_V1, "pids") || has_mode(CGROUP_MODE_V1, "memory");
}

static bool has_cgroup2(void)
{
	return has_mode(CGROUP_MODE_NONE, "");
}

/* --- the table --- */

static const struct {
	const char *name, *since;
	bool (*is_there)(void);
	const char *loss;
} rows[] = {
	{ "cgroup v2", "4.5", has_cgroup2,
	  "unified limits, pressure, clone into a cgroup, kill of all at once" },
	{ "cgroup v1", "2.6.24", has_cgroup1,
	  "nothing where v2 is; memory.kernel, swappiness, network classes, realtime CPU" },
	{ "user namespaces", "3.8", has_user_namespaces, "containers of ordinary users" },
	{ "cgroup namespaces", "4.6", has_cgroup_namespaces, "namespaces of type cgroup" },
	{ "time namespaces", "5.6", has_time_namespaces, "namespaces of type time, timeOffsets" },
	{ "seccomp filters", "3.17", guard_seccomp_known_filter, "linux.seccomp" },
	{ "seccomp notification", "5.0", guard_seccomp_known_notify,
	  "SCMP_ACT_NOTIFY, listenerPath" },
	{ "close_range with a flag", "5.11", has_close_range,
	  "nothing; the list of open descriptors is walked instead" },
	{ "mount_setattr", "5.12", has_mount_setattr,
	  "id-mapped mounts, recursive mount attributes (rro, rnosuid, ...)" },
	{ "overlay over /", "3.18", has_overlay, "`box` then has a root that cannot be written" },
	{ "AppArmor", "2.6.36", has_apparmor, "process.apparmorProfile" },
	{ "SELinux", "2.6.0", has_selinux, "process.selinuxLabel, linux.mountLabel" },
	{ "resctrl", "4.10", has_resctrl, "linux.intelRdt" },
};

void container_feature_write_kernel(struct text *io_text)
{
	struct utsname name;

	if (uname(&name) == 0)
		text_add(io_text, "%s %s %s\n", name.sysname, name.release, name.machine);
	text_add(io_text, "%-24s %-6s %-6s %s\n", "FEATURE", "SINCE", "HERE", "LOST WITHOUT IT");
	for (size_t i = 0; i < countof(rows); i++)
		text_add(io_text, "%-24s %-6s %-6s %s\n", rows[i].name, rows[i].since,
			 rows[i].is_there() ? "yes" : "no", rows[i].loss);
}
