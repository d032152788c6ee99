// SPDX-License-Identifier: GPL-2.0-or-later
/* plan_idmap - the maps of an id-mapped mount, as text for uid_map and gid_map */
#include <string.h>

#include "base/text.h"
#include "mount/plan_part.h"

enum { ID_MAX = 0xfffffffe };

static void add_line(long long inside, long long outside, long long size, struct text *io_text)
{
	text_add(io_text, "%lld %lld %lld\n", inside, outside, size);
}

static char *keep(const struct text *text, struct arena *io_arena)
{
	return arena_text(io_arena, text_get(text));
}

static const char *format(const struct spec_id_mappings *maps, struct arena *io_arena)
{
	autotext struct text text = { 0 };

	for (size_t i = 0; i < maps->count; i++) {
		const struct spec_id_mapping *map = &maps->item[i];

		add_line((long long)map->container_id.value, (long long)map->host_id.value,
			 (long long)map->size.value, &text);
	}
	return keep(&text, io_arena);
}

/* How far ids of the container's user namespace are moved where @id lies in its maps. */
static int find_offset(const struct spec_id_mappings *maps, long long id, long long *ret_offset)
{
	for (size_t i = 0; maps && i < maps->count; i++) {
		long long start = (long long)maps->item[i].container_id.value;

		if (id < start || id - start >= (long long)maps->item[i].size.value)
			continue;
		*ret_offset = (long long)maps->item[i].host_id.value - start;
		return 0;
	}
	return -EINVAL;
}

/* "A-B-N", or "@A-B-N" with B counted in the container. @range is cut up. */
static int parse_range(char *range, const struct spec_id_mappings *container,
		       struct text *io_text)
{
	bool is_relative = *range == '@';
	long long number[3], offset = 0;
	char *rest = range + is_relative;

	for (size_t i = 0; i < countof(number); i++) {
		char *word = strsep(&rest, "-");

		if (!word || text_number(word, i == 2, ID_MAX, &number[i]) < 0)
			return -EINVAL;
	}
	if (rest || (is_relative && find_offset(container, number[0], &offset) < 0))
		return -EINVAL;
	if (number[1] + offset < 0 || number[1] + offset > ID_MAX)
		return -EINVAL;
	add_line(number[0], number[1] + offset, number[2], io_text);
	return 0;
}

static int parse_list(char *list, const struct spec_id_mappings *container, struct text *io_text)
{
	char *range;

	while ((range = strsep(&list, "#")))
		TRY(parse_range(range, container, io_text));
	return 0;
}

/* "uids=A-B-N#A-B-N;gids=A-B-N". */
static int parse_all(char *words, const struct spec_linux *linux_part, struct text *io_uids,
		     struct text *io_gids)
{
	char *word;

	while ((word = strsep(&words, ";"))) {
		if (text_begins(word, "uids="))
			TRY(parse_list(word + 5, linux_part->uid_mappings, io_uids));
		else if (text_begins(word, "gids="))
			TRY(parse_list(word + 5, linux_part->gid_mappings, io_gids));
		else
			return -EINVAL;
	}
	return io_uids->size && io_gids->size ? 0 : -EINVAL;
}

static int parse(const char *words, const struct spec_linux *linux_part, struct arena *io_arena,
		 struct mount_idmap *io_idmap)
{
	static const struct spec_linux none;
	autotext struct text uids = { 0 }, gids = { 0 };
	char *copy = arena_text(io_arena, words);

	TRY(parse_all(copy, linux_part ? linux_part : &none, &uids, &gids));
	io_idmap->uid_map = keep(&uids, io_arena);
	io_idmap->gid_map = keep(&gids, io_arena);
	return 0;
}

static bool has(const struct spec_id_mappings *maps)
{
	return maps && maps->count;
}

/* Where the maps come from: the entry, the word's own text, or the container. */
static int choose(const struct mount_request *request, const struct spec_mount *entry,
		  const struct mount_options *options, struct arena *io_arena,
		  struct mount_idmap *io_idmap)
{
	const struct spec_linux *linux_part = request->spec->linux_part;
	const struct spec_id_mappings *uids = entry->uid_mappings, *gids = entry->gid_mappings;

	if (!has(uids) && options->idmap)
		return parse(options->idmap, linux_part, io_arena, io_idmap);
	if (!has(uids) && linux_part) {
		uids = linux_part->uid_mappings;
		gids = linux_part->gid_mappings;
	}
	if (!has(uids) || !has(gids))
		return -ENOENT;
	io_idmap->uid_map = format(uids, io_arena);
	io_idmap->gid_map = format(gids, io_arena);
	return 0;
}

int mount_plan_idmap(const struct mount_request *request, size_t index,
		     const struct mount_options *options, struct mount_plan *io_plan,
		     const struct mount_idmap **ret_idmap, struct error *err)
{
	const struct spec_mount *entry = &request->spec->mounts->item[index];
	struct mount_idmap *idmap;
	int r;

	*ret_idmap = NULL;
	if (!has(entry->uid_mappings) && !(options->orders & MOUNT_ORDER_IDMAP))
		return 0;
	if (!(options->orders & MOUNT_ORDER_BIND) || options->orders & MOUNT_ORDER_REMOUNT)
		return error_set(err, EINVAL, "mounts[%zu]: only a bind mount can be id-mapped",
				 index);
	idmap = arena_new(&io_plan->arena, sizeof(*idmap));
	idmap->is_recursive = options->orders & MOUNT_ORDER_IDMAP_RECURSIVE;
	r = choose(request, entry, options, &io_plan->arena, idmap);
	if (r == -ENOENT)
		return error_set(err, EINVAL, "mounts[%zu]: id-mapped, but neither it nor the "
				 "container has id mappings", index);
	if (r < 0)
		return error_set(err, EINVAL, "mounts[%zu].options: idmap=%s: not "
				 "\"uids=FROM-TO-SIZE#...;gids=...\"", index, options->idmap);
	io_plan->needs_sources = true;
	*ret_idmap = idmap;
	return 0;
}
