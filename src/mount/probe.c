// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/probe.h"

#include <sys/mount.h>

#include "base/mem.h"
#include "base/scope.h"
#include "base/text.h"

bool mount_probe_overlay(const char *lower)
{
	/* Without an upper layer there must be two lower ones; /dev is there everywhere. */
	autofree char *quoted = mount_probe_quote_lower(lower);
	autofree char *layers = mem_format("%s:/dev", quoted);
	autoclose int fs_fd = fsopen("overlay", FSOPEN_CLOEXEC);

	return fs_fd >= 0 && fsconfig(fs_fd, FSCONFIG_SET_STRING, "lowerdir", layers, 0) == 0 &&
	       fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0;
}

char *mount_probe_quote_lower(const char *path)
{
	autotext struct text quoted = { 0 };

	for (; *path; path++)
		text_add(&quoted, "%s%c", *path == ':' || *path == '\\' ? "\\" : "", *path);
	return text_take(&quoted);
}
