// SPDX-License-Identifier: GPL-2.0-or-later
/* list - all experiments, by id: X(NAME) for `const struct experiment lab_NAME` in lab/NAME.c */
#ifndef HUSK_LAB_LIST_H
#define HUSK_LAB_LIST_H

#define LAB_LIST(X) \
	X(syscall_doors) /* E01 */ \
	X(syscall_clobbers) /* E02 */ \
	X(start_not_main) /* E03 */ \
	X(no_register_changed) /* E04 */ \
	X(push_or_mov) /* E05 */ \
	X(stack_alignment) /* E06 */ \
	X(exceptions) /* E07 */ \
	X(tss) /* E08 */ \
	X(signal_frame) /* E09 */ \
	X(handler_nesting) /* E10 */ \
	X(restart_table) /* E11 */ \
	X(pending_before_sleep) /* E12 */ \
	X(cut_short) /* E13 */ \
	X(sigchld_storm) /* E14 */ \
	X(realtime_order) /* E15 */ \
	X(signal_state) /* E16 */ \
	X(signal_sender) /* E17 */ \
	X(pid1_deaf) /* E18 */ \
	X(orphan) /* E19 */ \
	X(ppid_zero) /* E20 */ \
	X(zombie_limit) /* E21 */ \
	X(init_dies) /* E22 */ \
	X(syscall_state) /* E23 */ \
	X(ipi_chain) /* E24 */ \
	X(signal_latency) /* E25 */ \
	X(irq_nesting) /* E26 */ \
	X(irq_stacks) /* E27 */ \
	X(preempted_in_syscall) /* E28 */ \
	X(context_switch) /* E29 */ \
	X(irq_flags) /* E30 */ \
	X(ring_full) /* E31 */ \
	X(limits) /* E32 */ \
	X(threads) /* E33 */ \
	X(process_context) /* E34 */ \
	X(pause_container) /* E35 */ \
	X(likely) /* E36 */

#endif
