// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * engine - whose container is this, told by nothing but the path of its cgroup
 *
 * Every engine leaves its name and the container's id in the path of the cgroup, each in its own
 * way, and systemd and Kubernetes put their folders around it. The innermost container of the
 * path counts: a container may hold an engine of its own. Pure: no daemon is asked and no file
 * is read.
 */
#ifndef HUSK_PROC_ENGINE_H
#define HUSK_PROC_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

enum engine {
	ENGINE_UNKNOWN, /* a container by its pid namespace or by the form of its id */
	ENGINE_HUSK,
	ENGINE_PODMAN,
	ENGINE_DOCKER,
	ENGINE_CONTAINERD,
	ENGINE_CRIO,
	ENGINE_KUBERNETES, /* a pod's container; the path does not say who runs it */
	ENGINE_LXC,
	ENGINE_NSPAWN,
	ENGINE_COUNT,
};

/* Parts of the path that was parsed, borrowed from it and not terminated. */
struct engine_match {
	enum engine engine;
	const char *id; /* or the name, where an engine has nothing else */
	size_t id_size;
	const char *pod; /* of Kubernetes: its uid, as the path has it; NULL: none */
	size_t pod_size;
	size_t path_size; /* up to here the path is the container's own cgroup */
};

/**
 * engine_parse - the container that a cgroup belongs to
 *
 * @path: of one line of /proc/PID/cgroup, without its end: "/docker/3f4e...".
 *
 * Returns false when the path names no container, as for the helper beside one (conmon).
 */
bool engine_parse(const char *path, struct engine_match *ret_match);

/**
 * engine_parse_membership - the same for a whole /proc/PID/cgroup
 *
 * The trees may differ (v1, hybrid); the innermost container of the first line that names one
 * is taken. @ret_path: where that line's path begins, borrowed from @membership; it ends with
 * the line.
 */
bool engine_parse_membership(const char *membership, struct engine_match *ret_match,
			     const char **ret_path);

/* "docker", "cri-o", "unknown" */
const char *engine_name(enum engine engine);

#endif
