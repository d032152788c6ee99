// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sys.h"
#include "lab/child.h"
#include "lab/clear.h"
#include "lab/name.h"
#include "lab/need.h"
#include "signal/name.h"

enum { BUSY_TRIES = 40, BUSY_REST_NS = 250 * 1000 * 1000 };

/* What the processes share; the struct of observations lies behind it. */
struct shared {
	bool is_done, is_timed_out;
	int result;	 /* of observe() */
	int wait_status; /* of the experiment's process */
	struct error why;
	_Alignas(max_align_t) char observation[];
};

/* One try. Each process closes the ends that are not its own. */
struct try {
	const struct experiment *experiment;
	struct shared *shared;
	int timeout_ms;
	int life[2]; /* closed with husk-lab, or when a signal shall end it */
};

/* --- the experiment's process --- */

/* Nothing that it mounts is ever seen outside. Who may not unshare may not mount either. */
static int leave_mounts(struct error *err)
{
	if (unshare(CLONE_NEWNS) < 0)
		return errno == EPERM ? 0 : error_sys(err, "unshare the mounts");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_sys(err, "make the mounts private");
	return 0;
}

static int prepare(const struct experiment *experiment, struct error *err)
{
	/* 1 is the one limit that also keeps a pipe in core_pattern from being started: core(5). */
	struct rlimit no_core = { 1, 1 };
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 || dup2(null_fd, STDOUT_FILENO) < 0)
		return error_sys(err, "open /dev/null");
	close(null_fd);
	setrlimit(RLIMIT_CORE, &no_core);
	child_clean_signals();
	TRY(need_provide(experiment->needs, err));
	return leave_mounts(err);
}

NORETURN static void experiment_main(const struct try *try, pid_t keeper)
{
	struct shared *shared = try->shared;

	close(try->life[0]);
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(1);
	shared->result = prepare(try->experiment, &shared->why);
	if (shared->result >= 0)
		shared->result = try->experiment->observe(shared->observation, &shared->why);
	shared->is_done = true;
	_exit(0);
}

/* --- the keeper --- */

static int left_ms(const struct timespec *end)
{
	struct timespec now;
	int64_t left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left = (end->tv_sec - now.tv_sec) * 1000LL + (end->tv_nsec - now.tv_nsec) / 1000000;
	return left > 0 ? (int)left : 0;
}

/* The end of the experiment, of husk-lab, or of the time. */
static void wait_for_any_end(const struct try *try, int pid_fd)
{
	struct pollfd wait[] = {
		{ .fd = pid_fd, .events = POLLIN },
		{ .fd = try->life[0], .events = POLLIN },
	};
	struct timespec end;
	int n;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += try->timeout_ms / 1000;
	end.tv_nsec += try->timeout_ms % 1000 * 1000000L;
	do
		n = poll(wait, countof(wait), left_ms(&end));
	while (n < 0 && errno == EINTR);
	try->shared->is_timed_out = n == 0;
}

NORETURN static void keeper_main(const struct try *try)
{
	autoclose int pid_fd = -1;
	pid_t pid, keeper = getpid();

	close(try->life[1]);
	setsid();
	child_clean_signals();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	name_set(keeper);
	pid = fork();
	if (pid == 0)
		experiment_main(try, keeper);
	if (pid > 0)
		pid_fd = sys_pidfd_open(pid, 0);
	if (pid_fd >= 0)
		wait_for_any_end(try, pid_fd);
	else
		try->shared->result = error_sys(&try->shared->why, "start a process");
	clear_all(name_get(), pid, &try->shared->wait_status);
	_exit(0);
}

/* --- husk-lab itself --- */

