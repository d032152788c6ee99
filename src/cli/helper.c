// SPDX-License-Identifier: GPL-2.0-or-later
/* helper - commands that are programs of their own: husk shall not carry their libraries */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/command.h"
#include "container/self.h"

int command_run_helper(const struct context *context, const char *name, int argc, char **argv,
		       struct error *err)
{
	autofree const char **words = mem_new(((size_t)argc + 4) * sizeof(*words));
	autoclose int fd = container_self_open_helper(name, err);
	size_t count = 0;

	TRY(fd);
	words[count++] = name;
	if (context->root) {
		words[count++] = "--root";
		words[count++] = context->root;
	}
	memcpy(words + count, argv, (size_t)argc * sizeof(*words));
	execveat(fd, "", (char *const *)words, environ, AT_EMPTY_PATH);
	return error_sys(err, "execute %s", name);
}
