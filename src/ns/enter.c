// SPDX-License-Identifier: GPL-2.0-or-later
#include "ns/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/text.h"
#include "ns/ns.h"

enum { PATH_SIZE = 64, SETGROUPS_LIMIT = 64 };

/* Returns 1 when they differ, 0 when not or when the kernel has no such kind. */
static int differs(pid_t pid, enum spec_namespace_type type, struct error *err)
{
	char path[PATH_SIZE], own[PATH_SIZE];
	struct stat theirs, ours;

	snprintf(own, sizeof(own), "/proc/self/ns/%s", ns_file(type));
	if (stat(own, &ours) < 0)
		return errno == ENOENT ? 0 : error_sys(err, "stat %s", own);
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, ns_file(type));
	if (stat(path, &theirs) < 0)
		return error_sys(err, "stat %s", path);
	return theirs.st_dev != ours.st_dev || theirs.st_ino != ours.st_ino;
}

int ns_enter_look(pid_t pid, uint64_t *ret_flags, struct error *err)
{
	uint64_t flags = 0;

	for (int i = 0; i < SPEC_NAMESPACE_TYPES; i++) {
		enum spec_namespace_type type = (enum spec_namespace_type)i;
		int r = differs(pid, type, err);

		TRY(r);
		if (r)
			flags |= ns_flag(type);
	}
	*ret_flags = flags;
	return 0;
}

int ns_enter(int pid_fd, uint64_t flags, struct error *err)
{
	if (flags && setns(pid_fd, (int)flags) < 0)
		return error_sys(err, "enter the container's namespaces");
	return 0;
}

int ns_enter_denies_setgroups(pid_t pid, bool *ret_is_denied, struct error *err)
{
	autofree char *text = NULL;
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/proc/%d/setgroups", (int)pid);
	TRY(file_read(AT_FDCWD, path, SETGROUPS_LIMIT, &text, NULL, err));
	*ret_is_denied = text_begins(text, "deny");
	return 0;
}
