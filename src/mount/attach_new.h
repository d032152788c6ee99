// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * attach_new - steps of the kind MOUNT_NEW; for this folder alone
 */
#ifndef HUSK_MOUNT_ATTACH_NEW_H
#define HUSK_MOUNT_ATTACH_NEW_H

#include "base/error.h"
#include "mount/plan.h"
#include "mount/tree.h"

MUST_USE int mount_attach_new(const struct mount_plan *plan, const struct mount_step *step,
			      struct mount_run *io_run, struct error *err);

/* The step for fsconfig(2). @options in place of the step's own; borrowed. */
struct mount_new mount_attach_describe(const struct mount_step *step,
				       const struct mount_options *options);

#endif
