// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * child - the processes that an experiment starts, and how it waits for what they come to
 *
 * None of these waits has an end of its own: the experiment's deadline ends them all.
 */
#ifndef HUSK_LAB_CHILD_H
#define HUSK_LAB_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* The life of a child; what it returns is its exit status. It must not use stdio. */
typedef int child_body(void *data);

/**
 * child_start - a child process that runs @body
 *
 * @flags: CLONE_NEW* namespaces for it. Without CLONE_NEWPID it is a plain fork.
 * Returns its pid; -EPERM and the like with "start a process: ...".
 */
MUST_USE int child_start(child_body *body, void *data, uint64_t flags, struct error *err);

/* Reaps it and gives its wait status, as waitpid(2). */
MUST_USE int child_wait(pid_t pid, int *ret_status, struct error *err);

/* A body that does nothing until a signal ends it. */
int child_sleep(void *data);

/* A body that wants the processor until a signal ends it. */
int child_spin(void *data);

/* SIGKILL, and reaps it. */
void child_kill(pid_t pid);

/* Empty mask, default dispositions: as a fresh program would begin. */
void child_clean_signals(void);

/* A handler with sigaction(2); @flags as SA_RESTART. The mask in the handler is empty. */
void child_handle(int signal, void (*handler)(int signal), int flags);

/* --- one byte to say "go on" ---*/

/* A pipe whose ends are inherited by all children and closed by exec. */
struct gate {
	int read_fd, write_fd;
};

MUST_USE int gate_make(struct gate *ret_gate, struct error *err);

/* Lets one who waits go on. */
void gate_open(const struct gate *gate);

/* Waits for one opening. False when nobody is left who could open it. */
bool gate_pass(const struct gate *gate);

void gate_close(struct gate *io_gate);

/* --- waiting for a fact of /proc ---*/

/* Until the state of proc(5) is one of @states: "S", "TZ". -ESRCH when the process is gone. */
MUST_USE int child_await_state(pid_t pid, const char *states, struct error *err);

/*
 * Until it is asleep in the system call @number (/proc/PID/syscall). -ESRCH when it is gone.
 * Asleep: state S, and the call's number is there, both before and after the look.
 */
MUST_USE int child_await_call(pid_t pid, long number, struct error *err);

/* How many children of @parent are in one of @states, by /proc; 0 when there is none. */
int child_count(pid_t parent, const char *states);

/* A little rest between two looks at something that has no event to wait for. */
void child_rest(void);

#endif
