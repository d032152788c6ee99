// SPDX-License-Identifier: GPL-2.0-or-later
/* nest - a folder inside of the container's, for its processes: cgroup_nest of driver.h */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cgroup/driver.h"

/* Neither empty, nor "." or "..". */
static bool is_name(const char *part, size_t size)
{
	return size > 0 && !(size <= 2 && strspn(part, ".") >= size);
}

static int check_path(const char *path, struct error *err)
{
	const char *at = path;

	for (;;) {
		size_t size = strcspn(at, "/");

		if (!is_name(at, size))
			return error_set(err, EINVAL, "\"%s\" is not a path below a cgroup", path);
		if (!at[size])
			return 0;
		at += size + 1;
	}
}

int cgroup_nest(struct cgroup *io_cgroup, const char *path, struct error *err)
{
	char *folder;

	TRY(check_path(path, err));
	if (io_cgroup->mode != CGROUP_MODE_V2)
		return error_set(err, ENOTSUP, "a cgroup inside the container's needs cgroup v2");
	folder = arena_format(&io_cgroup->arena, "%s/%s", io_cgroup->tree->folder, path);
	/* Each part in its turn: the text ends at its slash for a moment. */
	for (char *slash = folder + strlen(io_cgroup->tree->folder); slash;) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(folder, 0755) < 0 && errno != EEXIST)
			return error_sys(err, "mkdir %s", folder);
		if (slash)
			*slash = '/';
	}
	io_cgroup->process_folder = folder;
	return 0;
}
