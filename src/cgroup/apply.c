// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/apply.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cgroup/folder.h"
#include "cgroup/fs.h"

/* Where the last write went: neighbours in the plan mostly share the folder, often the file. */
struct place {
	const struct cgroup_tree *tree;
	const char *file;
	int folder_fd, file_fd;
};

static void place_clear(struct place *io_place)
{
	scope_close(&io_place->folder_fd);
	scope_close(&io_place->file_fd);
}

static int enter_folder(const struct cgroup_tree *tree, struct place *io_place, struct error *err)
{
	if (io_place->tree == tree)
		return 0;
	place_clear(io_place);
	*io_place = (struct place){ .file_fd = -1 };
	io_place->folder_fd = cgroup_folder_open(tree->folder, err);
	if (io_place->folder_fd < 0)
		return io_place->folder_fd;
	io_place->tree = tree;
	return 0;
}

static int enter_file(const char *file, struct place *io_place, struct error *err)
{
	if (io_place->file && strcmp(io_place->file, file) == 0)
		return 0;
	scope_close(&io_place->file_fd);
	io_place->file = NULL;
	io_place->file_fd = cgroup_folder_open_file(io_place->folder_fd, file, O_WRONLY, err);
	if (io_place->file_fd < 0)
		return io_place->file_fd;
	io_place->file = file;
	return 0;
}

static int write_text(const char *text, const struct place *place, struct error *err)
{
	/* At 0, as if freshly opened: one write is one command wherever the offset is. */
	if (TEMP_FAILURE_RETRY(pwrite(place->file_fd, text, strlen(text), 0)) < 0)
		return error_sys(err, "write \"%s\" to %s", text, place->file);
	return 0;
}

static int write_after_first_word(const struct limit_write *write, const struct place *place,
				  struct error *err)
{
	autofree char *now = NULL, *text = NULL;

	TRY(cgroup_folder_read_at(place->tree->folder, write->file, &now, err));
	text = mem_format("%.*s%s", (int)strcspn(now, " "), now, write->text);
	return write_text(text, place, err);
}

/* Fills the ancestors that have "0", highest first, each time from the mount point down. */
static void raise_parents(const struct limit_write *write, const struct cgroup_tree *tree)
{
	const char *end = tree->folder + strlen(tree->mount_point);

	while ((end = strchr(end + 1, '/'))) {
		autofree char *folder = mem_format("%.*s", (int)(end - tree->folder), tree->folder);
		autofree char *now = NULL;
		struct error err;

		if (cgroup_folder_read_at(folder, write->file, &now, &err) < 0 ||
		    strcmp(now, "0") != 0)
			continue;
		/* The write that needs it reports the reason if this did not help. */
		if (cgroup_folder_write_at(folder, write->file, write->text, &err) < 0)
			log_debug("%s", err.text);
	}
}

static int write_main(const struct limit_write *write, const struct place *place,
		      struct error *err)
{
	int r;

	if (write->rules & LIMIT_KEEPS_FIRST_WORD)
		return write_after_first_word(write, place, err);
	r = write_text(write->text, place, err);
	if (r == -EINVAL && write->rules & LIMIT_PARENTS_FIRST) {
		raise_parents(write, place->tree);
		r = write_text(write->text, place, err);
	}
	return r;
}

static const struct cgroup_tree *tree_of(const struct cgroup *cgroup,
					 const struct limit_write *write)
{
	return cgroup_fs_find_tree(cgroup, write->version == CGROUP_MODE_V1 ? write->controller
									    : "");
}

/*
 * Not with the words of ENOENT: engines read those as "the container's program is not there".
 */
static int no_file(const struct limit_write *write, struct error *err)
{
	if (write->other_file)
		return error_set(err, ENOTSUP, "this kernel has neither %s nor %s", write->file,
				 write->other_file);
	return error_set(err, ENOTSUP, "this kernel has no %s", write->file);
}

