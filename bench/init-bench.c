// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init-bench - measures and tries a program that runs as PID 1 of a new pid namespace
 *
 *   init-bench TEST [-n N [ROUNDS]] NAME='INIT WORDS' ...
 *
 * TEST is one of
 *   rss       memory of the idle init, from smaps_rollup and status
 *   start     time from the clone to the reaped end of a child that exits at once
 *   latency   time from kill(init, SIGUSR1) to the child's handler
 *   storm     one process double-forks N orphans that exit at once
 *   burst     N orphans that wait, then all exit together
 *   stops     N stops, 0 to 50 ms after a start with all signals blocked
 *   behave    the behaviour matrix, one line per question
 * The child's command line is appended to INIT WORDS; an empty INIT runs the
 * child itself as PID 1 ("direct").  Run as root.  All inits take turns within
 * each round.  For behave N is a patience: a good answer may take N times as long
 * as on an idle machine (1).  No answer is waited for longer than it takes to come.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define MAXI 12

/* one page that the harness and the processes under test share */
struct shm {
	volatile uint32_t seq, ready, go;
	volatile double t;
	volatile uint32_t count[65], hcount[65];
	volatile int value, code, from;
	volatile uint32_t blocked, ignored, h_term, h_done, tty_rc, pgrp_own, session_own;
};
static struct shm *S;
static char self[256], shmpath[64];
static char *name[MAXI], *text[MAXI];
static int ni, patience = 1;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}
static void nap(double us)
{
	struct timespec t = { (time_t)(us / 1e6), (long)((us - 1e6 * (double)(long)(us / 1e6)) * 1e3) };
	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}
static void wake(volatile uint32_t *w) { syscall(SYS_futex, w, FUTEX_WAKE, 99, NULL, NULL, 0); }
/* until *w differs from OLD, or MS went by */
static int await(volatile uint32_t *w, uint32_t old, int ms)
{
	double end = now() + ms * 1e3;
	while (*w == old) {
		double left = end - now();
		if (left <= 0)
			return 0;
		struct timespec t = { (time_t)(left / 1e6), 0 };
		t.tv_nsec = (long)((left - (double)t.tv_sec * 1e6) * 1e3);
		syscall(SYS_futex, w, FUTEX_WAIT, old, &t, NULL, 0);
	}
	return 1;
}
/* until *w is at least COUNT, which needs no wake, or MS times the patience went by */
static void await_count(volatile uint32_t *w, uint32_t count, int ms)
{
	double end = now() + ms * 1e3 * patience;
	while (*w < count && now() < end)
		nap(500);
}
static int cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* ---- the processes under test ------------------------------------------- */

static void on_latency(int s)
{
	(void)s;
	S->t = now();
	S->seq++;
	wake(&S->seq);
}
static void on_record(int s, siginfo_t *i, void *u)
{
	(void)u;
	S->value = i->si_value.sival_int;
	S->code = i->si_code;
	S->from = i->si_pid;
	S->count[s]++;
	S->seq++;
	wake(&S->seq);
}
static void on_helper(int s) { S->hcount[s]++; }
static void on_linger(int s)
{
	(void)s;
	S->h_term = 1;
	nap(100e3);
	S->h_done = 1;
	_exit(0);
}
static void record_all(void)
{
	struct sigaction a = { .sa_sigaction = on_record, .sa_flags = SA_SIGINFO | SA_RESTART };
	sigfillset(&a.sa_mask); /* one after the other: the counts tell the order */
	for (int s = 1; s <= 64; s++)
		if (s != SIGKILL && s != SIGSTOP && s != SIGCHLD)
			sigaction(s, &a, NULL);
}
static void ready(void)
{
	S->ready = 1;
	wake(&S->ready);
}
static void forever(void)
{
	for (;;)
		pause();
}

