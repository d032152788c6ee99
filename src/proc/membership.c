// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/membership.h"

#include <string.h>

#include "base/text.h"

/* True when the comma list of @size bytes has @word. */
static bool has_word(const char *list, size_t size, const char *word)
{
	size_t length = strlen(word);

	while (size >= length) {
		size_t item = strcspn(list, ",:");

		if (item == length && strncmp(list, word, length) == 0)
			return true;
		if (item >= size)
			return false;
		list += item + 1;
		size -= item + 1;
	}
	return false;
}

/* The path behind the second colon; NULL for the lines of other trees. */
static const char *path_of_line(const char *line, const char *controller)
{
	const char *list = strchr(line, ':');
	const char *path = list ? strchr(list + 1, ':') : NULL;

	if (!path)
		return NULL;
	list++;
	if (*controller ? has_word(list, (size_t)(path - list), controller) : path == list)
		return path + 1;
	return NULL;
}

const char *membership_path(const char *membership, const char *controller, size_t *ret_size)
{
	for (const char *line = membership; line && *line; line = strchr(line, '\n')) {
		const char *path;

		line += *line == '\n';
		path = path_of_line(line, controller);
		if (!path)
			continue;
		*ret_size = strcspn(path, "\n");
		return path;
	}
	return NULL;
}

char *membership_folder(const char *membership, const char *controller,
			const struct mounts_row *mount, struct arena *io_arena)
{
	size_t size, root_size;
	const char *path = membership_path(membership, controller, &size);

	/* "/../x": outside of the caller's cgroup namespace. */
	if (!path || text_begins(path, "/.."))
		return NULL;
	root_size = strcmp(mount->root, "/") == 0 ? 0 : strlen(mount->root);
	if (size < root_size || strncmp(path, mount->root, root_size) != 0 ||
	    (size > root_size && path[root_size] != '/'))
		return NULL;
	path += root_size;
	size -= root_size;
	while (size > 0 && path[size - 1] == '/')
		size--;
	return arena_format(io_arena, "%s%.*s", mount->mount_point, (int)size, path);
}
