// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tell - one step of a recording in words, and which steps and processes are worth them
 *
 * What every format that people read has in common.
 */
#ifndef HUSK_TRACE_TELL_H
#define HUSK_TRACE_TELL_H

#include "base/text.h"
#include "trace/model.h"

/* "born, forked by 100 sh", "SIGTERM from 100 sh by kill: ignored [init-no-handler]". */
void tell_event(const struct model_step *step, struct text *io_text);

/*
 * A SIGCHLD or SIGURG that was ignored: every parent gets a SIGCHLD for every child, and most
 * do not want to hear of it.
 */
bool tell_is_noise(const struct model_step *step);

/* PID 1 of a container, or the one that all the others come from. */
bool tell_has_obituary(const struct model *model, const struct model_process *process);

#endif
