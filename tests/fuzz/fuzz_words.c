// SPDX-License-Identifier: GPL-2.0-or-later
/* Small texts: signals, columns, ids, values of annotations, requests, an image's passwd */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cgroup/select.h"
#include "cgroup/unit.h"
#include "cgroup/variant.h"
#include "container/program.h"
#include "fuzz.h"
#include "mount/option.h"
#include "proc/role.h"
#include "signal/name.h"
#include "signal/set.h"
#include "state/store.h"
#include "systemd/request.h"
#include "view/ps.h"
#include "view/top.h"

static void read_words(const char *text)
{
	struct ps_request request = { 0 };
	enum top_sort sort;
	struct error err;
	long long number;
	uint64_t set;
	int signal;

	if (signal_parse(text, &signal) >= 0)
		FUZZ_MUST(signal >= 0 && signal <= SIGNAL_MAX);
	(void)!signal_set_parse(text, &set);
	(void)!ps_parse_columns(text, &request, &err);
	(void)!top_parse_sort(text, &sort, &err);
	if (store_check_id(text, &err) >= 0)
		FUZZ_MUST(*text != '.' && !strchr(text, '/') && strlen(text) <= 255);
	if (text_number(text, -5, 5, &number) >= 0)
		FUZZ_MUST(number >= -5 && number <= 5);
}

static void read_paths(const char *text, struct arena *io_arena)
{
	struct mount_options options = { 0 };
	struct error err;
	char *path;

	mount_option_parse(text, io_arena, &options);
	(void)!cgroup_unit_slice_path(text, io_arena, &path, &err);
	if (cgroup_select_clean(text, io_arena, &path, &err) >= 0)
		FUZZ_MUST(*path && *path != '/' && strncmp(path, "../", 3) != 0 &&
			  !strstr(path, "/../"));
}

static void read_variant(const char *text)
{
	autotext struct text signature = { 0 }, words = { 0 };
	struct error err;

	if (cgroup_variant_parse(text, &signature, &words, &err) >= 0)
		FUZZ_MUST(signature.size > 0);
}

/* Lines: a request to husk-systemd, a command line, the passwd file of an image. */
static void read_lines(const char *text, struct arena *io_arena)
{
	char *copy = arena_text(io_arena, text), *words = arena_text(io_arena, text), *word;
	autorequest struct request request = { 0 };
	const char *args[16], *home;
	struct error err;
	size_t count = 0;

	(void)!request_parse(copy, &request, &err);
	while (count < sizeof(args) / sizeof(*args) && (word = strsep(&words, "\n")))
		args[count++] = word;
	if (count && role_of(args, count) == ROLE_INIT)
		FUZZ_MUST(role_init_command(args, count) <= count);
	(void)role_shell_script(args, count);
	home = container_program_home(arena_text(io_arena, text), 7);
	FUZZ_MUST(!home || (*home && !strchr(home, '\n')));
}

void fuzz_one(const char *text, size_t size)
{
	struct arena arena = { 0 };

	(void)size;
	read_words(text);
	read_paths(text, &arena);
	read_variant(text);
	read_lines(text, &arena);
	arena_clear(&arena);
}
