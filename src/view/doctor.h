// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor - what is wrong with a container, how one sees it, and what to do
 *
 * Two looks at /proc and the cgroup, some time apart; then rules judge what was seen. Nothing
 * is changed and no signal is sent. A configuration is judged by the same rules before it runs.
 */
#ifndef HUSK_VIEW_DOCTOR_H
#define HUSK_VIEW_DOCTOR_H

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "cgroup/driver.h"
#include "spec/spec.h"
#include "view/survey.h"

/* The version of the JSON form; it changes when a member changes its meaning. */
enum { DOCTOR_VERSION = 1 };

/* The worst one found is the exit status. */
enum doctor_severity { DOCTOR_CLEAN, DOCTOR_WARNING, DOCTOR_PROBLEM };

struct doctor_finding;

struct doctor_report {
	const char *id;
	bool is_bundle;
	pid_t pid; /* of the first process; 0: of a bundle */
	size_t finding_count, gap_count;
	struct doctor_finding *finding;
	const char **gap; /* what could not be looked at, and why */
	struct arena arena;
};

#define autoreport autoclean(doctor_clear)

/* Both looks at all processes of the machine. */
struct doctor_looks {
	struct survey before, after;
	int64_t interval_ms; /* from one to the other, as it came out */
};

#define autolooks autoclean(doctor_looks_clear)

/* doctor_looks_read - look, wait @interval_ms, look again. The caller clears it. */
MUST_USE int doctor_looks_read(int64_t interval_ms, struct doctor_looks *ret_looks,
			       struct error *err);

void doctor_looks_clear(struct doctor_looks *io_looks);

struct doctor_request {
	const char *id;	     /* as the report shall name it; borrowed */
	pid_t pid;	     /* a process: its pid namespace is looked at, from its PID 1 on */
	uint64_t start_time; /* of that process; 0: whichever has the number */
	bool is_own;	     /* husk knows it by that id */
	bool is_container;   /* also when it shares the machine's pid namespace */
	const char *stop_text; /* the annotation with the stop signal, or NULL */
};

/**
 * doctor_read - a container that runs, or a process
 *
 * Returns 0, the caller clears the report; -ESRCH when there is no such process; another
 * negative errno of reading /proc.
 */
MUST_USE int doctor_read(const struct doctor_request *request, const struct doctor_looks *looks,
			 struct doctor_report *ret_report, struct error *err);

struct doctor_bundle {
	const char *id;		/* or the folder */
	const struct spec *spec; /* borrowed */
	bool is_init_wanted;	/* an init will be put in front of the program */
	const char *init_error; /* why the annotation for it is refused; NULL: it is not */
};

/* doctor_spec - the same for a configuration, before it runs. Nothing but @bundle is looked at. */
void doctor_spec(const struct doctor_bundle *bundle, struct doctor_report *ret_report);

void doctor_clear(struct doctor_report *io_report);

/* The worst severity of the report. */
enum doctor_severity doctor_worst(const struct doctor_report *report);

/* For people: a line in front, then the faults, the worst first. */
void doctor_text(const struct doctor_report *report, struct text *io_text);

/* For machines: one object for all of them, docs/schema/doctor.schema.json. */
void doctor_json(const struct doctor_report *reports, size_t count, struct text *io_text);

/* The rules as rows of a Markdown table. */
void doctor_list(struct text *io_text);

#endif
