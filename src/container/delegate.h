// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * delegate - a cgroup v2 that the container itself may divide
 *
 *	A cgroup namespace and a /sys/fs/cgroup that can be written: it belongs to the
 *	container's user.
 *	run.oci.delegate-cgroup=PATH: the processes live in a folder of that name inside, and
 *	that is what they are given; the limits stay on the container's own, out of reach.
 *	run.oci.systemd.subgroup=PATH: the same folder in a scope, given to nobody.
 */
#ifndef HUSK_CONTAINER_DELEGATE_H
#define HUSK_CONTAINER_DELEGATE_H

#include "base/error.h"
#include "container/plan.h"

/**
 * container_delegate - after cgroup_create, before the birth
 *
 * An ordinary user who may not give files away to an id that he has been lent keeps them.
 * Returns 0; -EINVAL and -ENOTSUP for an annotation that cannot be met.
 */
MUST_USE int container_delegate(struct container_plan *io_plan, struct error *err);

#endif
