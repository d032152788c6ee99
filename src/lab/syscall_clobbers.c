// SPDX-License-Identifier: GPL-2.0-or-later
/* E02 syscall-clobbers - which registers a system call changes, by either door of x86 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/lab.h"

enum door { SYSCALL, INT80, DOORS };

enum { I386_WRITE = 4, I386_GETPID = 20 };

static const struct {
	const char *name;
	long getpid;
} doors[DOORS] = { { "syscall", 39 }, { "int $0x80", I386_GETPID } };

/* As the assembler below stores them. */
struct registers {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t next;	/* the address of the instruction behind the door */
	uint64_t flags; /* RFLAGS before */
};

struct clobbers {
	pid_t self;
	struct registers after[DOORS];
	long wide_number;	  /* getpid by int $0x80, its number with bits above 32 set */
	long write_high[DOORS];	  /* of one byte from above 4 GiB */
	long write_low;		  /* the same by int $0x80 from below */
	uint64_t high, low;	  /* where that byte was */
};

static const char *const register_names[] = { "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8",
					      "r9",  "r10", "r11", "r12", "r13", "r14", "r15" };

/* Each register holds a mark of its own before the call. */
static uint64_t mark_of(size_t i)
{
	return 0x1111111111111111ULL * i;
}

#ifdef __x86_64__

void lab_through_syscall(struct registers *ret_after, long number);
void lab_through_int80(struct registers *ret_after, long number);

#define DOOR(name, instruction)                                                             \
	__asm__(".pushsection .text\n" #name ":\n"                                           \
		"push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n push %r15\n"     \
		"pushfq\n pop 128(%rdi)\n push %rdi\n mov %rsi, %rax\n"                       \
		"movabs $0x1111111111111111, %rbx\n movabs $0x2222222222222222, %rcx\n"       \
		"movabs $0x3333333333333333, %rdx\n movabs $0x4444444444444444, %rsi\n"       \
		"movabs $0x5555555555555555, %rdi\n movabs $0x6666666666666666, %rbp\n"       \
		"movabs $0x7777777777777777, %r8\n movabs $0x8888888888888888, %r9\n"         \
		"movabs $0x9999999999999999, %r10\n movabs $0xaaaaaaaaaaaaaaaa, %r11\n"       \
		"movabs $0xbbbbbbbbbbbbbbbb, %r12\n movabs $0xcccccccccccccccc, %r13\n"       \
		"movabs $0xdddddddddddddddd, %r14\n movabs $0xeeeeeeeeeeeeeeee, %r15\n"       \
		instruction "\n"                                                              \
		"1: push %rax\n mov 8(%rsp), %rax\n pop (%rax)\n"                             \
		"mov %rbx, 8(%rax)\n mov %rcx, 16(%rax)\n mov %rdx, 24(%rax)\n"               \
		"mov %rsi, 32(%rax)\n mov %rdi, 40(%rax)\n mov %rbp, 48(%rax)\n"              \
		"mov %r8, 56(%rax)\n mov %r9, 64(%rax)\n mov %r10, 72(%rax)\n"                \
		"mov %r11, 80(%rax)\n mov %r12, 88(%rax)\n mov %r13, 96(%rax)\n"              \
		"mov %r14, 104(%rax)\n mov %r15, 112(%rax)\n"                                 \
		"lea 1b(%rip), %rcx\n mov %rcx, 120(%rax)\n"                                  \
		"pop %rdi\n pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n" \
		"ret\n.popsection")

DOOR(lab_through_syscall, "syscall");
DOOR(lab_through_int80, "int $0x80");

/* A 32-bit call with three arguments; only what i386 has of a register gets through. */
static long call_int80(unsigned long number, long a, const void *b, long c)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

static void go_through(struct clobbers *io_seen)
{
	lab_through_syscall(&io_seen->after[SYSCALL], doors[SYSCALL].getpid);
	lab_through_int80(&io_seen->after[INT80], doors[INT80].getpid);
	io_seen->wide_number = (int)call_int80(0xdead00000000UL | I386_GETPID, 0, NULL, 0);
}

static void write_byte(const struct gate *pipe, const char *high, const char *low,
		       struct clobbers *io_seen)
{
	long written = write(pipe->write_fd, high, 1);

	io_seen->write_high[SYSCALL] = written < 0 ? -errno : written;
	io_seen->write_high[INT80] = (int)call_int80(I386_WRITE, pipe->write_fd, high, 1);
	io_seen->write_low = (int)call_int80(I386_WRITE, pipe->write_fd, low, 1);
}

#else

static void go_through(struct clobbers *io_seen UNUSED)
{
}

static void write_byte(const struct gate *pipe UNUSED, const char *high UNUSED,
		       const char *low UNUSED, struct clobbers *io_seen UNUSED)
{
}

#endif

static char *map_byte(int where)
{
	char *byte = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | where, -1,
			  0);

	return byte == MAP_FAILED ? NULL : byte;
}

