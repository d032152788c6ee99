// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "container/self.h"

/* A copy of the shell beside a pretended husk, as the build folder has husk-init. */
static void lay_out(char *folder)
{
	char command[PATH_MAX];

	CHECK_TRUE(mkdtemp(folder));
	snprintf(command, sizeof(command), "cp /bin/sh %s/helper", folder);
	CHECK_INT(system(command), 0);
	snprintf(command, sizeof(command), "%s/husk", folder);
	setenv("HUSK_SELF", command, 1);
}

static void take_down(const char *folder)
{
	char command[PATH_MAX];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	CHECK_INT(system(command), 0);
	unsetenv("HUSK_SELF");
}

TEST(helper_is_found_beside_the_binary_and_can_be_executed)
{
	char folder[] = "/tmp/husk-self-XXXXXX";
	struct error err;
	autoclose int fd = -1;
	int status;
	pid_t pid;

	lay_out(folder);
	fd = container_self_open_helper("helper", &err);
	CHECK_OK(fd, err);
	pid = fork();
	if (pid == 0) {
		char *argv[] = { "helper", "-c", "exit 5", NULL };

		execveat(fd, "", argv, environ, AT_EMPTY_PATH);
		_exit(99);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(WEXITSTATUS(status), 5);
	take_down(folder);
}

TEST(helper_cannot_be_written_through_its_descriptor)
{
	char folder[] = "/tmp/husk-self-XXXXXX", path[64];
	struct error err;
	autoclose int fd = -1, again = -1;

	lay_out(folder);
	fd = container_self_open_helper("helper", &err);
	CHECK_OK(fd, err);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_WRONLY | O_CLOEXEC);
	CHECK_INT(again, -1);
	CHECK_TRUE(errno == EROFS || errno == EPERM || errno == EACCES);
	take_down(folder);
}

TEST(missing_helper_names_the_places)
{
	char folder[] = "/tmp/husk-self-XXXXXX";
	struct error err;

	lay_out(folder);
	CHECK_INT(container_self_open_helper("nobody", &err), -ENOENT);
	CHECK_TRUE(strstr(err.text, "nobody is neither at "));
	CHECK_TRUE(strstr(err.text, HUSK_LIBEXEC_DIR "/nobody"));
	take_down(folder);
}
