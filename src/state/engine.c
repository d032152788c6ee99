// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/engine.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/listing.h"
#include "base/scope.h"

/* The root is RUN/@above/NAME@below, for each NAME that begins with @name. */
static const struct engine {
	const char *above, *name, *below;
} engines[] = {
	{ "containerd/runc", "", "" },
	{ "docker", "runtime-", "/moby" },
};

void state_roots_add(const char *root, struct arena *io_arena, struct state_roots *io_roots)
{
	io_roots->item = arena_grow(io_arena, io_roots->item, io_roots->count,
				    sizeof(*io_roots->item));
	io_roots->item[io_roots->count++] = root;
}

static void add_roots(const char *run, const struct engine *engine, struct arena *io_arena,
		      struct state_roots *io_roots)
{
	const char *above = arena_format(io_arena, "%s/%s", run, engine->above);
	autolisting struct listing list = listing_open(AT_FDCWD, above);
	const char *name, *root;

	while ((name = listing_next(&list))) {
		if (*name == '.' || strncmp(name, engine->name, strlen(engine->name)) != 0)
			continue;
		root = arena_format(io_arena, "%s/%s%s", above, name, engine->below);
		if (access(root, X_OK) == 0)
			state_roots_add(root, io_arena, io_roots);
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void state_engine_roots(const char *run, struct arena *io_arena, struct state_roots *io_roots)
{
	size_t before = io_roots->count;

	for (size_t i = 0; i < countof(engines); i++)
		add_roots(run, &engines[i], io_arena, io_roots);
	if (io_roots->count > before)
		qsort(io_roots->item + before, io_roots->count - before, sizeof(*io_roots->item),
		      compare);
}
