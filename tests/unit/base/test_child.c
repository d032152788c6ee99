// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "base/sys.h"
#include "test.h"

enum { GUARD_MS = 60000 };

static struct child_result run_shell(struct child_command command, const char *script)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	struct child_result result;
	struct error err;

	command.path = "/bin/sh";
	command.argv = argv;
	CHECK_OK(child_run(&command, &result, &err), err);
	return result;
}

static struct child_result run(const char *script)
{
	return run_shell((struct child_command){ 0 }, script);
}

TEST(exit_status_and_output_are_kept)
{
	autoclean(child_result_clear) struct child_result result = run("echo out; echo err >&2; exit 7");

	CHECK_INT(child_exit_code(result.wait_status), 7);
	CHECK_STR(text_get(&result.output), "out\nerr\n");
	CHECK_TRUE(!result.timed_out);
}

TEST(death_by_a_signal_counts_from_128)
{
	autoclean(child_result_clear) struct child_result result = run("kill -SEGV $$");

	CHECK_TRUE(WIFSIGNALED(result.wait_status));
	CHECK_INT(child_exit_code(result.wait_status), 128 + SIGSEGV);
}

TEST(program_that_is_not_there_is_named)
{
	char *argv[] = { (char *)"x", NULL };
	struct child_command command = { .path = "/no/such/program", .argv = argv };
	struct child_result result;
	struct error err;

	CHECK_ERROR(child_run(&command, &result, &err), err, ENOENT,
		    "exec /no/such/program: no such file or directory");
	command.path = "/etc/passwd";
	CHECK_ERROR(child_run(&command, &result, &err), err, EACCES,
		    "exec /etc/passwd: permission denied");
	CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
}

TEST(input_is_given_and_ends)
{
	autoclean(child_result_clear) struct child_result result =
		run_shell((struct child_command){ .input = "{\"id\":\"a\"}" }, "cat; echo .");

	CHECK_STR(text_get(&result.output), "{\"id\":\"a\"}.\n");
}

TEST(no_input_is_the_end_of_file_at_once)
{
	autoclean(child_result_clear) struct child_result result = run("cat; echo .");

	CHECK_STR(text_get(&result.output), ".\n");
}

static char *large_text(size_t size)
{
	char *text = mem_new(size + 1);

	memset(text, 'x', size);
	return text;
}

TEST(large_input_and_output_do_not_wait_for_each_other)
{
	autofree char *input = large_text(300000);
	autoclean(child_result_clear) struct child_result result =
		run_shell((struct child_command){ .input = input }, "exec cat");

	CHECK_INT(result.wait_status, 0);
	CHECK_INT(result.output.size, 8192);
}

/* H-03 */
TEST(program_that_does_not_read_its_input_is_no_error)
{
	autofree char *input = large_text(300000);
	autoclean(child_result_clear) struct child_result result =
		run_shell((struct child_command){ .input = input }, "exec 0<&-; exit 3");
	sigset_t pending;

	CHECK_INT(child_exit_code(result.wait_status), 3);
	sigpending(&pending);
	CHECK_TRUE(!sigismember(&pending, SIGPIPE));
}

TEST(environment_is_only_what_is_given)
{
	char *env[] = { (char *)"A=1", NULL };
	char *argv[] = { (char *)"env", NULL };
	struct child_command command = { .path = "/usr/bin/env", .argv = argv };
	struct child_result result;
	struct error err;

	CHECK_OK(child_run(&command, &result, &err), err);
	CHECK_STR(text_get(&result.output), "");
	child_result_clear(&result);
	command.env = env;
	CHECK_OK(child_run(&command, &result, &err), err);
	CHECK_STR(text_get(&result.output), "A=1\n");
	child_result_clear(&result);
}

/* H-09 */
TEST(working_folder_is_entered)
{
	autoclean(child_result_clear) struct child_result result =
		run_shell((struct child_command){ .working_folder = "/usr" }, "pwd");

	CHECK_STR(text_get(&result.output), "/usr\n");
}

TEST(missing_working_folder_is_named)
{
	char *argv[] = { (char *)"true", NULL };
	struct child_command command = {
		.path = "/bin/true", .argv = argv, .working_folder = "/no/such"
	};
	struct child_result result;
	struct error err;

	CHECK_ERROR(child_run(&command, &result, &err), err, ENOENT,
		    "chdir /no/such: no such file or directory");
}

