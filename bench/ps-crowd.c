// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ps-crowd - very many processes that do nothing, for as long as stdin is open
 *
 *   ps-crowd wide|deep N [inside]
 *
 * wide: N children of one process; deep: each the child of the one before. With inside they live
 * in a pid namespace of their own. Prints the number of the first one when all are there.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void idle(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static void say(int fd)
{
	if (write(fd, "!", 1) != 1)
		_exit(1);
}

static void be_many(int count, int ready_fd)
{
	for (int i = 1; i < count; i++) {
		pid_t child = fork();

		if (child < 0)
			_exit(errno);
		if (child == 0)
			idle();
	}
	say(ready_fd);
	idle();
}

/*
 * Each executes the program anew. A copy of a copy of a copy would share its memory with all
 * above it, and the kernel's work for a fork would grow with the depth.
 */
static void be_deep(int count, int ready_fd)
{
	char rest[16], fd[16];
	pid_t child = count > 1 ? fork() : 1;

	if (child < 0)
		_exit(errno);
	if (child == 0) {
		snprintf(rest, sizeof(rest), "%d", count - 1);
		snprintf(fd, sizeof(fd), "%d", ready_fd);
		execl("/proc/self/exe", "ps-crowd", "rest", rest, fd, NULL);
		_exit(errno);
	}
	if (count <= 1)
		say(ready_fd);
	close(ready_fd);
	idle();
}

int main(int argc, char **argv)
{
	int is_deep = argc > 2 && strcmp(argv[1], "deep") == 0, ready[2], status = 0;
	char byte;
	pid_t first;

	if (argc == 4 && strcmp(argv[1], "rest") == 0)
		be_deep(atoi(argv[2]), atoi(argv[3]));
	if (argc < 3 || pipe(ready) < 0 || (argc > 3 && unshare(CLONE_NEWPID) < 0))
		return 2;
	first = fork();
	if (first == 0) {
		close(ready[0]);
		(is_deep ? be_deep : be_many)(atoi(argv[2]), ready[1]);
	}
	close(ready[1]);
	/* Nobody holds the other end when all have failed. */
	if (read(ready[0], &byte, 1) == 1) {
		printf("%d\n", (int)first);
		fflush(stdout);
		while (read(0, &byte, 1) > 0)
			;
	} else {
		waitpid(first, &status, 0);
		fprintf(stderr, "ps-crowd: fork: %s\n", strerror(WEXITSTATUS(status)));
	}
	kill(first, SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}
