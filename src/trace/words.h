// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * words - a recording in words: who, what, and how it ended; the same in every format
 */
#ifndef HUSK_TRACE_WORDS_H
#define HUSK_TRACE_WORDS_H

#include "base/text.h"
#include "trace/model.h"

/* "4711/1 sh": its number here, its number in its own pid namespace, its name. */
void words_process(const struct model_process *process, struct text *io_text);

/* "4711/1": the numbers alone; "4711" where both are the same. */
void words_numbers(const struct model_process *process, struct text *io_text);

/*
 * A program chooses its own name and those of its files, so they may hold anything: what would
 * move the cursor of a terminal, and all that is not ASCII, is "?".
 */
void words_name(const char *name, struct text *io_text);

/* "podman/3f4e5d6c7b8a"; nothing for a process in no container. */
void words_container(const struct model_process *process, struct text *io_text);

/* "0 events lost", "5 events lost: 3 signal, 2 fork". @lost: EVENT_KINDS elements. */
void words_lost(const uint64_t *lost, struct text *io_text);

/*
 * "from 999 bash by kill", "from the kernel: out of memory". A sender that is in another container
 * than the target has it behind its name, or "(outside)".
 */
void words_source(const struct model_signal *signal, struct text *io_text);

/* "ignored: the rule [rule-id]", "pending", "handler runs". */
void words_verdict(const struct model_signal *signal, struct text *io_text);

/* "exit 3", "killed by SIGKILL (core dumped)". @code: as wait(2) has it. */
void words_end(uint32_t code, struct text *io_text);

/* "read"; "system call 999" for one without a name here. */
void words_call(int number, struct text *io_text);

/* As a shell shows it: the program's own, or 128 + n. */
int words_status(uint32_t code);

/* "12 us", "3.4 ms", "1.50 s". */
void words_duration(uint64_t ns, struct text *io_text);

/**
 * words_obituary - one paragraph: how a process lived and died
 *
 * @end_ns: the end of the recording, for one that still lives.
 */
void words_obituary(const struct model_process *process, uint64_t end_ns, struct text *io_text);

#endif
