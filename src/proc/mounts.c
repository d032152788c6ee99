// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/mounts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

enum { LIST_LIMIT = 64 << 20 };

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* The kernel writes blank, tab, end of line, backslash and '#' as three octal digits. */
static bool is_escape(const char *text)
{
	return text[0] == '\\' && is_octal(text[1]) && is_octal(text[2]) && is_octal(text[3]);
}

static void unescape(char *io_text)
{
	char *to = io_text;

	for (const char *from = io_text; *from; from++) {
		if (!is_escape(from)) {
			*to++ = *from;
			continue;
		}
		*to++ = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
		from += 3;
	}
	*to = '\0';
}

/*
 * The next field. strtok would swallow an empty one, and a source can be empty
 * ("- tmpfs  rw"): mount(2) takes any string.
 */
static char *next_field(char **io_rest)
{
	char *field = strsep(io_rest, " ");

	if (field)
		unescape(field);
	return field;
}

/* "master:1" and its like: none, one or several, ended by a lone "-". */
static bool skip_optional_fields(char **io_rest)
{
	const char *field;

	do
		field = strsep(io_rest, " ");
	while (field && strcmp(field, "-") != 0);
	return field;
}

static bool parse_line(char *line, struct mounts_row *ret_row)
{
	char *rest;
	int used = -1;

	/* The blank in the format would take a root that is missing as well; none ever is. */
	if (sscanf(line, "%d %d %u:%u %n", &ret_row->id, &ret_row->parent_id, &ret_row->major,
		   &ret_row->minor, &used) != 4 || used < 0)
		return false;
	rest = line + used;
	ret_row->root = next_field(&rest);
	ret_row->mount_point = next_field(&rest);
	ret_row->options = next_field(&rest);
	if (!ret_row->options || !skip_optional_fields(&rest))
		return false;
	ret_row->fs_type = next_field(&rest);
	ret_row->source = next_field(&rest);
	ret_row->super_options = next_field(&rest);
	return ret_row->super_options;
}

int mounts_parse(const char *text, struct mounts *ret_mounts, struct error *err)
{
	struct mounts mounts = { 0 };
	char *rest = arena_text(&mounts.arena, text);
	char *line;

	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		mounts.row = arena_grow(&mounts.arena, mounts.row, mounts.count,
					sizeof(*mounts.row));
		if (!parse_line(line, &mounts.row[mounts.count])) {
			arena_clear(&mounts.arena);
			return error_set(err, EBADMSG, "line %zu is no mount", mounts.count + 1);
		}
		mounts.count++;
	}
	*ret_mounts = mounts;
	return 0;
}

int mounts_read(struct mounts *ret_mounts, struct error *err)
{
	static const char path[] = "/proc/self/mountinfo";
	autofree char *text = NULL;

	TRY(file_read(AT_FDCWD, path, LIST_LIMIT, &text, NULL, err));
	return mounts_parse(text, ret_mounts, err) < 0 ? error_wrap(err, "%s", path) : 0;
}

/* @path is @folder or lies below it. */
static bool is_within(const char *path, const char *folder)
{
	size_t size = strlen(folder);

	if (size == 1)
		return true; /* "/" */
	return strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

static const struct mounts_row *find_id(const struct mounts *mounts, int id)
{
	for (size_t i = 0; i < mounts->count; i++)
		if (mounts->row[i].id == id)
			return &mounts->row[i];
	return NULL;
}

/*
 * A path walk enters the first mount it meets on its way. So @row is missed when a sister, a
 * mount on the same parent, lies on a folder above it: that one is entered instead.
 */
static bool is_passed_by(const struct mounts *mounts, const struct mounts_row *row)
{
	for (size_t i = 0; i < mounts->count; i++) {
		const struct mounts_row *other = &mounts->row[i];

		if (other->parent_id == row->parent_id && other != row &&
		    strcmp(other->mount_point, row->mount_point) != 0 &&
		    is_within(row->mount_point, other->mount_point))
			return true;
	}
	return false;
}

static bool is_stacked_over(const struct mounts *mounts, const struct mounts_row *row)
{
	for (size_t i = 0; i < mounts->count; i++) {
		const struct mounts_row *other = &mounts->row[i];

		if (other->parent_id == row->id && other != row &&
		    strcmp(other->mount_point, row->mount_point) == 0)
			return true;
	}
	return false;
}

bool mounts_is_visible(const struct mounts *mounts, const struct mounts_row *row)
{
	if (is_stacked_over(mounts, row))
		return false;

	/* At most one step for each mount: a damaged list with a circle of parents ends too. */
	for (size_t step = 0; row && step < mounts->count; step++) {
		if (is_passed_by(mounts, row))
			return false;
		row = row->parent_id == row->id ? NULL : find_id(mounts, row->parent_id);
	}
	return true;
}

bool mounts_has_option(const char *options, const char *word)
{
	size_t size = strlen(word);

	while (*options) {
		size_t length = strcspn(options, ",");

		if (length == size && strncmp(options, word, size) == 0)
			return true;
		options += length + (options[length] == ',');
	}
	return false;
}

void mounts_clear(struct mounts *io_mounts)
{
	arena_clear(&io_mounts->arena);
	*io_mounts = (struct mounts){ 0 };
}
