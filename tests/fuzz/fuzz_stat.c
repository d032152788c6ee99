// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/PID/stat, and the small files beside it: sched, syscall, fdinfo; lines of a trace */
#include <stdint.h>

#include "fuzz.h"
#include "proc/end.h"
#include "proc/task.h"
#include "proc/usage.h"
#include "proc/waits.h"
#include "view/verify.h"

static void read_stat(const char *text)
{
	struct usage usage;
	struct task task;
	struct error err;

	if (task_parse(text, &task, &err) >= 0) {
		(void)task_is_dead(&task);
		(void)task_is_exiting(&task);
		(void)task_is_kernel_thread(&task);
	}
	if (usage_parse(text, &usage, &err) >= 0) {
		(void)usage_format_tty(&usage);
		(void)usage_format_cpu(&usage, 100);
		(void)usage_format_start((time_t)(usage.start_ticks / 100), 1700000000);
	}
}

static void read_trace(const char *text)
{
	struct verdict_thread thread = { .tid = 42 };
	struct verdict_target target = { .exists = true, .thread_count = 1, .thread = &thread };
	struct verify_seen seen = { 0 };

	verify_parse(text, 15, &target, &seen);
	verify_seen_clear(&seen);
}

void fuzz_one(const char *text, size_t size)
{
	struct waits waits;
	struct error err;
	uint64_t set;
	double ms;

	(void)size;
	read_stat(text);
	read_trace(text);
	if (waits_parse(text, &waits, &err) >= 0)
		(void)waits_for_signals(&waits);
	(void)waits_parse_signalfd(text, &set);
	(void)end_parse_last_run(text, &ms);
}
