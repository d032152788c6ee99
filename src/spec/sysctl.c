// SPDX-License-Identifier: GPL-2.0-or-later
#include "spec/sysctl.h"

#include <stdbool.h>
#include <string.h>

#include "base/scope.h"
#include "base/text.h"

/* A row that ends in "/" stands for all below it. */
static const struct setting {
	const char *path;
	enum spec_namespace_type type;
} settings[] = {
	{ "net/", SPEC_NAMESPACE_NETWORK },
	{ "fs/mqueue/", SPEC_NAMESPACE_IPC },
	{ "kernel/msgmax", SPEC_NAMESPACE_IPC },
	{ "kernel/msgmnb", SPEC_NAMESPACE_IPC },
	{ "kernel/msgmni", SPEC_NAMESPACE_IPC },
	{ "kernel/sem", SPEC_NAMESPACE_IPC },
	{ "kernel/shmall", SPEC_NAMESPACE_IPC },
	{ "kernel/shmmax", SPEC_NAMESPACE_IPC },
	{ "kernel/shmmni", SPEC_NAMESPACE_IPC },
	{ "kernel/shm_rmid_forced", SPEC_NAMESPACE_IPC },
	{ "kernel/domainname", SPEC_NAMESPACE_UTS },
	{ "user/", SPEC_NAMESPACE_USER },
};

static bool is_clean(const char *path)
{
	for (;;) {
		size_t size = strcspn(path, "/");

		if (size == 0 || (size <= 2 && strspn(path, ".") >= size))
			return false;
		if (!path[size])
			return true;
		path += size + 1;
	}
}

char *spec_sysctl_path(const char *name)
{
	autofree char *path = mem_text(name);

	if (path[strcspn(path, "./")] == '.')
		for (char *c = path; *c; c++) {
			if (*c == '.')
				*c = '/';
			else if (*c == '/')
				*c = '.';
		}
	return is_clean(path) ? ptr_take(&path) : NULL;
}

int spec_sysctl_namespace(const char *path)
{
	for (size_t i = 0; i < countof(settings); i++) {
		const char *row = settings[i].path;
		bool is_folder = row[strlen(row) - 1] == '/';

		if (is_folder ? text_begins(path, row) : strcmp(path, row) == 0)
			return (int)settings[i].type;
	}
	return -1;
}
