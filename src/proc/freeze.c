// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/freeze.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/text.h"
#include "proc/membership.h"

enum { MEMBERSHIP_SIZE = 1 << 20, STATE_SIZE = 4096 };

static const struct mounts_row *find_mount(const struct mounts *mounts, enum freeze_kind kind)
{
	for (size_t i = 0; i < mounts->count; i++) {
		const struct mounts_row *row = &mounts->row[i];

		if (!mounts_is_visible(mounts, row))
			continue;
		if (kind == FREEZE_V2 ? strcmp(row->fs_type, "cgroup2") == 0
				      : strcmp(row->fs_type, "cgroup") == 0 &&
						mounts_has_option(row->super_options, "freezer"))
			return row;
	}
	return NULL;
}

char *freeze_folder(const struct mounts *mounts, const char *membership, enum freeze_kind kind,
		    struct arena *io_arena, const char **ret_top)
{
	const struct mounts_row *mount = find_mount(mounts, kind);

	if (!mount)
		return NULL;
	*ret_top = mount->mount_point;
	return membership_folder(membership, kind == FREEZE_V2 ? "" : "freezer", mount, io_arena);
}

/* Fills @ret_freeze when the file begins with @word. */
static bool says(const char *folder, const char *name, const char *word, struct arena *io_arena,
		 struct freeze *ret_freeze)
{
	char *file = arena_format(io_arena, "%s/%s", folder, name);
	autofree char *text = NULL;
	struct error err;

	/* The root of a tree has no such file; a cgroup may be gone by now. */
	if (file_read(AT_FDCWD, file, STATE_SIZE, &text, NULL, &err) < 0 ||
	    !text_begins(text, word))
		return false;
	ret_freeze->file = file;
	ret_freeze->content = arena_format(io_arena, "%.*s", (int)strcspn(text, "\n"), text);
	return true;
}

/* Whoever set it may be a folder above. It is in force though cgroup.events may lag behind. */
static bool is_frozen_v2(char *folder, const char *top, struct arena *io_arena,
			 struct freeze *ret_freeze)
{
	while (strlen(folder) > strlen(top)) {
		if (says(folder, "cgroup.freeze", "1", io_arena, ret_freeze))
			return true;
		*strrchr(folder, '/') = '\0';
	}
	return false;
}

static void look(const struct mounts *mounts, const char *membership, struct arena *io_arena,
		 struct freeze *ret_freeze)
{
	const char *top;
	char *folder = freeze_folder(mounts, membership, FREEZE_V1, io_arena, &top);

	/* "FROZEN" or "FREEZING", then some processes stand still already. */
	if (folder && says(folder, "freezer.state", "FR", io_arena, ret_freeze)) {
		ret_freeze->kind = FREEZE_V1;
		return;
	}
	folder = freeze_folder(mounts, membership, FREEZE_V2, io_arena, &top);
	if (folder && is_frozen_v2(folder, top, io_arena, ret_freeze))
		ret_freeze->kind = FREEZE_V2;
}

int freeze_read(pid_t pid, struct arena *io_arena, struct freeze *ret_freeze, struct error *err)
{
	autofree char *name = mem_format("/proc/%d/cgroup", (int)pid);
	autofree char *membership = NULL;
	automounts struct mounts mounts = { 0 };

	*ret_freeze = (struct freeze){ 0 };
	TRY(file_read(AT_FDCWD, name, MEMBERSHIP_SIZE, &membership, NULL, err));
	TRY(mounts_read(&mounts, err));
	look(&mounts, membership, io_arena, ret_freeze);
	return 0;
}
