// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * survey - all processes of the machine, read once, in one table
 *
 * As many as the caller's /proc shows, in the order of their numbers, linked to a forest by
 * parent and child and grouped into containers. Nothing here recurses: a chain of children is
 * as deep as somebody likes. Processes come and go while the table is read: one that vanishes
 * is not in it; a parent that has is as good as none.
 *
 * Source: proc(5), pid_namespaces(7), cgroups(7).
 */
#ifndef HUSK_VIEW_SURVEY_H
#define HUSK_VIEW_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/mem.h"
#include "cgroup/detail.h"
#include "cgroup/stat.h"
#include "proc/engine.h"
#include "proc/status.h"

/* What is read besides the status files; each costs its share per process. */
enum survey_want {
	SURVEY_TIMES = 1 << 0,	/* start time, cpu time and flags, of the stat file */
	SURVEY_COUNTS = 1 << 1, /* the cgroup counters of the containers */
	SURVEY_PRESSURE = 1 << 2, /* with COUNTS: their pressure stall information */
	SURVEY_WORDS = 1 << 3,	/* the command lines, for who shows all containers */
};

enum survey_pressure { SURVEY_CPU, SURVEY_MEMORY, SURVEY_IO, SURVEY_PRESSURES };

enum { SURVEY_NONE = -1 }; /* an index that leads nowhere */

struct survey_process {
	struct status status;
	/* With SURVEY_TIMES. */
	uint64_t start_time, cpu_ticks; /* clock ticks; start_time after the boot */
	bool has_times;
	/*
	 * With SURVEY_WORDS, of processes in pid namespaces of their own: the command line as
	 * /proc/PID/cmdline has it. NULL: not read, none, or a very long one.
	 */
	const char *words;
	size_t words_size;
	/* Indices into survey.process. The order of siblings is that of their numbers. */
	int parent, first_child, next;
	int container;	 /* index into survey.container; SURVEY_NONE: none, the machine's own */
	uint64_t pid_ns; /* inode; 0: the caller's own namespace, or not to be told */
};

struct survey_container {
	enum engine engine;
	const char *id;	    /* of an unknown one without a cgroup: "pidns-4026532281" */
	const char *pod;    /* of Kubernetes; NULL: none */
	const char *name;   /* NULL: none but the id */
	const char *membership; /* /proc/PID/cgroup of a member; NULL: not read */
	const char *folder; /* its own cgroup's path in the line that names it, or NULL */
	uint64_t pid_ns;    /* of its first process; 0: the machine's, or not to be told */
	int first;	    /* its PID 1, else its lowest process; never SURVEY_NONE */
	size_t processes, threads, zombies; /* a zombie is a process, and no thread counts */
	int stop_signal;    /* SIGTERM unless its configuration says otherwise */
	bool has_stat;
	struct cgroup_stat stat;
	/* Charged to the cgroup and in no list of it: zombies, each is one task still. */
	struct maybe_uint unlisted;
	struct detail_pressure pressure[SURVEY_PRESSURES]; /* only cgroup v2 has it */
};

struct survey {
	size_t count;
	struct survey_process *process;
	size_t container_count;
	struct survey_container *container; /* by engine and id */
	uint64_t pid_ns; /* inode of the caller's own pid namespace; 0: unknown */
	unsigned int want;
	struct arena arena;
};

#define autosurvey autoclean(survey_clear)

/**
 * survey_read - look at the machine
 *
 * @want: enum survey_want, or'ed.
 *
 * Returns 0, the caller clears it; a negative errno of reading /proc itself. Single processes
 * that cannot be read (gone, hidden) are not in the table.
 */
MUST_USE int survey_read(unsigned int want, struct survey *ret_survey, struct error *err);

void survey_clear(struct survey *io_survey);

/* The index of the process with that number, or SURVEY_NONE. */
int survey_find(const struct survey *survey, pid_t pid);

/**
 * survey_next - the next process of the tree below @top, parents before their children
 *
 * @at: where one is; begin with @top itself. Returns an index, SURVEY_NONE at the end.
 */
int survey_next(const struct survey *survey, int top, int at);

/* How many steps lie between @top and @at, which is below it or the same. */
size_t survey_depth(const struct survey *survey, int top, int at);

/* PID 1 of the pid namespace that @at lives in; SURVEY_NONE when it cannot be seen. */
int survey_init_of(const struct survey *survey, int at);

/* Dead and not reaped. A leader that is dead while other threads run is not meant. */
bool survey_is_zombie(const struct survey_process *process);

/**
 * survey_inner_parent - the number of the parent as the process itself sees it
 *
 * 0 when the parent lives outside of the process's pid namespace, or the kernel is the parent.
 */
pid_t survey_inner_parent(const struct survey *survey, int at);

/**
 * survey_count - read the counters of one container, by the trees of @cgroup
 *
 * For a container whose cgroup the caller knows better than its path tells.
 */
void survey_count(const struct cgroup *cgroup, size_t container, struct survey *io_survey);

/**
 * survey_link - parent, first_child, next of every process, from the numbers in their status
 *
 * Pure; the processes are in ascending order. A circle, which numbers used anew while the
 * table was read could make, is cut.
 */
void survey_link(struct survey *io_survey);

#endif
