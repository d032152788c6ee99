// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/waits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/text.h"
#include "signal/set.h"

enum { SMALL_FILE = 4096 };

static int read_small(pid_t pid, pid_t tid, const char *file, char **ret_text, struct error *err)
{
	char name[96];

	snprintf(name, sizeof(name), "/proc/%d/task/%d/%s", (int)pid, (int)tid, file);
	return file_read(AT_FDCWD, name, SMALL_FILE, ret_text, NULL, err);
}

int waits_parse(const char *text, struct waits *ret_waits, struct error *err)
{
	struct waits waits = { .call = -1 };

	if (text_begins(text, "running"))
		waits.is_running = true;
	/* "-1 SP PC" outside of a call, "NUMBER ARG1 ... ARG6 SP PC" in one. */
	else if (sscanf(text, "%ld %" SCNx64, &waits.call, &waits.first_argument) != 2)
		return error_set(err, EBADMSG, "not the text of a syscall file");
	*ret_waits = waits;
	return 0;
}

int waits_read(pid_t pid, pid_t tid, struct waits *ret_waits, struct error *err)
{
	autofree char *text = NULL;

	TRY(read_small(pid, tid, "syscall", &text, err));
	return waits_parse(text, ret_waits, err);
}

bool waits_for_signals(const struct waits *waits)
{
	return !waits->is_running && sys_is_signal_wait(waits->call);
}

int waits_read_awaited(pid_t pid, pid_t tid, const struct waits *waits, uint64_t *ret_set,
		       struct error *err)
{
	autofree char *name = mem_format("/proc/%d/task/%d/mem", (int)pid, (int)tid);
	autoclose int fd = open(name, O_RDONLY | O_CLOEXEC);
	uint64_t set;
	ssize_t size;

	if (fd < 0)
		return error_sys(err, "open %s", name);
	size = TEMP_FAILURE_RETRY(pread(fd, &set, sizeof(set), (off_t)waits->first_argument));
	if (size < 0)
		return error_sys(err, "read %s", name);
	if (size != sizeof(set))
		return error_set(err, EIO, "read %s: %zd bytes", name, size);
	*ret_set = set & ~signal_set_group(SIGNAL_GROUP_ONLY);
	return 0;
}

int waits_read_place(pid_t pid, pid_t tid, char *ret_place, struct error *err)
{
	autofree char *text = NULL;

	TRY(read_small(pid, tid, "wchan", &text, err));
	snprintf(ret_place, WAITS_PLACE_SIZE, "%.*s", (int)strcspn(text, "\n"), text);
	return 0;
}

bool waits_parse_signalfd(const char *text, uint64_t *ret_set)
{
	const char *at = strstr(text, "sigmask:");

	return at && sscanf(at, "sigmask: %" SCNx64, ret_set) == 1;
}

static void add_descriptor(int folder_fd, const char *name, uint64_t *io_set)
{
	autofree char *text = NULL;
	struct error err;
	uint64_t set;

	/* Closed since it was listed: then nothing comes out of it. */
	if (file_read(folder_fd, name, 1 << 20, &text, NULL, &err) < 0)
		return;
	if (waits_parse_signalfd(text, &set))
		*io_set |= set;
}

static bool is_signalfd(int folder_fd, const char *name)
{
	char target[64];
	ssize_t size = readlinkat(folder_fd, name, target, sizeof(target) - 1);

	target[size > 0 ? size : 0] = '\0';
	return strcmp(target, "anon_inode:[signalfd]") == 0;
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

int waits_read_signalfds(pid_t pid, uint64_t *ret_set, struct error *err)
{
	autofree char *links = mem_format("/proc/%d/fd", (int)pid);
	autofree char *infos = mem_format("/proc/%d/fdinfo", (int)pid);
	autoclean(close_folder) DIR *folder = opendir(links);
	autoclose int info_fd = open(infos, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *entry;
	uint64_t set = 0;

	if (!folder)
		return error_sys(err, "open %s", links);
	if (info_fd < 0)
		return error_sys(err, "open %s", infos);
	while ((entry = readdir(folder)))
		if (is_signalfd(dirfd(folder), entry->d_name))
			add_descriptor(info_fd, entry->d_name, &set);
	*ret_set = set;
	return 0;
}
