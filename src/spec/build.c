// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <string.h>

#include "spec/spec.h"

/*
 * One zeroed item more at the end of the list behind @io_list, the address of a pointer to a
 * struct with the layout of struct json_list; NULL in it is a list yet to be made. A list that
 * came from json_read has no room to spare, so the items always move. Bytes are copied, as
 * the pointers are of many types. Another zeroed item stays behind the last, as
 * struct json_strings wants it.
 */
static void *append(struct arena *io_arena, void *io_list, size_t item_size)
{
	struct json_list list = { 0 };
	void *header;
	char *items;

	memcpy(&header, io_list, sizeof(header));
	if (header)
		memcpy(&list, header, sizeof(list));
	else
		header = arena_new(io_arena, sizeof(list));
	items = arena_new(io_arena, (list.count + 2) * item_size);
	if (list.count)
		memcpy(items, list.item, list.count * item_size);
	list.item = items;
	list.count++;
	memcpy(header, &list, sizeof(list));
	memcpy(io_list, &header, sizeof(header));
	return items + (list.count - 1) * item_size;
}

void spec_strings_add(struct arena *io_arena, struct json_strings **io_strings, const char *text)
{
	char **item = append(io_arena, io_strings, sizeof(*item));

	*item = arena_text(io_arena, text);
}

struct json_strings *spec_strings(struct arena *io_arena, const char *first, ...)
{
	struct json_strings *strings = NULL;
	va_list args;

	va_start(args, first);
	for (const char *text = first; text; text = va_arg(args, const char *))
		spec_strings_add(io_arena, &strings, text);
	va_end(args);
	return strings;
}

/* "a,b,c" in pieces; empty pieces are left out. */
static struct json_strings *split(struct arena *io_arena, const char *text)
{
	struct json_strings *strings = NULL;
	char *rest = arena_text(io_arena, text), *piece;

	while ((piece = strsep(&rest, ",")))
		if (*piece)
			spec_strings_add(io_arena, &strings, piece);
	return strings;
}

struct spec_mount *spec_add_mount(struct spec *io_spec, const char *destination, const char *type,
				  const char *source, const char *options)
{
	struct arena *arena = &io_spec->arena;
	struct spec_mount *mount = append(arena, &io_spec->mounts, sizeof(*mount));

	mount->destination = arena_text(arena, destination);
	mount->type = arena_text(arena, type);
	mount->source = arena_text(arena, source);
	mount->options = split(arena, options);
	return mount;
}

struct spec_namespace *spec_add_namespace(struct spec *io_spec, enum spec_namespace_type type,
					  const char *path)
{
	struct arena *arena = &io_spec->arena;
	struct spec_namespace *ns;

	if (!io_spec->linux_part)
		io_spec->linux_part = arena_new(arena, sizeof(*io_spec->linux_part));
	ns = append(arena, &io_spec->linux_part->namespaces, sizeof(*ns));
	ns->type = (struct maybe_enum){ true, (int)type };
	ns->path = arena_text(arena, path);
	return ns;
}

static struct json_pair *find_pair(const struct json_pairs *pairs, const char *key)
{
	for (size_t i = 0; pairs && i < pairs->count; i++)
		if (strcmp(pairs->item[i].key, key) == 0)
			return &pairs->item[i];
	return NULL;
}

void spec_add_annotation(struct spec *io_spec, const char *key, const char *value)
{
	struct json_pair *pair = find_pair(io_spec->annotations, key);

	if (!pair) {
		pair = append(&io_spec->arena, &io_spec->annotations, sizeof(*pair));
		pair->key = arena_text(&io_spec->arena, key);
	}
	pair->value = arena_text(&io_spec->arena, value);
}

struct spec_id_mappings *spec_map_id(struct arena *io_arena, unsigned int inside,
				     unsigned int outside)
{
	struct spec_id_mappings *maps = arena_new(io_arena, sizeof(*maps));

	maps->count = 1;
	maps->item = arena_new(io_arena, sizeof(*maps->item));
	maps->item[0] =
		(struct spec_id_mapping){ { true, inside }, { true, outside }, { true, 1 } };
	return maps;
}
