// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bpf_programs - the experiments' programs within the kernel, and the memory shared with them
 *
 *	struct bpf_programs *programs;
 *	TRY(bpf_programs_open("stacks", &programs, err));
 *	... bpf_programs_shared(programs)->stacks is counted up ...
 *	bpf_programs_close(&programs);
 *
 * The kernel forgets them when their process ends, however it does.
 */
#ifndef HUSK_LAB_BPF_PROGRAMS_H
#define HUSK_LAB_BPF_PROGRAMS_H

#include <stdbool.h>

#include "base/error.h"
#include "bpf/lab.h"

struct bpf_programs;

/*
 * Loads and attaches those whose name begins with @group and "_"; nothing counts yet. One whose
 * tracepoint this kernel does not have is left out. -ENOTSUP: why there is nothing of the kind
 * here. Clear with bpf_programs_close.
 */
MUST_USE int bpf_programs_open(const char *group, struct bpf_programs **ret_programs,
			       struct error *err);

/* Theirs, and written to by them at any time while they are on. Valid until they are closed. */
struct lab_shared *bpf_programs_shared(const struct bpf_programs *programs);

/* Lets them count, or stops it: then the last one has ended, and nothing changes any more. */
void bpf_programs_on(const struct bpf_programs *programs, bool on);

/*
 * -ENOTSUP when another CPU's variables were read for those of this one, even once: then
 * nothing that was read is worth anything.
 */
MUST_USE int bpf_programs_trust(const struct bpf_programs *programs, struct error *err);

/* Is there a struct of that name in the kernel itself, its modules left out? */
bool bpf_programs_kernel_has(const char *name);

void bpf_programs_close(struct bpf_programs **io_programs);

#endif
