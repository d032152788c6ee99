// SPDX-License-Identifier: GPL-2.0-or-later
/* E08 tss - what is left of segments and of the task state segment in 64-bit mode */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef __x86_64__
#include <asm/prctl.h>
#include <cpuid.h>
#endif

#include "lab/bpf_programs.h"
#include "lab/child.h"
#include "lab/lab.h"

/* Source: arch/x86/include/asm/segment.h */
enum { USER_CODE = 0x33, USER_DATA = 0x2b, TASK_REGISTER = 0x40 };

enum { THREADS = 2, ROUNDS = 200, REST_NS = 200000, ROWS = 8 };

enum table { GDT, IDT, TABLES };

struct view {
	uint16_t cs, ss, ds, es, fs, gs, tr;
	bool has_tr, has_table[TABLES]; /* the instruction did not fault */
	uint16_t limit[TABLES];
	uint64_t base[TABLES];
	uint64_t fs_base, self; /* by arch_prctl(2); pthread_self(3) */
};

struct tss {
	struct view thread[THREADS];
	bool has_umip;
	char reason[FINDING_SIZE]; /* why the kernel's part was not looked at; "" */
	struct lab_tss kernel;
	struct lab_trust trust;
};

#ifdef __x86_64__

enum { UMIP = 1 << 2 }; /* cpuid 7, ecx */

static sigjmp_buf back;

static void on_fault(int signal UNUSED)
{
	siglongjmp(back, 1);
}

static void look_at_tables(struct view *io_view)
{
	struct __attribute__((packed)) {
		uint16_t limit;
		uint64_t base;
	} gdt = { 0 }, idt = { 0 };
	unsigned long tr = 0;

	/* Not by a restart of the faulting instruction: it would fault for ever. */
	if (sigsetjmp(back, 1) == 0) {
		__asm__ volatile("str %0" : "=r"(tr));
		io_view->tr = (uint16_t)tr;
		io_view->has_tr = true;
	}
	if (sigsetjmp(back, 1) == 0) {
		__asm__ volatile("sgdt %0" : "=m"(gdt));
		io_view->limit[GDT] = gdt.limit;
		io_view->base[GDT] = gdt.base;
		io_view->has_table[GDT] = true;
	}
	if (sigsetjmp(back, 1) == 0) {
		__asm__ volatile("sidt %0" : "=m"(idt));
		io_view->limit[IDT] = idt.limit;
		io_view->base[IDT] = idt.base;
		io_view->has_table[IDT] = true;
	}
}

static void *look(void *data)
{
	struct view *view = data;

	__asm__ volatile("mov %%cs, %0\n mov %%ss, %1\n mov %%ds, %2\n"
			 "mov %%es, %3\n mov %%fs, %4\n mov %%gs, %5"
			 : "=m"(view->cs), "=m"(view->ss), "=m"(view->ds), "=m"(view->es),
			   "=m"(view->fs), "=m"(view->gs));
	syscall(SYS_arch_prctl, ARCH_GET_FS, &view->fs_base);
	view->self = (uint64_t)pthread_self();
	look_at_tables(view);
	return NULL;
}

static bool has_umip(void)
{
	unsigned int a, b, c = 0, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && c & UMIP;
}

#else

static void on_fault(int signal UNUSED)
{
}

static void *look(void *data UNUSED)
{
	return NULL;
}

static bool has_umip(void)
{
	return false;
}

#endif

/* The first thread waits meanwhile: both live at the same time, one after the other looks. */
static int look_in_threads(struct tss *io_tss, struct error *err)
{
	pthread_t thread;
	int r;

	child_handle(SIGSEGV, on_fault, 0);
	io_tss->has_umip = has_umip();
	look(&io_tss->thread[0]);
	r = pthread_create(&thread, NULL, look, &io_tss->thread[1]);
	if (r)
		return error_set(err, r, "pthread_create: %s", error_words(r));
	pthread_join(thread, NULL);
	return 0;
}

static int count_switches(struct tss *io_tss, struct error *err)
{
	struct bpf_programs *programs;
	int r;

	TRY(bpf_programs_open("tss", &programs, err));
	bpf_programs_on(programs, true);
	for (int i = 0; i < ROUNDS; i++)
		nanosleep(&(struct timespec){ .tv_nsec = REST_NS }, NULL);
	bpf_programs_on(programs, false);
	io_tss->kernel = bpf_programs_shared(programs)->tss;
	io_tss->trust = bpf_programs_shared(programs)->trust;
	r = bpf_programs_trust(programs, err);
	bpf_programs_close(&programs);
	return r;
}

static int observe(void *ret_observation, struct error *err)
{
	struct tss *tss = ret_observation;
	struct error why;

	TRY(look_in_threads(tss, err));
	if (count_switches(tss, &why) < 0)
		snprintf(tss->reason, sizeof(tss->reason), "%s", why.text);
	return 0;
}

static void check_view(const struct view *view, struct finding *io_finding)
{
	finding_must(io_finding, view->cs == USER_CODE && view->ss == USER_DATA,
		     "cs is %#x, ss %#x", view->cs, view->ss);
	finding_must(io_finding, !view->ds && !view->es && !view->fs && !view->gs,
		     "ds, es, fs or gs selects a segment");
	finding_must(io_finding, view->fs_base && view->fs_base == view->self,
		     "the base of fs is %#llx, the thread is at %#llx",
		     (unsigned long long)view->fs_base, (unsigned long long)view->self);
	finding_must(io_finding, !view->has_tr || view->tr == TASK_REGISTER,
		     "the task register holds %#x", view->tr);
}

