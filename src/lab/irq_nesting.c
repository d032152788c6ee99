// SPDX-License-Identifier: GPL-2.0-or-later
/* E26 irq-nesting - what an interrupt may interrupt, and what it may not */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/scope.h"
#include "lab/bpf_programs.h"
#include "lab/lab.h"
#include "lab/link.h"

enum { ENOUGH_HARDIRQS = 100, ENOUGH_SOFTIRQS = 1000, LIMIT_MS = 5000, BURST = 64 };

struct nesting {
	struct lab_nesting kernel;
	struct lab_trust trust;
	bool makes_tasklets;
};

static uint64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* Built in, or loaded. As it is loaded it makes devices in the machine's own network. */
static bool has_ifb(void)
{
	return bpf_programs_kernel_has("ifb_dev_private") || access("/sys/module/ifb", F_OK) == 0;
}

/*
 * A network of our own, where what comes in by the loopback device goes through an ifb device,
 * which hands it on in a tasklet. Not every kernel has those.
 */
static int make_network(bool *ret_has_tasklets, struct error *err)
{
	struct error ignored;

	if (unshare(CLONE_NEWNET) < 0)
		return error_set(err, ENOTSUP, "needs a network namespace: %s", error_words(errno));
	TRY(link_set_up("lo", err));
	*ret_has_tasklets = has_ifb() && link_create("husk-ifb", "ifb", NULL, 0, &ignored) >= 0 &&
			    link_set_up("husk-ifb", &ignored) >= 0 &&
			    link_redirect("lo", "husk-ifb", &ignored) >= 0;
	return 0;
}

/* A socket that sends to itself: each packet is received in a softirq. */
static int open_socket(struct error *err)
{
	struct sockaddr_in self = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(self);
	autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int result;

	if (fd < 0 || bind(fd, (struct sockaddr *)&self, sizeof(self)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&self, &size) < 0 ||
	    connect(fd, (struct sockaddr *)&self, sizeof(self)) < 0)
		return error_sys(err, "a socket on the loopback device");
	result = fd;
	fd = -1;
	return result;
}

static bool is_enough(const volatile struct lab_nesting *nesting)
{
	return nesting->hardirqs >= ENOUGH_HARDIRQS && nesting->softirqs >= ENOUGH_SOFTIRQS &&
	       nesting->hard_in_soft > 0;
}

/* Softirqs as many as we can, in the hope that a timer strikes in one of them. */
static int make_softirqs(const struct lab_nesting *nesting, struct error *err)
{
	autoclose int fd = open_socket(err);
	uint64_t end_ms = now_ms() + LIMIT_MS;
	char packet[64] = { 0 };

	TRY(fd);
	while (!is_enough(nesting) && now_ms() < end_ms)
		for (int i = 0; i < BURST; i++)
			if (send(fd, packet, sizeof(packet), 0) < 0 ||
			    recv(fd, packet, sizeof(packet), 0) < 0)
				continue; /* a lost one is no loss */
	return 0;
}

static int record(const struct bpf_programs *programs, struct nesting *io_nesting,
		  struct error *err)
{
	struct lab_shared *shared = bpf_programs_shared(programs);
	int r;

	bpf_programs_on(programs, true);
	r = make_softirqs(&shared->nesting, err);
	bpf_programs_on(programs, false);
	io_nesting->kernel = shared->nesting;
	io_nesting->trust = shared->trust;
	TRY(r);
	return bpf_programs_trust(programs, err);
}

static int observe(void *ret_observation, struct error *err)
{
	struct nesting *nesting = ret_observation;
	struct bpf_programs *programs;
	int r;

	TRY(make_network(&nesting->makes_tasklets, err));
	TRY(bpf_programs_open("nesting", &programs, err));
	r = record(programs, nesting, err);
	bpf_programs_close(&programs);
	return r;
}

