// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * append - words as typed values of a D-Bus message
 */
#ifndef HUSK_SYSTEMD_APPEND_H
#define HUSK_SYSTEMD_APPEND_H

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-bus.h>

#include "base/error.h"

/* Properties, and which of them this systemd turned out not to know. */
struct append_list {
	char **word;
	size_t count;
	bool *is_dropped; /* at the index of a property's name */
};

/**
 * append_properties - an array a(sv) at the end of @io_message
 *
 * Returns 0; -EBADMSG for words that are no properties; what sd-bus says (EINVAL for a string that
 * is no object path, say).
 */
MUST_USE int append_properties(sd_bus_message *io_message, const struct append_list *list,
			       struct error *err);

/**
 * append_drop - leave out the property that systemd did not know
 *
 * @text: systemd's error, which names it. Returns false when it names none that may be left out.
 */
bool append_drop(struct append_list *io_list, const char *text);

#endif
