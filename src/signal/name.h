// SPDX-License-Identifier: 0BSD
/*
 * name - signals as people write them
 *
 * The numbers are the kernel's. The real-time range begins at 34, as the C libraries
 * give it to programs: 32 and 33 are theirs, so these two have no name and are known by
 * number only.
 */
#ifndef HUSK_SIGNAL_NAME_H
#define HUSK_SIGNAL_NAME_H

#include "base/error.h"

enum { SIGNAL_REALTIME_MIN = 34, SIGNAL_MAX = 64 };

/**
 * signal_parse - "TERM", "SIGTERM", "sigterm", "15", "RTMIN+3", "SIGRTMAX-1"
 *
 * A number is 1..64; a name is in any case, with or without SIG. RTMIN+n and RTMAX-n
 * stay within 34..64. Blanks and anything behind are refused.
 *
 * Returns 0, or -EINVAL with *@ret_signal untouched.
 * Source: signal(7).
 */
MUST_USE int signal_parse(const char *text, int *ret_signal);

/**
 * signal_name - "SIGTERM", "SIGRTMIN+3"; "32" and "33" for the two without a name
 *
 * What it returns, signal_parse reads back. NULL outside of 1..64.
 */
const char *signal_name(int signal);

#endif
