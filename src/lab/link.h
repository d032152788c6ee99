// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * link - network devices of an experiment, in a network namespace of its own
 *
 *	unshare(CLONE_NEWNET);
 *	TRY(link_create("ifb0", "ifb", NULL, 0, err));
 *	TRY(link_set_up("ifb0", err));
 *
 * They go with the namespace. All act in the caller's. Source: rtnetlink(7), netdevice(7).
 */
#ifndef HUSK_LAB_LINK_H
#define HUSK_LAB_LINK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Writes one attribute, whose data may be attributes, into zeroed memory. Returns its size. */
size_t link_nest(char *ret_buffer, uint16_t type, const void *data, size_t size);

/* @data: what a device of that kind is told beside, as attributes; at most 256 bytes. */
MUST_USE int link_create(const char *name, const char *kind, const void *data, size_t size,
			 struct error *err);

/* Up, and without questions for the addresses of others. */
MUST_USE int link_set_up(const char *name, struct error *err);

/* What comes in by @from is sent out by @to instead. tc(8): ingress, u32, mirred. */
MUST_USE int link_redirect(const char *from, const char *to, struct error *err);

#endif
