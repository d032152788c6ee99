// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <sys/prctl.h>

#include "cgroup/live.h"
#include "container/session.h"

static void plan(const char *value, int code, bool is_wanted)
{
	struct spec spec = { 0 };
	bool wanted = !is_wanted;
	struct error err;

	if (value)
		spec_add_annotation(&spec, CONTAINER_SESSION_ANNOTATION, value);
	CHECK_INT(container_session_plan(&spec, &wanted, &err), -code);
	CHECK_INT(wanted, is_wanted);
	spec_clear(&spec);
}

TEST(annotation_is_true_or_false)
{
	plan(NULL, 0, false);
	plan("false", 0, false);
	plan("true", 0, true);
	plan("", EINVAL, false);
	plan("yes", EINVAL, false);
}

/* A process of the container with a session of its own. */
static pid_t open_session(struct live *io_live, void (*work)(void),
			  struct container_session *ret_session)
{
	pid_t pid = live_add(io_live, work);
	struct error err;

	*ret_session = (struct container_session)CONTAINER_SESSION_NONE;
	CHECK_OK(container_session_open(&io_live->cgroup, pid, ret_session, &err), err);
	return pid;
}

static void close_session(struct container_session *io_session)
{
	container_session_remove(io_session);
	live_check_gone(&io_session->cgroup);
	container_session_clear(io_session);
}

TEST(end_of_a_session_is_a_hangup)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct container_session session;
	pid_t pid = open_session(&live, NULL, &session);

	container_session_end(&session);
	CHECK_INT(WTERMSIG(live_wait(pid)), SIGHUP);
	live.count = 0;
	close_session(&session);
	live_end(&live);
}

static int told[2];

static void ignore_hangup(void)
{
	signal(SIGHUP, SIG_IGN);
	CHECK_INT(write(told[1], "x", 1), 1);
}

TEST(who_ignores_the_hangup_is_killed_after_the_grace)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct container_session session;
	char byte;
	pid_t pid;

	CHECK_INT(pipe(told), 0);
	pid = open_session(&live, ignore_hangup, &session);
	CHECK_INT(read(told[0], &byte, 1), 1);
	container_session_end(&session);
	CHECK_INT(WTERMSIG(live_wait(pid)), SIGKILL);
	close(told[0]);
	close(told[1]);
	live.count = 0;
	close_session(&session);
	live_end(&live);
}

TEST(end_of_an_empty_session_is_nothing)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct container_session session;
	pid_t pid = open_session(&live, NULL, &session);

	CHECK_INT(kill(pid, SIGKILL), 0);
	live_wait(pid);
	live.count = 0;
	container_session_end(&session);
	close_session(&session);
	live_end(&live);
}

TEST(next_session_removes_one_that_has_ended)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct container_session first, second;
	pid_t pid = open_session(&live, NULL, &first);

	CHECK_INT(kill(pid, SIGKILL), 0);
	live_wait(pid);
	live.count = 0;
	open_session(&live, NULL, &second);
	live_check_gone(&first.cgroup);
	CHECK_TRUE(live_exists(second.cgroup.tree->folder));
	container_session_clear(&first);
	close_session(&second);
	live_end(&live);
}

TEST(error_says_what_it_was_for)
{
	struct container_session session = CONTAINER_SESSION_NONE;
	struct cgroup none = { 0 };
	struct error err;

	CHECK_ERROR(container_session_open(&none, getpid(), &session, &err), err, ENOTSUP,
		    "exec session: the container has no cgroup");
}
