// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cgroup - the control groups of one container, whichever kind the machine has
 *
 * The one interface to three kinds of machine: pure cgroup v2; v1, one hierarchy ("tree")
 * for each controller or group of controllers; and hybrid, which is v1 with a cgroup2
 * tree beside it. A struct cgroup names the folder of the container in each tree. In
 * hybrid mode a limit acts through the tree that owns its controller, and the container
 * is a member of all trees.
 *
 * Life: cgroup_select (or cgroup_restore) - cgroup_create - the process is put in by
 * clone3 with cgroup_open, or else by cgroup_join - ... - cgroup_delete - cgroup_clear.
 * With CGROUP_MODE_NONE everything but freezing succeeds and does nothing.
 *
 * Errors in the configuration begin with the JSON path, "linux.resources.pids.limit: ...";
 * others with the folder. A folder whose file system is not a cgroup one is refused with
 * -EINVAL before anything is written.
 * Source: cgroups(7); the kernel's admin-guide/cgroup-v2.rst and cgroup-v1/.
 */
#ifndef HUSK_CGROUP_DRIVER_H
#define HUSK_CGROUP_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/scope.h"
#include "spec/spec.h"

enum cgroup_manager {
	CGROUP_MANAGER_FILES,
	CGROUP_MANAGER_SYSTEMD, /* the folder is a scope's: cgroup_create_scope */
	CGROUP_MANAGER_DISABLED,
};

/* Hybrid is V1 with one tree more. */
enum cgroup_mode { CGROUP_MODE_NONE, CGROUP_MODE_V1, CGROUP_MODE_V2 };

struct cgroup_tree {
	char *controllers; /* "pids", "cpu,cpuacct", "name=systemd"; "" for cgroup2 */
	char *mount_point;
	char *folder; /* absolute: the mount point and the container's path below it */
};

/* What systemd calls it. */
struct cgroup_unit {
	char *name;	  /* "libpod-1a2b.scope"; NULL: not made by systemd */
	char *slice;	  /* "machine.slice"; NULL in a later command */
	bool is_user;	  /* of the user's own systemd, not of the machine's */
	char *helper;	  /* the path of husk-systemd; NULL: there is none */
	char *properties; /* that annotations ask for, as cgroup/words.h has them */
	char *state;	  /* "active" when it was selected: somebody else's; NULL: it is free */
};

struct cgroup {
	enum cgroup_mode mode;
	size_t count;
	struct cgroup_tree *tree;
	const struct cgroup_driver *driver; /* NULL with CGROUP_MODE_NONE */
	enum cgroup_manager manager;
	bool is_privileged;
	char *own_folder;   /* of an ordinary user's process in the cgroup2 tree, or NULL */
	const char *reason; /* for CGROUP_MODE_NONE */
	char *process_folder; /* of cgroup_nest: inside of the folder; NULL: the folder itself */
	struct cgroup_unit unit;
	struct arena arena;
};

#define autocgroup autoclean(cgroup_clear)

struct cgroup_request {
	const char *path; /* linux.cgroupsPath or NULL */
	const char *id;
	enum cgroup_manager manager;
	bool is_privileged; /* root of the machine: may write in every tree */
	const char *helper; /* the path of husk-systemd, or NULL: there is none */
	const struct json_pairs *annotations; /* those for systemd count; or NULL */
};

/**
 * cgroup_select - which trees there are, and the container's folder in each
 *
 * Creates nothing. @path, absolute or relative, is taken below the mount point of each tree;
 * ".." in it is resolved and may not leave the mount point, and the mount point itself
 * is refused. Without a path: "/husk/ID" when privileged; else "husk-ID" in the parent of the
 * caller's own cgroup2 folder, or in that folder, whichever can be written (a delegated
 * subtree). Only mounts count that a path still leads to: what a later mount covers does not.
 *
 * CGROUP_MANAGER_DISABLED, a machine with no cgroup mount, and an ordinary user on a v1
 * machine give CGROUP_MODE_NONE.
 *
 * CGROUP_MANAGER_SYSTEMD: @path names slice and scope (cgroup/unit.h). systemd is asked where it
 * begins and whether the unit is free. An ordinary user's own systemd is asked.
 *
 * Returns 0; -EINVAL for a bad path or annotation; what reading /proc gives; and "systemd cgroup
 * manager: ...": -ENOTSUP without husk-systemd, or what cgroup/systemd.h says.
 * @ret_cgroup must be released with cgroup_clear.
 */
MUST_USE int cgroup_select(const struct cgroup_request *request, struct cgroup *ret_cgroup,
			   struct error *err);

/**
 * cgroup_restore - the same cgroup in a later command
 *
 * @mode, @trees, @count: as they were in the struct cgroup after cgroup_create; copied.
 * Returns 0, or -EINVAL when they cannot be: a folder not below its mount point, a mode without
 * trees. @ret_cgroup must be released with cgroup_clear.
 */
MUST_USE int cgroup_restore(enum cgroup_mode mode, const struct cgroup_tree *trees, size_t count,
			    struct cgroup *ret_cgroup, struct error *err);

/* The unit that goes with a restored cgroup: update and delete tell systemd. @unit is copied. */
void cgroup_restore_unit(struct cgroup *io_cgroup, const struct cgroup_unit *unit);

