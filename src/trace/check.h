// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check - whether what is called an event can be one
 *
 * A journal is a file, and anybody may have written it: what passes here holds no number that
 * names nothing and no text without an end. Pure.
 */
#ifndef HUSK_TRACE_CHECK_H
#define HUSK_TRACE_CHECK_H

#include "base/error.h"
#include "bpf/event.h"

/* @event: as many bytes as its head says. -EBADMSG: of an unknown kind, too short, or false. */
MUST_USE int check_event(const struct event_head *event, struct error *err);

#endif