/* Hardirqs within which the kernel itself counted more than that one. */
static uint64_t told_deeper(const struct lab_nesting *nesting)
{
	uint64_t count = 0;

	for (int depth = 2; depth < LAB_DEPTHS; depth++)
		count += nesting->depth_told[depth];
	return count;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct lab_nesting *nesting = &((const struct nesting *)observation)->kernel;

	finding_must(io_finding, !nesting->hard_in_hard && !told_deeper(nesting),
		     "%llu hardirqs came within another one, %llu by the kernel's own count",
		     nesting->hard_in_hard, (unsigned long long)told_deeper(nesting));
	finding_must(io_finding, !nesting->soft_in_soft, "%llu softirqs came within a softirq",
		     nesting->soft_in_soft);
	finding_must(io_finding, !nesting->soft_in_hard, "%llu softirqs came within a hardirq",
		     nesting->soft_in_hard);
	finding_must(io_finding, !nesting->tasklet_alone, "%llu tasklets ran outside of a softirq",
		     nesting->tasklet_alone);
	finding_must(io_finding, !nesting->found_off,
		     "%llu hardirqs interrupted code whose interrupts were "
		     "off", nesting->found_off);
	finding_must(io_finding, !nesting->line_twice,
		     "%llu times a device's line was handled twice at once", nesting->line_twice);
	finding_may(io_finding, nesting->hardirqs > 0, "no hardirq came");
	finding_may(io_finding, nesting->found_on > 0, "no hardirq told whom it interrupted");
	finding_may(io_finding, nesting->hard_in_soft > 0, "no hardirq came within a softirq");
	finding_say(io_finding, "%llu hardirqs, none within another, %llu of them within a "
				"softirq; %llu softirqs, none within a hardirq or a softirq",
		    nesting->hardirqs, nesting->hard_in_soft, nesting->softirqs);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct nesting *seen = observation;
	const struct lab_nesting *nesting = &seen->kernel;

	evidence_table(io_evidence, "on each CPU of its own", "what began|times|within a hardirq|"
							      "within a softirq");
	evidence_row(io_evidence, "hardirq|%llu|%llu|%llu", nesting->hardirqs,
		     nesting->hard_in_hard, nesting->hard_in_soft);
	evidence_row(io_evidence, "softirq|%llu|%llu|%llu", nesting->softirqs,
		     nesting->soft_in_hard, nesting->soft_in_soft);
	evidence_row(io_evidence, "tasklet|%llu||%llu", nesting->tasklets,
		     nesting->tasklets - nesting->tasklet_alone);
	evidence_bars(io_evidence, "hardirqs in progress, by the CPU's own __preempt_count");
	for (int depth = 0; depth < LAB_DEPTHS; depth++)
		if (depth == 1 || depth == 2 || nesting->depth_told[depth])
			evidence_bar(io_evidence, nesting->depth_told[depth], "%d", depth);
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "the interrupted code had interrupts on %llu times, off %llu "
				   "times",
		      nesting->found_on, nesting->found_off);
	evidence_line(io_evidence, "tasklets are asked for here: %s",
		      seen->makes_tasklets ? "by an ifb device" : "no, there is no ifb device");
	evidence_line(io_evidence, "handlers of devices' lines ran %llu times, %llu times twice at "
				   "once",
		      nesting->line_runs, nesting->line_twice);
	evidence_line(io_evidence, "at most %u hardirqs at the same time on all CPUs together",
		      nesting->most_in_flight);
	evidence_line(io_evidence, "per-CPU variables read in %llu events, of another CPU in %llu",
		      seen->trust.events, seen->trust.mismatches);
}

const struct experiment lab_irq_nesting = {
	.id = "E26",
	.name = "irq-nesting",
	.question = "Can an interrupt interrupt the handling of an interrupt?",
	.prediction = "A hardirq handler runs with interrupts off: another one waits, and the same "
		      "line is not handled twice at once even on two CPUs. A softirq, and so a "
		      "tasklet, can be interrupted by a hardirq, but not by a softirq on the same "
		      "CPU.",
	.method = "BPF counts entries and exits per CPU and asks the kernel's own counter, while a "
		  "socket sends to itself.",
	.read_on = "Documentation/core-api/irq/concepts.rst; include/linux/preempt.h; "
		   "kernel/softirq.c: handle_softirqs; kernel/irq/chip.c",
	.needs = LAB_ROOT | LAB_X86,
	.tries = 5,
	.size = sizeof(struct nesting),
	.observe = observe,
	.check = check,
	.show = show,
};
