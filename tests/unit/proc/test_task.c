// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/task.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/scope.h"
#include "test.h"

#define REST "0 -1 4194304 1 2 3 4 5 6 7 8 20 0 3 0 987654321 1000 100 18446744073709551615"

TEST(stat_is_read_after_the_last_bracket)
{
	static const struct {
		const char *stat, *name;
		int pid, parent;
		char state;
	} rows[] = {
		{ "12 (sh) S 3 12 13 " REST, "sh", 12, 3, 'S' },
		{ "7 (a) R 1 2 3 (b) Z 4 7 8 " REST, "a) R 1 2 3 (b", 7, 4, 'Z' },
		{ "7 () ( () D 0 7 8 " REST, ") ( (", 7, 0, 'D' },
		{ "7 (x\ny) t 0 7 8 " REST, "x\ny", 7, 0, 't' },
		{ "7 () I 2 0 0 " REST "\n", "", 7, 2, 'I' },
	};
	struct error err;

	for (size_t i = 0; i < countof(rows); i++) {
		struct task task;

		CHECK_OK(task_parse(rows[i].stat, &task, &err), err);
		CHECK_INT(task.pid, rows[i].pid);
		CHECK_INT(task.parent_pid, rows[i].parent);
		CHECK_INT(task.state, rows[i].state);
		CHECK_STR(task.name, rows[i].name);
		CHECK_INT(task.threads, 3);
		CHECK_INT(task.start_time, 987654321);
	}
}

TEST(a_text_that_is_no_stat_is_refused)
{
	static const char *const rows[] = {
		"", "1", "1 (sh", "1 sh) S 1 1", ("(sh) S 1 1 1 " REST),
		"1 (sh) S 1 1 1 0 -1 41943",
	};
	struct error err;
	struct task task;

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_ERROR(task_parse(rows[i], &task, &err), err, EBADMSG,
			    "not the text of a stat file");
}

/* A child that waits until it is killed; its name is chosen to be hard to read. */
static pid_t start_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, ") Z 0 (");
		for (;;)
			pause();
	}
	return pid;
}

static void await_zombie(pid_t pid)
{
	siginfo_t info;

	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
}

TEST(a_process_is_alive_until_it_is_a_zombie)
{
	pid_t pid = start_child();
	struct error err;
	struct task task;
	uint64_t start;

	CHECK_OK(task_read(pid, &task, &err), err);
	CHECK_INT(task.pid, pid);
	CHECK_INT(task.parent_pid, getpid());
	CHECK_INT(task.threads, 1);
	start = task.start_time;
	CHECK_TRUE(task_is_alive(pid, start));
	CHECK_TRUE(!task_is_alive(pid, start + 1));
	CHECK_TRUE(!task_is_exiting(&task));

	kill(pid, SIGKILL);
	await_zombie(pid);
	CHECK_OK(task_read(pid, &task, &err), err);
	CHECK_INT(task.state, 'Z');
	CHECK_TRUE(task_is_dead(&task));
	CHECK_TRUE(task_is_exiting(&task));
	CHECK_TRUE(!task_is_alive(pid, start));
	CHECK_INT(task_open(pid, start, &err), -ESRCH);

	waitpid(pid, NULL, 0);
	CHECK_INT(task_read(pid, &task, &err), -ESRCH);
	CHECK_TRUE(!task_is_alive(pid, start));
	CHECK_INT(task_open(pid, start, &err), -ESRCH);
	CHECK_TRUE(strstr(err.text, "no such process") != NULL);
}

static void *tell_and_wait(void *ends)
{
	const int *fd = ends;
	pid_t tid = gettid();
	char byte;

	CHECK_INT(write(fd[1], &tid, sizeof(tid)), sizeof(tid));
	return read(fd[2], &byte, 1) < 0 ? ends : NULL;
}

/* The kernel has one row of numbers for both. */
TEST(a_number_that_is_a_thread_s_by_now_is_no_process)
{
	int ends[4];
	pthread_t thread;
	struct error err;
	struct task task;
	pid_t tid;

	CHECK_INT(pipe(ends), 0);
	CHECK_INT(pipe(ends + 2), 0);
	CHECK_INT(pthread_create(&thread, NULL, tell_and_wait, ends), 0);
	CHECK_INT(read(ends[0], &tid, sizeof(tid)), sizeof(tid));
	CHECK_OK(task_read(tid, &task, &err), err);
	CHECK_INT(task_open(tid, task.start_time - 1, &err), -ESRCH);
	CHECK_TRUE(strstr(err.text, "no such process") != NULL);
	close(ends[3]);
	CHECK_INT(pthread_join(thread, NULL), 0);
	for (int i = 0; i < 3; i++)
		close(ends[i]);
}

TEST(a_descriptor_is_opened_only_for_the_start_time_that_is_known)
{
	pid_t pid = start_child();
	struct pollfd wait = { .events = POLLIN };
	struct error err;
	struct task task;

	CHECK_OK(task_read(pid, &task, &err), err);
	CHECK_INT(task_open(pid, task.start_time - 1, &err), -ESRCH);
	wait.fd = task_open(pid, task.start_time, &err);
	CHECK_OK(wait.fd, err);
	CHECK_INT(poll(&wait, 1, 0), 0);
	kill(pid, SIGKILL);
	CHECK_INT(poll(&wait, 1, 60000), 1);
	waitpid(pid, NULL, 0);
	close(wait.fd);
}

TEST(numbers_that_no_process_has_are_refused)
{
	struct error err;
	struct task task;

	CHECK_ERROR(task_read(0, &task, &err), err, ESRCH, "process 0: no such process");
	CHECK_INT(task_read(-1, &task, &err), -ESRCH);
	CHECK_INT(task_open(0, 0, &err), -ESRCH);
	CHECK_INT(task_open(-5, 0, &err), -ESRCH);
	CHECK_TRUE(!task_is_alive(0, 0));
}

static void *wait_for_end(void *fd)
{
	char byte;

	if (read((int)(intptr_t)fd, &byte, 1) < 0)
		_exit(1);
	_exit(0);
}

/* The first thread ends, another waits for the end of file on @fd. */
static NORETURN void become_leaderless(int fd)
{
	pthread_t thread;

	pthread_create(&thread, NULL, wait_for_end, (void *)(intptr_t)fd);
	pthread_exit(NULL);
}

TEST(a_dead_leader_with_living_threads_is_alive)
{
	struct error err;
	struct task task = { 0 };
	int ends[2];
	pid_t pid;

	CHECK_INT(pipe2(ends, 0), 0);
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		become_leaderless(ends[0]);
	}
	close(ends[0]);
	while (task.state != 'Z')
		CHECK_OK(task_read(pid, &task, &err), err);
	CHECK_INT(task.threads, 2);
	CHECK_TRUE(!task_is_dead(&task));
	CHECK_TRUE(task_is_alive(pid, task.start_time));

	close(ends[1]);
	await_zombie(pid);
	CHECK_TRUE(!task_is_alive(pid, task.start_time));
	waitpid(pid, NULL, 0);
}

TEST(the_boot_has_an_id)
{
	char first[TASK_BOOT_ID_SIZE], second[TASK_BOOT_ID_SIZE];
	struct error err;

	CHECK_OK(task_read_boot_id(first, &err), err);
	CHECK_OK(task_read_boot_id(second, &err), err);
	CHECK_INT(strlen(first), TASK_BOOT_ID_SIZE - 1);
	CHECK_STR(first, second);
}