static void check_kernel(const struct tss *tss, struct finding *io_finding)
{
	uint64_t switches = 0, changes = 0;

	for (int i = 0; i < LAB_CPUS; i++) {
		const struct lab_tss_cpu *cpu = &tss->kernel.cpu[i];

		finding_must(io_finding, !cpu->sp0_changes, "CPU %d: sp0 changed in %llu of %llu "
			     "switches", i, cpu->sp0_changes, cpu->switches);
		finding_must(io_finding, cpu->saved_inside == cpu->switches,
			     "CPU %d: %llu tasks went on from a stack that is not theirs", i,
			     cpu->switches - cpu->saved_inside);
		switches += cpu->switches;
		changes += cpu->stack_changes;
	}
	finding_may(io_finding, changes > 0, "no task was switched");
	finding_say(io_finding, "in %llu switches of tasks the stack changed %llu times, and no "
				"CPU's TSS named another one for entries",
		    (unsigned long long)switches, (unsigned long long)changes);
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct tss *tss = observation;

	for (int i = 0; i < THREADS; i++)
		check_view(&tss->thread[i], io_finding);
	finding_must(io_finding, tss->thread[0].fs_base != tss->thread[1].fs_base,
		     "both threads have the same base of fs");
	if (!*tss->reason) {
		check_kernel(tss, io_finding);
		return;
	}
	finding_say(io_finding, "the same selectors in both threads, and another base of fs in "
				"each; the kernel's side was not looked at");
}

static void show_table(const struct tss *tss, enum table table, const char *name,
		       struct evidence *io_evidence)
{
	const struct view *view = tss->thread;

	if (!view->has_table[table])
		evidence_row(io_evidence, "%s|fault (SIGSEGV)", name);
	else
		evidence_row(io_evidence, "%s|base %#llx limit %u%s", name,
			     (unsigned long long)view->base[table], view->limit[table],
			     view->limit[table] ? "" : ": a dummy by the kernel");
}

static void show_kernel(const struct tss *tss, struct evidence *io_evidence)
{
	int rows = 0;

	evidence_table(io_evidence, "the TSS of each CPU, over switches of tasks",
		       "CPU|switches|sp0|changed|task's stack changed|sp2 (scratch)|ist0");
	for (int i = 0; i < LAB_CPUS && rows < ROWS; i++) {
		const struct lab_tss_cpu *cpu = &tss->kernel.cpu[i];

		if (!cpu->switches)
			continue;
		evidence_row(io_evidence, "%d|%llu|%#llx|%llu|%llu|%#llx|%#llx", i, cpu->switches,
			     cpu->sp0, cpu->sp0_changes, cpu->stack_changes, cpu->sp2, cpu->ist[0]);
		rows++;
	}
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "per-CPU variables read in %llu events, of another CPU in %llu",
		      tss->trust.events, tss->trust.mismatches);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct tss *tss = observation;

	evidence_table(io_evidence, "in user mode, two threads",
		       "thread|cs|ss|ds es fs gs|base of fs|pthread_self");
	for (int i = 0; i < THREADS; i++) {
		const struct view *view = &tss->thread[i];

		evidence_row(io_evidence, "%d|%#x|%#x|%x %x %x "
					  "%x|%#llx|%#llx", i + 1, view->cs, view->ss,
			     view->ds, view->es, view->fs, view->gs,
			     (unsigned long long)view->fs_base, (unsigned long long)view->self);
	}
	evidence_table(io_evidence, tss->has_umip ? "asked in user mode; the processor has UMIP"
						  : "asked in user mode; the processor has no UMIP",
		       "instruction|answer");
	evidence_row(io_evidence, tss->thread->has_tr ? "str|%#x" : "str|fault (SIGSEGV)",
		     tss->thread->tr);
	show_table(tss, GDT, "sgdt", io_evidence);
	show_table(tss, IDT, "sidt", io_evidence);
	if (!*tss->reason)
		show_kernel(tss, io_evidence);
	else {
		evidence_lines(io_evidence, "the TSS itself");
		evidence_line(io_evidence, "not looked at: %s", tss->reason);
	}
}

const struct experiment lab_tss = {
	.id = "E08",
	.name = "tss",
	.question = "What do segments and the task state segment still do in 64-bit mode?",
	.prediction = "Segments are flat; only the bases of fs and gs count, and each thread has "
		      "its own fs. There is one TSS per CPU, not per task: a table of stack "
		      "pointers for entries into the kernel, the same whichever task runs.",
	.method = "Two threads read their selectors and bases; BPF reads the CPU's TSS at each "
		  "switch of tasks, where it may.",
	.read_on = "arch_prctl(2); arch/x86/include/asm/processor.h: struct x86_hw_tss; "
		   "arch/x86/kernel/umip.c",
	.needs = LAB_X86,
	.tries = 10,
	.size = sizeof(struct tss),
	.observe = observe,
	.check = check,
	.show = show,
};
