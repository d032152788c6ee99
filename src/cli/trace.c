// SPDX-License-Identifier: GPL-2.0-or-later
/* trace - `husk trace` is a program of its own, since the runtime shall not carry libbpf */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/mem.h"
#include "base/sys.h"
#include "cli/command.h"
#include "container/self.h"

extern char **environ;

int cmd_trace(struct context *io_context, int argc, char **argv, struct error *err)
{
	autofree const char **words = mem_new(((size_t)argc + 4) * sizeof(*words));
	int fd = container_self_open_helper("husk-trace", err);
	size_t count = 0;

	TRY(fd);
	words[count++] = "husk-trace";
	if (io_context->root) {
		words[count++] = "--root";
		words[count++] = io_context->root;
	}
	memcpy(words + count, argv, (size_t)argc * sizeof(*words));
	execveat(fd, "", (char *const *)words, environ, AT_EMPTY_PATH);
	return error_sys(err, "execute husk-trace");
}
