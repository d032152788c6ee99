// SPDX-License-Identifier: GPL-2.0-or-later
/* list - all experiments, by id: X(NAME) for `const struct experiment lab_NAME` in lab/NAME.c */
#ifndef HUSK_LAB_LIST_H
#define HUSK_LAB_LIST_H

#define LAB_LIST(X)                \
	X(restart_table)  /* E11 */ \
	X(pending_before_sleep) /* E12 */ \
	X(cut_short)      /* E13 */ \
	X(sigchld_storm)  /* E14 */ \
	X(realtime_order) /* E15 */ \
	X(signal_state)   /* E16 */ \
	X(signal_sender)  /* E17 */ \
	X(pid1_deaf)      /* E18 */ \
	X(orphan)         /* E19 */ \
	X(ppid_zero)      /* E20 */ \
	X(zombie_limit)   /* E21 */ \
	X(init_dies)      /* E22 */ \
	X(syscall_state)  /* E23 */ \
	X(limits)         /* E32 */ \
	X(threads)        /* E33 */ \
	X(pause_container) /* E35 */

#endif