/* In a child, which the kernel kills where it has no 32-bit calls. */
static int call_all(void *data)
{
	struct clobbers *seen = data;
	char *high = map_byte(0), *low = map_byte(MAP_32BIT);
	struct error ignored;
	struct gate pipe;

	if (!high || !low || gate_make(&pipe, &ignored) < 0)
		return 1;
	seen->self = getpid();
	seen->high = (uintptr_t)high;
	seen->low = (uintptr_t)low;
	go_through(seen);
	write_byte(&pipe, high, low, seen);
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	int status, pid = child_start(call_all, ret_observation, 0, err);

	TRY(pid);
	TRY(child_wait(pid, &status, err));
	if (WIFSIGNALED(status))
		return error_set(err, ENOTSUP, "needs the kernel's 32-bit calls (IA32 emulation)");
	return status == 0 ? 0 : error_set(err, ENOMEM, "no memory below 4 GiB, or no pipe");
}

/* Is it a register that this door may change? The ABI lets int $0x80 have r8 to r11. */
static bool may_change(enum door door, const char *name)
{
	if (strcmp(name, "rax") == 0)
		return true;
	if (door == SYSCALL)
		return strcmp(name, "rcx") == 0 || strcmp(name, "r11") == 0;
	return strcmp(name, "r8") == 0 || strcmp(name, "r9") == 0 || strcmp(name, "r10") == 0 ||
	       strcmp(name, "r11") == 0;
}

static void check_door(const struct clobbers *seen, enum door door, struct finding *io_finding)
{
	const uint64_t *value = (const uint64_t *)&seen->after[door];

	finding_must(io_finding, value[0] == (uint64_t)seen->self, "getpid by %s gave %lld, not %d",
		     doors[door].name, (long long)value[0], seen->self);
	for (size_t i = 1; i < countof(register_names); i++)
		finding_must(io_finding,
			     value[i] == mark_of(i) || may_change(door, register_names[i]),
			     "%s changed %s", doors[door].name, register_names[i]);
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct clobbers *seen = observation;

	for (int door = 0; door < DOORS; door++)
		check_door(seen, (enum door)door, io_finding);
	finding_must(io_finding, seen->after[SYSCALL].rcx == seen->after[SYSCALL].next,
		     "rcx is not the address behind syscall");
	finding_must(io_finding, seen->after[SYSCALL].r11 == seen->after[SYSCALL].flags,
		     "r11 is not RFLAGS");
	finding_must(io_finding, seen->wide_number == seen->self,
		     "the upper half of rax was looked at for the number");
	finding_must(io_finding, seen->write_high[SYSCALL] == 1 && seen->write_low == 1,
		     "a write that should succeed did not");
	finding_must(io_finding, seen->write_high[INT80] == -EFAULT,
		     "int $0x80 took a 64-bit address: %ld", seen->write_high[INT80]);
	finding_say(io_finding, "syscall changed rax, rcx and r11; int $0x80 kept what the ABI "
				"says and cut a pointer to 32 bits");
}

static const char *say(uint64_t value, size_t i)
{
	return value == mark_of(i) ? "kept" : "changed";
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct clobbers *seen = observation;
	const uint64_t *by_syscall = (const uint64_t *)&seen->after[SYSCALL];
	const uint64_t *by_int = (const uint64_t *)&seen->after[INT80];

	evidence_table(io_evidence, "getpid, with a mark in each register before",
		       "register|syscall (number 39)|int $0x80 (number 20)");
	evidence_row(io_evidence, "rax|%lld, the result|%lld, the result", (long long)by_syscall[0],
		     (long long)by_int[0]);
	for (size_t i = 1; i < countof(register_names); i++)
		if (may_change(SYSCALL, register_names[i]) || may_change(INT80, register_names[i]))
			evidence_row(io_evidence, "%s|%s: %016llx|%s", register_names[i],
				     say(by_syscall[i], i), (unsigned long long)by_syscall[i],
				     say(by_int[i], i));
	evidence_row(io_evidence, "the others|kept|kept");
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "address behind syscall %016llx, RFLAGS before %016llx",
		      (unsigned long long)seen->after[SYSCALL].next,
		      (unsigned long long)seen->after[SYSCALL].flags);
	evidence_table(io_evidence, "one byte written", "from|by|result");
	evidence_row(io_evidence, "%#llx|syscall|%ld", (unsigned long long)seen->high,
		     seen->write_high[SYSCALL]);
	evidence_row(io_evidence, "%#llx|int $0x80|%ld (EFAULT)", (unsigned long long)seen->high,
		     seen->write_high[INT80]);
	evidence_row(io_evidence, "%#llx|int $0x80|%ld", (unsigned long long)seen->low,
		     seen->write_low);
}

const struct experiment lab_syscall_clobbers = {
	.id = "E02",
	.name = "syscall-clobbers",
	.question = "Which registers does a system call change, and what gets through int $0x80?",
	.prediction = "syscall puts the return address into rcx and RFLAGS into r11, because it "
		      "touches no stack; nothing else changes but rax. int $0x80 is the door of "
		      "i386: other numbers, and a pointer loses its upper 32 bits.",
	.method = "Marks in 14 registers, one getpid by each door; then a write from above and "
		  "from below 4 GiB.",
	.read_on = "syscall(2) \"Architecture calling conventions\"; "
		   "arch/x86/entry/entry_64.S: entry_SYSCALL_64",
	.needs = LAB_X86,
	.size = sizeof(struct clobbers),
	.observe = observe,
	.check = check,
	.show = show,
};
