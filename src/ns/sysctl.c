// SPDX-License-Identifier: GPL-2.0-or-later
#include "ns/sysctl.h"

#include <fcntl.h>
#include <string.h>

#include "base/mem.h"
#include "base/procfs.h"
#include "base/scope.h"
#include "ns/ns.h"
#include "spec/sysctl.h"

static int check_one(const char *name, uint64_t namespaces, struct error *err)
{
	autofree char *path = spec_sysctl_path(name);
	int type;

	if (!path)
		return error_set(err, EINVAL, "linux.sysctl: \"%s\" is not a name", name);
	if (strcmp(path, "kernel/hostname") == 0)
		return error_set(err, EPERM, "linux.sysctl: %s: use \"hostname\"", name);
	type = spec_sysctl_namespace(path);
	if (type < 0)
		return error_set(err, EPERM,
				 "linux.sysctl: %s: belongs to the whole machine", name);
	if (!(ns_flag((enum spec_namespace_type)type) & namespaces))
		return error_set(err, EPERM,
				 "linux.sysctl: %s: needs the container's own %s namespace",
				 name, ns_word((enum spec_namespace_type)type));
	return 0;
}

int ns_sysctl_check(const struct json_pairs *sysctls, uint64_t namespaces, struct error *err)
{
	for (size_t i = 0; sysctls && i < sysctls->count; i++)
		TRY(check_one(sysctls->item[i].key, namespaces, err));
	return 0;
}

static int apply_one(const char *name, const char *value, int proc_fd, struct error *err)
{
	autofree char *path = spec_sysctl_path(name);
	autofree char *file = path ? mem_format("sys/%s", path) : NULL;
	autoclose int fd = -1;

	if (!path)
		return error_set(err, EINVAL, "not a name");
	fd = procfs_open_file(proc_fd, file, O_WRONLY, err);
	if (fd < 0)
		return fd;
	return procfs_write(fd, value, err);
}

int ns_sysctl_apply(const struct json_pairs *sysctls, int proc_fd, struct error *err)
{
	for (size_t i = 0; sysctls && i < sysctls->count; i++) {
		const struct json_pair *pair = &sysctls->item[i];

		if (apply_one(pair->key, pair->value, proc_fd, err) < 0)
			return error_wrap(err, "linux.sysctl: %s", pair->key);
	}
	return 0;
}
