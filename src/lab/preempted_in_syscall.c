// SPDX-License-Identifier: GPL-2.0-or-later
/* E28 preempted-in-syscall - a task that loses the processor in the middle of a system call */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/cpu.h"
#include "lab/lab.h"
#include "lab/traceline.h"
#include "lab/tracefs.h"

enum { READ_SIZE = 64 << 20, READS = 20, STACK_LINES = 8, LINE_SIZE = 80 };

struct preempted {
	pid_t subject;
	int reads, whole;	   /* calls made; those that read all that was asked for */
	int in_call, in_call_running; /* switched away within one; of those with state R */
	int outside;		   /* switched away between two */
	char stack[STACK_LINES][LINE_SIZE]; /* where the first one inside was switched away */
};

/* " => __schedule" lines behind an event, with the option stacktrace. */
static void read_stack(const char *text, struct preempted *io_seen)
{
	const char *line = strstr(text, "<stack trace>");

	line = line ? strchr(line, '\n') : NULL;
	for (int i = 0; line && i < STACK_LINES && strncmp(line + 1, " => ", 4) == 0; i++) {
		const char *name = line + 5;

		snprintf(io_seen->stack[i], LINE_SIZE, "%.*s", (int)strcspn(name, "+\n"), name);
		line = strchr(name, '\n');
	}
}

static void note_switch(const struct traceline *line, bool is_inside, struct preempted *io_seen)
{
	const char *state = strstr(line->rest, "prev_state=");
	bool is_running = state && state[strlen("prev_state=")] == 'R';

	if (!is_inside) {
		io_seen->outside++;
		return;
	}
	if (io_seen->in_call_running == 0 && is_running)
		read_stack(line->rest, io_seen);
	io_seen->in_call++;
	io_seen->in_call_running += is_running;
}

static void read_all(const char *text, struct preempted *io_seen)
{
	struct traceline line;
	bool is_inside = false;

	while (traceline_next(&text, &line)) {
		if (line.pid != io_seen->subject)
			continue;
		if (strcmp(line.event, "sys_enter") == 0)
			is_inside = traceline_number(&line, "NR ", -1) == SYS_read;
		else if (strcmp(line.event, "sys_exit") == 0)
			is_inside = false;
		else if (strcmp(line.event, "sched_switch") == 0)
			note_switch(&line, is_inside, io_seen);
	}
}

/* --- who reads, and who wants the processor as well --- */

struct reading {
	struct gate go;
	struct preempted *seen; /* shared with the parent */
	char *buffer;
};

static int read_zeros(void *data)
{
	struct reading *reading = data;
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 1;
	/* No page shall be missing later: to wait for one would be another kind of switch. */
	memset(reading->buffer, 1, READ_SIZE);
	if (!gate_pass(&reading->go))
		return 1;
	for (; reading->seen->reads < READS; reading->seen->reads++)
		reading->seen->whole += read(fd, reading->buffer, READ_SIZE) == READ_SIZE;
	return 0;
}

static int run_both(const struct tracefs *trace, struct preempted *io_seen, struct error *err)
{
	struct reading reading = { .seen = io_seen };
	int status, spinner;
	char filter[64];

	reading.buffer = mmap(NULL, READ_SIZE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (reading.buffer == MAP_FAILED)
		return error_sys(err, "mmap");
	TRY(gate_make(&reading.go, err));
	spinner = child_start(child_spin, NULL, 0, err);
	TRY(spinner);
	io_seen->subject = child_start(read_zeros, &reading, 0, err);
	TRY(io_seen->subject);
	snprintf(filter, sizeof(filter), "common_pid == %d", io_seen->subject);
	TRY(tracefs_enable(trace, "raw_syscalls/sys_enter", filter, err));
	TRY(tracefs_enable(trace, "raw_syscalls/sys_exit", filter, err));
	TRY(tracefs_enable(trace, "sched/sched_switch", filter, err));
	TRY(tracefs_on(trace, true, err));
	gate_open(&reading.go);
	TRY(child_wait(io_seen->subject, &status, err));
	TRY(tracefs_on(trace, false, err));
	child_kill(spinner);
	gate_close(&reading.go);
	munmap(reading.buffer, READ_SIZE);
	return 0;
}

static int record(const struct tracefs *trace, struct preempted *io_seen, struct error *err)
{
	autofree char *text = NULL;

	TRY(tracefs_write(trace, "options/stacktrace", "1", err));
	TRY(run_both(trace, io_seen, err));
	TRY(tracefs_read(trace, &text, err));
	read_all(text, io_seen);
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	struct tracefs trace;
	int r;

	TRY(cpu_pin_here(err));
	TRY(tracefs_open(&trace, err));
	r = record(&trace, ret_observation, err);
	tracefs_close(&trace);
	return r;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct preempted *seen = observation;

	finding_must(io_finding, seen->reads == READS && seen->whole == seen->reads,
		     "%d of %d reads were whole", seen->whole, seen->reads);
	finding_must(io_finding, seen->in_call == seen->in_call_running,
		     "%d switches within a call that waits for nothing had another state than R",
		     seen->in_call - seen->in_call_running);
	finding_may(io_finding, seen->in_call_running > 0, "no call was interrupted by the "
							   "scheduler");
	finding_say(io_finding, "%d times the scheduler took the processor away in the middle of a "
				"read; the state was R, and every read was whole in the end",
		    seen->in_call_running);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct preempted *seen = observation;

	evidence_table(io_evidence, "a process that reads zeros, beside one that spins, on one CPU",
		       "switched away|times|of them in state R");
	evidence_row(io_evidence, "within read()|%d|%d", seen->in_call, seen->in_call_running);
	evidence_row(io_evidence, "between two|%d|", seen->outside);
	evidence_lines(io_evidence, "the kernel stack of the first one within read(), newest on "
				    "top");
	for (int i = 0; i < STACK_LINES && *seen->stack[i]; i++)
		evidence_line(io_evidence, "%s", seen->stack[i]);
	evidence_line(io_evidence, "%d reads of %d MiB, %d whole", seen->reads, READ_SIZE >> 20,
		      seen->whole);
}

const struct experiment lab_preempted_in_syscall = {
	.id = "E28",
	.name = "preempted-in-syscall",
	.question = "Can a process lose the processor in the middle of a system call?",
	.prediction = "Yes. Kernel code runs as the task it serves and is scheduled as that task: "
		      "at points where it offers itself, or anywhere with a preemptible kernel. "
		      "Its state stays R, the half-done call waits on its own kernel stack.",
	.method = "sched_switch between sys_enter and sys_exit of a long read, with the kernel's "
		  "stack.",
	.read_on = "sched(7), proc(5); kernel/sched/core.c: __cond_resched, preempt_schedule_irq",
	.needs = LAB_ROOT,
	.tries = 10,
	.size = sizeof(struct preempted),
	.observe = observe,
	.check = check,
	.show = show,
};
