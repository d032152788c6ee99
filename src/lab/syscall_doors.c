// SPDX-License-Identifier: GPL-2.0-or-later
/* E01 syscall-doors - the ways into the kernel, and what each costs */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/cpu.h"
#include "lab/lab.h"

enum door { VDSO_CLOCK, SYSCALL, WRAPPER, RAW_CLOCK, INT80, DOORS };

/* Small batches: on a busy machine one of many is not disturbed, and the least is told. */
enum { BATCHES = 101, BATCH = 20, I386_GETPPID = 64 };

static const struct {
	const char *name, *what;
} doors[DOORS] = {
	[VDSO_CLOCK] = { "clock_gettime, vDSO", "no door at all: code of the kernel's in user "
						"mode" },
	[SYSCALL] = { "syscall, getppid", "the door of 64-bit code" },
	[WRAPPER] = { "getppid() of the C library", "the same door and a function around it" },
	[RAW_CLOCK] = { "syscall, clock_gettime", "what the vDSO saves" },
	[INT80] = { "int $0x80, getppid", "the door of 32-bit code, an interrupt gate" },
};

struct costs {
	uint64_t ticks[DOORS]; /* of the time stamp counter, for one call, at the least */
	pid_t by_syscall, by_wrapper, by_int80;
};

#ifdef __x86_64__

static long raw(long number, long a, long b)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b)
			 : "rcx", "r11", "memory");
	return result;
}

static long by_int80(long number)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number) : "memory", "r8", "r9", "r10",
			 "r11");
	return result;
}

static long pass(enum door door)
{
	struct timespec time;

	if (door == VDSO_CLOCK)
		return clock_gettime(CLOCK_MONOTONIC, &time);
	if (door == RAW_CLOCK)
		return raw(SYS_clock_gettime, CLOCK_MONOTONIC, (long)(uintptr_t)&time);
	if (door == SYSCALL)
		return raw(SYS_getppid, 0, 0);
	return door == INT80 ? by_int80(I386_GETPPID) : getppid();
}

static uint64_t measure(enum door door)
{
	uint64_t least = UINT64_MAX;

	for (int batch = 0; batch < BATCHES; batch++) {
		uint64_t begin = cpu_ticks(), ticks;

		for (int i = 0; i < BATCH; i++)
			(void)pass(door);
		ticks = (cpu_ticks() - begin) / BATCH;
		least = ticks < least ? ticks : least;
	}
	return least;
}

/* In a child, which the kernel kills where it has no 32-bit calls. */
static int pass_all(void *data)
{
	struct costs *costs = data;
	struct error ignored;

	if (cpu_pin_here(&ignored) < 0)
		return 1;
	costs->by_syscall = (pid_t)pass(SYSCALL);
	costs->by_wrapper = (pid_t)pass(WRAPPER);
	costs->by_int80 = (pid_t)pass(INT80);
	for (int door = 0; door < DOORS; door++)
		costs->ticks[door] = measure((enum door)door);
	return 0;
}

#else

static int pass_all(void *data UNUSED)
{
	return 0;
}

#endif

static int observe(void *ret_observation, struct error *err)
{
	int status, pid = child_start(pass_all, ret_observation, 0, err);

	TRY(pid);
	TRY(child_wait(pid, &status, err));
	if (WIFSIGNALED(status))
		return error_set(err, ENOTSUP, "needs the kernel's 32-bit calls (IA32 emulation)");
	return status == 0 ? 0 : error_set(err, ENOTSUP, "needs to stay on one CPU");
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct costs *costs = observation;
	const uint64_t *ticks = costs->ticks;

	finding_must(io_finding, costs->by_syscall > 0 && costs->by_syscall == costs->by_int80 &&
					 costs->by_syscall == costs->by_wrapper,
		     "getppid gave %d, %d and %d", costs->by_syscall, costs->by_wrapper,
		     costs->by_int80);
	finding_may(io_finding, ticks[VDSO_CLOCK] < ticks[RAW_CLOCK],
		    "the vDSO's clock was no faster than the call");
	finding_may(io_finding, ticks[SYSCALL] < ticks[INT80], "int $0x80 was no slower than "
							       "syscall");
	finding_say(io_finding, "all doors lead to the same kernel; int $0x80 took %.1f times as "
				"long as syscall, the clock without a door %.2f of the one with",
		    (double)ticks[INT80] / (double)(ticks[SYSCALL] ? ticks[SYSCALL] : 1),
		    (double)ticks[VDSO_CLOCK] / (double)(ticks[RAW_CLOCK] ? ticks[RAW_CLOCK] : 1));
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct costs *costs = observation;

	evidence_table(io_evidence, "time stamp counter, least of 101 batches of 20",
		       "call|ticks|which is");
	for (int i = 0; i < DOORS; i++)
		evidence_row(io_evidence, "%s|%llu|%s", doors[i].name,
			     (unsigned long long)costs->ticks[i], doors[i].what);
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "the parent's number by syscall, C library, int $0x80: %d %d %d",
		      costs->by_syscall, costs->by_wrapper, costs->by_int80);
}

const struct experiment lab_syscall_doors = {
	.id = "E01",
	.name = "syscall-doors",
	.question = "What are the doors into the kernel, and are they equally wide?",
	.prediction = "syscall, without a memory access of the processor's, is the fast one; int "
		      "$0x80 goes through the interrupt table and is slower; the vDSO answers "
		      "without entering the kernel. Behind the doors is the same code.",
	.method = "Small batches of calls on one CPU, timed with rdtsc; the least counts.",
	.read_on = "syscall(2), vdso(7); arch/x86/entry/entry_64.S, entry_64_compat.S",
	.needs = LAB_X86,
	.tries = 20,
	.size = sizeof(struct costs),
	.observe = observe,
	.check = check,
	.show = show,
};
