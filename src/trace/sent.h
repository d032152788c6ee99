// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sent - one generated signal: who is behind it, and what the kernel's rule says to it
 *
 * The kernel tells what it did (thrown away, taken, one already there), not why. The rule of
 * signal/verdict.h, asked with what the event knows of the target, tells that.
 */
#ifndef HUSK_TRACE_SENT_H
#define HUSK_TRACE_SENT_H

#include "trace/model.h"

/**
 * sent_source - who is behind it
 *
 * @current: the process that ran when it was generated. It is the sender of what a process
 *           sends; a timer goes off in whoever runs.
 */
enum model_source sent_source(const struct event_signal *event,
			      const struct model_process *current,
			      const struct model_process *target);

/* True when the process that ran is the one that sent it. */
bool sent_has_sender(enum model_source source);

/* @sender may be NULL. The result is the kernel's own, whatever the rule would have said. */
struct verdict sent_verdict(const struct event_signal *event, enum model_source source,
			    const struct model_process *sender,
			    const struct model_process *target);

#endif
