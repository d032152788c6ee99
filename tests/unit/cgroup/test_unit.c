// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/unit.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "test.h"

static int plan(const char *path, bool is_user, struct arena *io_arena,
		struct cgroup_unit *ret_unit, struct error *err)
{
	struct cgroup_request request = { .path = path, .id = "web+1", .is_privileged = !is_user };

	*ret_unit = (struct cgroup_unit){ 0 };
	return cgroup_unit_plan(&request, io_arena, ret_unit, err);
}

/* C-02, C-03 */
TEST(path_in_three_parts_names_slice_and_scope)
{
	static const struct {
		const char *path;
		bool is_user;
		const char *slice, *name;
	} rows[] = {
		{ NULL, false, "system.slice", "husk-web\\x2b1.scope" },
		{ "", true, "user.slice", "husk-web\\x2b1.scope" },
		{ "machine.slice:libpod:1a2b", false, "machine.slice", "libpod-1a2b.scope" },
		{ "kubepods-burstable-pod1_2.slice:cri-containerd:3c", false,
		  "kubepods-burstable-pod1_2.slice", "cri-containerd-3c.scope" },
		{ ":docker:4d", false, "system.slice", "docker-4d.scope" },
		{ ":docker:4d", true, "user.slice", "docker-4d.scope" },
		{ "user.slice::5e", true, "user.slice", "5e.scope" },
		{ "-:p:n", false, "-.slice", "p-n.scope" },
	};
	autoclean(arena_clear) struct arena arena = { 0 };
	struct cgroup_unit unit;
	struct error err;

	for (size_t i = 0; i < countof(rows); i++) {
		CHECK_OK(plan(rows[i].path, rows[i].is_user, &arena, &unit, &err), err);
		CHECK_STR(unit.slice, rows[i].slice);
		CHECK_STR(unit.name, rows[i].name);
	}
}

/* C-03, C-04 */
TEST(other_paths_are_refused)
{
	static const struct {
		const char *path, *error;
	} rows[] = {
		{ "/husk/web", "linux.cgroupsPath: \"/husk/web\": systemd takes SLICE:PREFIX:NAME" },
		{ "a.slice:b", "linux.cgroupsPath: \"a.slice:b\": systemd takes SLICE:PREFIX:NAME" },
		{ "a.slice:b:c:d",
		  "linux.cgroupsPath: \"a.slice:b:c:d\": systemd takes SLICE:PREFIX:NAME" },
		{ "a.slice:b:",
		  "linux.cgroupsPath: \"a.slice:b:\": the third part, the name, is empty" },
		{ "a.slice:b:c.slice", "linux.cgroupsPath: \"a.slice:b:c.slice\": a container lives "
				       "in a scope, not in a slice" },
		{ "a.slice:b:c d", "linux.cgroupsPath: \"a.slice:b:c d\": not the name of a unit" },
		{ "a.slice:b:c/d", "linux.cgroupsPath: \"a.slice:b:c/d\": not the name of a unit" },
		{ "a:b:c", "linux.cgroupsPath: \"a:b:c\": the name of a slice ends in .slice" },
		{ "a--b.slice:b:c",
		  "linux.cgroupsPath: \"a--b.slice:b:c\": not the name of a slice" },
	};
	autoclean(arena_clear) struct arena arena = { 0 };
	struct cgroup_unit unit;
	struct error err;

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_ERROR(plan(rows[i].path, false, &arena, &unit, &err), err, EINVAL,
			    rows[i].error);
}

TEST(unit_name_is_at_most_as_long_as_systemd_takes)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	char path[300] = "a.slice::";
	struct cgroup_unit unit;
	struct error err;

	memset(path + 9, 'x', 249);
	CHECK_OK(plan(path, false, &arena, &unit, &err), err);
	CHECK_INT(strlen(unit.name), 255);
	path[9 + 249] = 'x';
	CHECK_INT(plan(path, false, &arena, &unit, &err), -EINVAL);
}

/* C-04 */
TEST(dash_in_a_slice_is_a_level)
{
	static const struct {
		const char *slice, *path;
	} rows[] = {
		{ "machine.slice", "/machine.slice" },
		{ "a-b-c.slice", "/a.slice/a-b.slice/a-b-c.slice" },
		{ "-.slice", "" },
		{ "kubepods-burstable.slice", "/kubepods.slice/kubepods-burstable.slice" },
	};
	static const char *const refused[] = { "", ".slice", "a", "a.scope", "-a.slice", "a-.slice",
					       "a--b.slice", "a/b.slice", "--.slice" };
	autoclean(arena_clear) struct arena arena = { 0 };
	struct error err;
	char *path;

	for (size_t i = 0; i < countof(rows); i++) {
		CHECK_OK(cgroup_unit_slice_path(rows[i].slice, &arena, &path, &err), err);
		CHECK_STR(path, rows[i].path);
	}
	for (size_t i = 0; i < countof(refused); i++)
		CHECK_INT(cgroup_unit_slice_path(refused[i], &arena, &path, &err), -EINVAL);
}

/* Each "+" takes four letters of the unit's name: 100 are within an id, and too many. */
TEST(an_id_too_long_for_the_name_of_a_unit_is_refused)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	char id[101] = { 0 };
	struct cgroup_request request = { .id = id, .is_privileged = true };
	struct cgroup_unit unit = { 0 };
	struct error err;

	memset(id, '+', sizeof(id) - 1);
	CHECK_ERROR(cgroup_unit_plan(&request, &arena, &unit, &err), err, EINVAL,
		    "systemd cgroup manager: the id is too long for the name of a unit");
}
