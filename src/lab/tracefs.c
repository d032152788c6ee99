// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"
#include "lab/name.h"

enum { TRACE_MAX = 16 << 20 };

/* A mount that hangs nowhere. fsopen(2), Linux 5.2. */
static int open_root(void)
{
	autoclose int context_fd = fsopen("tracefs", FSOPEN_CLOEXEC);

	if (context_fd < 0 || fsconfig(context_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return fsmount(context_fd, FSMOUNT_CLOEXEC, 0);
}

int tracefs_open(struct tracefs *ret_trace, struct error *err)
{
	autofree char *path = mem_format("instances/%s", name_get());
	autoclose int root_fd = open_root();

	if (root_fd < 0)
		return error_set(err, ENOTSUP, "needs tracefs: %s", error_words(errno));
	/* One of that name is of a dead keeper that had our number. */
	unlinkat(root_fd, path, AT_REMOVEDIR);
	if (mkdirat(root_fd, path, 0700) < 0)
		return error_set(err, ENOTSUP, "needs a trace instance: %s", error_words(errno));
	ret_trace->folder_fd = openat(root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ret_trace->folder_fd < 0)
		return error_sys(err, "open %s", path);
	TRY(tracefs_on(ret_trace, false, err));
	return tracefs_write(ret_trace, "trace_clock", "mono", err);
}

int tracefs_write(const struct tracefs *trace, const char *name, const char *text,
		  struct error *err)
{
	return file_write(trace->folder_fd, name, text, err);
}

int tracefs_enable(const struct tracefs *trace, const char *event, const char *filter,
		   struct error *err)
{
	autofree char *filter_path = mem_format("events/%s/filter", event);
	autofree char *enable_path = mem_format("events/%s/enable", event);

	if (filter)
		TRY(tracefs_write(trace, filter_path, filter, err));
	return tracefs_write(trace, enable_path, "1", err);
}

int tracefs_on(const struct tracefs *trace, bool on, struct error *err)
{
	return tracefs_write(trace, "tracing_on", on ? "1" : "0", err);
}

int tracefs_empty(const struct tracefs *trace, struct error *err)
{
	autoclose int fd = openat(trace->folder_fd, "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	return fd < 0 ? error_sys(err, "empty the trace") : 0;
}

int tracefs_read(const struct tracefs *trace, char **ret_text, struct error *err)
{
	return file_read(trace->folder_fd, "trace", TRACE_MAX, ret_text, NULL, err);
}

/* "# entries-in-buffer/entries-written: 12/12   #P:2" */
bool tracefs_is_whole(const char *text)
{
	const char *counts = strstr(text, "entries-written: ");
	unsigned long kept, written;

	return counts && sscanf(counts, "entries-written: %lu/%lu", &kept, &written) == 2 &&
	       kept == written;
}

void tracefs_close(struct tracefs *io_trace)
{
	scope_close(&io_trace->folder_fd);
	io_trace->folder_fd = -1;
}

/* Events that are still on go with their instance. */
void tracefs_remove(const char *name)
{
	autofree char *path = mem_format("instances/%s", name);
	autoclose int root_fd = open_root();

	if (root_fd >= 0)
		unlinkat(root_fd, path, AT_REMOVEDIR);
}
