// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/facts.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "proc/ns.h"
#include "signal/set.h"
#include "test.h"

/* A child that has prepared itself and then sleeps until it is killed. */
static pid_t fork_child(void (*prepare)(void))
{
	int ends[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		prepare();
		(void)!write(ends[1], "r", 1);
		for (;;)
			pause();
	}
	CHECK_INT(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	close(ends[1]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void read_facts(pid_t pid, struct facts *ret_facts)
{
	struct facts_request request = { .pid = pid, .signals = UINT64_MAX };
	struct error err;

	CHECK_OK(facts_read(&request, ret_facts, &err), err);
}

static void check_rule(const struct facts *facts, int signal, const char *rule)
{
	struct verdict v = verdict_reach(signal, &facts->target, &facts->sender);

	CHECK_STR(v.step[0]->id, rule);
}

static const struct facts_line *find_line(const struct facts *facts, const char *start)
{
	for (size_t i = 0; i < facts->line_count; i++)
		if (text_begins(facts->line[i].text, start))
			return &facts->line[i];
	return NULL;
}

static void handle(int signal UNUSED)
{
}

static void prepare_all_kinds(void)
{
	sigset_t set;

	signal(SIGUSR1, handle);
	signal(SIGUSR2, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

TEST(dispositions_of_a_child_are_read)
{
	autofacts struct facts facts = { 0 };
	pid_t pid = fork_child(prepare_all_kinds);

	read_facts(pid, &facts);
	end(pid);
	CHECK_INT(facts.task.pid, pid);
	CHECK_INT(facts.sender_pid, getpid());
	check_rule(&facts, SIGUSR1, "handler");
	check_rule(&facts, SIGUSR2, "set-to-ignore");
	check_rule(&facts, SIGHUP, "blocked");
	check_rule(&facts, SIGTERM, "default-terminates");
	CHECK_TRUE(strstr(find_line(&facts, "SigCgt: ")->meaning, "USR1"));
	CHECK_TRUE(strstr(find_line(&facts, "SigBlk: ")->file, "/task/"));
}

static void prepare_nothing(void)
{
}

TEST(zombie_is_dying_and_its_evidence_is_its_state)
{
	autofacts struct facts facts = { 0 };
	pid_t pid = fork_child(prepare_nothing);

	kill(pid, SIGKILL);
	CHECK_INT(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT), 0);
	read_facts(pid, &facts);
	waitpid(pid, NULL, 0);
	check_rule(&facts, SIGKILL, "dying");
	CHECK_STR(find_line(&facts, "State: ")->text, "State: Z (zombie)");
}

TEST(stopped_child_takes_sigcont)
{
	autofacts struct facts facts = { 0 };
	pid_t pid = fork_child(prepare_nothing);

	kill(pid, SIGSTOP);
	CHECK_INT(waitid(P_PID, (id_t)pid, NULL, WSTOPPED | WNOWAIT), 0);
	read_facts(pid, &facts);
	end(pid);
	check_rule(&facts, SIGCONT, "continue-resumes");
	check_rule(&facts, SIGTERM, "stopped");
}

/* It waits inside the kernel until its child, which shares its memory, ends or executes. */
static pid_t fork_uninterruptible(void)
{
	pid_t pid = fork(), parent;

	if (pid)
		return pid;
	parent = getpid();
	if (vfork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* It may have been killed before the death signal was set. */
		while (getppid() == parent)
			pause();
		_exit(0);
	}
	_exit(0);
}

TEST(state_d_is_known_before_the_end_of_the_wait)
{
	struct facts_request request = { .pid = fork_uninterruptible() };
	autofacts struct facts facts = { 0 };
	struct error err;
	int r;

	while ((r = facts_read(&request, &facts, &err)) == 0 && facts.task.state != 'D')
		facts_clear(&facts);
	end(request.pid);
	CHECK_OK(r, err);
	check_rule(&facts, SIGTERM, "uninterruptible");
	check_rule(&facts, SIGKILL, "uninterruptible");
	check_rule(&facts, SIGCHLD, "ignored-by-default");
}

static void prepare_signalfd(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigdelset(&set, SIGHUP);
	signalfd(-1, &set, SFD_CLOEXEC);
}

TEST(signalfd_reads_what_it_has_of_what_is_blocked)
{
	autofacts struct facts facts = { 0 };
	pid_t pid = fork_child(prepare_signalfd);

	read_facts(pid, &facts);
	end(pid);
	check_rule(&facts, SIGTERM, "signalfd");
	check_rule(&facts, SIGHUP, "blocked");
}

/* PID 1 of a new namespace that sleeps as tini does: in sigtimedwait, nothing in SigBlk. */
static pid_t fork_waiting_init(void)
{
	struct clone_args args = { .flags = CLONE_NEWPID, .exit_signal = SIGCHLD };
	pid_t pid = sys_clone3(&args);
	sigset_t set;
	int got;

	if (pid)
		return pid;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (;;)
		sigwait(&set, &got);
}

TEST(init_in_sigtimedwait_is_not_deaf)
{
	autofacts struct facts facts = { 0 };
	pid_t pid = fork_waiting_init();
	bool waits = false;

	if (pid < 0)
		SKIP("needs root");
	/* Until it is in the call; before that its mask shows that it blocks the signal. */
	while (!waits) {
		read_facts(pid, &facts);
		if (facts.gap_count)
			break;
		waits = facts.target.thread->awaited && !facts.target.thread->blocked;
		if (!waits)
			facts_clear(&facts);
	}
	end(pid);
	if (facts.gap_count)
		SKIP("needs the right to trace a child");
	CHECK_TRUE(facts.target.is_init);
	CHECK_STR(find_line(&facts, "SigBlk: ")->text, "SigBlk: 0000000000000000");
	check_rule(&facts, SIGTERM, "awaited");
	check_rule(&facts, SIGHUP, "init-no-handler");
}

TEST(own_init_is_seen_from_outside_and_asked_from_inside)
{
	struct facts_request request = { .from = FACTS_FROM_INSIDE };
	autofacts struct facts outside = { 0 };
	autofacts struct facts inside = { 0 };
	struct error err;
	pid_t pid = fork_waiting_init();

	if (pid < 0)
		SKIP("needs root");
	request.pid = pid;
	read_facts(pid, &outside);
	CHECK_OK(facts_read(&request, &inside, &err), err);
	end(pid);
	check_rule(&outside, SIGKILL, "sure-kill");
	check_rule(&inside, SIGKILL, "init-from-inside");
}

TEST(inner_sender_has_no_number_for_us)
{
	struct facts_request request = { .from = FACTS_FROM_PID, .pid = getpid() };
	autofacts struct facts facts = { 0 };
	struct error err;
	int r;

	request.sender_pid = fork_waiting_init();
	if (request.sender_pid < 0)
		SKIP("needs root");
	r = facts_read(&request, &facts, &err);
	end(request.sender_pid);
	CHECK_OK(r, err);
	check_rule(&facts, SIGTERM, "out-of-sight");
}

static void prepare_other_user(void)
{
	(void)!setresuid(4242, 4242, 4242);
}

TEST(stranger_is_refused)
{
	struct facts_request request = { .from = FACTS_FROM_PID, .pid = getpid() };
	autofacts struct facts facts = { 0 };
	struct error err;
	int r;

	if (geteuid() != 0)
		SKIP("needs root");
	request.sender_pid = fork_child(prepare_other_user);
	r = facts_read(&request, &facts, &err);
	end(request.sender_pid);
	CHECK_OK(r, err);
	CHECK_TRUE(!facts.sender.has_cap_kill);
	check_rule(&facts, SIGTERM, "no-right");
}

static NORETURN void *sleep_with_nothing_blocked(void *ready_fd)
{
	sigset_t none;

	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
	(void)!write(*(int *)ready_fd, "t", 1);
	for (;;)
		pause();
}

static void prepare_two_threads(void)
{
	static int ends[2];
	pthread_t thread;
	sigset_t all;
	char byte;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	(void)!pipe(ends);
	pthread_create(&thread, NULL, sleep_with_nothing_blocked, &ends[1]);
	(void)!read(ends[0], &byte, 1);
}

TEST(every_thread_is_read_and_the_one_that_takes_it_is_named)
{
	autofacts struct facts facts = { 0 };
	pid_t pid = fork_child(prepare_two_threads);
	struct verdict v;

	read_facts(pid, &facts);
	end(pid);
	CHECK_INT(facts.target.thread_count, 2);
	CHECK_INT(facts.target.thread[0].tid, pid);
	v = verdict_reach(SIGTERM, &facts.target, &facts.sender);
	CHECK_INT(v.taker_tid, facts.target.thread[1].tid);
	CHECK_TRUE(verdict_has_rule(&v, "another-thread"));
}

TEST(number_of_a_thread_stands_for_its_process)
{
	struct facts_request request = { 0 };
	autofacts struct facts facts = { 0 };
	autofacts struct facts by_thread = { 0 };
	pid_t pid = fork_child(prepare_two_threads);
	struct error err;
	int r;

	read_facts(pid, &facts);
	request.pid = facts.target.thread[1].tid;
	r = facts_read(&request, &by_thread, &err);
	end(pid);
	CHECK_OK(r, err);
	CHECK_INT(by_thread.task.pid, pid);
}

TEST(another_process_with_the_number_is_not_the_one)
{
	struct facts_request request = { .pid = getpid(), .start_time = 1 };
	struct facts facts;
	struct error err;

	CHECK_INT(facts_read(&request, &facts, &err), -ESRCH);
	CHECK_TRUE(strstr(err.text, "another one has its number now"));
}

TEST(missing_processes_are_errors)
{
	struct facts_request request = { .pid = getpid(), .from = FACTS_FROM_PID };
	struct facts facts;
	struct error err;
	pid_t pid = fork_child(prepare_nothing);
	autofree char *target = mem_format("process %d: no such process", pid);
	autofree char *sender = mem_format("--from: process %d: no such process", pid);

	end(pid);
	request.sender_pid = pid;
	CHECK_ERROR(facts_read(&request, &facts, &err), err, ESRCH, sender);
	request.pid = pid;
	CHECK_ERROR(facts_read(&request, &facts, &err), err, ESRCH, target);
	request.pid = 0;
	CHECK_ERROR(facts_read(&request, &facts, &err), err, ESRCH,
		    "process 0: no such process");
}

TEST(nobody_is_outside_of_the_outermost_namespace)
{
	struct facts_request request = { .pid = getpid(), .from = FACTS_FROM_OUTSIDE };
	struct error err;
	autoclose int fd = proc_ns_open(getpid(), "pid", &err);
	struct facts facts;

	if (fd < 0 || !proc_ns_is_first(fd))
		SKIP("needs the outermost pid namespace");
	CHECK_INT(facts_read(&request, &facts, &err), -EINVAL);
}
