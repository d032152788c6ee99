// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/fd.h"
#include "forked.h"

/* The shell as husk-echo beside a pretended husk: it shows what it is called with. */
static void lay_out(char *folder)
{
	char command[PATH_MAX];

	CHECK_TRUE(mkdtemp(folder));
	snprintf(command, sizeof(command), "cp /bin/echo %s/husk-echo", folder);
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

static int output_fd;

static void become_helper(void)
{
	char *words[] = { "-x", "y z" };
	struct error err;

	dup2(output_fd, STDOUT_FILENO);
	CHECK_OK(command_run_helper(&(struct context){ .root = "/r" }, "husk-echo", 2, words, &err),
		 err);
}

TEST(helper_gets_the_state_folder_and_all_words)
{
	char folder[] = "/tmp/husk-helper-XXXXXX", *text = NULL;
	struct error err;
	int ends[2];

	lay_out(folder);
	CHECK_INT(pipe(ends), 0);
	output_fd = ends[1];
	RUN_FORKED(become_helper);
	close(ends[1]);
	CHECK_OK(fd_read_all(ends[0], 1000, &text, NULL, &err), err);
	CHECK_STR(text, "--root /r -x y z\n");
	free(text);
	close(ends[0]);
	take_down(folder);
}

TEST(missing_helper_is_named)
{
	char folder[] = "/tmp/husk-helper-XXXXXX";
	struct error err;

	lay_out(folder);
	CHECK_INT(command_run_helper(&(struct context){ 0 }, "husk-nobody", 0, NULL, &err), -ENOENT);
	CHECK_TRUE(strstr(err.text, "husk-nobody is neither at "));
	take_down(folder);
}