static int child(const char *mode, int n)
{
	int fd = open(getenv("IB_SHM"), O_RDWR | O_CLOEXEC);
	S = mmap(NULL, sizeof *S, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (S == MAP_FAILED)
		return 99;
	close(fd);
	S->pgrp_own = getpgrp() == getpid();
	S->session_own = getsid(0) == getpid();
	for (int s = 1; s < 32; s++) {
		sigset_t m;
		struct sigaction a;
		sigprocmask(SIG_BLOCK, NULL, &m);
		if (sigismember(&m, s))
			S->blocked |= 1u << s;
		sigaction(s, NULL, &a);
		if (a.sa_handler == SIG_IGN)
			S->ignored |= 1u << s;
	}
	if (!strcmp(mode, "exit")) {
		ready();
		return n;
	}
	if (!strcmp(mode, "die")) {
		ready();
		signal(n, SIG_DFL);
		raise(n);
		return 98;
	}
	if (!strcmp(mode, "pause")) {
		ready();
		forever();
	}
	if (!strcmp(mode, "latency")) {
		signal(SIGUSR1, on_latency);
		ready();
		forever();
	}
	if (!strcmp(mode, "ignore")) {
		signal(SIGTERM, SIG_IGN);
		ready();
		forever();
	}
	if (!strcmp(mode, "record")) {
		record_all();
		ready();
		forever();
	}
	if (!strcmp(mode, "group")) { /* a helper in the same process group */
		record_all();
		if (fork() == 0) {
			for (int s = 1; s <= 64; s++)
				signal(s, on_helper);
			ready();
			forever();
		}
		forever();
	}
	if (!strcmp(mode, "linger")) { /* main ends, a second process wants to end in order */
		if (fork() == 0) {
			signal(SIGTERM, on_linger);
			S->go = 1;
			wake(&S->go);
			forever();
		}
		await(&S->go, 0, 60000);
		ready();
		return n;
	}
	if (!strcmp(mode, "tty")) {
		char b[64];
		record_all();
		ready();
		ssize_t l = read(0, b, sizeof b);
		S->tty_rc = l > 0 ? 1 : 2;
		wake(&S->tty_rc);
		forever();
	}
	if (!strcmp(mode, "storm")) {
		for (int i = 0; i < n; i++) {
			pid_t p = fork();
			if (p == 0) {
				if (fork() >= 0)
					_exit(0);
				_exit(1);
			}
			if (p < 0)
				return 97;
			waitpid(p, NULL, 0);
		}
		ready();
		forever();
	}
	if (!strcmp(mode, "burst")) {
		int p[2];
		pipe(p);
		pid_t m = fork();
		if (m == 0) {
			char b;
			close(p[1]);
			for (int i = 0; i < n; i++) {
				pid_t o = fork();
				if (o < 0) {
					S->value = i;
					break;
				}
				if (o == 0) {
					read(p[0], &b, 1);
					_exit(0);
				}
			}
			_exit(0);
		}
		close(p[0]);
		waitpid(m, NULL, 0);
		ready();
		await(&S->go, 0, 600000);
		close(p[1]);
		forever();
	}
	return 96;
}

/* ---- the harness --------------------------------------------------------- */

struct opt { int ign_chld, block, tty, delay_us; };

static pid_t launch(int k, const char *mode, int n, struct opt o)
{
	static char buf[1024], num[16], env[96];
	char *av[40];
	int c = 0;
	snprintf(buf, sizeof buf, "%s", text[k]);
	for (char *p = strtok(buf, " "); p; p = strtok(NULL, " "))
		av[c++] = p;
	snprintf(num, sizeof num, "%d", n);
	snprintf(env, sizeof env, "IB_SHM=%s", shmpath);
	if (mode) {
		av[c++] = self;
		av[c++] = "child";
		av[c++] = (char *)mode;
		av[c++] = num;
	} else
		av[c++] = "/nonexistent";
	av[c] = NULL;
	char *ev[] = { env, "PATH=/usr/bin:/bin", NULL };
	memset((void *)S, 0, sizeof *S);

	struct clone_args ca = { .flags = CLONE_NEWPID, .exit_signal = SIGCHLD };
	sigset_t full, keep;
	sigfillset(&full);
	if (o.block)
		sigprocmask(SIG_SETMASK, &full, &keep);
	pid_t pid = (pid_t)syscall(SYS_clone3, &ca, sizeof ca);
	if (pid == 0) {
		if (o.ign_chld)
			signal(SIGCHLD, SIG_IGN);
		if (o.tty) {
			setsid();
			ioctl(o.tty, TIOCSCTTY, 0);
			dup2(o.tty, 0);
		} else {
			int z = open("/dev/null", O_RDWR);
			dup2(z, 0);
			dup2(z, 1);
			dup2(z, 2);
		}
		syscall(SYS_close_range, 3, ~0U, 0);
		execvpe(av[0], av, ev);
		_exit(95);
	}
	if (o.block)
		sigprocmask(SIG_SETMASK, &keep, NULL);
	return pid;
}

static const char *status_text(int st)
{
	static char b[32];
	if (WIFEXITED(st))
		snprintf(b, sizeof b, "exit %d", WEXITSTATUS(st));
	else
		snprintf(b, sizeof b, "killed by %d", WTERMSIG(st));
	return b;
}

/* the end of PID within MS, or "runs on" (it is then killed) */
static const char *end_of(pid_t pid, int ms)
{
	int st;
	for (double end = now() + ms * 1e3; now() < end; nap(1000))
		if (waitpid(pid, &st, WNOHANG) == pid)
			return status_text(st);
	kill(pid, SIGKILL);
	waitpid(pid, &st, 0);
	return "runs on";
}

static long field(const char *file, pid_t pid, const char *key)
{
	char p[64], b[8192], *z;
	snprintf(p, sizeof p, "/proc/%d/%s", (int)pid, file);
	int fd = open(p, O_RDONLY);
	if (fd < 0)
		return -1;
	ssize_t l = read(fd, b, sizeof b - 1);
	close(fd);
	b[l > 0 ? l : 0] = 0;
	z = strstr(b, key);
	return z ? strtol(z + strlen(key), NULL, 10) : -1;
}
static double cpu_ms(pid_t pid)
{
	return (double)field("schedstat", pid, "") / 1e6;
}
/* how many children the init has, dead ones included */
static int nchildren(pid_t pid)
{
	static char b[1 << 20];
	char p[64];
	int n = 0;
	snprintf(p, sizeof p, "/proc/%d/task/%d/children", (int)pid, (int)pid);
	int fd = open(p, O_RDONLY);
	if (fd < 0)
		return -1;
	ssize_t l;
	while ((l = read(fd, b, sizeof b)) > 0)
		for (ssize_t i = 0; i < l; i++)
			n += b[i] == ' ';
	close(fd);
	return n;
}

static void t_rss(void)
{
	printf("%-14s %7s %7s %7s %7s %8s\n", "init", "Rss", "Pss", "Uss", "Anon", "VmSize  (KiB)");
	for (int k = 0; k < ni; k++) {
		pid_t p = launch(k, "pause", 0, (struct opt){ 0 });
		await(&S->ready, 0, 2000);
		nap(100e3);
		printf("%-14s %7ld %7ld %7ld %7ld %8ld\n", name[k], field("smaps_rollup", p, "Rss:"),
		       field("smaps_rollup", p, "Pss:"),
		       field("smaps_rollup", p, "Private_Clean:") + field("smaps_rollup", p, "Private_Dirty:"),
		       field("smaps_rollup", p, "Anonymous:"), field("status", p, "VmSize:"));
		kill(p, SIGKILL);
		waitpid(p, NULL, 0);
	}
}

static void t_start(int n)
{
	double *v = calloc((size_t)(n * ni), sizeof *v), first = 0;
	int bad[MAXI] = { 0 };
	for (int r = -20; r < n; r++)
		for (int i = 0; i < ni; i++) {
			int k = (i + r + 20) % ni, st;
			double t = now();
			pid_t p = launch(k, "exit", 0, (struct opt){ 0 });
			waitpid(p, &st, 0);
			t = now() - t;
			bad[k] += st != 0;
			if (r >= 0)
				v[k * n + r] = t;
		}
	printf("%-14s %9s %9s %9s %9s\n", "init", "median us", "p10", "p90", "over direct");
	for (int k = 0; k < ni; k++) {
		double *x = v + k * n;
		qsort(x, (size_t)n, sizeof *x, cmp);
		if (!k)
			first = x[n / 2];
		printf("%-14s %9.0f %9.0f %9.0f %+9.0f%s\n", name[k], x[n / 2], x[n / 10], x[n * 9 / 10],
		       x[n / 2] - first, bad[k] ? "  (status not 0)" : "");
	}
}

static void t_latency(int n)
{
	double *v = calloc((size_t)(n * ni), sizeof *v);
	int lost[MAXI] = { 0 }, got[MAXI] = { 0 };
	double cpu[MAXI] = { 0 };
	const int batch = 50;
	for (int r = 0; r < n / batch; r++)
		for (int i = 0; i < ni; i++) {
			int k = (i + r) % ni;
			pid_t p = launch(k, "latency", 0, (struct opt){ 0 });
			if (!await(&S->ready, 0, 3000))
				lost[k]++;
			nap(3000);
			double c = cpu_ms(p);
			for (int j = 0; j < batch; j++) {
				uint32_t s = S->seq;
				double t = now();
				kill(p, SIGUSR1);
				if (await(&S->seq, s, 500))
					v[k * n + got[k]++] = S->t - t;
				else
					lost[k]++;
				nap(200);
			}
			cpu[k] += cpu_ms(p) - c;
			kill(p, SIGKILL);
			waitpid(p, NULL, 0);
		}
	printf("%-14s %9s %9s %9s %9s %12s %5s\n", "init", "median us", "p90", "p99", "max", "init cpu us", "lost");
	for (int k = 0; k < ni; k++) {
		double *x = v + k * n;
		int m = got[k];
		qsort(x, (size_t)m, sizeof *x, cmp);
		if (m)
			printf("%-14s %9.1f %9.1f %9.1f %9.1f %12.1f %5d\n", name[k], x[m / 2], x[m * 9 / 10],
			       x[m * 99 / 100], x[m - 1], cpu[k] * 1e3 / m, lost[k]);
	}
}

static void t_orphans(const char *mode, int n, int rounds)
{
	double *v = calloc((size_t)(rounds * ni), sizeof *v), *c = calloc((size_t)(rounds * ni), sizeof *c);
	int left[MAXI] = { 0 }, peak[MAXI] = { 0 };
	for (int r = 0; r < rounds; r++)
		for (int i = 0; i < ni; i++) {
			int k = (i + r) % ni, burst = !strcmp(mode, "burst"), kids = 0;
			pid_t p = launch(k, mode, n, (struct opt){ 0 });
			double t = now(), c0 = 0;
			int want = *text[k] ? 1 : 0;
			if (burst) {
				await(&S->ready, 0, 600000);
				nap(200e3);
				if (S->value)
					printf("only %d orphans could be made\n", S->value);
				c0 = cpu_ms(p);
				t = now();
				S->go = 1;
				wake(&S->go);
			} else {
				while (!await(&S->ready, 0, 20)) {
					kids = nchildren(p);
					if (kids > peak[k])
						peak[k] = kids;
					if (now() - t > 600e6)
						break;
				}
			}
			double end = now() + 600e6, t2 = now();
			do {
				kids = nchildren(p);
				t2 = now();
				if (kids <= want)
					break;
				if (kids > peak[k])
					peak[k] = kids;
				nap(burst ? 2000 : 200);
			} while (t2 < end);
			v[k * rounds + r] = (t2 - t) / 1e3;
			c[k * rounds + r] = cpu_ms(p) - c0;
			if (kids - want > left[k])
				left[k] = kids - want;
			kill(p, SIGKILL);
			waitpid(p, NULL, 0);
		}
	printf("%-14s %10s %12s %14s %10s %10s\n", "init", "ms, median", "init cpu ms", "cpu us/orphan",
	       "most dead", "left over");
	for (int k = 0; k < ni; k++) {
		qsort(v + k * rounds, (size_t)rounds, sizeof *v, cmp);
		qsort(c + k * rounds, (size_t)rounds, sizeof *c, cmp);
		printf("%-14s %10.1f %12.1f %14.2f %10d %10d\n", name[k], v[k * rounds + rounds / 2],
		       c[k * rounds + rounds / 2], c[k * rounds + rounds / 2] * 1e3 / n, peak[k], left[k]);
	}
}

/* How many ended otherwise than by the stop, of N. */
static void t_stops(int n)
{
	printf("%-14s %9s %9s\n", "init", "stops", "lost");
	for (int k = 0; k < ni; k++) {
		int lost = 0;
		srand((unsigned)getpid());
		for (int i = 0; i < n; i++) {
			pid_t p = launch(k, "pause", 0, (struct opt){ .block = 1 });
			nap(rand() % 50000);
			kill(p, SIGTERM);
			lost += strcmp(end_of(p, 5000), "exit 143") != 0;
		}
		printf("%-14s %9d %9d\n", name[k], n, lost);
	}
}

/* ---- behaviour ----------------------------------------------------------- */

static char cell[MAXI][40][96];
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
		pid_t p = launch(k, "pause", 0, (struct opt){ .block = block });
		int st, gone = 0;
		if (to)
			nap(from + (to - from) * i / n);
		kill(p, SIGTERM);
		/* one that was dropped is never answered: only where none is, patience is of use */
		double end = now() + 120e3 * (block ? patience : 1);
		while (!gone && now() < end) {
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
	await(&S->seq, q, 300);
	if (!S->count[s] && s < 64) {
		uint32_t marks = S->count[64];
		kill(p, SIGCONT);
		kill(p, 64);
		await_count(&S->count[64], marks + 1, 300);
	} else if (!S->count[s]) {
		await_count(&S->count[s], 1, 300);
	}
	return S->count[s] != 0;
}

static void behave(int k)
{
	const struct opt none = { 0 };
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

	p = launch(k, "storm", 200, none);
	await(&S->ready, 0, enough(3000));
	int kids, own = *text[k] ? 1 : 0;
	double end = now() + 200e3 * patience;
	while ((kids = nchildren(p) - own) > 0 && now() < end)
		nap(2000);
	put(k, "of 200 orphans, zombies left", "%d", kids);
	kill(p, SIGKILL);
	waitpid(p, NULL, 0);

	p = launch(k, "pause", 0, none);
	await(&S->ready, 0, enough(2000));
	nap(5000);
	kill(p, SIGTERM);
	put(k, "SIGTERM, child has no handler", "%s", end_of(p, enough(500)));
	put(k, "child leads its process group / session", "%s / %s", S->pgrp_own ? "yes" : "no",
	    S->session_own ? "yes" : "no");
	p = launch(k, "ignore", 0, none);
	await(&S->ready, 0, enough(2000));
	nap(5000);
	kill(p, SIGTERM);
	put(k, "SIGTERM, child ignores it", "%s", end_of(p, 2500));

	/* which signals reach the child */
	p = launch(k, "record", 0, none);
	await(&S->ready, 0, enough(2000));
	nap(5000);
	char miss[96] = "";
	int rt = 0;
	for (int s = 1; s <= 64; s++) {
		if (s == SIGKILL || s == SIGSTOP || s == SIGCHLD || s == 32 || s == 33 || s == 34)
			continue;
		if (kill(p, 0) < 0 || waitpid(p, NULL, WNOHANG) == p) {
			snprintf(miss + strlen(miss), sizeof miss - strlen(miss), "ended at %d", s);
			p = 0;
			break;
		}
		uint32_t q = S->seq;
		kill(p, s);
		int is_there = reaches(p, s, q);
		nap(500);
		kill(p, SIGCONT);
		nap(300);
		if (is_there)
			rt += s > 34;
		else if (s < 32)
			snprintf(miss + strlen(miss), sizeof miss - strlen(miss), "%s%d", *miss ? "," : "", s);
	}
	put(k, "signals 1-31 that do not reach the child", "%s", *miss ? miss : "none");
	put(k, "real-time signals that reach it", "%d of 30", rt);
	if (p) {
		S->value = S->code = S->from = 0;
		uint32_t q = S->seq;
		sigqueue(p, SIGRTMIN + 5, (union sigval){ .sival_int = 4242 });
		int ok = await(&S->seq, q, enough(100));
		put(k, "sigqueue(SIGRTMIN+5, 4242): value, si_code", ok ? "%d, %d" : "lost", S->value, S->code);
		S->value = S->code = 0;
		q = S->seq;
		sigqueue(p, SIGUSR1, (union sigval){ .sival_int = 4243 });
		ok = await(&S->seq, q, enough(100));
		put(k, "sigqueue(SIGUSR1, 4243): value, si_code", ok ? "%d, %d" : "lost", S->value, S->code);
		/* ten at once: standard signals merge, real-time ones must not */
		S->count[SIGRTMIN + 5] = 0;
		for (int i = 0; i < 10; i++)
			kill(p, SIGRTMIN + 5);
		await_count(&S->count[SIGRTMIN + 5], 10, 50);
		put(k, "ten SIGRTMIN+5 at once: arrive", "%u", S->count[SIGRTMIN + 5]);
		kill(p, SIGKILL);
		waitpid(p, NULL, 0);
	}

	p = launch(k, "group", 0, none);
	await(&S->ready, 0, enough(2000));
	nap(10e3);
	kill(p, SIGUSR1);
	await_count(&S->count[SIGUSR1], 1, 20);
	nap(20e3);
	put(k, "SIGUSR1 goes to child / its process group", "%u / %u", S->count[SIGUSR1], S->hcount[SIGUSR1]);
	kill(p, SIGKILL);
	waitpid(p, NULL, 0);

	p = launch(k, "linger", 7, none);
	double t = now();
	const char *e = end_of(p, enough(2000));
	t = (now() - t) / 1e3;
	nap(200e3);
	put(k, "main child exits 7, another one runs", "%s after %.0f ms", e, t);
	put(k, "... the other got SIGTERM / could finish", "%s / %s", S->h_term ? "yes" : "no",
	    S->h_done ? "yes" : "no");

	put(k, "SIGTERM at 0 us after the start", "%s", early_term(k, 0, 0, 0));
	put(k, "SIGTERM at 100..3000 us after the start", "%s", early_term(k, 100, 3000, 0));
	/* the launcher blocks all signals before the clone: nothing can be dropped */
	put(k, "... the same, started with all signals blocked", "%s", early_term(k, 100, 3000, 1));

	p = launch(k, "exit", 42, (struct opt){ .ign_chld = 1 });
	e = end_of(p, enough(1000));
	put(k, "SIGCHLD inherited as ignored, child exits 42", "%s, child has it %s", e,
	    S->ignored & 1u << SIGCHLD ? "ignored" : "default");
	p = launch(k, "pause", 0, (struct opt){ .block = 1 });
	await(&S->ready, 0, enough(2000));
	nap(5000);
	put(k, "all signals inherited blocked: child's mask", "%s",
	    S->blocked == 0 ? "clear" : S->blocked & 1u << SIGTERM ? "all blocked" : "some blocked");
	kill(p, SIGTERM);
	put(k, "... and SIGTERM", "%s", end_of(p, enough(500)));

	/* a controlling terminal */
	int m = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), sl;
	grantpt(m);
	unlockpt(m);
	sl = open(ptsname(m), O_RDWR | O_NOCTTY | O_CLOEXEC);
	p = launch(k, "tty", 0, (struct opt){ .tty = sl });
	await(&S->ready, 0, enough(2000));
	nap(20e3);
	write(m, "hello\n", 6);
	int ok = await(&S->tty_rc, 0, enough(300));
	put(k, "child reads from the terminal", "%s%s", ok ? S->tty_rc == 1 ? "yes" : "EIO" : "no",
	    S->count[SIGTTIN] ? " (SIGTTIN)" : "");
	write(m, "\003", 1);
	await_count(&S->count[SIGINT], 1, 200);
	nap(100e3);
	put(k, "^C: SIGINTs the child gets", "%u", S->count[SIGINT]);
	write(m, "\032", 1);
	await_count(&S->count[SIGTSTP], 1, 200);
	nap(100e3);
	put(k, "^Z: SIGTSTPs the child gets", "%u", S->count[SIGTSTP]);
	kill(p, SIGCONT);
	kill(p, SIGKILL);
	waitpid(p, NULL, 0);
	close(sl);
	close(m);

	/* stop and go on */
	p = launch(k, "pause", 0, none);
	await(&S->ready, 0, enough(2000));
	nap(5000);
	char kid[16] = "", path[64], state, istate;
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)p, (int)p);
	int fd = open(path, O_RDONLY);
	read(fd, kid, sizeof kid - 1);
	close(fd);
	kill(p, SIGTSTP);
	end = now() + 50e3 * patience;
	do {
		nap(2000);
		state = state_of(atoi(kid));
		istate = state_of(p);
	} while ((state != 'T' || istate == 'R') && now() < end);
	put(k, "SIGTSTP at the init: state of init / child", "%c / %c", istate, state);
	kill(p, SIGCONT);
	kill(p, SIGKILL);
	waitpid(p, NULL, 0);
}