static int enter_main(const struct limit_write *write, struct place *io_place, struct error *err)
{
	int r = enter_file(write->file, io_place, err);

	if (r != -ENOENT || write->version != CGROUP_MODE_V2)
		return r;
	cgroup_fs2_settle(io_place->tree);
	return enter_file(write->file, io_place, err);
}

static int write_one(const struct cgroup *cgroup, const struct limit_write *write,
		     struct place *io_place, struct error *err)
{
	int r;

	TRY(enter_folder(tree_of(cgroup, write), io_place, err));
	r = enter_main(write, io_place, err);
	if (r == 0)
		return write_main(write, io_place, err);
	if (r == -ENOENT && write->other_file) {
		r = enter_file(write->other_file, io_place, err);
		if (r == 0)
			return write_text(write->other_text, io_place, err);
	}
	if (r == -ENOENT && write->rules & LIMIT_MAY_BE_MISSING) {
		log_debug("%s: not written, %s", write->property, err->text);
		return 0;
	}
	return r == -ENOENT ? no_file(write, err) : r;
}

static int wrap(const struct cgroup *cgroup, const struct limit_write *write, struct error *err)
{
	return error_wrap(err, "%s: %s", write->property, tree_of(cgroup, write)->folder);
}

/* Neighbours that must agree: in turns, as long as a turn gets one more of them written. */
static int write_group(const struct cgroup *cgroup, const struct limit_write *group, size_t count,
		       struct place *io_place, struct error *err)
{
	enum { GROUP_MAX = 8 };
	bool done[GROUP_MAX] = { 0 };
	size_t left = count, before;

	do {
		before = left;
		for (size_t i = 0; i < count; i++) {
			int r = done[i] ? 0 : write_one(cgroup, &group[i], io_place, err);

			if (r < 0 && (r != -EINVAL || count == 1))
				return wrap(cgroup, &group[i], err);
			if (r == 0 && !done[i]) {
				done[i] = true;
				left--;
			}
		}
	} while (left && left < before);

	for (size_t i = 0; left && i < count; i++)
		if (!done[i] && write_one(cgroup, &group[i], io_place, err) < 0)
			return wrap(cgroup, &group[i], err);
	return 0;
}

static size_t group_size(const struct limit_plan *plan, size_t first)
{
	size_t end = first + 1;

	if (plan->write[first].rules & LIMIT_AGREES)
		while (end < plan->count && plan->write[end].rules & LIMIT_AGREES &&
		       strcmp(plan->write[end].controller, plan->write[first].controller) == 0)
			end++;
	return end - first;
}

static int check_usage(const struct cgroup *cgroup, const struct limit_write *write,
		       struct error *err)
{
	const char *folder = tree_of(cgroup, write)->folder;
	autofree char *usage = NULL;

	if (!write->usage_file)
		return 0;
	if (cgroup_folder_read_at(folder, write->usage_file, &usage, err) < 0)
		return error_wrap(err, "%s", write->property);
	if (strtoull(usage, NULL, 10) <= strtoull(write->text, NULL, 10))
		return 0;
	return error_set(err, EBUSY, "%s: %s bytes are in use, more than %s: %s", write->property,
			 usage, write->text, error_words(EBUSY));
}

int cgroup_apply_check(const struct cgroup *cgroup, const struct limit_plan *plan,
		       struct error *err)
{
	for (size_t i = 0; i < plan->count; i++)
		TRY(check_usage(cgroup, &plan->write[i], err));
	return 0;
}

int cgroup_apply(const struct cgroup *cgroup, const struct limit_plan *plan, struct error *err)
{
	struct place place __attribute__((cleanup(place_clear))) = { .folder_fd = -1,
								     .file_fd = -1 };
	size_t size;

	TRY(cgroup_apply_check(cgroup, plan, err));
	for (size_t i = 0; i < plan->count; i += size) {
		size = group_size(plan, i);
		TRY(write_group(cgroup, &plan->write[i], size, &place, err));
	}
	return 0;
}
