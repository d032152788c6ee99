// SPDX-License-Identifier: GPL-2.0-or-later
/* The files of a cgroup, and /proc/PID/cgroup */
#include "cgroup/detail_part.h"
#include "container/event.h"
#include "fuzz.h"
#include "proc/engine.h"

static void read_figures(const char *text)
{
	autodetail struct cgroup_detail detail = { 0 };
	autotext struct text line = { 0 };

	cgroup_detail_figures(text, &detail.arena, &detail.memory.figure, &detail.memory.count);
	(void)cgroup_detail_find(detail.memory.figure, detail.memory.count, "anon");
	cgroup_detail_parse_io(text, &detail);
	for (int i = 0; i < DETAIL_IO_KINDS; i++)
		cgroup_detail_parse_blkio(text, &detail.arena, &detail.io[i]);
	if (!cgroup_detail_parse_pressure(text, &detail.io_pressure))
		detail.io_pressure.is_set = false;
	container_event_write(&detail, &line);
}

void fuzz_one(const char *text, size_t size)
{
	struct engine_match match;
	const char *path;

	(void)size;
	read_figures(text);
	if (engine_parse(text, &match))
		FUZZ_MUST(match.id >= text && match.id + match.id_size <= text + size);
	if (engine_parse_membership(text, &match, &path)) {
		FUZZ_MUST(path >= text && path + match.path_size <= text + size);
		FUZZ_MUST(match.id >= path && match.id + match.id_size <= text + size);
		(void)engine_name(match.engine);
	}
}
