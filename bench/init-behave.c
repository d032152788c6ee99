// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init-behave - the behaviour matrix: one question a line, one init a column
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init-bench.h"

static const struct launch_how none;

static char cell[INITS_MAX][40][96];
static const char *row[40];
static int nrow;

static void put(int k, const char *question, const char *fmt, ...)
{
	int r;
	for (r = 0; r < nrow && strcmp(row[r], question); r++)
		;
	if (r == nrow)
		row[nrow++] = question;
	va_list a;
	va_start(a, fmt);
	vsnprintf(cell[k][r], sizeof cell[k][r], fmt, a);
	va_end(a);
}

static const char *early_term(int k, int from, int to, int block)
{
	static char b[40];
	int lost = 0, n = 60;
	for (int i = 0; i < n; i++) {
		pid_t p = launch(k, "pause", 0, (struct launch_how){ .blocks_all = block });
		int st, gone = 0;
		if (to)
			nap(from + (to - from) * i / n);
		kill(p, SIGTERM);
		/* one that was dropped is never answered: only where none is, patience is of use */
		double end = now_us() + 120e3 * (block ? patience : 1);
		while (!gone && now_us() < end) {
			gone = waitpid(p, &st, WNOHANG) == p;
			if (!gone)
				nap(2000);
		}
		if (!gone) {
			lost++;
			kill(p, SIGKILL);
			waitpid(p, &st, 0);
		}
	}
	snprintf(b, sizeof b, "%d%% lost", lost * 100 / n);
	return b;
}

static char state_of(pid_t pid)
{
	char b[256], path[64], *z;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY);
	ssize_t l = fd < 0 ? -1 : read(fd, b, sizeof b - 1);
	if (fd >= 0)
		close(fd);
	b[l > 0 ? l : 0] = 0;
	z = strrchr(b, ')');
	return z ? z[2] : '-';
}

static int enough(int ms) { return ms * patience; }

/*
 * Whether signal S, which has been sent, reached the child.  A no is sure when a later one
 * has: an init takes the lowest number first, and so does the child.
 */
static int reaches(pid_t p, int s, uint32_t q)
{
	await(&shared->seq, q, 300);
	if (!shared->count[s] && s < 64) {
		uint32_t marks = shared->count[64];
		kill(p, SIGCONT);
		kill(p, 64);
		await_count(&shared->count[64], marks + 1, 300);
	} else if (!shared->count[s]) {
		await_count(&shared->count[s], 1, 300);
	}
	return shared->count[s] != 0;
}

static void ask_ends(int k)
{
	pid_t p;

	p = launch(k, "exit", 42, none);
	put(k, "child exits 42", "%s", end_of(p, enough(1000)));
	p = launch(k, "die", SIGSEGV, none);
	put(k, "child dies of SIGSEGV", "%s", end_of(p, enough(3000)));
	p = launch(k, "die", SIGKILL, none);
	put(k, "child dies of SIGKILL", "%s", end_of(p, enough(1000)));
	p = launch(k, "die", SIGTERM, none);
	put(k, "child dies of SIGTERM", "%s", end_of(p, enough(1000)));
	p = launch(k, "die", SIGRTMIN + 3, none);
	put(k, "child dies of a real-time signal", "%s", end_of(p, enough(1000)));
	p = launch(k, NULL, 0, none);
	put(k, "command does not exist", "%s", end_of(p, enough(1000)));

}

static void ask_orphans(int k)
{
	pid_t p = launch(k, "storm", 200, none);
	int kids, own = *init_words[k] ? 1 : 0;
	double end;

	await(&shared->ready, 0, enough(3000));
	end = now_us() + 200e3 * patience;
	while ((kids = count_children(p) - own) > 0 && now_us() < end)
		nap(2000);
	put(k, "of 200 orphans, zombies left", "%d", kids);
	kill_and_reap(p);

}

