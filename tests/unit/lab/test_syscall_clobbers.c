// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/syscall_clobbers.c"

#include "verdict.h"

enum { SELF = 4711 };

static struct clobbers predicted(void)
{
	struct clobbers seen = { .self = SELF, .wide_number = SELF, .write_low = 1,
				 .write_high = { 1, -EFAULT } };

	for (int door = 0; door < DOORS; door++) {
		uint64_t *value = &seen.after[door].rax;

		value[0] = SELF;
		for (size_t i = 1; i < countof(register_names); i++)
			value[i] = mark_of(i);
	}
	seen.after[SYSCALL].rcx = seen.after[SYSCALL].next = 0x5555;
	seen.after[SYSCALL].r11 = seen.after[SYSCALL].flags = 0x246;
	return seen;
}

TEST(what_is_predicted_is_confirmed)
{
	struct clobbers seen = predicted();

	CHECK_VERDICT(lab_syscall_clobbers, seen, LAB_CONFIRMED);
	seen.after[INT80].r8 = 0;
	CHECK_VERDICT(lab_syscall_clobbers, seen, LAB_CONFIRMED);
}

TEST(register_that_should_be_kept_refutes)
{
	struct clobbers seen = predicted();

	seen.after[SYSCALL].rdi = 0;
	CHECK_VERDICT(lab_syscall_clobbers, seen, LAB_REFUTED);
	seen = predicted();
	seen.after[INT80].rcx = 0;
	CHECK_VERDICT(lab_syscall_clobbers, seen, LAB_REFUTED);
}

TEST(other_value_in_rcx_or_r11_refutes)
{
	struct clobbers seen = predicted();

	seen.after[SYSCALL].rcx = 0;
	CHECK_VERDICT(lab_syscall_clobbers, seen, LAB_REFUTED);
	seen = predicted();
	seen.after[SYSCALL].r11 = 0;
	CHECK_VERDICT(lab_syscall_clobbers, seen, LAB_REFUTED);
}

TEST(whole_pointer_through_the_small_door_refutes)
{
	struct clobbers seen = predicted();

	seen.write_high[INT80] = 1;
	CHECK_VERDICT(lab_syscall_clobbers, seen, LAB_REFUTED);
}

TEST(wrong_result_refutes)
{
	struct clobbers seen = predicted();

	seen.after[INT80].rax = 39;
	CHECK_VERDICT(lab_syscall_clobbers, seen, LAB_REFUTED);
	seen = predicted();
	seen.wide_number = -ENOSYS;
	CHECK_VERDICT(lab_syscall_clobbers, seen, LAB_REFUTED);
}
