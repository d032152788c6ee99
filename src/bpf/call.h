// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * call - the system calls that the layers know, by their numbers on x86-64
 *
 * Source: arch/x86/entry/syscalls/syscall_64.tbl.
 */
#ifndef HUSK_BPF_CALL_H
#define HUSK_BPF_CALL_H

#include "bpf/event.h"

enum { CALL_SCHED_YIELD = 24, CALL_WAIT4 = 61, CALL_WAITID = 247 };

/* EVENT_CALL_NONE for all that neither forks nor sends. */
static __always_inline enum event_call call_of(int number)
{
	switch (number) {
	case 56:
		return EVENT_CALL_CLONE;
	case 57:
		return EVENT_CALL_FORK;
	case 58:
		return EVENT_CALL_VFORK;
	case 62:
		return EVENT_CALL_KILL;
	case 129:
		return EVENT_CALL_SIGQUEUEINFO;
	case 200:
		return EVENT_CALL_TKILL;
	case 234:
		return EVENT_CALL_TGKILL;
	case 297:
		return EVENT_CALL_TGSIGQUEUEINFO;
	case 424:
		return EVENT_CALL_PIDFD_SEND_SIGNAL;
	case 435:
		return EVENT_CALL_CLONE3;
	default:
		return EVENT_CALL_NONE;
	}
}

#endif
