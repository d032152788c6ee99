// SPDX-License-Identifier: GPL-2.0-or-later
/* need - what an experiment cannot do without: looked for, or made */
#ifndef HUSK_LAB_NEED_H
#define HUSK_LAB_NEED_H

#include "base/error.h"

/**
 * need_provide - see to it that the calling process has what @needs (enum lab_need) says
 *
 * For LAB_NAMESPACES an ordinary user enters a new user namespace, as its root.
 * Returns 0, or -ENOTSUP with the reason: "needs root", "needs two processors".
 */
MUST_USE int need_provide(unsigned int needs, struct error *err);

/**
 * need_queue - room for signals that carry something: siginfo, timers
 *
 * The kernel counts what is queued for all processes of a user together. Beyond the limit kill(2)
 * still works, but its siginfo is lost. -EAGAIN: "needs room in the user's queue of signals".
 * Source: signal(7), getrlimit(2) RLIMIT_SIGPENDING.
 */
MUST_USE int need_queue(struct error *err);

#endif
