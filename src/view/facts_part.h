// SPDX-License-Identifier: GPL-2.0-or-later
/* facts_part - the parts that facts_read is made of */
#ifndef HUSK_VIEW_FACTS_PART_H
#define HUSK_VIEW_FACTS_PART_H

#include "view/facts.h"

/*
 * Adds a line of the target's status file; nothing when the file has no such line.
 *
 * @status: the text of the file.
 * @line:   its text is the field ("SigBlk"), its file is found by itself.
 */
void facts_add_status(struct facts *io_facts, const char *status, const struct facts_line *line);

/* "HUP INT", in the arena. */
const char *facts_signals(struct facts *io_facts, uint64_t set);

/* Fills target.thread, the main thread first. The task and status members are there. */
MUST_USE int facts_read_threads(struct facts *io_facts, struct error *err);

/* Fills the sender, what it may and what it sees. The target is there. */
MUST_USE int facts_read_sender(const struct facts_request *request, struct facts *io_facts,
			       struct error *err);

#endif