static sigset_t ending_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < countof(numbers); i++)
		/* An ignored one would be reported too, and would end what nohup keeps going. */
		if (sigaction(numbers[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&set, numbers[i]);
	return set;
}

/* A signal stays pending until the keeper is gone: it only makes the keeper's end come now. */
static int attend(struct try *io_try, pid_t keeper, const sigset_t *ending, struct error *err)
{
	autoclose int signal_fd = signalfd(-1, ending, SFD_CLOEXEC);
	autoclose int pid_fd = sys_pidfd_open(keeper, 0);
	struct pollfd wait[] = {
		{ .fd = pid_fd, .events = POLLIN },
		{ .fd = signal_fd, .events = POLLIN },
	};

	while (signal_fd >= 0 && pid_fd >= 0 && !wait[0].revents) {
		if (poll(wait, countof(wait), -1) < 0 && errno != EINTR)
			return error_sys(err, "poll");
		if (wait[1].revents) {
			scope_close(&io_try->life[1]);
			io_try->life[1] = -1;
			wait[1].fd = -1;
		}
	}
	if (TEMP_FAILURE_RETRY(waitpid(keeper, NULL, 0)) < 0)
		return error_sys(err, "waitpid");
	return 0;
}

static int try_once(struct try *io_try, struct error *err)
{
	sigset_t ending = ending_signals(), before;
	pid_t keeper;
	int r;

	if (pipe2(io_try->life, O_CLOEXEC) < 0)
		return error_sys(err, "pipe");
	fflush(NULL);
	sigprocmask(SIG_BLOCK, &ending, &before);
	keeper = fork();
	if (keeper == 0)
		keeper_main(io_try);
	close(io_try->life[0]);
	r = keeper < 0 ? error_sys(err, "fork") : attend(io_try, keeper, &ending, err);
	scope_close(&io_try->life[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

static void say_not_here(struct finding *io_finding, const char *why)
{
	io_finding->verdict = LAB_NOT_HERE;
	snprintf(io_finding->text, sizeof(io_finding->text), "%s", why);
}

/* A limit that others have reached; a cgroup that could not be frozen in time. */
static bool is_busy(int result)
{
	return result == -EAGAIN || result == -EBUSY;
}

/* What a try came to: a finding, and an observation unless there is none to show. */
static void judge(const struct try *try, struct run_result *io_result)
{
	const struct experiment *experiment = try->experiment;
	const struct shared *shared = try->shared;
	struct finding *finding = &io_result->finding;
	int status = shared->wait_status;

	*finding = (struct finding){ 0 };
	if (!shared->is_done && shared->is_timed_out) {
		say_not_here(finding, "it was not done when its time was over (--timeout)");
	} else if (shared->result < 0) {
		say_not_here(finding, shared->why.text);
		if (is_busy(shared->result))
			finding->verdict = LAB_UNSEEN;
	} else if (!shared->is_done) {
		finding_must(finding, false, "its process ended before its time: %s",
			     WIFSIGNALED(status) ? signal_name(WTERMSIG(status)) : "exit");
	} else {
		free(io_result->observation);
		io_result->observation = memcpy(mem_new(experiment->size), shared->observation,
						experiment->size);
		experiment->check(io_result->observation, finding);
	}
}

/* What was not seen in all its tries cannot be told from what cannot be seen here. */
static void give_up(struct run_result *io_result)
{
	char text[FINDING_SIZE];

	snprintf(text, sizeof(text), "not seen in %d tries: %.400s", io_result->tries,
		 io_result->finding.text);
	say_not_here(&io_result->finding, text);
}

/* What others use up may be there again in a moment. */
static bool may_try_again(const struct try *try, const struct run_result *result, int most)
{
	if (result->finding.verdict != LAB_UNSEEN)
		return false;
	if (!is_busy(try->shared->result))
		return result->tries < most;
	nanosleep(&(struct timespec){ .tv_nsec = BUSY_REST_NS }, NULL);
	return result->tries < BUSY_TRIES;
}

int run_experiment(const struct experiment *experiment, int timeout_ms,
		   struct run_result *ret_result, struct error *err)
{
	size_t size = sizeof(struct shared) + experiment->size;
	int most = experiment->tries > 1 ? experiment->tries : 1, r = 0;
	bool is_again;
	struct run_result result = { .experiment = experiment };

	do {
		struct try try = { .experiment = experiment, .timeout_ms = timeout_ms,
				   .life = { -1, -1 } };

		try.shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				  -1, 0);
		if (try.shared == MAP_FAILED)
			return error_sys(err, "mmap");
		r = try_once(&try, err);
		result.tries++;
		if (r >= 0)
			judge(&try, &result);
		is_again = r >= 0 && may_try_again(&try, &result, most);
		munmap(try.shared, size);
	} while (is_again);
	if (result.finding.verdict == LAB_UNSEEN)
		give_up(&result);
	*ret_result = result;
	return r;
}

void run_clear(struct run_result *io_result)
{
	free(io_result->observation);
	*io_result = (struct run_result){ 0 };
}
