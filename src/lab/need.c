// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/need.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "lab/lab.h"
#include "ns/ns.h"
#include "proc/status.h"

enum { QUEUE_LEAST = 64 };

static int write_map(const char *name, unsigned int id, struct error *err)
{
	char line[32];

	snprintf(line, sizeof(line), "0 %u 1", id);
	return file_write(AT_FDCWD, name, line, err);
}

/* Root of a user namespace of its own, with its one id. user_namespaces(7). */
static int become_root(struct error *err)
{
	unsigned int uid = geteuid(), gid = getegid();

	if (unshare(CLONE_NEWUSER) < 0)
		return error_set(err, ENOTSUP, "needs root or user namespaces");
	TRY(file_write(AT_FDCWD, "/proc/self/setgroups", "deny", err));
	TRY(write_map("/proc/self/uid_map", uid, err));
	return write_map("/proc/self/gid_map", gid, err);
}

static int check_machine(unsigned int needs, struct error *err)
{
#ifndef __x86_64__
	if (needs & LAB_X86)
		return error_set(err, ENOTSUP, "needs an x86-64 processor");
#endif
	if (needs & LAB_TWO_CPUS && sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return error_set(err, ENOTSUP, "needs two processors");
	return 0;
}

int need_provide(unsigned int needs, struct error *err)
{
	bool is_privileged, is_initial;

	TRY(check_machine(needs, err));
	TRY(ns_is_privileged(&is_privileged, err));
	TRY(ns_is_initial_user(&is_initial, err));
	if (needs & LAB_ROOT && !(is_privileged && is_initial))
		return error_set(err, ENOTSUP, "needs root");
	if (needs & LAB_NAMESPACES && !is_privileged)
		return become_root(err);
	return 0;
}

int need_queue(struct error *err)
{
	struct status status;

	TRY(status_read(getpid(), getpid(), &status, err));
	if (status.queue_used + QUEUE_LEAST < status.queue_limit)
		return 0;
	return error_set(err, EAGAIN, "needs room in the user's queue of signals");
}
