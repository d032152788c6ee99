// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "cgroup/live.h"
#include "cgroup/session.h"

static void make(const struct cgroup *container, pid_t pid, struct cgroup *ret_session)
{
	struct error err;

	CHECK_OK(cgroup_session_make(container, pid, ret_session, &err), err);
}

static void check_members(const struct cgroup *cgroup, size_t expected)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct error err;
	pid_t *pids;
	size_t count;

	CHECK_OK(cgroup_pids(cgroup, &arena, &pids, &count, &err), err);
	CHECK_INT(count, expected);
}

/* One name after the other, with a blank behind each. */
static void check_names(const struct cgroup *container, const char *expected)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	autotext struct text text = { 0 };
	struct error err;
	char **names;
	size_t count;

	CHECK_OK(cgroup_session_list(container, &arena, &names, &count, &err), err);
	for (size_t i = 0; i < count; i++)
		text_add(&text, "%s ", names[i]);
	CHECK_STR(text_get(&text), expected);
}

static void remove_session(struct cgroup *io_session)
{
	struct error err;

	CHECK_OK(cgroup_delete(io_session, &err), err);
	live_check_gone(io_session);
	cgroup_clear(io_session);
}

TEST(process_is_in_the_session_and_counts_for_the_container)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	autofree char *name = NULL;
	struct cgroup session = { 0 };
	pid_t pid = live_add(&live, NULL);

	live_add(&live, NULL);
	make(&live.cgroup, pid, &session);
	name = mem_format("%d ", pid);
	check_names(&live.cgroup, name);
	CHECK_INT(cgroup_session_leader(name), pid);
	check_members(&session, 1);
	check_members(&live.cgroup, 2);
	remove_session(&session);
	live_wait(pid);
	live.pid[0] = live.pid[--live.count];
	check_names(&live.cgroup, "");
	check_members(&live.cgroup, 1);
	live_end(&live);
}

TEST(limits_of_the_container_stay_above)
{
	struct live live = live_create(CGROUP_MODE_NONE,
				       PART(spec_resources,
					    .pids = PART(spec_pids, .limit = INT(1))));
	struct cgroup session = { 0 };

	make(&live.cgroup, live_add(&live, NULL), &session);
	live_check(&live, "pids", "pids.current", "1");
	live_check(&live, "pids", "pids.max", "1");
	remove_session(&session);
	live_end(&live);
}

TEST(second_session_of_a_number_gets_another_name)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct cgroup first = { 0 }, second = { 0 };
	autofree char *names = NULL;
	pid_t pid = live_add(&live, NULL);

	make(&live.cgroup, pid, &first);
	make(&live.cgroup, pid, &second);
	names = mem_format("%d %d.2 ", pid, pid);
	check_names(&live.cgroup, names);
	check_members(&first, 0);
	check_members(&second, 1);
	remove_session(&first);
	remove_session(&second);
	live_end(&live);
}

TEST(nothing_stays_of_a_session_that_cannot_be_made)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct cgroup session = { 0 };
	struct error err;
	pid_t gone = fork();

	if (gone == 0)
		_exit(0);
	CHECK_INT(waitpid(gone, NULL, 0), gone);
	CHECK_INT(cgroup_session_make(&live.cgroup, gone, &session, &err), -ESRCH);
	check_names(&live.cgroup, "");
	live_end(&live);
}

static void catch_hangup(int signal UNUSED)
{
	_exit(5);
}

static void wait_for_hangup(void)
{
	signal(SIGHUP, catch_hangup);
}

/* A second one tells when it is ready: it stops. */
static void stop(void)
{
	wait_for_hangup();
	raise(SIGSTOP);
}

TEST(stopped_process_is_continued_to_take_its_hangup)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct cgroup session = { 0 };
	struct error err;
	pid_t pid = live_add(&live, stop);
	siginfo_t stopped;
	int status;

	CHECK_INT(waitid(P_PID, (id_t)pid, &stopped, WSTOPPED | WNOWAIT), 0);
	make(&live.cgroup, pid, &session);
	CHECK_INT(cgroup_session_hang_up(&session, &err), 1);
	status = live_wait(pid);
	CHECK_TRUE(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 5);
	live.count = 0;
	remove_session(&session);
	live_end(&live);
}

TEST(signal_goes_to_the_session_alone)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct cgroup session = { 0 };
	struct error err;
	pid_t other = live_add(&live, NULL), pid = live_add(&live, NULL);

	make(&live.cgroup, pid, &session);
	CHECK_INT(cgroup_session_signal(&session, SIGUSR1, &err), 1);
	CHECK_INT(WTERMSIG(live_wait(pid)), SIGUSR1);
	check_members(&live.cgroup, 1);
	CHECK_INT(kill(other, 0), 0);
	live.count = 1;
	remove_session(&session);
	live_end(&live);
}

TEST(sigkill_of_a_session)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct cgroup session = { 0 };
	struct error err;
	pid_t pid = live_add(&live, NULL);

	make(&live.cgroup, pid, &session);
	CHECK_OK(cgroup_session_signal(&session, SIGKILL, &err), err);
	CHECK_INT(WTERMSIG(live_wait(pid)), SIGKILL);
	live.count = 0;
	remove_session(&session);
	live_end(&live);
}

TEST(session_is_found_by_its_name)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct cgroup session = { 0 };
	autocgroup struct cgroup found = { 0 };
	autofree char *name = NULL;
	struct error err;
	pid_t pid = live_add(&live, NULL);

	make(&live.cgroup, pid, &session);
	name = mem_format("%d", pid);
	CHECK_OK(cgroup_session_find(&live.cgroup, name, &found, &err), err);
	CHECK_STR(found.tree->folder, session.tree->folder);
	remove_session(&session);
	live_end(&live);
}

/* S-22 */
TEST(other_words_are_no_sessions)
{
	static const char *const names[] = { "", "..", ".", "../x", "1/..", "x", "-1", "1x", "1" };
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct cgroup session = { 0 };

	for (size_t i = 0; i < countof(names); i++) {
		autofree char *text = mem_format("no exec session \"%s\"", names[i]);
		struct error err;

		CHECK_ERROR(cgroup_session_find(&live.cgroup, names[i], &session, &err), err,
			    ESRCH, text);
	}
	live_end(&live);
}

TEST(folders_of_the_container_s_own_are_no_sessions)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	const struct cgroup_tree *tree = cgroup_fs_find_tree(&live.cgroup, "");
	autofree char *folder = NULL;

	folder = mem_format("%s/husk-exec-x", tree ? tree->folder : live_folder(&live, "freezer"));
	CHECK_INT(mkdir(folder, 0755), 0);
	check_names(&live.cgroup, "");
	CHECK_INT(rmdir(folder), 0);
	live_end(&live);
}

TEST(container_without_a_cgroup_has_no_sessions)
{
	struct cgroup none = { 0 }, session = { 0 };
	struct error err;

	CHECK_ERROR(cgroup_session_make(&none, getpid(), &session, &err), err, ENOTSUP,
		    "the container has no cgroup");
	check_names(&none, "");
}
