// SPDX-License-Identifier: GPL-2.0-or-later
/* E33 threads - one process, two tasks; and what wait does when there is nothing to wait for */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/lab.h"
#include "proc/status.h"

struct threads {
	pid_t pid, tid;		       /* of the process; of its first thread */
	pid_t second_pid, second_tid;  /* what the second thread gets for the same questions */
	int task_entries;	       /* in /proc/self/task */
	unsigned int threads_field;    /* "Threads" of its status */
	int children;		       /* that wait would find: a thread is none */
	int nohang_living;	       /* waitpid(WNOHANG) while a child lives */
	bool slept, is_right_status;   /* waitpid without it, when the child lived */
	int nobody;		       /* errno of waitpid without any child */
};

struct second {
	struct threads *threads;
	struct gate ready, end;
};

static void *be_second(void *data)
{
	struct second *second = data;

	second->threads->second_pid = getpid();
	second->threads->second_tid = (pid_t)syscall(SYS_gettid);
	gate_open(&second->ready);
	gate_pass(&second->end);
	return NULL;
}

static int count_tasks(struct error *err)
{
	DIR *folder = opendir("/proc/self/task");
	struct dirent *entry;
	int count = 0;

	if (!folder)
		return error_sys(err, "open /proc/self/task");
	while ((entry = readdir(folder)))
		count += *entry->d_name != '.';
	closedir(folder);
	return count;
}

static int try_thread(struct threads *io_threads, struct error *err)
{
	struct second second = { .threads = io_threads };
	struct status status;
	pthread_t thread;

	TRY(gate_make(&second.ready, err));
	TRY(gate_make(&second.end, err));
	if (pthread_create(&thread, NULL, be_second, &second) != 0)
		return error_set(err, EAGAIN, "start a thread");
	gate_pass(&second.ready);
	io_threads->pid = getpid();
	io_threads->tid = (pid_t)syscall(SYS_gettid);
	io_threads->task_entries = count_tasks(err);
	TRY(io_threads->task_entries);
	TRY(status_read(getpid(), getpid(), &status, err));
	io_threads->threads_field = status.threads;
	io_threads->children = waitpid(-1, NULL, WNOHANG) < 0 ? 0 : 1;
	gate_open(&second.end);
	pthread_join(thread, NULL);
	return 0;
}

/* --- wait --- */

enum { EXIT_VALUE = 5 };

static int leave_when_told(void *data)
{
	gate_pass(data);
	return EXIT_VALUE;
}

struct waiter {
	struct threads *threads;
	struct gate child, living;
};

/* In a process of its own, so that another can see it asleep. */
static int be_waiter(void *data)
{
	struct waiter *waiter = data;
	struct error ignored;
	int status;
	pid_t pid = child_start(leave_when_told, &waiter->child, 0, &ignored);

	if (pid < 0)
		return 1;
	waiter->threads->nohang_living = waitpid(pid, &status, WNOHANG);
	gate_open(&waiter->living);
	waiter->threads->is_right_status = waitpid(pid, &status, 0) == pid &&
					   WIFEXITED(status) && WEXITSTATUS(status) == EXIT_VALUE;
	waiter->threads->nobody = waitpid(-1, &status, 0) < 0 ? errno : 0;
	return 0;
}

static int try_wait(struct threads *io_threads, struct error *err)
{
	struct waiter waiter = { .threads = io_threads };
	int status;
	pid_t pid;

	TRY(gate_make(&waiter.child, err));
	TRY(gate_make(&waiter.living, err));
	pid = child_start(be_waiter, &waiter, 0, err);
	TRY(pid);
	gate_pass(&waiter.living);
	TRY(child_await_call(pid, SYS_wait4, err));
	io_threads->slept = true;
	gate_open(&waiter.child);
	return child_wait(pid, &status, err);
}

static int observe(void *ret_observation, struct error *err)
{
	TRY(try_thread(ret_observation, err));
	return try_wait(ret_observation, err);
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct threads *threads = observation;

	finding_must(io_finding, threads->second_pid == threads->pid &&
				 threads->second_tid != threads->tid,
		     "the second thread is %d, %d beside %d, %d", threads->second_pid,
		     threads->second_tid, threads->pid, threads->tid);
	finding_must(io_finding, threads->tid == threads->pid,
		     "the first thread is %d of process %d", threads->tid, threads->pid);
	finding_must(io_finding, threads->task_entries == 2 && threads->threads_field == 2,
		     "/proc shows %d tasks and says %u threads", threads->task_entries,
		     threads->threads_field);
	finding_must(io_finding, threads->children == 0, "a thread was a child");
	finding_must(io_finding, threads->nohang_living == 0, "WNOHANG gave %d for a living child",
		     threads->nohang_living);
	finding_must(io_finding, threads->slept && threads->is_right_status,
		     "waitpid did not sleep until the child's end");
	finding_must(io_finding, threads->nobody == ECHILD,
		     "waitpid without children gave errno %d", threads->nobody);
	finding_say(io_finding, "two tasks, %d and %d, are one process; waitpid sleeps for a "
				"living child, gives 0 with WNOHANG, and ECHILD when there is "
				"none", threads->tid,
		    threads->second_tid);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct threads *threads = observation;

	evidence_table(io_evidence, NULL, "thread|getpid (PID)|gettid (LWP)|Threads (NLWP)");
	evidence_row(io_evidence, "first|%d|%d|%u", threads->pid, threads->tid,
		     threads->threads_field);
	evidence_row(io_evidence, "second|%d|%d|%u", threads->second_pid, threads->second_tid,
		     threads->threads_field);
	evidence_table(io_evidence, NULL, "waitpid, when|gives");
	evidence_row(io_evidence, "the child lives, WNOHANG|%d at once", threads->nohang_living);
	evidence_row(io_evidence, "the child lives|%s",
		     threads->slept ? "sleeps, then the child" : "?");
	evidence_row(io_evidence, "there is no child|%s",
		     threads->nobody == ECHILD ? "ECHILD at once" : "?");
}

const struct experiment lab_threads = {
	.id = "E33",
	.name = "threads",
	.question = "What is a thread to the kernel, and when does wait block?",
	.prediction = "A task like any other, with a number of its own (LWP in ps), in a group "
		      "that shares the number of its first (PID). wait blocks only while there is "
		      "a living child: WNOHANG gives 0 then, and without any child it is ECHILD at "
		      "once.",
	.method = "A process starts a second thread and both say who they are; another waits for a "
		  "child in three ways and is looked at.",
	.read_on = "gettid(2), wait(2), ps(1) -L; kernel/fork.c: copy_process, kernel/exit.c: "
		   "do_wait",
	.size = sizeof(struct threads),
	.observe = observe,
	.check = check,
	.show = show,
};
