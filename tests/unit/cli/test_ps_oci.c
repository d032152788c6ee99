// SPDX-License-Identifier: GPL-2.0-or-later
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/text.h"
#include "cli/command.h"
#include "test.h"

/* A process that has @word among its words and lives until *ret_fd is closed. */
static pid_t start(const char *word, int *ret_fd)
{
	int to[2], from[2];
	char byte;
	pid_t pid;

	CHECK_INT(pipe(to), 0);
	CHECK_INT(pipe(from), 0);
	pid = fork();
	if (pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		close(to[1]);
		execl("/bin/sh", "sh", "-c", "echo; read x", word, NULL);
		_exit(99);
	}
	close(to[0]);
	close(from[1]);
	/* It has executed its program. */
	CHECK_INT(read(from[0], &byte, 1), 1);
	close(from[0]);
	*ret_fd = to[1];
	return pid;
}

TEST(words_of_a_process_steer_no_terminal)
{
	autotext struct text alive = { 0 }, dead = { 0 };
	int fd;
	pid_t pid = start("\033[2J\xc2\x9b" "2J\x9b\xff\xc3\xa4", &fd);

	command_add_words(&alive, pid, "sh");
	CHECK_STR(text_get(&alive), "sh -c echo; read x ?[2J??2J??\xc3\xa4");
	close(fd);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	command_add_words(&dead, pid, "a\033\xc2\x85");
	CHECK_STR(text_get(&dead), "[a???]");
}