static void ask_term(int k)
{
	pid_t p = launch(k, "pause", 0, none);

	await(&shared->ready, 0, enough(2000));
	nap(5000);
	kill(p, SIGTERM);
	put(k, "SIGTERM, child has no handler", "%s", end_of(p, enough(500)));
	put(k, "child leads its process group / session", "%s / %s",
	    shared->leads_group ? "yes" : "no",
	    shared->leads_session ? "yes" : "no");
	p = launch(k, "ignore", 0, none);
	await(&shared->ready, 0, enough(2000));
	nap(5000);
	kill(p, SIGTERM);
	put(k, "SIGTERM, child ignores it", "%s", end_of(p, 2500));

}

/* Which signals reach the child of @p. Returns 0 when it has ended by one of them, or @p. */
static pid_t ask_each(int k, pid_t p)
{
	char miss[96] = "";
	int real_time = 0;

	for (int s = 1; s <= 64; s++) {
		uint32_t before = shared->seq;
		bool is_there;

		if (s == SIGKILL || s == SIGSTOP || s == SIGCHLD || s == 32 || s == 33 || s == 34)
			continue;
		if (kill(p, 0) < 0 || waitpid(p, NULL, WNOHANG) == p) {
			snprintf(miss + strlen(miss), sizeof(miss) - strlen(miss), "ended at %d",
				 s);
			p = 0;
			break;
		}
		kill(p, s);
		is_there = reaches(p, s, before);
		nap(500);
		kill(p, SIGCONT);
		nap(300);
		if (is_there)
			real_time += s > 34;
		else if (s < 32)
			snprintf(miss + strlen(miss), sizeof(miss) - strlen(miss), "%s%d",
				 *miss ? "," : "", s);
	}
	put(k, "signals 1-31 that do not reach the child", "%s", *miss ? miss : "none");
	put(k, "real-time signals that reach it", "%d of 30", real_time);
	return p;
}

static void ask_value(int k, pid_t p, int signal, const char *question)
{
	uint32_t before = shared->seq;
	int value = signal == SIGUSR1 ? 4243 : 4242;
	bool is_there;

	shared->value = shared->code = shared->from = 0;
	sigqueue(p, signal, (union sigval){ .sival_int = value });
	is_there = await(&shared->seq, before, enough(100));
	put(k, question, is_there ? "%d, %d" : "lost", shared->value, shared->code);
}

static void ask_signals(int k)
{
	pid_t p = launch(k, "record", 0, none);

	await(&shared->ready, 0, enough(2000));
	nap(5000);
	p = ask_each(k, p);
	if (!p)
		return;
	ask_value(k, p, SIGRTMIN + 5, "sigqueue(SIGRTMIN+5, 4242): value, si_code");
	ask_value(k, p, SIGUSR1, "sigqueue(SIGUSR1, 4243): value, si_code");
	/* Ten at once: standard signals merge, real-time ones must not. */
	shared->count[SIGRTMIN + 5] = 0;
	for (int i = 0; i < 10; i++)
		kill(p, SIGRTMIN + 5);
	await_count(&shared->count[SIGRTMIN + 5], 10, 50);
	put(k, "ten SIGRTMIN+5 at once: arrive", "%u", shared->count[SIGRTMIN + 5]);
	kill_and_reap(p);
}

static void ask_group(int k)
{
	const char *end;
	double begin;
	pid_t p;

	p = launch(k, "group", 0, none);
	await(&shared->ready, 0, enough(2000));
	nap(10e3);
	kill(p, SIGUSR1);
	await_count(&shared->count[SIGUSR1], 1, 20);
	nap(20e3);
	put(k, "SIGUSR1 goes to child / its process group", "%u / %u",
	    shared->count[SIGUSR1], shared->helper_count[SIGUSR1]);
	kill_and_reap(p);

	p = launch(k, "linger", 7, none);
	begin = now_us();
	end = end_of(p, enough(2000));
	begin = (now_us() - begin) / 1e3;
	nap(200e3);
	put(k, "main child exits 7, another one runs", "%s after %.0f ms", end, begin);
	put(k, "... the other got SIGTERM / could finish", "%s / %s",
	    shared->helper_got_term ? "yes" : "no",
	    shared->helper_is_done ? "yes" : "no");

}

