// SPDX-License-Identifier: GPL-2.0-or-later
/* E03 start-not-main - where a program begins, and what lies on its stack then */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "lab/child.h"
#include "lab/lab.h"

enum { BASE = 0x400000, SEEN_WORDS = 240, ARGUMENTS = 3, AUX_SHOWN = 6, FILLER = 3000 };

struct program {
	const char *begin, *end;
};

struct start {
	uint64_t word[SEEN_WORDS]; /* rsp at the entry, then the stack from there */
	uint64_t entry;		   /* of the tiny program */
	size_t size;		   /* of its file */
	int status;		   /* wait status of the one that tells its stack */
	int return_status;	   /* of the one that is nothing but a ret */
	uint64_t own_entry, own_start; /* AT_ENTRY and the symbol _start of this program */
};

struct aux {
	uint64_t type, value;
};

#ifdef __x86_64__

/* Writes its first rsp and the stack above to descriptor 1, and exits with argc. */
extern const char lab_start_tell[], lab_start_tell_end[], lab_start_ret[], lab_start_ret_end[];
__asm__(".pushsection .rodata\n"
	"lab_start_tell:\n push %rsp\n mov $1, %edi\n mov %rsp, %rsi\n mov $1920, %edx\n"
	"mov $1, %eax\n syscall\n mov 8(%rsp), %rdi\n mov $60, %eax\n syscall\n"
	"lab_start_tell_end:\n"
	"lab_start_ret:\n ret\nlab_start_ret_end:\n.popsection");

static const struct program tell = { lab_start_tell, lab_start_tell_end };
static const struct program only_ret = { lab_start_ret, lab_start_ret_end };

/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): so the linker has it */
extern const char _start[];

static uint64_t own_start(void)
{
	return (uintptr_t)_start;
}

#else

static const struct program tell, only_ret;

static uint64_t own_start(void)
{
	return 0;
}

#endif

enum { HEAD = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) };

/* An ELF file of two headers and the code, in memory. Source: elf(5) */
static int make_file(const struct program *program, struct error *err)
{
	size_t code = (size_t)(program->end - program->begin);
	struct {
		Elf64_Ehdr file;
		Elf64_Phdr load;
	} head = {
		.file = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				       EV_CURRENT },
			  .e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
			  .e_entry = BASE + HEAD, .e_phoff = sizeof(Elf64_Ehdr),
			  .e_ehsize = sizeof(Elf64_Ehdr), .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = 1 },
		.load = { .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = BASE,
			  .p_filesz = HEAD + code, .p_memsz = HEAD + code, .p_align = 4096 },
	};
	autoclose int fd = memfd_create("start", MFD_CLOEXEC);

	if (fd < 0 || write(fd, &head, sizeof(head)) != sizeof(head) ||
	    write(fd, program->begin, code) != (ssize_t)code)
		return error_sys(err, "write a program");
	return fd_take(&fd);
}

struct launch {
	int fd;
	const struct gate *pipe;
};

/* The long variable keeps the stack's end further away than the program writes. */
static int execute(void *data)
{
	const struct launch *launch = data;
	char filler[FILLER + 1] = "FILLER=";
	char *argv[] = { "start", "one", "two", NULL }, *envp[] = { filler, NULL };

	memset(filler + 7, 'x', FILLER - 7);
	dup2(launch->pipe->write_fd, STDOUT_FILENO);
	execveat(launch->fd, "", argv, envp, AT_EMPTY_PATH);
	return 127;
}

static int run_program(const struct program *program, const struct gate *pipe, int *ret_status,
		       struct error *err)
{
	autoclose int fd = make_file(program, err);
	struct launch launch = { fd, pipe };
	int pid;

	TRY(fd);
	pid = child_start(execute, &launch, 0, err);
	TRY(pid);
	return child_wait(pid, ret_status, err);
}

static int observe(void *ret_observation, struct error *err)
{
	struct start *start = ret_observation;
	struct gate pipe;

	start->entry = BASE + HEAD;
	start->size = HEAD + (size_t)(tell.end - tell.begin);
	start->own_entry = getauxval(AT_ENTRY);
	start->own_start = own_start();
	TRY(gate_make(&pipe, err));
	TRY(run_program(&tell, &pipe, &start->status, err));
	if (read(pipe.read_fd, start->word, sizeof(start->word)) != sizeof(start->word))
		return error_set(err, EIO, "the program did not tell its stack: wait status %#x",
				 start->status);
	TRY(run_program(&only_ret, &pipe, &start->return_status, err));
	gate_close(&pipe);
	return 0;
}