/**
 * cgroup_create - make the folders and set all limits
 *
 * Plans everything first: a wrong value is refused before the first folder. Missing parents
 * are made. A folder that is there already is taken when nothing lives in it and it is not
 * frozen, else -EBUSY. On failure all that this call made is removed again.
 *
 * @resources: linux.resources, or NULL. Device rules are always set when privileged: without
 * any, only the default devices are allowed.
 *
 * A limit whose controller is nowhere is -ENOTSUP, naming it and where it was looked for. An
 * ordinary user without rights gets CGROUP_MODE_NONE (io_cgroup changes) when no limit is
 * asked for, else an error. With CGROUP_MANAGER_DISABLED limits are ignored with a warning.
 */
MUST_USE int cgroup_create(struct cgroup *io_cgroup, const struct spec_resources *resources,
			   struct error *err);

/**
 * cgroup_check_free - nobody else has it, so that it may be named as the container's
 *
 * -EBUSY when a process lives in it; -EEXIST when systemd has a unit of its name.
 */
MUST_USE int cgroup_check_free(const struct cgroup *cgroup, struct error *err);

/* Whether it is made by cgroup_create_scope, around a process, and not by cgroup_create. */
bool cgroup_is_scope(const struct cgroup *cgroup);

/**
 * cgroup_create_scope - let systemd make the folders around a process, and set all limits
 *
 * @pid: the container's first process, which waits; it is a member afterwards. systemd gets each
 * limit as a property too, where it has one, lest it forgets the limit when it is reloaded; then
 * all files are written as cgroup_create does. On failure the unit is stopped, and what
 * lives in it is killed.
 */
MUST_USE int cgroup_create_scope(const struct cgroup *cgroup,
				 const struct spec_resources *resources, pid_t pid,
				 struct error *err);

/**
 * cgroup_nest - let the processes live in a folder inside of the container's
 *
 * @path: relative, below the container's folder; made, and removed with it. From now on
 * cgroup_open, cgroup_join and cgroup_give mean that folder; limits, freezing, killing and
 * counting stay with the container's.
 *
 * Returns 0; -EINVAL for a path that leads out; -ENOTSUP in any mode but CGROUP_MODE_V2.
 */
MUST_USE int cgroup_nest(struct cgroup *io_cgroup, const char *path, struct error *err);

/**
 * cgroup_open - the folder for clone3(2) with CLONE_INTO_CGROUP
 *
 * Returns an O_PATH descriptor; -1, without an error, in any mode but CGROUP_MODE_V2 and when
 * the folder cannot be opened: cgroup_join is the other way and reports.
 */
int cgroup_open(const struct cgroup *cgroup);

/* Moves the process @pid, all its threads, into every tree. */
MUST_USE int cgroup_join(const struct cgroup *cgroup, pid_t pid, struct error *err);

/**
 * cgroup_update - change the limits that @resources names; what is absent stays
 *
 * Device rules are not touched: replacing them has moments in which a device is refused.
 * When one limit is refused those that were written before it get their old values back.
 */
MUST_USE int cgroup_update(const struct cgroup *cgroup, const struct spec_resources *resources,
			   struct error *err);

/**
 * cgroup_freeze - stop or continue every process in it and below
 *
 * Freezing waits until all have stopped, at most two seconds; then it is undone and the
 * result is -EBUSY, naming a process that would not. -ENOTSUP without a freezer.
 */
MUST_USE int cgroup_freeze(const struct cgroup *cgroup, bool frozen, struct error *err);

/* Whether freezing was asked for and reached. False without a freezer. */
MUST_USE int cgroup_is_frozen(const struct cgroup *cgroup, bool *ret_frozen, struct error *err);

/**
 * cgroup_kill - SIGKILL to every process in it and below
 *
 * Nobody escapes by forking: cgroup.kill (Linux 5.14), else all are frozen first. Frozen
 * ones are thawed, so that they die. Returns when the signal is sent, not when they
 * are gone; poll a pidfd, or let cgroup_delete wait. A cgroup that is gone is no error.
 */
MUST_USE int cgroup_kill(const struct cgroup *cgroup, struct error *err);

/**
 * cgroup_pids - the processes in it and below, ascending, each once
 *
 * Processes of a pid namespace that the caller does not see are left out. A cgroup that is
 * gone has none. @ret_pids lies in @io_arena.
 */
MUST_USE int cgroup_pids(const struct cgroup *cgroup, struct arena *io_arena, pid_t **ret_pids,
			 size_t *ret_count, struct error *err);

/**
 * cgroup_give - let @uid manage the subtree below the container's folder (delegation)
 *
 * Changes the owner of the folder and of the files that /sys/kernel/cgroup/delegate names.
 * Cgroup v2 only: in every other mode it does nothing, since a v1 tree must never be
 * given away. For a container with a cgroup namespace and a writable cgroup mount.
 */
MUST_USE int cgroup_give(const struct cgroup *cgroup, uid_t uid, struct error *err);

/**
 * cgroup_delete - remove the folders and what is below them
 *
 * Kills what still lives there and waits for its end, at most five seconds: then -EBUSY,
 * naming a process, its state and where in the kernel it waits. Folders that are gone
 * already are fine. The parent "husk" goes with the last container in it. A unit is stopped
 * last; when that fails there is only a warning, since systemd itself drops a scope without
 * processes.
 */
MUST_USE int cgroup_delete(const struct cgroup *cgroup, struct error *err);

/* Gives the memory back; nothing on the machine changes. */
void cgroup_clear(struct cgroup *io_cgroup);

#endif