/* H-11 */
TEST(no_other_descriptor_is_passed_on)
{
	int leaked = fcntl(0, F_DUPFD, 50);
	autoclean(child_result_clear) struct child_result result = run("ls /proc/self/fd | tr '\\n' ' '");

	/* ls has its own 3 for the folder it lists. */
	CHECK_STR(text_get(&result.output), "0 1 2 3 ");
	close(leaked);
}

TEST(caller_without_standard_descriptors_can_run)
{
	int kept[3] = { fcntl(0, F_DUPFD_CLOEXEC, 100), fcntl(1, F_DUPFD_CLOEXEC, 100),
			fcntl(2, F_DUPFD_CLOEXEC, 100) };
	struct child_result result;

	for (int i = 0; i < 3; i++)
		close(i);
	result = run_shell((struct child_command){ .input = "in" }, "cat; echo out; echo err >&2");
	for (int i = 0; i < 3; i++) {
		dup2(kept[i], i);
		close(kept[i]);
	}
	CHECK_STR(text_get(&result.output), "inout\nerr\n");
	child_result_clear(&result);
}

/* H-11 */
TEST(signals_are_default_and_none_is_blocked)
{
	sigset_t all, before;
	struct child_result result;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	signal(SIGPIPE, SIG_IGN);
	result = run("exec grep -E '^Sig(Blk|Ign)' /proc/self/status");
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	CHECK_STR(text_get(&result.output), "SigBlk:\t0000000000000000\n"
					    "SigIgn:\t0000000000000000\n");
	child_result_clear(&result);
}

TEST(program_has_a_process_group_of_its_own)
{
	autoclean(child_result_clear) struct child_result result =
		run("read pid name state parent group rest </proc/self/stat; [ $$ = $group ]");

	CHECK_INT(result.wait_status, 0);
}

/* Runs out of time, but not before it has said something, however slow the machine is. */
static struct child_result run_out_of_time(const char *script)
{
	for (int timeout_ms = 100;; timeout_ms *= 10) {
		struct child_result result =
			run_shell((struct child_command){ .timeout_ms = timeout_ms }, script);

		if (*text_get(&result.output) || timeout_ms > GUARD_MS)
			return result;
		child_result_clear(&result);
	}
}

/* H-04 */
TEST(timeout_kills_the_whole_group)
{
	autoclean(child_result_clear) struct child_result result =
		run_out_of_time("sleep 1000 & echo $!; sleep 1000");
	long long pid = atoll(text_get(&result.output));
	autoclose int fd = -1;

	CHECK_TRUE(result.timed_out);
	CHECK_INT(child_exit_code(result.wait_status), 128 + SIGKILL);
	/* The one in the background is dead too, or on its way: its pidfd tells. */
	CHECK_TRUE(pid > 0);
	fd = sys_pidfd_open((pid_t)pid, 0);
	if (fd >= 0)
		CHECK_INT(poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, GUARD_MS), 1);
}

/* H-10 */
TEST(background_child_that_keeps_the_output_is_not_waited_for)
{
	autoclean(child_result_clear) struct child_result result =
		run_shell((struct child_command){ .timeout_ms = GUARD_MS }, "sleep 100 & echo $!");
	long long pid = atoll(text_get(&result.output));

	CHECK_TRUE(!result.timed_out);
	CHECK_INT(result.wait_status, 0);
	CHECK_TRUE(pid > 0);
	kill((pid_t)pid, SIGKILL);
}

/* A caller that runs a long program and is killed; the program's pid comes over the pipe. */
static void caller(int report_fd)
{
	autofree char *script = mem_format("echo $$ >/proc/%d/fd/%d; exec sleep 100", getpid(),
					   report_fd);
	struct child_result result = run(script);

	child_result_clear(&result);
	_exit(0);
}

/* H-11 */
TEST(program_dies_with_its_caller)
{
	char digits[32] = "";
	autoclose int fd = -1;
	int ends[2];
	pid_t pid;

	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		caller(ends[1]);
	close(ends[1]);
	CHECK_TRUE(read(ends[0], digits, sizeof(digits) - 1) > 0);
	close(ends[0]);
	fd = sys_pidfd_open((pid_t)atoll(digits), 0);
	CHECK_TRUE(fd >= 0);
	kill(pid, SIGKILL);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	CHECK_INT(poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, GUARD_MS), 1);
}
