// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/pages.h"

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

enum { PAGE = 4096, PAGES = 64 };

/*
 * KiB: the page that waits, and one more. What a sanitizer adds does not fit in there, and on other
 * processors the C library makes the call.
 */
#if defined(__SANITIZE_ADDRESS__) || !defined(__x86_64__)
enum { MOST_CODE = 1 << 20 };
#else
enum { MOST_CODE = 2 * PAGE / 1024 };
#endif

/* Constants of this program's file, and data that was changed since. */
static const _Alignas(PAGE) char constants[PAGES * PAGE] = { 1 };
static _Alignas(PAGE) volatile char data[PAGE] = "file";

static const volatile char *middle(void)
{
	return constants + PAGES / 2 * PAGE;
}

static FILE *open_proc(pid_t pid, const char *name)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = fopen(path, "r");
	assert_non_null(file);
	return file;
}

static bool is_in_memory(pid_t pid, const volatile void *address)
{
	uint64_t entry = 0;
	FILE *file = open_proc(pid, "pagemap");

	fseek(file, (long)((uintptr_t)address / (uintptr_t)sysconf(_SC_PAGESIZE) * sizeof(entry)),
	      SEEK_SET);
	assert_int_equal(fread(&entry, sizeof(entry), 1, file), 1);
	fclose(file);
	return entry >> 63;
}

/* KiB of what is executed, the kernel's own pages among it. */
static long code_in_memory(pid_t pid)
{
	char line[512], mode[5];
	bool is_code = false;
	FILE *file = open_proc(pid, "smaps");
	long sum = 0, size;

	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*x-%*x %4s", mode) == 1)
			is_code = mode[2] == 'x';
		else if (is_code && sscanf(line, "Rss: %ld", &size) == 1)
			sum += size;
	}
	fclose(file);
	return sum;
}

static void until_it_sleeps(pid_t pid)
{
	char state = 0;

	while (state != 'S') {
		FILE *file = open_proc(pid, "stat");

		assert_int_equal(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
		fclose(file);
		if (state == 'Z')
			fail_msg("it has ended");
		sched_yield();
	}
}

TEST(waits_without_the_pages_of_its_file)
{
	int pipe_fds[2], status;
	long code;
	pid_t pid;

	CHECK_INT(pipe(pipe_fds), 0);
	CHECK_INT(*middle(), 0);
	pid = fork();
	if (pid == 0) {
		char byte = *middle();

		/* Where a check fails nobody would wait for us. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		data[0] = 'm';
		pages_wait_without(pipe_fds[0]);
		_exit(read(pipe_fds[0], &byte, 1) == 1 && byte == 'x' && *constants == 1 &&
				      *middle() == 0 && data[0] == 'm' && data[1] == 'i'
			      ? 0
			      : 1);
	}
	until_it_sleeps(pid);
	CHECK_TRUE(!is_in_memory(pid, middle()));
	CHECK_TRUE(is_in_memory(getpid(), middle()));
	code = code_in_memory(pid);
	CHECK_INT(code > MOST_CODE ? code : 0, 0);
	CHECK_INT(write(pipe_fds[1], "x", 1), 1);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

TEST(ends_when_the_other_side_is_closed)
{
	int pipe_fds[2];

	CHECK_INT(pipe(pipe_fds), 0);
	close(pipe_fds[1]);
	pages_wait_without(pipe_fds[0]);
	close(pipe_fds[0]);
	CHECK_INT(*middle(), 0);
}
