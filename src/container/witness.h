// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * witness - what this command did to a container, or saw of it, written into its story
 *
 * Nothing here fails a command: a line that cannot be written is a debug line in the log.
 */
#ifndef HUSK_CONTAINER_WITNESS_H
#define HUSK_CONTAINER_WITNESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "cgroup/driver.h"
#include "proc/task.h"
#include "state/life.h"
#include "state/record.h"
#include "state/store.h"

/* A command of ours and who called it. @by points into it: not to be copied. */
struct container_witness_actor {
	struct life_actor by;
	char parent_name[TASK_NAME_SIZE];
};

/* @command is borrowed. Who called is asked for once: it may have ended when the container does. */
void container_witness_ourselves(const char *command, struct container_witness_actor *ret_actor);

/* The container's folder was made: its story begins. Under its lock. */
void container_witness_created(const struct store_entry *entry,
			       const struct container_witness_actor *actor);

/**
 * container_witness_started - the program was executed
 *
 * Counters are read, so that later only differences count.
 *
 * Returns the open story, for container_witness_end_in, or a negative number: there is none.
 */
int container_witness_started(const struct store_entry *entry, const struct record *record,
			      const struct cgroup *cgroup);

/* What is about to be sent, and to whom: the verdict needs the process as it is before. */
struct container_witness_signal {
	const char *command; /* "kill", "stop" */
	pid_t pid;	     /* the container's first process */
	int signal;
	bool to_all;
	int timeout_ms; /* of a stop; -1: this is no stop */
	const struct cgroup *cgroup; /* the container's; borrowed */
};

/**
 * container_witness_signal - write the signal with the kernel's verdict for the first process
 *
 * To be called before it is sent. Returns the deciding rule in words when nothing will come of the
 * signal; else NULL.
 */
const char *container_witness_signal(const struct store_entry *entry,
				     const struct container_witness_signal *sent);

/* Memory ran out just now. */
void container_witness_out_of_memory(const struct store_entry *entry);

/* The grace of a stop is over and the process is still there. */
void container_witness_grace_over(const struct store_entry *entry, const char *command);

/**
 * container_witness_end - the first process is gone
 *
 * @wait_status: as of waitpid(2); NULL when nobody can tell. Only the first end that somebody saw
 *               is written.
 */
void container_witness_end(const struct store_entry *entry, const struct cgroup *cgroup,
			   const int *wait_status);

/* Likewise, by who holds the story open since the start: only what came since is looked at. */
void container_witness_end_in(int story_fd, const struct cgroup *cgroup, const int *wait_status);

/* Asks the kernel for the end of a process that is not our child, and writes what it says. */
void container_witness_find_end(const struct store_entry *entry, const struct record *record,
				const struct cgroup *cgroup, int pid_fd);

/* The container is being deleted: its story goes to the past. */
void container_witness_deleted(const struct store_entry *entry,
			       const struct container_witness_actor *actor);

#endif
