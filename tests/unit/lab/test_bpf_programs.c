// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/bpf_programs.c"

#include "test.h"

/* Two variables as the kernel's types tell of them: one of its own, one within pcpu_hot. */
static struct btf *variables(void)
{
	struct btf *btf = btf__new_empty();
	int word = btf__add_int(btf, "long", 8, 0), inner, hot;

	inner = btf__add_struct(btf, NULL, 16);
	btf__add_field(btf, "first", word, 0, 0);
	btf__add_field(btf, "preempt_count", word, 64, 0);
	hot = btf__add_struct(btf, "pcpu_hot", 64);
	btf__add_field(btf, "other", word, 0, 0);
	btf__add_field(btf, NULL, inner, 256, 0);
	word = btf__add_var(btf, "runqueues", BTF_VAR_GLOBAL_ALLOCATED, word);
	hot = btf__add_var(btf, "pcpu_hot", BTF_VAR_GLOBAL_ALLOCATED, hot);
	btf__add_datasec(btf, ".data..percpu", 512);
	btf__add_datasec_var_info(btf, word, 128, 8);
	btf__add_datasec_var_info(btf, hot, 256, 64);
	return btf;
}

TEST(variable_is_found_where_it_lies)
{
	struct btf *btf = variables();

	CHECK_INT(offset_of(btf, "runqueues", NULL), 128);
	CHECK_INT(offset_of(btf, "__preempt_count", "preempt_count"), 256 + 32 + 8);
	CHECK_INT(offset_of(btf, "__irq_regs", NULL), -1);
	btf__free(btf);
}

TEST(variable_that_the_kernel_does_not_tell_of_is_the_reason)
{
	struct btf *btf = variables();
	struct lab_offsets offsets;
	struct error err;

	CHECK_ERROR(find_offsets(btf, &offsets, &err), err, ENOTSUP,
		    "needs type information of the kernel's per-CPU variable current_task");
	btf__free(btf);
}

TEST(no_types_of_per_cpu_variables_no_offset)
{
	struct btf *btf = btf__new_empty();

	CHECK_INT(offset_of(btf, "runqueues", NULL), -1);
	btf__free(btf);
}

TEST(group_is_the_first_word_of_the_name)
{
	struct lab *lab = lab__open();

	CHECK_TRUE(lab);
	CHECK_TRUE(is_of_group(lab->progs.tss_switch, "tss"));
	CHECK_TRUE(!is_of_group(lab->progs.tss_switch, "ts"));
	CHECK_TRUE(!is_of_group(lab->progs.tss_switch, "stacks"));
	lab__destroy(lab);
}

TEST(one_mismatch_is_the_end_of_all_trust)
{
	struct bpf_programs programs = { .lab = lab__open() };
	struct error err;

	CHECK_TRUE(programs.lab);
	programs.lab->bss->shared.trust = (struct lab_trust){ .events = 7 };
	CHECK_OK(bpf_programs_trust(&programs, &err), err);
	programs.lab->bss->shared.trust.mismatches = 1;
	CHECK_ERROR(bpf_programs_trust(&programs, &err), err, ENOTSUP,
		    "needs per-CPU variables where the kernel's types have them: 1 of 7 were not "
		    "this CPU's");
	lab__destroy(programs.lab);
}

/* Where BPF is refused, the reason names it. */
TEST(programs_load_or_tell_why_not)
{
	static const char *const groups[] = { "context", "stacks", "nesting", "tss" };

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		struct bpf_programs *programs;
		struct error err;
		int r = bpf_programs_open(groups[i], &programs, &err);

		CHECK_TRUE(r == 0 || (r == -ENOTSUP && strncmp(err.text, "needs ", 6) == 0));
		if (r < 0)
			continue;
		CHECK_INT(bpf_programs_shared(programs)->on, 0);
		bpf_programs_close(&programs);
		CHECK_TRUE(!programs);
	}
}

TEST(kernel_has_tasks_and_no_unicorns)
{
	CHECK_TRUE(!bpf_programs_kernel_has("husk_unicorn"));
	if (!bpf_programs_kernel_has("task_struct"))
		SKIP("needs type information of the kernel");
}
