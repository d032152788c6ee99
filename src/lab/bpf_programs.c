// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/bpf_programs.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "bpf/lab.skel.h"

/* Much longer than one of the programs takes. */
enum { REST_NS = 100 * 1000 * 1000 };

struct bpf_programs {
	struct lab *lab;
};

static int say(enum libbpf_print_level level UNUSED, const char *format UNUSED,
	       va_list args UNUSED)
{
	/* What is wrong is said once, by us. */
	return 0;
}

static int explain(int code, const char *what, struct error *err)
{
	if (code == -EPERM || code == -EACCES)
		return error_set(err, ENOTSUP, "needs BPF, which is refused here: %s: %s", what,
				 error_words(-code));
	return error_set(err, ENOTSUP, "needs BPF: %s: %s", what, error_words(-code));
}

/* --- where per-CPU variables lie --- */

/* Linux 6.2 to 6.14 had some of them as members of one variable. -1: it is not there. */
static int64_t offset_in_struct(const struct btf *btf, uint32_t type_id, const char *name)
{
	int id = btf__resolve_type(btf, type_id);
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, (uint32_t)id);

	if (!type || !btf_is_composite(type))
		return -1;
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *member = btf_members(type) + i;
		int64_t inner;

		if (strcmp(btf__name_by_offset(btf, member->name_off), name) == 0)
			return btf_member_bit_offset(type, i) / 8;
		inner = *btf__name_by_offset(btf, member->name_off)
				? -1 : offset_in_struct(btf, member->type, name);
		if (inner >= 0)
			return btf_member_bit_offset(type, i) / 8 + inner;
	}
	return -1;
}

/* @name: a variable, or @member of the variable "pcpu_hot". */
static int64_t offset_of(const struct btf *btf, const char *name, const char *member)
{
	int id = btf__find_by_name_kind(btf, ".data..percpu", BTF_KIND_DATASEC);
	const struct btf_type *section = id < 0 ? NULL : btf__type_by_id(btf, (uint32_t)id);

	for (uint32_t i = 0; section && i < btf_vlen(section); i++) {
		const struct btf_var_secinfo *place = btf_var_secinfos(section) + i;
		const struct btf_type *variable = btf__type_by_id(btf, place->type);
		const char *found = btf__name_by_offset(btf, variable->name_off);
		int64_t inner;

		if (strcmp(found, name) == 0)
			return place->offset;
		if (!member || strcmp(found, "pcpu_hot") != 0)
			continue;
		inner = offset_in_struct(btf, variable->type, member);
		if (inner >= 0)
			return place->offset + inner;
	}
	return -1;
}

static int find_offsets(const struct btf *btf, struct lab_offsets *ret_offsets, struct error *err)
{
	const struct {
		const char *name, *member;
		__u64 *offset;
	} variables[] = {
		{ "runqueues", NULL, &ret_offsets->runqueues },
		{ "current_task", "current_task", &ret_offsets->current_task },
		{ "hardirq_stack_ptr", "hardirq_stack_ptr", &ret_offsets->hardirq_stack },
		{ "__preempt_count", "preempt_count", &ret_offsets->preempt_count },
		{ "__irq_regs", NULL, &ret_offsets->irq_regs },
		{ "cpu_tss_rw", NULL, &ret_offsets->tss },
	};

	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		int64_t offset = offset_of(btf, variables[i].name, variables[i].member);

		if (offset < 0)
			return error_set(err, ENOTSUP, "needs type information of the kernel's "
						       "per-CPU variable %s", variables[i].name);
		*variables[i].offset = (__u64)offset;
	}
	return 0;
}

/* --- the programs --- */

static bool is_of_group(const struct bpf_program *program, const char *group)
{
	const char *name = bpf_program__name(program);
	size_t length = strlen(group);

	return strncmp(name, group, length) == 0 && name[length] == '_';
}

/* The kernel has a type for each of its tracepoints. */
static bool has_tracepoint(const struct btf *btf, const struct bpf_program *program)
{
	const char *section = strchr(bpf_program__section_name(program), '/');
	char type[80];

	if (!section)
		return false;
	snprintf(type, sizeof(type), "btf_trace_%s", section + 1);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) >= 0;
}

static int choose(const struct btf *btf, const char *group, struct lab *io_lab, struct error *err)
{
	struct bpf_program *program;
	int count = 0;

	bpf_object__for_each_program(program, io_lab->obj) {
		bool wanted = is_of_group(program, group) && has_tracepoint(btf, program);

		bpf_program__set_autoload(program, wanted);
		count += wanted;
	}
	return count ? 0 : error_set(err, ENOTSUP, "needs tracepoints that this kernel lacks");
}

static int load(const char *group, const struct btf *btf, struct bpf_programs *io_programs,
		struct error *err)
{
	struct lab *lab = lab__open();
	struct lab_offsets offsets;
	int r;

	io_programs->lab = lab;
	if (!lab)
		return explain(-errno, "open the programs", err);
	TRY(find_offsets(btf, &offsets, err));
	memcpy((void *)&lab->rodata->offsets, &offsets, sizeof(offsets));
	TRY(choose(btf, group, lab, err));
	r = lab__load(lab);
	if (r < 0)
		return explain(r, "load the programs", err);
	r = lab__attach(lab);
	return r < 0 ? explain(r, "attach the programs", err) : 0;
}

int bpf_programs_open(const char *group, struct bpf_programs **ret_programs, struct error *err)
{
	struct bpf_programs *programs;
	struct btf *btf;
	int r;

	libbpf_set_print(say);
	btf = btf__load_vmlinux_btf();
	if (!btf)
		return error_set(err, ENOTSUP, "needs type information of the kernel "
				 "(CONFIG_DEBUG_INFO_BTF): %s", error_words(errno));
	programs = mem_new(sizeof(*programs));
	r = load(group, btf, programs, err);
	btf__free(btf);
	if (r < 0)
		bpf_programs_close(&programs);
	else
		*ret_programs = programs;
	return r;
}

struct lab_shared *bpf_programs_shared(const struct bpf_programs *programs)
{
	return &programs->lab->bss->shared;
}

void bpf_programs_on(const struct bpf_programs *programs, bool on)
{
	__atomic_store_n(&programs->lab->bss->shared.on, on, __ATOMIC_SEQ_CST);
	if (on)
		return;
	/*
	 * One that saw it on may be running on another CPU. They run as readers of RCU, and this
	 * waits for all of those; it is refused with nohz_full alone.
	 */
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0)
		nanosleep(&(struct timespec){ .tv_nsec = REST_NS }, NULL);
}

int bpf_programs_trust(const struct bpf_programs *programs, struct error *err)
{
	const struct lab_trust *trust = &programs->lab->bss->shared.trust;

	if (!trust->mismatches)
		return 0;
	return error_set(err, ENOTSUP, "needs per-CPU variables where the kernel's types have "
				       "them: %llu of %llu were not this "
				       "CPU's", trust->mismatches, trust->events);
}

bool bpf_programs_kernel_has(const char *name)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool found = btf && btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT) >= 0;

	btf__free(btf);
	return found;
}

void bpf_programs_close(struct bpf_programs **io_programs)
{
	if (!*io_programs)
		return;
	lab__destroy((*io_programs)->lab);
	free(*io_programs);
	*io_programs = NULL;
}
