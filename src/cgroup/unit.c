// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/unit.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "base/text.h"
#include "json/bind.h"

/* Of the whole name of a unit; the kernel has no longer names for folders either. */
enum { UNIT_NAME_MAX = 255 };

static const char valid[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@";
static const char slice_end[] = ".slice";

static int wrong(const char *path, const char *what, struct error *err)
{
	return error_set(err, EINVAL, "linux.cgroupsPath: \"%s\": %s", json_show(path).text, what);
}

static bool is_valid(const char *name)
{
	return strlen(name) <= UNIT_NAME_MAX && name[strspn(name, valid)] == '\0';
}

/* systemd's escape, "\x2b": an id of ours may hold what the name of a unit may not. */
static void add_escaped(const char *id, struct text *io_name)
{
	for (; *id; id++)
		if (strchr(valid, *id))
			text_add(io_name, "%c", *id);
		else
			text_add(io_name, "\\x%02x", (unsigned char)*id);
}

static int plan_default(const struct cgroup_request *request, struct arena *io_arena,
			struct cgroup_unit *ret_unit, struct error *err)
{
	autotext struct text name = { 0 };

	text_add(&name, UNIT_PREFIX "-");
	add_escaped(request->id, &name);
	text_add(&name, ".scope");
	if (name.size > UNIT_NAME_MAX)
		return error_set(err, EINVAL, "systemd cgroup manager: the id is too long for the "
				 "name of a unit");
	ret_unit->name = arena_text(io_arena, text_get(&name));
	return 0;
}

/* "SLICE:PREFIX:NAME" */
struct parts {
	const char *path;
	char *slice, *prefix, *name;
};

static int split(const char *path, struct arena *io_arena, struct parts *ret_parts,
		 struct error *err)
{
	char *rest = arena_text(io_arena, path);

	ret_parts->path = path;
	ret_parts->slice = strsep(&rest, ":");
	ret_parts->prefix = strsep(&rest, ":");
	ret_parts->name = rest;
	if (!ret_parts->prefix || !rest || strchr(rest, ':'))
		return wrong(path, "systemd takes SLICE:PREFIX:NAME", err);
	if (!*rest)
		return wrong(path, "the third part, the name, is empty", err);
	return 0;
}

static int plan_name(const struct parts *parts, struct arena *io_arena,
		     struct cgroup_unit *io_unit, struct error *err)
{
	const char *dash = *parts->prefix ? "-" : "";
	size_t size = strlen(parts->name), end = strlen(slice_end);

	if (size > end && strcmp(parts->name + size - end, slice_end) == 0)
		return wrong(parts->path, "a container lives in a scope, not in a slice", err);
	io_unit->name = arena_format(io_arena, "%s%s%s.scope", parts->prefix, dash, parts->name);
	return is_valid(io_unit->name) ? 0 : wrong(parts->path, "not the name of a unit", err);
}

static int plan_slice(const struct parts *parts, struct arena *io_arena,
		      struct cgroup_unit *io_unit, struct error *err)
{
	struct error inner;
	char *ignored;

	if (strcmp(parts->slice, "-") == 0)
		io_unit->slice = arena_text(io_arena, "-.slice");
	else if (*parts->slice)
		io_unit->slice = parts->slice;
	if (cgroup_unit_slice_path(io_unit->slice, io_arena, &ignored, &inner) < 0)
		return wrong(parts->path, inner.text, err);
	return 0;
}

int cgroup_unit_plan(const struct cgroup_request *request, struct arena *io_arena,
		     struct cgroup_unit *ret_unit, struct error *err)
{
	struct parts parts;

	ret_unit->slice = arena_text(io_arena,
				     request->is_privileged ? "system.slice" : "user.slice");
	if (!request->path || !*request->path)
		return plan_default(request, io_arena, ret_unit, err);
	TRY(split(request->path, io_arena, &parts, err));
	TRY(plan_name(&parts, io_arena, ret_unit, err));
	return plan_slice(&parts, io_arena, ret_unit, err);
}

int cgroup_unit_slice_path(const char *slice, struct arena *io_arena, char **ret_path,
			   struct error *err)
{
	size_t size = strlen(slice), end = strlen(slice_end);
	autotext struct text path = { 0 };

	if (size <= end || strcmp(slice + size - end, slice_end) != 0)
		return error_set(err, EINVAL, "the name of a slice ends in .slice");
	size -= end;
	if (size != 1 || *slice != '-') {
		if (!is_valid(slice) || *slice == '-' || slice[size - 1] == '-' ||
		    strstr(slice, "--"))
			return error_set(err, EINVAL, "not the name of a slice");
		for (size_t level = strcspn(slice, "-"); level < size;
		     level += 1 + strcspn(slice + level + 1, "-"))
			text_add(&path, "/%.*s.slice", (int)level, slice);
		text_add(&path, "/%s", slice);
	}
	*ret_path = arena_text(io_arena, text_get(&path));
	return 0;
}
