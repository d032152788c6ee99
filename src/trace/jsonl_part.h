// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * jsonl_part - the inside of the format json: what its events and its last lines have in common
 */
#ifndef HUSK_TRACE_JSONL_PART_H
#define HUSK_TRACE_JSONL_PART_H

#include "trace/render.h"

/* The line and its end, out. */
void jsonl_print(const struct render_request *request, struct text *io_line);

/* A process as the member @key. */
void jsonl_process(const char *key, const struct model_process *process, struct text *io_line);

/* The members of a signal. */
void jsonl_signal(const struct model_signal *signal, struct text *io_line);

/* "wait_status", "exit_status" and, where it is known, "killed_by" of a dead process. */
void jsonl_end(const struct model_process *process, struct text *io_line);

/* A line for each row of the joins, then one for each obituary. (jsonl_joins.c) */
void jsonl_joins(const struct render_request *request);

/* "left_out": how many of each kind there was no room for. (jsonl_joins.c) */
void jsonl_left_out(const struct joins *joins, struct text *io_line);

#endif
