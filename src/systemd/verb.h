// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verb - what husk asks of systemd, one function for each
 *
 * Source: org.freedesktop.systemd1(5).
 */
#ifndef HUSK_SYSTEMD_VERB_H
#define HUSK_SYSTEMD_VERB_H

#include "base/error.h"
#include "base/text.h"
#include "systemd/request.h"

/**
 * verb_carry_out - find the verb, connect, do it
 *
 *	locate	answers "free", or the state that the unit is in, and the control group of systemd
 *	start	makes the unit with the words as properties; answers its control group
 *	set	the words are properties to be changed
 *	attach	puts the processes that the words name into the unit
 *	stop	ends the unit and forgets it
 *
 * @io_answer: what "ok" is followed by.
 */
MUST_USE int verb_carry_out(const struct request *request, struct text *io_answer,
			    struct error *err);

#endif
