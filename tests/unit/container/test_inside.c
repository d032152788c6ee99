// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "container/inside.h"

/* In a child, so that this process keeps its own 0, 1, 2. Returns its exit status. */
static int own_in_child(int in, int out, uid_t uid)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct error err;

		dup2(in, 0);
		dup2(out, 1);
		_exit(container_inside_own_stdio(uid, &err) < 0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

/* FD-03 */
TEST(pipe_becomes_the_user_s_and_dev_null_does_not)
{
	autoclose int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct stat before, null_file, pipe_file;
	int pair[2];

	if (geteuid() != 0)
		SKIP("needs root to give files away");
	CHECK_INT(pipe2(pair, O_CLOEXEC), 0);
	CHECK_INT(fstat(null_fd, &before), 0);
	CHECK_INT(own_in_child(null_fd, pair[1], 1234), 0);
	CHECK_INT(fstat(null_fd, &null_file), 0);
	CHECK_INT(fstat(pair[1], &pipe_file), 0);
	CHECK_INT(null_file.st_uid, before.st_uid);
	CHECK_INT(pipe_file.st_uid, 1234);
	close(pair[0]);
	close(pair[1]);
}
