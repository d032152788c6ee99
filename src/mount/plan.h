// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plan - what a container sees: its mounts, device nodes and masks, decided before the fork
 *
 * The order of the room's functions in a container's life:
 *
 *	mount_plan            parent: pure, every configuration error is found here
 *	mount_open_sources    parent: what only the parent can open (source.h)
 *	mount_root_open       stage, in its new mount namespace (root.h)
 *	mount_attach_all      stage (attach.h)
 *	mount_devices_make    stage (device.h)
 *	mount_root_pivot      stage; "/" is the container's from here on (root.h)
 *	mount_open_pts, mount_console   stage, with a terminal (console.h)
 *	mount_finish          stage: read-only, masked paths; the last change of a mount (mask.h)
 *	mount_run_clear       stage: no descriptor of the host is left
 *
 * The stage is one thread, alone in its mount namespace. Its working directory may be moved
 * by any of these functions.
 */
#ifndef HUSK_MOUNT_PLAN_H
#define HUSK_MOUNT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/mem.h"
#include "mount/option.h"
#include "spec/spec.h"

/* One v1 hierarchy: @name is its directory below /sys/fs/cgroup. */
struct mount_cgroup_hierarchy {
	const char *name;    /* "pids", "systemd", "cpu,cpuacct" */
	const char *options; /* data of a new mount: "pids", "none,name=systemd" */
	const char *folder;  /* the container's cgroup on the host; NULL when it has none */
};

/* What the configuration alone does not tell. Borrowed until mount_plan_clear. */
struct mount_request {
	const struct spec *spec; /* checked: spec_check has no objection */
	const char *bundle;	 /* absolute */
	bool has_user_ns;    /* a user namespace that is not the caller's, new or joined */
	bool owns_network;   /* a new network namespace */
	bool has_cgroup_ns;
	bool is_cgroup_v2;   /* /sys/fs/cgroup is a cgroup2; else v1 or hybrid */
	size_t hierarchy_count;
	const struct mount_cgroup_hierarchy *hierarchies;
	const char *cgroup2_folder; /* the container's cgroup in the v2 tree, or NULL */
	bool no_pivot;
	bool is_live; /* mounts for a container that runs: steps and the label, nothing else */
};

enum mount_kind {
	MOUNT_NEW,     /* a file system of @type, mounted anew */
	MOUNT_BIND,    /* a clone of the tree at @source */
	MOUNT_REMOUNT, /* other flags for what is mounted on @target */
	MOUNT_LINK,    /* no mount: a symbolic link @target that says @source */
};

/* What a step may cover below /proc (M-14). */
enum mount_proc_rule {
	MOUNT_PROC_REFUSED, /* @target must not lie on a procfs */
	MOUNT_PROC_ROOT,    /* @target is /proc: the source must be a procfs */
	MOUNT_PROC_FILE,    /* one of the files that may be emulated */
};


/* Maps of an id-mapped mount, as the lines of uid_map and gid_map. */
struct mount_idmap {
	const char *uid_map, *gid_map;
	bool is_recursive;
};

struct mount_step {
	enum mount_kind kind;
	const char *place;		/* "mounts[3]", for errors */
	const char *source, *target;	/* @target is absolute, without "." and ".." */
	const char *type;		/* MOUNT_NEW only */
	struct mount_options options;	/* flags as they shall be set while attaching */
	enum mount_proc_rule proc_rule;
	bool is_real_target;		/* no symbolic link on the way (S-07) */
	bool is_super_kept;		/* a shared superblock: "ro" is for the mount alone */
	bool is_late_readonly;		/* made read-only by mount_finish (M-16) */
	bool is_gid_optional;		/* devpts: tried again without gid= (M-11) */
	bool is_labelled_root;		/* mqueue: the label is an attribute of its root (M-09) */
	const struct mount_step *fallback; /* on EPERM and EBUSY; or NULL */
	const struct mount_idmap *idmap;   /* or NULL */
	int tree_fd; /* a detached mount made by mount_open_sources, or -1 */
};

/* @mode has the type bits; @uid and @gid are the container's. */
struct mount_device {
	const char *path; /* absolute, without "." and ".." */
	mode_t mode;
	dev_t rdev;
	uid_t uid;
	gid_t gid;
	int tree_fd; /* the host's node as a detached mount, or -1 */
};

struct mount_plan {
	const char *root;		/* absolute path of the rootfs on the host */
	const char *label;		/* linux.mountLabel, or NULL */
	unsigned long propagation;	/* linux.rootfsPropagation: MS_*; 0 when absent */
	bool is_root_readonly, no_pivot, has_user_ns;
	bool has_host_dev;		/* /dev is a bind: nothing is made in it (V-11) */
	bool has_own_dev;		/* a step puts a file system on /dev */
	bool needs_sources;		/* mount_open_sources is not optional */
	bool is_live;			/* the stage sees the container's files, not the host's */
	size_t step_count, device_count, mask_count, readonly_count;
	struct mount_step *steps;
	struct mount_device *devices;	/* default and configured ones */
	const char **masks, **readonly; /* linux.maskedPaths, linux.readonlyPaths */
	struct arena arena;
};

/**
 * mount_plan - compute all steps; touches nothing
 *
 * Errors name the place: "mounts[2].options: ...", "linux.devices[0].type: ...".
 * Returns 0, or -EINVAL with *@ret_plan cleared. Release with mount_plan_clear.
 */
MUST_USE int mount_plan(const struct mount_request *request, struct mount_plan *ret_plan,
			struct error *err);

/* Also closes what mount_open_sources opened. */
void mount_plan_clear(struct mount_plan *io_plan);

/* Where the runtime itself works on what the configuration has mounted: nodes, masks. */
enum mount_place { MOUNT_PLACE_DEV, MOUNT_PLACE_PROC, MOUNT_PLACE_SYS, MOUNT_PLACE_COUNT };

/*
 * What the stage holds while it works, made by mount_root_open. All descriptors are
 * close-on-exec; mount_run_clear closes them.
 */
struct mount_run {
	int root_fd; /* the container's "/", before and after the pivot */
	/* What is on these places, wherever their names may lead later; -1: nothing is yet. */
	int place_fds[MOUNT_PLACE_COUNT];
	int proc_fd; /* the host's /proc, to name a descriptor to mount(2) on old kernels */
	int null_fd; /* the host's /dev/null, verified, as a detached mount; or -1 */
	size_t late_count;
	int *late_fds; /* mounts that mount_finish makes read-only */
};

#define MOUNT_RUN_NONE { .root_fd = -1, .place_fds = { -1, -1, -1 }, .proc_fd = -1, .null_fd = -1 }

void mount_run_clear(struct mount_run *io_run);

#endif
