// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/wire.h"
#include "container/step.h"

struct ends {
	int parent, stage;
};

static struct ends meet(void)
{
	int pair[2];
	struct error err;

	CHECK_OK(wire_pair(pair, &err), err);
	return (struct ends){ .parent = pair[0], .stage = pair[1] };
}

static void part(struct ends *ends)
{
	close(ends->parent);
	close(ends->stage);
}

TEST(awaited_step_arrives)
{
	struct ends ends = meet();
	struct error err;

	CHECK_OK(container_step_say(ends.stage, STEP_READY, -1, &err), err);
	CHECK_INT(container_step_await(ends.parent, STEP_READY, NULL, NULL, &err), 1);
	part(&ends);
}

TEST(console_carries_its_descriptor)
{
	struct ends ends = meet();
	autoclose int file = open("/dev/null", O_RDWR | O_CLOEXEC);
	int got = -1;
	struct error err;

	CHECK_OK(container_step_say(ends.stage, STEP_CONSOLE, file, &err), err);
	CHECK_INT(container_step_await(ends.parent, STEP_CONSOLE, &got, NULL, &err), 1);
	CHECK_TRUE(got >= 0 && got != file);
	CHECK_TRUE(fcntl(got, F_GETFD) & FD_CLOEXEC);
	close(got);
	part(&ends);
}

TEST(other_step_than_the_one_due_is_an_error)
{
	struct ends ends = meet();
	struct error err;

	CHECK_OK(container_step_say(ends.stage, STEP_ROOTED, -1, &err), err);
	CHECK_ERROR(container_step_await(ends.parent, STEP_READY, NULL, NULL, &err), err, EPROTO,
		    "handshake: step 1 came where \"ready\" was due");
	part(&ends);
}

TEST(failure_brings_the_error_and_the_blame)
{
	struct ends ends = meet();
	enum container_blame blame = BLAME_RUNTIME;
	struct error why, err;

	error_set(&why, ENOENT, "executable file \"x\" not found in $PATH");
	container_step_say_failed(ends.stage, &why, BLAME_NOT_FOUND);
	CHECK_ERROR(container_step_await(ends.parent, STEP_READY, NULL, &blame, &err), err, ENOENT,
		    "executable file \"x\" not found in $PATH");
	CHECK_INT(blame, BLAME_NOT_FOUND);
	part(&ends);
}

TEST(end_of_the_other_side_is_told_apart_from_an_error)
{
	struct ends ends = meet();
	struct error err;

	close(ends.stage);
	CHECK_INT(container_step_await(ends.parent, STEP_READY, NULL, NULL, &err), 0);
	CHECK_INT(container_step_say(ends.parent, STEP_COMMIT, -1, &err), -EPIPE);
	close(ends.parent);
}
