// SPDX-License-Identifier: GPL-2.0-or-later
/* E13 cut-short - a signal comes while a call works in the kernel and does not wait */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "lab/child.h"
#include "lab/lab.h"

enum { SIZE = 64 << 20, SHORT_WANTED = 10, READS_MOST = 2000 };

struct cut {
	int reads, complete, short_reads, failed;
	long shortest, longest; /* of the short ones */
	int sent, runs;
};

static volatile sig_atomic_t runs;

static void on_signal(int signal UNUSED)
{
	runs++;
}

struct reader {
	struct cut *cut;
	struct gate ready;
};

static void count(struct cut *io_cut, long size)
{
	io_cut->reads++;
	if (size == SIZE) {
		io_cut->complete++;
	} else if (size > 0) {
		io_cut->short_reads++;
		if (!io_cut->shortest || size < io_cut->shortest)
			io_cut->shortest = size;
		if (size > io_cut->longest)
			io_cut->longest = size;
	} else {
		io_cut->failed++;
	}
}

/* Its pages are there before: the call itself has nothing to wait for. */
static int read_on(void *data)
{
	struct reader *reader = data;
	struct cut *cut = reader->cut;
	autoclose int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	autofree char *chunk = malloc(SIZE);

	if (fd < 0 || !chunk)
		return 1;
	memset(chunk, 1, SIZE);
	child_handle(SIGUSR1, on_signal, 0);
	gate_open(&reader->ready);
	while (cut->short_reads < SHORT_WANTED && cut->reads < READS_MOST)
		count(cut, read(fd, chunk, SIZE));
	cut->runs = runs;
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	struct reader reader = { .cut = ret_observation };
	struct cut *cut = ret_observation;
	siginfo_t info = { 0 };
	pid_t pid;

	TRY(gate_make(&reader.ready, err));
	pid = child_start(read_on, &reader, 0, err);
	TRY(pid);
	gate_pass(&reader.ready);
	/* A zombie takes signals without doing anything with them: they are not counted. */
	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
	       info.si_pid == 0) {
		cut->sent++;
		kill(pid, SIGUSR1);
		child_rest();
	}
	child_kill(pid);
	return 0;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct cut *cut = observation;

	finding_must(io_finding, cut->failed == 0,
		     "%d reads failed; one that has begun gives what it has", cut->failed);
	finding_must(io_finding, cut->runs <= cut->sent,
		     "%d signals made the handler run %d times", cut->sent, cut->runs);
	finding_must(io_finding, cut->short_reads <= cut->runs,
		     "%d reads were cut short by %d signals", cut->short_reads, cut->runs);
	finding_may(io_finding, cut->short_reads > 0, "none of %d reads was cut short",
		    cut->reads);
	finding_say(io_finding, "%d of %d reads of 64 MiB came back early, with %ld to %ld KiB; "
				"the handler ran after them, never in "
				"them", cut->short_reads, cut->reads,
		    cut->shortest >> 10, cut->longest >> 10);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct cut *cut = observation;

	evidence_table(io_evidence, "read(/dev/zero, 64 MiB) under signals", "|");
	evidence_row(io_evidence, "reads|%d", cut->reads);
	evidence_row(io_evidence, "complete|%d", cut->complete);
	evidence_row(io_evidence, "cut short|%d", cut->short_reads);
	evidence_row(io_evidence, "the shortest, KiB|%ld", cut->shortest >> 10);
	evidence_row(io_evidence, "the longest short one, KiB|%ld", cut->longest >> 10);
	evidence_row(io_evidence, "signals sent|%d", cut->sent);
	evidence_row(io_evidence, "handler ran|%d", cut->runs);
}

const struct experiment lab_cut_short = {
	.id = "E13",
	.name = "cut-short",
	.question = "Can a signal's handler run in the middle of a system call?",
	.prediction = "No. Kernel code goes on and the handler waits for its way back to user "
		      "mode. But long loops in the kernel look for signals themselves and return "
		      "early with what they have done: a short count, not EINTR.",
	.method = "A process reads 64 MiB of zeros per call, which waits for nothing, while "
		  "another process sends it signals.",
	.husk = "All reads and writes of husk go on after a short count (base/fd).",
	.read_on = "signal(7), read(2); drivers/char/mem.c: read_zero, kernel/entry/common.c: "
		   "exit_to_user_mode_loop",
	.tries = 20,
	.size = sizeof(struct cut),
	.observe = observe,
	.check = check,
	.show = show,
};
