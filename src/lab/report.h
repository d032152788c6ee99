// SPDX-License-Identifier: GPL-2.0-or-later
/* report - experiments, results and questions as text for people */
#ifndef HUSK_LAB_REPORT_H
#define HUSK_LAB_REPORT_H

#include "base/text.h"
#include "lab/question.h"
#include "lab/run.h"

/* The whole screen of one experiment that was done. */
void report_result(const struct run_result *result, struct text *io_text);

/* In short: "confirmed   E14 sigchld-storm  200 children died, ..." */
void report_line(const struct run_result *result, struct text *io_text);

/* What it asks, predicts and does, and the questions that it belongs to. */
void report_experiment(const struct experiment *experiment, struct text *io_text);

/* Id, name and question of each experiment. */
void report_list(struct text *io_text);

/* A question, its answer, and how to see it for oneself. */
void report_question(const struct question *question, struct text *io_text);

void report_evidence(const struct evidence *evidence, struct text *io_text);

/* All experiments and their numbers, as rows of docs/lab.md: what `lab run all` came to. */
void report_markdown(const struct run_result *results, size_t count, struct text *io_text);

/* "LABEL    words", broken into lines that begin below each other. */
void report_paragraph(const char *label, const char *words, struct text *io_text);

#endif
