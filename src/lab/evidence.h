// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * evidence - what an experiment has to show: small tables, bytes with labels, lines, bars
 *
 * Built from an observation by an experiment's show(), written as text or JSON by report. A
 * zeroed struct evidence is empty. Everything given is copied.
 *
 *	evidence_table(evidence, "what the parent got", "way|deaths|reaped");
 *	evidence_row(evidence, "one wait per signal|%d|%d", deaths, reaped);
 */
#ifndef HUSK_LAB_EVIDENCE_H
#define HUSK_LAB_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/mem.h"

enum evidence_kind { EVIDENCE_TABLE, EVIDENCE_BYTES, EVIDENCE_LINES, EVIDENCE_BARS };

/* A row of a table (its cells), a label of bytes, a line, or a bar. */
struct evidence_item {
	const char *text;  /* not of a table */
	const char **cell; /* of a table; as many as it has columns */
	size_t offset, size; /* of a label: what it covers */
	uint64_t count;	     /* of a bar */
};

struct evidence_block {
	enum evidence_kind kind;
	const char *title; /* or NULL */
	size_t columns;
	const char **head;
	uint64_t address; /* of the first byte, where it was */
	const uint8_t *bytes;
	size_t size;
	size_t count;
	struct evidence_item *item;
};

struct evidence {
	struct arena arena;
	size_t count;
	struct evidence_block *block;
};

#define autoevidence autoclean(evidence_clear)

/* @heads: the columns' names, separated by '|'. @title: a line above it, or NULL. */
void evidence_table(struct evidence *io_evidence, const char *title, const char *heads);

/* One row of the last table: cells separated by '|' once it is filled in; missing ones are "". */
void evidence_row(struct evidence *io_evidence, const char *format, ...) PRINTF(2, 3);

/* @address: where the bytes were. */
void evidence_bytes(struct evidence *io_evidence, const char *title, uint64_t address,
		    const void *bytes, size_t size);

/* What the @size bytes from @offset on are. Labels come in ascending order, without overlap. */
void evidence_label(struct evidence *io_evidence, size_t offset, size_t size, const char *format,
		    ...) PRINTF(4, 5);

void evidence_lines(struct evidence *io_evidence, const char *title);
void evidence_line(struct evidence *io_evidence, const char *format, ...) PRINTF(2, 3);

void evidence_bars(struct evidence *io_evidence, const char *title);
void evidence_bar(struct evidence *io_evidence, uint64_t count, const char *format, ...)
	PRINTF(3, 4);

void evidence_clear(struct evidence *io_evidence);

#endif
