// SPDX-License-Identifier: 0BSD
/*
 * report - the last words: what happened between the start and the end
 */
#ifndef HUSK_INIT_REPORT_H
#define HUSK_INIT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "init/decide.h"
#include "init/text.h"

/* Times are those of one monotonic clock; 0: it did not happen. */
struct init_facts {
	int64_t started_ms, ended_ms;
	int main_pid;
	int main_status; /* as waitpid(2) */
	int64_t main_ended_ms;
	struct init_signal stop; /* number 0: nobody asked for one */
	int64_t stop_ms;
	int64_t asked_ms;  /* the others were sent SIGTERM because the main child had ended */
	int64_t killed_ms; /* the rest was sent SIGKILL */
	uint64_t reaped;
	uint32_t forwarded[SIGNAL_MAX + 1]; /* how often each but stop signals was passed on */
	int exit_code;
};

/* One line, with its end: "husk-init: SIGTERM from outside of the container after ...". */
void init_report_line(const struct init_facts *facts, struct init_text *io_text);

/**
 * init_report_json - the same as one JSON object and an end of line
 *
 *	version        1
 *	exit           what husk-init exits with
 *	main           {"pid", "code"} or {"pid", "signal"}: how the main child ended; null when
 *	               it did not
 *	stop           {"signal", "sent", "pid", "uid", "after_ms"}: what came, what was sent
 *	               for it, from whom (pid 0: outside of the container), when; null when
 *	               nobody asked
 *	asked_after_ms, killed_after_ms   when the others got SIGTERM because the main child had
 *	               ended, when the rest got SIGKILL; null for never
 *	forwarded      {"SIGUSR1": 2, ...}: how often each other signal was passed on
 *	reaped         processes
 *	ran_ms         from start to end, as all times above
 */
void init_report_json(const struct init_facts *facts, struct init_text *io_text);

#endif
