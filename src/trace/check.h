// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check - whether what is called an event can be one
 *
 * A journal is a file, and anybody may have written it: what passes here holds no number that
 * names nothing and no text without an end. Pure.
 */
#ifndef HUSK_TRACE_CHECK_H
#define HUSK_TRACE_CHECK_H

#include <stdint.h>

#include "base/error.h"
#include "bpf/event.h"

/*
 * Times are nanoseconds; no machine runs for 146 years. A time and what a clock is ahead of it are
 * both within this, so that their sum is a number.
 */
#define CHECK_TIME_MAX_NS (INT64_C(1) << 62)

/*
 * @event: as many bytes as its head says. -EBADMSG: of an unknown kind, too short, or false; so is
 * a time over CHECK_TIME_MAX_NS.
 */
MUST_USE int check_event(const struct event_head *event, struct error *err);

#endif
