// SPDX-License-Identifier: GPL-2.0-or-later
/* E05 push-or-mov - the stack by push and pop, and the same memory by mov */
#include <errno.h>
#include <string.h>

#include "lab/cpu.h"
#include "lab/lab.h"

enum way { PUSH_POP, MOV, EMULATED, WAYS };

/* Small batches: on a busy machine one of many is not disturbed, and the least is told. */
enum { BATCHES = 301, BATCH = 100, CODE_MAX = 24, VALUE = 4711 };

static const struct {
	const char *name, *text;
	bool moves_rsp;
} ways[WAYS] = {
	[PUSH_POP] = { "push, pop", "push %rax; pop %rdx", true },
	[MOV] = { "mov, mov", "mov %rax,-8(%rsp); mov -8(%rsp),%rdx", false },
	[EMULATED] = { "all of push by hand",
		       "lea -8(%rsp),%rsp; mov %rax,(%rsp); mov (%rsp),%rdx; lea 8(%rsp),%rsp",
		       true },
};

struct pairs {
	struct {
		uint64_t ticks;	     /* for a batch, at the least */
		size_t size;	     /* of one pair's code */
		uint8_t code[CODE_MAX];
		uint64_t came_back; /* VALUE, if the memory is the same */
	} way[WAYS];
};

#ifdef __x86_64__

/* A function that does the pair @BATCH times and returns what the last one read. */
#define PAIR(name, code)                                                            \
	uint64_t lab_##name(uint64_t value);                                        \
	extern const char lab_##name##_code[], lab_##name##_end[];                  \
	__asm__(".pushsection .text\nlab_" #name ":\n mov %rdi, %rax\n"             \
		".rept 100\n" code "\n.endr\n mov %rdx, %rax\n ret\n"               \
		"lab_" #name "_code:\n" code "\nlab_" #name "_end:\n.popsection")

PAIR(push_pop, "push %rax\n pop %rdx");
PAIR(mov, "mov %rax, -8(%rsp)\n mov -8(%rsp), %rdx");
PAIR(emulated, "lea -8(%rsp), %rsp\n mov %rax, (%rsp)\n mov (%rsp), %rdx\n lea 8(%rsp), %rsp");

static const struct {
	uint64_t (*function)(uint64_t value);
	const char *code, *end;
} pairs[WAYS] = {
	[PUSH_POP] = { lab_push_pop, lab_push_pop_code, lab_push_pop_end },
	[MOV] = { lab_mov, lab_mov_code, lab_mov_end },
	[EMULATED] = { lab_emulated, lab_emulated_code, lab_emulated_end },
};

static int observe(void *ret_observation, struct error *err UNUSED)
{
	struct pairs *seen = ret_observation;

	for (int i = 0; i < WAYS; i++) {
		seen->way[i].ticks = UINT64_MAX;
		seen->way[i].size = (size_t)(pairs[i].end - pairs[i].code);
		memcpy(seen->way[i].code, pairs[i].code, seen->way[i].size);
	}
	for (int batch = 0; batch < BATCHES; batch++)
		for (int i = 0; i < WAYS; i++) {
			uint64_t begin = cpu_ticks(), ticks;

			seen->way[i].came_back = pairs[i].function(VALUE);
			ticks = cpu_ticks() - begin;
			if (ticks < seen->way[i].ticks)
				seen->way[i].ticks = ticks;
		}
	return 0;
}

#else

static int observe(void *ret_observation UNUSED, struct error *err)
{
	return error_set(err, ENOTSUP, "needs an x86-64 processor");
}

#endif

static void check(const void *observation, struct finding *io_finding)
{
	const struct pairs *seen = observation;

	for (int i = 0; i < WAYS; i++)
		finding_must(io_finding, seen->way[i].came_back == VALUE, "%s lost the value",
			     ways[i].name);
	finding_must(io_finding, seen->way[PUSH_POP].size == 2, "push and pop are %zu bytes",
		     seen->way[PUSH_POP].size);
	finding_must(io_finding, seen->way[MOV].size > 2 &&
					 seen->way[EMULATED].size > seen->way[MOV].size,
		     "mov needs no more code than push");
	finding_may(io_finding, seen->way[PUSH_POP].ticks < seen->way[EMULATED].ticks,
		    "push and pop were no faster than what they stand for");
	finding_say(io_finding, "the same memory; push and pop take 2 bytes of code where the same "
				"by hand takes %zu, and %.1f times as long",
		    seen->way[EMULATED].size,
		    (double)seen->way[EMULATED].ticks /
			    (double)(seen->way[PUSH_POP].ticks ? seen->way[PUSH_POP].ticks : 1));
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct pairs *seen = observation;

	evidence_table(io_evidence, "one value there and back; ticks of the time stamp counter",
		       "way|code|bytes|moves rsp|ticks for 100");
	for (int i = 0; i < WAYS; i++)
		evidence_row(io_evidence, "%s|%s|%zu|%s|%llu", ways[i].name, ways[i].text,
			     seen->way[i].size, ways[i].moves_rsp ? "yes" : "no",
			     (unsigned long long)seen->way[i].ticks);
	evidence_bytes(io_evidence, "the code of push and pop", 0, seen->way[PUSH_POP].code,
		       seen->way[PUSH_POP].size < CODE_MAX ? seen->way[PUSH_POP].size : CODE_MAX);
	evidence_label(io_evidence, 0, 1, "push %%rax: rsp - 8, then store");
	evidence_label(io_evidence, 1, 1, "pop %%rdx: load, then rsp + 8");
}

const struct experiment lab_push_or_mov = {
	.id = "E05",
	.name = "push-or-mov",
	.question = "Why push and pop, if mov works on the same memory?",
	.prediction = "Because they allocate and store in one step, in one byte of code, and the "
		      "processor keeps track of rsp by itself. mov writes the same memory where no "
		      "discipline is needed; doing all of push by hand is longer and slower.",
	.method = "The same store and load in three ways, in small batches; the least time counts, "
		  "and the bytes of the code.",
	.read_on = "x86 manuals, PUSH and POP; System V ABI for x86-64, 3.2.2 \"red zone\"",
	.needs = LAB_X86,
	.tries = 20,
	.size = sizeof(struct pairs),
	.observe = observe,
	.check = check,
	.show = show,
};
