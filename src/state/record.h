// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * record - what husk keeps about a container: state.json in its folder
 *
 * Bound by one table, so that a new member is one line in the struct and one in the table.
 * What a file does not have is absent in the struct; what it has in addition is passed over:
 * an older and a newer husk can look at each other's containers.
 *
 * The status is never stored as a fact. It is computed from the process, the start time, the
 * boot and the start socket whenever somebody asks, so that a container that ended is
 * "stopped" without any call of husk.
 */
#ifndef HUSK_STATE_RECORD_H
#define HUSK_STATE_RECORD_H

#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "json/bind.h"
#include "spec/spec.h"
#include "state/store.h"

/* Files in the container's folder. */
#define RECORD_FILE "state.json"
#define RECORD_CONFIG "config.json"	  /* the private copy, read instead of the bundle's */
#define RECORD_START_SOCKET "start.sock" /* there until the container was started */

enum record_status {
	RECORD_CREATING,
	RECORD_CREATED,
	RECORD_RUNNING,
	RECORD_PAUSED,
	RECORD_STOPPED,
};

/*
 * One cgroup: the file system it lies in and its folder below @mount_point. In a file that lacks
 * one of them there is no record.
 */
struct record_tree {
	char *controllers; /* "memory", "cpu,cpuacct", "name=systemd"; "" for cgroup v2 */
	char *mount_point, *folder;
};
SPEC_LIST(record_trees, struct record_tree);

struct record_cgroup {
	char *manager; /* "cgroupfs", "systemd" or "disabled" */
	char *mode;    /* "unified", "hybrid" or "legacy" */
	char *unit;    /* the systemd scope; absent with another manager */
	char *bus;     /* of the systemd that has it: "system" or "user" */
	struct record_trees *trees;
};

struct record_intel_rdt {
	char *group, *monitor; /* folders to remove, absolute; NULL when not ours */
};

struct record {
	char *oci_version, *id;
	struct maybe_enum written; /* enum record_status when the file was written; see below */
	struct maybe_int pid;	   /* as the runtime sees it; 0 or absent: not made yet */
	struct maybe_uint start_time; /* of @pid, field 22 of /proc/PID/stat, clock ticks */
	char *boot_id;
	char *bundle, *rootfs; /* absolute */
	char *created;	       /* RFC 3339, nanoseconds, UTC */
	char *owner;
	struct maybe_uint owner_uid;
	struct json_pairs *annotations;
	struct record_cgroup *cgroup;
	struct maybe_bool systemd_cgroup, no_pivot, no_new_keyring;
	struct maybe_bool has_pid_namespace; /* its own: the kernel kills the rest with PID 1 */
	struct maybe_bool has_init;	     /* husk-init is its PID 1 */
	struct record_intel_rdt *intel_rdt;
	struct spec_hook_list *poststart, *poststop; /* run by later commands */
	struct arena arena; /* owns what record_read made; a writer may borrow instead */
};

/**
 * record_write - state.json, whole or not at all, mode 0600
 *
 * Errors: "write state.json: ..."; -E2BIG for more than record_read takes: 16 MiB.
 */
MUST_USE int record_write(const struct store_entry *entry, const struct record *record,
			  struct error *err);

/**
 * record_draft - write beside state.json what record_adopt makes it, while there is time for that
 *
 * Once for each container, by who creates it; -EEXIST: a draft is there. Else as record_write.
 */
MUST_USE int record_draft(const struct store_entry *entry, const struct record *record,
			  struct error *err);
MUST_USE int record_adopt(const struct store_entry *entry, struct error *err);

/**
 * record_read - state.json
 *
 * When the file lacks the owner's name, since the container is not born yet, it is looked up.
 *
 * Returns 0, the caller clears the record; -ENOENT when there is none (husk died while it
 * created the container, or is at it now); -EBADMSG when it is cut short, no JSON, or the
 * record of another container; another errno when it cannot be read.
 */
MUST_USE int record_read(const struct store_entry *entry, struct record *ret_record,
			 struct error *err);

void record_clear(struct record *io_record);

#define autorecord autoclean(record_clear)

/**
 * record_status - what the container is doing now
 *
 * creating  no pid yet and somebody holds the lock; or it was last written as creating and
 *           its process is alive
 * created   alive, and the start socket is still there
 * running   alive
 * stopped   everything else: ended, a zombie, another boot, a creator that died
 *
 * RECORD_PAUSED is never the answer: only the cgroup knows.
 */
enum record_status record_status(const struct record *record, const struct store_entry *entry);

/* "creating", "created", "running", "paused", "stopped" */
const char *record_status_name(enum record_status status);

/**
 * record_state_json - the state object of the runtime specification (runtime.md, State)
 *
 * With rootfs, created and owner as other runtimes have them. pid is 0 when stopped;
 * annotations are absent when there are none. For hooks and `list`: JSON_COMPACT.
 */
void record_state_json(const struct record *record, enum record_status status,
		       enum json_style style, struct text *io_text);

/* A time of CLOCK_REALTIME as the member @created has it. */
char *record_time_of(struct arena *io_arena, struct timespec time);

/* The time now, likewise. */
char *record_time_now(struct arena *io_arena);

/* The name of @uid in /etc/passwd, read without NSS; the number when it is not there. */
char *record_owner_name(struct arena *io_arena, unsigned int uid);

#endif
