// SPDX-License-Identifier: GPL-2.0-or-later
#include "ns/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/text.h"
#include "ns/ns.h"

enum { PATH_SIZE = 64, LINK_SIZE = 64, SETGROUPS_LIMIT = 64 };

/* What the link of one kind says: its word and the namespace's number, "net:[4026531840]". */
static int read_link(int folder_fd, const char *name, char ret_text[LINK_SIZE],
		     struct error *err)
{
	ssize_t size = readlinkat(folder_fd, name, ret_text, LINK_SIZE - 1);

	if (size < 0)
		return error_sys(err, "readlink ns/%s", name);
	ret_text[size] = '\0';
	return 0;
}

static int open_folder(const char *path, struct error *err)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? error_sys(err, "open %s", path) : fd;
}

int ns_enter_look(pid_t pid, uint64_t *ret_flags, struct error *err)
{
	char path[PATH_SIZE], ours[LINK_SIZE], theirs[LINK_SIZE];
	autoclose int own_fd = open_folder("/proc/self/ns", err);
	autoclose int their_fd = -1;
	uint64_t flags = 0;

	TRY(own_fd);
	snprintf(path, sizeof(path), "/proc/%d/ns", (int)pid);
	their_fd = open_folder(path, err);
	TRY(their_fd);
	for (int i = 0; i < SPEC_NAMESPACE_TYPES; i++) {
		enum spec_namespace_type type = (enum spec_namespace_type)i;
		const char *name = ns_file(type);
		int r = read_link(own_fd, name, ours, err);

		/* No such kind in this kernel. */
		if (r == -ENOENT)
			continue;
		TRY(r);
		TRY(read_link(their_fd, name, theirs, err));
		if (strcmp(ours, theirs) != 0)
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
