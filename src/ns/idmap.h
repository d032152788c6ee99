// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * idmap - user and group ids of a user namespace: write the maps, translate by them
 *
 * Source: user_namespaces(7), newuidmap(1).
 */
#ifndef HUSK_NS_IDMAP_H
#define HUSK_NS_IDMAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/text.h"
#include "spec/spec.h"

/**
 * ns_idmap_write - give a new user namespace its two maps
 *
 * @pid: a process in it, as the caller's /proc numbers it.
 *
 * With CAP_SETUID and CAP_SETGID each map is written directly. Without them a map of only
 * the caller's own id is written directly too (for groups setgroups(2) has to be denied
 * first); any other goes through newuidmap and newgidmap of the host, which look into
 * /etc/subuid and /etc/subgid. They are searched in fixed folders, never by $PATH.
 *
 * Returns 0; -E2BIG for a map over the kernel's limit of one page; -ENOENT when a helper is
 * needed and missing; -EPERM when the kernel or the helper refuses.
 */
MUST_USE int ns_idmap_write(pid_t pid, const struct spec_id_mappings *uids,
			    const struct spec_id_mappings *gids, struct error *err);

/**
 * ns_idmap_verify - does the user namespace of @pid have these maps?
 *
 * For mappings that come together with the path of a user namespace. @uids and @gids may be
 * NULL: not compared. Neither the order nor the cutting into ranges matters.
 *
 * Returns 0, or -EINVAL when they differ.
 */
MUST_USE int ns_idmap_verify(pid_t pid, const struct spec_id_mappings *uids,
			     const struct spec_id_mappings *gids, struct error *err);

/**
 * ns_idmap_to_host - the id outside of the namespace; pure
 *
 * @maps: NULL stands for no user namespace: every id is itself.
 *
 * Returns 0, or -EOVERFLOW when @id is not mapped, the kernel's word for it.
 */
MUST_USE int ns_idmap_to_host(const struct spec_id_mappings *maps, uint32_t id,
			      uint32_t *ret_host);

/* The map as the kernel reads it: one "INSIDE OUTSIDE SIZE" a line; pure. */
void ns_idmap_format(const struct spec_id_mappings *maps, struct text *io_text);

/* Is setgroups(2) switched off in the caller's user namespace? @proc_fd: of procfs_open. */
MUST_USE int ns_idmap_is_setgroups_denied(int proc_fd, bool *ret_is_denied, struct error *err);

#endif
