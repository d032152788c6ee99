// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * status - a process or one thread of it as /proc/PID/status shows it
 *
 * The file is world-readable: no right over the process is needed. Ids are shown in the
 * reader's user namespace, numbers in its pid namespace.
 */
#ifndef HUSK_PROC_STATUS_H
#define HUSK_PROC_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* The kernel nests pid namespaces 32 deep at most (MAX_PID_NS_LEVEL), the first not counted. */
enum { STATUS_NAME_SIZE = 64, STATUS_LEVELS_MAX = 33 };

struct status_ids {
	uint32_t real, effective, saved, fs;
};

/* A member whose line the kernel does not write is 0. */
struct status {
	char name[STATUS_NAME_SIZE]; /* as the file has it: '\n' and '\\' are escaped */
	char state;		     /* of proc(5) */
	pid_t tgid, pid, parent_pid, tracer_pid;
	pid_t group, session; /* process group and session; 0: outside of the reader's namespace */
	bool is_kernel_thread; /* Linux 6.8; before that nothing here tells */
	struct status_ids uid, gid;
	/* The process's numbers from the reader's namespace inwards; the last is its own. */
	size_t level_count;
	pid_t level[STATUS_LEVELS_MAX];
	bool is_dumping; /* it writes its core dump */
	unsigned int threads;
	uint64_t queue_used, queue_limit; /* SigQ: signals queued for its user, RLIMIT_SIGPENDING */
	uint64_t pending, shared_pending, blocked, ignored, caught; /* as signal/set.h */
	uint64_t inheritable, permitted, effective, bounding, ambient; /* capabilities */
	bool no_new_privs;
	unsigned int seccomp; /* 0 none, 1 strict, 2 filters */
	uint64_t switches; /* how often it left the processor, of its own will or not */
};

/**
 * status_read_text - the whole file of one thread
 *
 * @tid: @pid itself for the main thread.
 * @ret_text: the caller frees it.
 *
 * Returns 0; -ESRCH "process PID: No such process"; another negative errno.
 */
MUST_USE int status_read_text(pid_t pid, pid_t tid, char **ret_text, struct error *err);

/* status_parse - -EBADMSG when the text is no status file. Unknown lines are passed over. */
MUST_USE int status_parse(const char *text, struct status *ret_status, struct error *err);

/* The two in one. */
MUST_USE int status_read(pid_t pid, pid_t tid, struct status *ret_status, struct error *err);

/* The line of @field ("SigBlk") without its end; the caller frees it. NULL: there is none. */
char *status_find_line(const char *text, const char *field);

/* PID 1 of a pid namespace, the outermost one included. */
bool status_is_init(const struct status *status);

#endif
