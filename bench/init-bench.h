// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init-bench.h - what the three files of init-bench share
 *
 * init-bench.c starts inits and measures them, init-child.c is what runs below them, and
 * init-behave.c asks how they behave.
 */
#ifndef HUSK_BENCH_INIT_BENCH_H
#define HUSK_BENCH_INIT_BENCH_H

#include <stdint.h>
#include <sys/types.h>

enum { INITS_MAX = 12 };

/* One page that the harness and the processes under test share. */
struct shared {
	volatile uint32_t seq, ready, go;
	volatile double at_us;
	volatile uint32_t count[65], helper_count[65];
	volatile int value, code, from;
	volatile uint32_t blocked, ignored, helper_got_term, helper_is_done, tty_answer;
	volatile uint32_t leads_group, leads_session;
};

extern struct shared *shared;
extern char *init_names[INITS_MAX], *init_words[INITS_MAX];
extern int init_count, patience;

double now_us(void);
void nap(double us);
void wake(volatile uint32_t *word);

/* Until @word differs from @old; 0 when @ms milliseconds went by. */
int await(volatile uint32_t *word, uint32_t old, int ms);

/* Until @word is at least @count, which needs no wake, or @ms times the patience went by. */
void await_count(volatile uint32_t *word, uint32_t count, int ms);

/* What the process below the init does: @mode is one of its table. Returns an exit code. */
int child(const char *mode, int number);

struct launch_how {
	int ignores_sigchld, blocks_all, terminal_fd;
};

/* Init @k as PID 1, the child in that mode below it; with @mode NULL a path to nothing. */
pid_t launch(int k, const char *mode, int number, struct launch_how how);

/* How @pid ended within @ms, or "runs on"; then it is killed. Borrowed until the next call. */
const char *end_of(pid_t pid, int ms);

void kill_and_reap(pid_t pid);

/* How many children it has, dead ones included. */
int count_children(pid_t pid);

/* The behaviour matrix of all inits, printed. */
void behave_all(void);

#endif
