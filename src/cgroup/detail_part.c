// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/detail_part.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cgroup/folder.h"

/* --- small files --- */

char *cgroup_detail_text(const struct cgroup_tree *tree, const char *file)
{
	char *text = NULL;
	struct error ignored;

	if (!tree || cgroup_folder_read_at(tree->folder, file, &text, &ignored) < 0)
		return NULL;
	return text;
}

void cgroup_detail_number(const struct cgroup_tree *tree, const char *file,
			  struct maybe_uint *ret_number)
{
	autofree char *text = cgroup_detail_text(tree, file);
	char *end;

	if (!text)
		return;
	if (strcmp(text, "max") == 0) {
		*ret_number = (struct maybe_uint){ true, UINT64_MAX };
		return;
	}
	ret_number->value = strtoull(text, &end, 10);
	ret_number->is_set = end != text;
}

void cgroup_detail_figures(const char *text, struct arena *io_arena,
			   struct detail_figure **ret_list, size_t *ret_count)
{
	struct detail_figure *list = NULL;
	size_t count = 0;

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		size_t size;

		line += *line == '\n';
		size = strcspn(line, " \n");
		if (line[size] != ' ')
			continue;
		list = arena_grow(io_arena, list, count, sizeof(*list));
		list[count++] = (struct detail_figure){
			.name = arena_format(io_arena, "%.*s", (int)size, line),
			.value = strtoull(line + size, NULL, 10),
		};
	}
	*ret_list = list;
	*ret_count = count;
}

struct maybe_uint cgroup_detail_find(const struct detail_figure *list, size_t count,
				     const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, name) == 0)
			return (struct maybe_uint){ true, list[i].value };
	return (struct maybe_uint){ 0 };
}

/* --- parsers --- */

static bool parse_share(const char *line, const char *word, struct detail_share *ret_share)
{
	unsigned int whole[3], part[3];
	char name[8];

	if (sscanf(line, "%7s avg10=%u.%2u avg60=%u.%2u avg300=%u.%2u total=%" SCNu64, name,
		   &whole[0], &part[0], &whole[1], &part[1], &whole[2], &part[2],
		   &ret_share->total_us) != 8 || strcmp(name, word) != 0)
		return false;
	ret_share->average_10 = whole[0] * 100 + part[0];
	ret_share->average_60 = whole[1] * 100 + part[1];
	ret_share->average_300 = whole[2] * 100 + part[2];
	return true;
}

bool cgroup_detail_parse_pressure(const char *text, struct detail_pressure *ret_pressure)
{
	const char *second = strchr(text, '\n');

	ret_pressure->is_set = parse_share(text, "some", &ret_pressure->some);
	/* The whole machine has no "full" for its CPUs. */
	ret_pressure->has_full = second && parse_share(second + 1, "full", &ret_pressure->full);
	return ret_pressure->is_set;
}

static void add_row(struct arena *io_arena, struct detail_io_list *io_list,
		    struct detail_io_row row)
{
	io_list->row = arena_grow(io_arena, io_list->row, io_list->count, sizeof(row));
	io_list->row[io_list->count++] = row;
}

/* One word "rbytes=1" of a device; the unknown ones belong to other policies (cost.usage). */
static void parse_io_word(const char *word, unsigned int major, unsigned int minor,
			  struct cgroup_detail *io_detail)
{
	static const struct {
		const char *key;
		enum detail_io kind;
		char operation[8];
	} keys[] = {
		{ "rbytes=", DETAIL_IO_BYTES, "Read" },	   { "wbytes=", DETAIL_IO_BYTES, "Write" },
		{ "dbytes=", DETAIL_IO_BYTES, "Discard" }, { "rios=", DETAIL_IO_SERVICED, "Read" },
		{ "wios=", DETAIL_IO_SERVICED, "Write" },
		{ "dios=", DETAIL_IO_SERVICED, "Discard" },
	};

	for (size_t i = 0; i < countof(keys); i++)
		if (text_begins(word, keys[i].key))
			add_row(&io_detail->arena, &io_detail->io[keys[i].kind],
				(struct detail_io_row){
					major, minor,
					arena_text(&io_detail->arena, keys[i].operation),
					strtoull(word + strlen(keys[i].key), NULL, 10) });
}

void cgroup_detail_parse_io(const char *text, struct cgroup_detail *io_detail)
{
	char *rest = arena_text(&io_detail->arena, text);
	char *line;

	while ((line = strsep(&rest, "\n"))) {
		unsigned int major, minor;
		char *word;

		/* A device that has done nothing may have no words. */
		if (sscanf(line, "%u:%u", &major, &minor) != 2)
			continue;
		while ((word = strsep(&line, " ")))
			parse_io_word(word, major, minor, io_detail);
	}
}

void cgroup_detail_parse_blkio(const char *text, struct arena *io_arena,
			       struct detail_io_list *io_list)
{
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		struct detail_io_row row = { 0 };
		char operation[16] = "";

		line += *line == '\n';
		if (sscanf(line, "%u:%u %" SCNu64, &row.major, &row.minor, &row.value) != 3 &&
		    sscanf(line, "%u:%u %15s %" SCNu64, &row.major, &row.minor, operation,
			   &row.value) != 4)
			continue;
		row.operation = arena_text(io_arena, operation);
		add_row(io_arena, io_list, row);
	}
}

/* --- page sizes --- */

/* "hugetlb.2MB.current" gives "2MB"; the reservations "hugetlb.2MB.rsvd.current" do not count. */
static char *page_size(const char *file, const char *suffix, struct arena *io_arena)
{
	static const char prefix[] = "hugetlb.";
	size_t size = strlen(file), outer = strlen(prefix) + strlen(suffix);
	const char *start = file + strlen(prefix);

	if (size <= outer || !text_begins(file, prefix) ||
	    strcmp(file + size - strlen(suffix), suffix) != 0 ||
	    memchr(start, '.', size - outer))
		return NULL;
	return arena_format(io_arena, "%.*s", (int)(size - outer), start);
}

void cgroup_detail_huge(const struct cgroup_tree *tree, const char *suffix,
			struct cgroup_detail *io_detail)
{
	DIR *folder = tree ? opendir(tree->folder) : NULL;
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char *size = page_size(entry->d_name, suffix, &io_detail->arena);

		if (!size)
			continue;
		io_detail->huge = arena_grow(&io_detail->arena, io_detail->huge,
					     io_detail->huge_count, sizeof(*io_detail->huge));
		io_detail->huge[io_detail->huge_count++] = (struct detail_huge){ .size = size };
	}
	if (folder)
		closedir(folder);
}
