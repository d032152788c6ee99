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
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "init-bench.h"

struct shared *shared;
char *init_names[INITS_MAX], *init_words[INITS_MAX];
int init_count, patience = 1;
static char self[256], shmpath[64];

double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}
void nap(double us)
{
	long whole = (long)(us / 1e6);
	struct timespec t = { whole, (long)((us - 1e6 * (double)whole) * 1e3) };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

void wake(volatile uint32_t *w)
{
	syscall(SYS_futex, w, FUTEX_WAKE, 99, NULL, NULL, 0);
}

int await(volatile uint32_t *w, uint32_t old, int ms)
{
	double end = now_us() + ms * 1e3;
	while (*w == old) {
		double left = end - now_us();
		if (left <= 0)
			return 0;
		struct timespec t = { (time_t)(left / 1e6), 0 };
		t.tv_nsec = (long)((left - (double)t.tv_sec * 1e6) * 1e3);
		syscall(SYS_futex, w, FUTEX_WAIT, old, &t, NULL, 0);
	}
	return 1;
}
void await_count(volatile uint32_t *w, uint32_t count, int ms)
{
	double end = now_us() + ms * 1e3 * patience;
	while (*w < count && now_us() < end)
		nap(500);
}
static int cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

pid_t launch(int k, const char *mode, int n, struct launch_how how)
{
	static char buf[1024], num[16], env[96];
	char *av[40];
	int c = 0;
	snprintf(buf, sizeof buf, "%s", init_words[k]);
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
	memset((void *)shared, 0, sizeof(*shared));

	struct clone_args ca = { .flags = CLONE_NEWPID, .exit_signal = SIGCHLD };
	sigset_t full, keep;
	sigfillset(&full);
	if (how.blocks_all)
		sigprocmask(SIG_SETMASK, &full, &keep);
	pid_t pid = (pid_t)syscall(SYS_clone3, &ca, sizeof ca);
	if (pid == 0) {
		/* Whoever interrupts us shall not have to look for it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (how.ignores_sigchld)
			signal(SIGCHLD, SIG_IGN);
		if (how.terminal_fd) {
			setsid();
			ioctl(how.terminal_fd, TIOCSCTTY, 0);
			dup2(how.terminal_fd, 0);
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
	if (how.blocks_all)
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

const char *end_of(pid_t pid, int ms)
{
	int st;
	for (double end = now_us() + ms * 1e3; now_us() < end; nap(1000))
		if (waitpid(pid, &st, WNOHANG) == pid)
			return status_text(st);
	kill(pid, SIGKILL);
	waitpid(pid, &st, 0);
	return "runs on";
}

void kill_and_reap(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
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
int count_children(pid_t pid)
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
	for (int k = 0; k < init_count; k++) {
		pid_t p = launch(k, "pause", 0, (struct launch_how){ 0 });
		long uss;

		await(&shared->ready, 0, 2000);
		nap(100e3);
		uss = field("smaps_rollup", p, "Private_Clean:") +
		      field("smaps_rollup", p, "Private_Dirty:");
		printf("%-14s %7ld %7ld %7ld %7ld %8ld\n", init_names[k],
		       field("smaps_rollup", p, "Rss:"), field("smaps_rollup", p, "Pss:"), uss,
		       field("smaps_rollup", p, "Anonymous:"), field("status", p, "VmSize:"));
		kill_and_reap(p);
	}
}

static void t_start(int n)
{
	double *v = calloc((size_t)(n * init_count), sizeof(*v)), first = 0;
	int bad[INITS_MAX] = { 0 };

	for (int r = -20; r < n; r++)
		for (int i = 0; i < init_count; i++) {
			int k = (i + r + 20) % init_count, st;
			double t = now_us();
			pid_t p = launch(k, "exit", 0, (struct launch_how){ 0 });

			waitpid(p, &st, 0);
			t = now_us() - t;
			bad[k] += st != 0;
			if (r >= 0)
				v[k * n + r] = t;
		}
	printf("%-14s %9s %9s %9s %9s\n", "init", "median us", "p10", "p90", "over direct");
	for (int k = 0; k < init_count; k++) {
		double *x = v + k * n;

		qsort(x, (size_t)n, sizeof(*x), cmp);
		if (!k)
			first = x[n / 2];
		printf("%-14s %9.0f %9.0f %9.0f %+9.0f%s\n", init_names[k], x[n / 2], x[n / 10],
		       x[n * 9 / 10], x[n / 2] - first, bad[k] ? "  (status not 0)" : "");
	}
}

enum { BATCH = 50 };

struct latency {
	double *us, cpu_ms;
	int got, lost;
};

/* BATCH signals to a new init @k. */
static void send_batch(int k, struct latency *io)
{
	pid_t p = launch(k, "latency", 0, (struct launch_how){ 0 });

	io->lost += !await(&shared->ready, 0, 3000);
	nap(3000);
	io->cpu_ms -= cpu_ms(p);
	for (int i = 0; i < BATCH; i++) {
		uint32_t before = shared->seq;
		double t = now_us();

		kill(p, SIGUSR1);
		if (await(&shared->seq, before, 500))
			io->us[io->got++] = shared->at_us - t;
		else
			io->lost++;
		nap(200);
	}
	io->cpu_ms += cpu_ms(p);
	kill_and_reap(p);
}

static void t_latency(int n)
{
	struct latency all[INITS_MAX] = { 0 };

	for (int k = 0; k < init_count; k++)
		all[k].us = calloc((size_t)n, sizeof(double));
	for (int r = 0; r < n / BATCH; r++)
		for (int i = 0; i < init_count; i++)
			send_batch((i + r) % init_count, &all[(i + r) % init_count]);
	printf("%-14s %9s %9s %9s %9s %12s %5s\n", "init", "median us", "p90", "p99", "max",
	       "init cpu us", "lost");
	for (int k = 0; k < init_count; k++) {
		double *x = all[k].us;
		int m = all[k].got;

		qsort(x, (size_t)m, sizeof(*x), cmp);
		if (m)
			printf("%-14s %9.1f %9.1f %9.1f %9.1f %12.1f %5d\n", init_names[k],
			       x[m / 2], x[m * 9 / 10], x[m * 99 / 100], x[m - 1],
			       all[k].cpu_ms * 1e3 / m, all[k].lost);
	}
}

struct orphans {
	double *ms, *cpu_ms;
	int left, peak;
};

/* Until they are all there, and told to end. Returns when that was. */
static double end_burst(pid_t p, double *ret_cpu_ms)
{
	double t;

	await(&shared->ready, 0, 600000);
	nap(200e3);
	if (shared->value)
		printf("only %d orphans could be made\n", shared->value);
	*ret_cpu_ms = cpu_ms(p);
	t = now_us();
	shared->go = 1;
	wake(&shared->go);
	return t;
}

static int count_and_note(pid_t p, struct orphans *io)
{
	int kids = count_children(p);

	if (kids > io->peak)
		io->peak = kids;
	return kids;
}

static void await_storm(pid_t p, struct orphans *io)
{
	for (double end = now_us() + 600e6; now_us() < end;) {
		if (await(&shared->ready, 0, 20))
			return;
		count_and_note(p, io);
	}
}

/* One life of init @k with N orphans, as turn @r. */
static void make_orphans(int k, const char *mode, int n, int r, struct orphans *io)
{
	bool is_burst = strcmp(mode, "burst") == 0;
	pid_t p = launch(k, mode, n, (struct launch_how){ 0 });
	double t = now_us(), cpu_before = 0, end;
	int want = *init_words[k] ? 1 : 0, kids;

	if (is_burst)
		t = end_burst(p, &cpu_before);
	else
		await_storm(p, io);
	end = now_us() + 600e6;
	while ((kids = count_and_note(p, io)) > want && now_us() < end)
		nap(is_burst ? 2000 : 200);
	io->ms[r] = (now_us() - t) / 1e3;
	io->cpu_ms[r] = cpu_ms(p) - cpu_before;
	if (kids - want > io->left)
		io->left = kids - want;
	kill_and_reap(p);
}

static void t_orphans(const char *mode, int n, int rounds)
{
	struct orphans all[INITS_MAX] = { 0 };

	for (int k = 0; k < init_count; k++) {
		all[k].ms = calloc((size_t)rounds, sizeof(double));
		all[k].cpu_ms = calloc((size_t)rounds, sizeof(double));
	}
	for (int r = 0; r < rounds; r++)
		for (int i = 0; i < init_count; i++)
			make_orphans((i + r) % init_count, mode, n, r, &all[(i + r) % init_count]);
	printf("%-14s %10s %12s %14s %10s %10s\n", "init", "ms, median", "init cpu ms",
	       "cpu us/orphan", "most dead", "left over");
	for (int k = 0; k < init_count; k++) {
		double median;

		qsort(all[k].ms, (size_t)rounds, sizeof(double), cmp);
		qsort(all[k].cpu_ms, (size_t)rounds, sizeof(double), cmp);
		median = all[k].cpu_ms[rounds / 2];
		printf("%-14s %10.1f %12.1f %14.2f %10d %10d\n", init_names[k],
		       all[k].ms[rounds / 2], median, median * 1e3 / n, all[k].peak, all[k].left);
	}
}

/* How many ended otherwise than by the stop, of N. */
static void t_stops(int n)
{
	printf("%-14s %9s %9s\n", "init", "stops", "lost");
	for (int k = 0; k < init_count; k++) {
		int lost = 0;
		srand((unsigned)getpid());
		for (int i = 0; i < n; i++) {
			pid_t p = launch(k, "pause", 0, (struct launch_how){ .blocks_all = 1 });
			nap(rand() % 50000);
			kill(p, SIGTERM);
			lost += strcmp(end_of(p, 5000), "exit 143") != 0;
		}
		printf("%-14s %9d %9d\n", init_names[k], n, lost);
	}
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
	for (; a < argc && init_count < INITS_MAX; a++, init_count++) {
		char *eq = strchr(argv[a], '=');
		if (!eq)
			return 2;
		*eq = 0;
		init_names[init_count] = argv[a];
		init_words[init_count] = eq + 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	readlink("/proc/self/exe", self, sizeof self - 1);
	snprintf(shmpath, sizeof shmpath, "/dev/shm/init-bench.%d", (int)getpid());
	int fd = open(shmpath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(*shared)) < 0)
		return 2;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
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
		behave_all();
	}
	unlink(shmpath);
	return 0;
}