int main(int argc, char **argv)
{
	if (argc >= 4 && !strcmp(argv[1], "child"))
		return child(argv[2], atoi(argv[3]));
	int n = 0, rounds = 5, a = 2;
	if (argc < 3)
		return 2;
	if (!strcmp(argv[2], "-n") && argc > 4) {
		n = atoi(argv[3]);
		a = 4;
		if (!strchr(argv[a], '='))
			rounds = atoi(argv[a++]);
	}
	for (; a < argc && ni < MAXI; a++, ni++) {
		char *eq = strchr(argv[a], '=');
		if (!eq)
			return 2;
		*eq = 0;
		name[ni] = argv[a];
		text[ni] = eq + 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	readlink("/proc/self/exe", self, sizeof self - 1);
	snprintf(shmpath, sizeof shmpath, "/dev/shm/init-bench.%d", (int)getpid());
	int fd = open(shmpath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof *S) < 0)
		return 2;
	S = mmap(NULL, sizeof *S, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0);

	if (!strcmp(argv[1], "rss"))
		t_rss();
	else if (!strcmp(argv[1], "start"))
		t_start(n ? n : 1000);
	else if (!strcmp(argv[1], "latency"))
		t_latency(n ? n : 2000);
	else if (!strcmp(argv[1], "storm"))
		t_orphans("storm", n ? n : 20000, rounds);
	else if (!strcmp(argv[1], "burst"))
		t_orphans("burst", n ? n : 20000, rounds);
	else if (!strcmp(argv[1], "stops"))
		t_stops(n ? n : 10000);
	else if (!strcmp(argv[1], "behave")) {
		patience = n ? n : 1;
		for (int k = 0; k < ni; k++)
			behave(k);
		printf("| behaviour |");
		for (int k = 0; k < ni; k++)
			printf(" %s |", name[k]);
		printf("\n|---|");
		for (int k = 0; k < ni; k++)
			printf("---|");
		for (int r = 0; r < nrow; r++) {
			printf("\n| %s |", row[r]);
			for (int k = 0; k < ni; k++)
				printf(" %s |", cell[k][r]);
		}
		printf("\n");
	}
	unlink(shmpath);
	return 0;
}
