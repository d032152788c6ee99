// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * manage - what is changed on a container while it lives: pause, resume, update
 */
#ifndef HUSK_CONTAINER_MANAGE_H
#define HUSK_CONTAINER_MANAGE_H

#include "base/error.h"
#include "spec/spec.h"
#include "state/store.h"

/**
 * container_pause - stop every process of the container, until it is resumed
 *
 * Of a created or running one. Returns 0 when all have stopped; -EINVAL in any other state;
 * -EBUSY when a process would not within two seconds; -ENOTSUP without a freezer.
 */
MUST_USE int container_pause(const struct store *store, const char *id, struct error *err);

/* Let the processes of a paused container go on. -EINVAL when it is not paused. */
MUST_USE int container_resume(const struct store *store, const char *id, struct error *err);

/**
 * container_update - change limits of a created, running or paused container
 *
 * @wanted: what is absent stays; borrowed. Device rules are not touched: replacing them has
 *          moments in which a device is refused.
 * @rdt:    l3CacheSchema and memBwSchema for the class that the container has; or NULL.
 *
 * memory.limit and memory.swap are one pair: the one that is not given is taken from the
 * container's configuration, and so is memory.checkBeforeUpdate.
 *
 * All limits are changed or none. The container's private config.json then says the new ones,
 * for later updates; the bundle's is left alone.
 *
 * Returns 0; -EINVAL in another state, or for a value that no kernel takes; -EBUSY when more
 * memory is in use than would be allowed; what the kernel says.
 */
MUST_USE int container_update(const struct store *store, const char *id,
			      const struct spec_resources *wanted,
			      const struct spec_intel_rdt *rdt, struct error *err);

#endif
