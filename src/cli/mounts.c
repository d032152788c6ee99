// SPDX-License-Identifier: GPL-2.0-or-later
/* mounts - mounts of a container that runs, from a file with a JSON list of them */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/scope.h"
#include "cli/command.h"
#include "container/mounts.h"

enum { MOUNTS_MAX = 16 << 20 };

typedef int mounts_action(const struct store *store, const char *id, struct spec_mounts *mounts,
			  struct error *err);

static mounts_action *find_action(const char *word)
{
	if (strcmp(word, "add") == 0)
		return container_mounts_add;
	return strcmp(word, "remove") == 0 ? container_mounts_remove : NULL;
}

static int act(const struct context *context, mounts_action *action, const char *id,
	       const char *file, struct error *err)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	autostore struct store store = STORE_NONE;
	autofree char *text = NULL;
	struct spec_mounts *mounts;
	size_t size;

	TRY(file_read(AT_FDCWD, file, MOUNTS_MAX, &text, &size, err));
	TRY(spec_read_mounts(file, text, size, &arena, &mounts, err));
	TRY(store_open(context->root, &store, err));
	return action(&store, id, mounts, err);
}

int cmd_mounts(struct context *io_context, int argc, char **argv, struct error *err)
{
	mounts_action *action;

	TRY(command_options(command_find("mounts"), OPTION_MIXED, 3, 3, argc, argv, NULL, err));
	action = find_action(argv[0]);
	if (!action)
		return error_set(err, EINVAL, "mounts: \"%s\" is not add or remove", argv[0]);
	if (act(io_context, action, argv[1], argv[2], err) < 0)
		return error_wrap(err, "mounts %s %s", argv[0], argv[1]);
	return 0;
}