/* argc, argv, NULL, envp, NULL: where the pairs of the auxiliary vector begin; 0: not found. */
static size_t find_aux(const struct start *start)
{
	size_t i = 2;

	for (int ends = 0; ends < 2; i++) {
		if (i + 2 >= SEEN_WORDS)
			return 0;
		ends += start->word[i] == 0;
	}
	return i;
}

static struct aux aux_at(const struct start *start, size_t i)
{
	return (struct aux){ start->word[i], start->word[i + 1] };
}

static uint64_t find_value(const struct start *start, uint64_t type)
{
	for (size_t i = find_aux(start); i && i + 1 < SEEN_WORDS && start->word[i]; i += 2)
		if (aux_at(start, i).type == type)
			return aux_at(start, i).value;
	return 0;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct start *start = observation;

	finding_must(io_finding, start->word[0] % 16 == 0, "rsp at the entry is %#llx",
		     (unsigned long long)start->word[0]);
	finding_must(io_finding, start->word[1] == ARGUMENTS, "argc on the stack is %llu",
		     (unsigned long long)start->word[1]);
	finding_must(io_finding, start->word[2 + ARGUMENTS] == 0, "argv does not end with NULL");
	finding_must(io_finding, find_value(start, AT_ENTRY) == start->entry,
		     "AT_ENTRY is not where the program began");
	finding_must(io_finding,
		     WIFEXITED(start->status) && WEXITSTATUS(start->status) == ARGUMENTS,
		     "it ended with wait status %#x", start->status);
	finding_must(io_finding, WIFSIGNALED(start->return_status) &&
					 WTERMSIG(start->return_status) == SIGSEGV,
		     "a program that returns ended with wait status %#x", start->return_status);
	finding_must(io_finding, start->own_entry == start->own_start,
		     "this program began at %#llx, and _start is %#llx",
		     (unsigned long long)start->own_entry, (unsigned long long)start->own_start);
	finding_say(io_finding, "%zu bytes without a main ran; the kernel jumps to the ELF entry, "
				"argc is on top of the stack and no return address "
				"is", start->size);
}

static const char *aux_name(uint64_t type)
{
	switch (type) {
	case AT_SYSINFO_EHDR: return "AT_SYSINFO_EHDR, the vDSO";
	case AT_HWCAP: return "AT_HWCAP";
	case AT_PAGESZ: return "AT_PAGESZ";
	case AT_CLKTCK: return "AT_CLKTCK";
	case AT_PHDR: return "AT_PHDR";
	case AT_MINSIGSTKSZ: return "AT_MINSIGSTKSZ";
	case AT_ENTRY: return "AT_ENTRY";
	default: return "another one";
	}
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct start *start = observation;
	size_t shown = 0;

	evidence_table(io_evidence, "the stack at the first instruction", "address|value|which is");
	for (size_t i = 1; i < 3 + ARGUMENTS; i++)
		evidence_row(io_evidence, "%#llx|%#llx|%s",
			     (unsigned long long)start->word[0] + 8 * (i - 1),
			     (unsigned long long)start->word[i],
			     i == 1 ? "argc; rsp points here" : start->word[i] ? "argv" : "NULL");
	for (size_t i = find_aux(start); i && shown < AUX_SHOWN && i + 1 < SEEN_WORDS &&
					 start->word[i]; i += 2, shown++)
		evidence_row(io_evidence, "%#llx|%llu: %#llx|%s",
			     (unsigned long long)start->word[0] + 8 * (i - 1),
			     (unsigned long long)aux_at(start, i).type,
			     (unsigned long long)aux_at(start, i).value,
			     aux_name(aux_at(start, i).type));
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "entry %#llx, file of %zu bytes, exit status %d",
		      (unsigned long long)start->entry, start->size, WEXITSTATUS(start->status));
	evidence_line(io_evidence, "with nothing but `ret`: signal "
				   "%d", WTERMSIG(start->return_status));
}

const struct experiment lab_start_not_main = {
	.id = "E03",
	.name = "start-not-main",
	.question = "Does a program begin with main, and what is on its stack then?",
	.prediction = "It begins at the ELF entry, _start. rsp is a multiple of 16 and points at "
		      "argc, then argv, NULL, the environment, NULL and the auxiliary vector. "
		      "There is no return address, so a return from there is a crash. main is the "
		      "C library's.",
	.method = "An ELF file of two headers and a few instructions, executed from memory, writes "
		  "its stack into a pipe; another one is only a ret.",
	.husk = "husk-init is such a program: its own _start, no C library.",
	.read_on = "elf(5), getauxval(3); fs/binfmt_elf.c: create_elf_tables",
	.needs = LAB_X86,
	.size = sizeof(struct start),
	.observe = observe,
	.check = check,
	.show = show,
};
