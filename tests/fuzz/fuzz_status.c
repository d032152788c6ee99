// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/PID/status */
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "fuzz.h"
#include "proc/status.h"

void fuzz_one(const char *text, size_t size)
{
	struct status status;
	struct error err;
	char *line;

	(void)size;
	if (status_parse(text, &status, &err) >= 0) {
		FUZZ_MUST(memchr(status.name, '\0', sizeof(status.name)));
		FUZZ_MUST(status.level_count <= STATUS_LEVELS_MAX);
		(void)status_is_init(&status);
	}
	line = status_find_line(text, "SigBlk");
	FUZZ_MUST(!line || !strchr(line, '\n'));
	free(line);
}
