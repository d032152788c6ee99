// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/engine.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/scope.h"
#include "base/scratch.h"
#include "test.h"

static void make(const struct scratch *scratch, const char *const *folders, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CHECK_INT(mkdirat(scratch->fd, folders[i], 0700), 0);
}

TEST(namespaces_of_containerd_and_docker_s_engine_are_found)
{
	static const char *const folders[] = {
		"containerd", "containerd/runc", "containerd/runc/k8s.io", "containerd/runc/default",
		"containerd/runc/.hidden", "docker", "docker/runtime-husk", "docker/runtime-husk/moby",
		"docker/runtime-empty", "docker/plugins", "docker/plugins/moby",
	};
	static const char *const wanted[] = { "/containerd/runc/default", "/containerd/runc/k8s.io",
					      "/docker/runtime-husk/moby" };
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autoclean(arena_clear) struct arena arena = { 0 };
	struct state_roots roots = { 0 };

	make(&scratch, folders, countof(folders));
	state_roots_add(NULL, &arena, &roots);
	state_engine_roots(scratch.path, &arena, &roots);
	CHECK_INT(roots.count, 1 + countof(wanted));
	CHECK_TRUE(!roots.item[0]);
	for (size_t i = 0; i < countof(wanted); i++)
		CHECK_STR(roots.item[1 + i], arena_format(&arena, "%s%s", scratch.path, wanted[i]));
}

TEST(machine_without_engines_has_none)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autoclean(arena_clear) struct arena arena = { 0 };
	struct state_roots roots = { 0 };

	state_engine_roots(scratch.path, &arena, &roots);
	CHECK_INT(roots.count, 0);
}
