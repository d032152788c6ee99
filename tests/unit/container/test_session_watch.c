// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <stdlib.h>

#include "cgroup/live.h"
#include "container/session.h"

/* A session of two processes, the first of which names it, and who watches it. */
struct scene {
	struct live live;
	struct container_session session;
	pid_t first, second, watcher;
};

static struct scene scene_new(void)
{
	struct scene scene = { .live = live_create(CGROUP_MODE_NONE, NULL),
			       .session = CONTAINER_SESSION_NONE };
	struct error err;

	scene.first = live_add(&scene.live, NULL);
	scene.second = live_add(&scene.live, NULL);
	CHECK_OK(container_session_open(&scene.live.cgroup, scene.first, &scene.session, &err),
		 err);
	CHECK_OK(cgroup_join(&scene.session.cgroup, scene.second, &err), err);
	return scene;
}

static void scene_watch(struct scene *io_scene)
{
	autoclose int first_fd = sys_pidfd_open(io_scene->first, 0);
	struct error err;

	CHECK_TRUE(first_fd >= 0);
	io_scene->watcher = container_session_watch(&io_scene->session, first_fd, &err);
	CHECK_OK(io_scene->watcher, err);
}

static void scene_end(struct scene *io_scene)
{
	CHECK_INT(live_wait(io_scene->watcher), 0);
	live_check_gone(&io_scene->session.cgroup);
	container_session_clear(&io_scene->session);
	io_scene->live.count = 0;
	live_end(&io_scene->live);
}

static void check_ends(const struct scene *scene)
{
	CHECK_INT(WTERMSIG(live_wait(scene->first)), SIGHUP);
	CHECK_INT(WTERMSIG(live_wait(scene->second)), SIGHUP);
}

TEST(end_of_the_first_process_ends_the_others_and_the_watcher)
{
	struct scene scene = scene_new();

	scene_watch(&scene);
	CHECK_INT(kill(scene.first, SIGHUP), 0);
	check_ends(&scene);
	scene_end(&scene);
}

/* Neither process has the terminal open: only the watcher can see it. */
TEST(hangup_of_the_terminal_ends_all)
{
	struct scene scene = scene_new();
	int master_fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	CHECK_TRUE(master_fd >= 0);
	CHECK_INT(unlockpt(master_fd), 0);
	scene.session.terminal_fd = open(ptsname(master_fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
	CHECK_TRUE(scene.session.terminal_fd >= 0);
	scene_watch(&scene);
	close(master_fd);
	check_ends(&scene);
	scene_end(&scene);
}

TEST(watcher_lets_go_of_what_its_parent_had_open)
{
	struct scene scene = scene_new();
	struct pollfd end = { 0 };
	int ends[2];

	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	scene_watch(&scene);
	close(ends[1]);
	end.fd = ends[0];
	CHECK_INT(poll(&end, 1, LIVE_WAIT_MS), 1);
	close(ends[0]);
	CHECK_INT(kill(scene.first, SIGHUP), 0);
	check_ends(&scene);
	scene_end(&scene);
}
