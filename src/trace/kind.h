// SPDX-License-Identifier: GPL-2.0-or-later
/* kind - the words for the kinds of events: "fork", "signal"; stable, for machines */
#ifndef HUSK_TRACE_KIND_H
#define HUSK_TRACE_KIND_H

#include "bpf/event.h"

/* Never NULL. */
const char *kind_name(enum event_kind kind);

/* The kind of the word; -EINVAL: there is none. */
int kind_parse(const char *word);

#endif