static void ask_start(int k)
{
	const char *end;
	pid_t p;

	put(k, "SIGTERM at 0 us after the start", "%s", early_term(k, 0, 0, 0));
	put(k, "SIGTERM at 100..3000 us after the start", "%s", early_term(k, 100, 3000, 0));
	/* The launcher blocks all signals before the clone: nothing can be dropped. */
	put(k, "... the same, started with all signals blocked", "%s", early_term(k, 100, 3000, 1));

	p = launch(k, "exit", 42, (struct launch_how){ .ignores_sigchld = 1 });
	end = end_of(p, enough(1000));
	put(k, "SIGCHLD inherited as ignored, child exits 42", "%s, child has it %s", end,
	    shared->ignored & 1u << SIGCHLD ? "ignored" : "default");
	p = launch(k, "pause", 0, (struct launch_how){ .blocks_all = 1 });
	await(&shared->ready, 0, enough(2000));
	nap(5000);
	put(k, "all signals inherited blocked: child's mask", "%s",
	    shared->blocked == 0 ? "clear"
	    : shared->blocked & 1u << SIGTERM ? "all blocked" : "some blocked");
	kill(p, SIGTERM);
	put(k, "... and SIGTERM", "%s", end_of(p, enough(500)));

}

static void type(int terminal_fd, const char *text)
{
	if (write(terminal_fd, text, strlen(text)) < 0)
		fprintf(stderr, "init-bench: write: %s\n", strerror(errno));
}

static void ask_terminal(int k)
{
	int m = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), sl, ok;
	pid_t p;

	grantpt(m);
	unlockpt(m);
	sl = open(ptsname(m), O_RDWR | O_NOCTTY | O_CLOEXEC);
	p = launch(k, "tty", 0, (struct launch_how){ .terminal_fd = sl });
	await(&shared->ready, 0, enough(2000));
	nap(20e3);
	type(m, "hello\n");
	ok = await(&shared->tty_answer, 0, enough(300));
	put(k, "child reads from the terminal", "%s%s",
	    ok ? shared->tty_answer == 1 ? "yes" : "EIO" : "no",
	    shared->count[SIGTTIN] ? " (SIGTTIN)" : "");
	type(m, "\003");
	await_count(&shared->count[SIGINT], 1, 200);
	nap(100e3);
	put(k, "^C: SIGINTs the child gets", "%u", shared->count[SIGINT]);
	type(m, "\032");
	await_count(&shared->count[SIGTSTP], 1, 200);
	nap(100e3);
	put(k, "^Z: SIGTSTPs the child gets", "%u", shared->count[SIGTSTP]);
	kill(p, SIGCONT);
	kill_and_reap(p);
	close(sl);
	close(m);

}

/* Stop and go on. */
static void ask_stop(int k)
{
	pid_t p = launch(k, "pause", 0, none);
	char kid[16] = "", path[64], state, istate;
	double end;
	int fd;

	await(&shared->ready, 0, enough(2000));
	nap(5000);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)p, (int)p);
	fd = open(path, O_RDONLY);
	if (read(fd, kid, sizeof(kid) - 1) < 0)
		kid[0] = '\0';
	close(fd);
	kill(p, SIGTSTP);
	end = now_us() + 50e3 * patience;
	do {
		nap(2000);
		state = state_of(atoi(kid));
		istate = state_of(p);
	} while ((state != 'T' || istate == 'R') && now_us() < end);
	put(k, "SIGTSTP at the init: state of init / child", "%c / %c", istate, state);
	kill(p, SIGCONT);
	kill_and_reap(p);
}

void behave_all(void)
{
	for (int k = 0; k < init_count; k++) {
		ask_ends(k);
		ask_orphans(k);
		ask_term(k);
		ask_signals(k);
		ask_group(k);
		ask_start(k);
		ask_terminal(k);
		ask_stop(k);
	}
	printf("| behaviour |");
	for (int k = 0; k < init_count; k++)
		printf(" %s |", init_names[k]);
	printf("\n|---|");
	for (int k = 0; k < init_count; k++)
		printf("---|");
	for (int r = 0; r < nrow; r++) {
		printf("\n| %s |", row[r]);
		for (int k = 0; k < init_count; k++)
			printf(" %s |", cell[k][r]);
	}
	printf("\n");
}
