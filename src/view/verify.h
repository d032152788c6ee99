// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verify - send a signal and let the kernel say what it did with it
 *
 * The kernel has two tracepoints for a signal: signal_generate when one is sent, with what
 * became of it at once, and signal_deliver when a thread takes it. They are read through an
 * instance of tracefs of our own, so nobody else's tracing is touched; it is on a mount that
 * nobody else sees, and removed again. Needs root.
 * Source: Documentation/trace/ftrace.rst, "Instances"; include/trace/events/signal.h.
 */
#ifndef HUSK_VIEW_VERIFY_H
#define HUSK_VIEW_VERIFY_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "view/facts.h"

struct verify_seen {
	int error;		    /* errno that the sending call gave, or 0 */
	enum verdict_result result; /* VERDICT_RESULT_NONE: no signal was generated */
	bool is_delivered;	    /* a thread took it */
	pid_t taker_tid;
	int delivered_signal;	    /* a signal that kills is delivered as SIGKILL */
	bool has_handler;	    /* the thread that took it had one */
	bool has_ended;		    /* the process is dead now */
	char *generate, *deliver;   /* the lines of the tracepoints, or NULL */
};

/**
 * verify_send - send a signal to the process of @facts from here, and look
 *
 * @verdict: the signal, and what is expected: tells how long it is worth to wait for the delivery.
 * @ret_seen: cleared by the caller.
 *
 * Returns 0 also when the signal was refused. -EPERM, -ENODEV, ...: there is no way to look,
 * and then nothing was sent. -ESRCH: the process has ended, nothing was sent.
 */
MUST_USE int verify_send(const struct facts *facts, const struct verdict *verdict,
			 struct verify_seen *ret_seen, struct error *err);

void verify_seen_clear(struct verify_seen *io_seen);

/* True when the kernel did what the verdict says, as far as the tracepoints tell. */
bool verify_agrees(const struct verify_seen *seen, const struct verdict *verdict);

/**
 * verify_parse - one line of a trace file
 *
 * Fills what the line is about when it is about @signal and one of the threads of @target.
 * Others are passed over. @io_seen gets a copy of the line.
 */
void verify_parse(const char *line, int signal, const struct verdict_target *target,
		  struct verify_seen *io_seen);

#endif
