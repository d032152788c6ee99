// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/init.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "proc/role.h"

static bool is_init(const struct spec_process *process)
{
	return process && process->args &&
	       role_is_init(role_of((const char *const *)process->args->item,
				    process->args->count));
}

static struct json_strings *split(const char *words, struct arena *io_arena)
{
	struct json_strings *list = NULL;

	while (*words) {
		size_t blank = strspn(words, " \t"), size;

		words += blank;
		size = strcspn(words, " \t");
		if (size)
			spec_strings_add(io_arena, &list,
					 arena_format(io_arena, "%.*s", (int)size, words));
		words += size;
	}
	return list;
}

static int read_annotation(const char *value, struct arena *io_arena,
			   struct container_init *io_init, struct error *err)
{
	if (strcmp(value, "false") == 0)
		return 0;
	io_init->is_wanted = true;
	if (strcmp(value, "true") == 0)
		return 0;
	if (*value != '-')
		return error_set(err, EINVAL,
				 "config.json: annotations[\"%s\"]: \"%s\" is neither true, nor "
				 "false, nor options of husk-init",
				 CONTAINER_INIT_ANNOTATION, value);
	io_init->options = split(value, io_arena);
	return 0;
}

int container_init_plan(const struct spec *spec, bool is_asked, struct arena *io_arena,
			struct container_init *ret_init, struct error *err)
{
	const char *value = spec_find_annotation(spec->annotations, CONTAINER_INIT_ANNOTATION);

	*ret_init = (struct container_init){ .is_wanted = is_asked };
	if (value)
		TRY(read_annotation(value, io_arena, ret_init, err));
	if (ret_init->is_wanted && is_init(spec->process)) {
		log_debug("%s is an init itself", spec->process->args->item[0]);
		ret_init->is_wanted = false;
	}
	return 0;
}

char **container_init_arguments(const struct container_init *init, const struct json_strings *args,
				struct arena *io_arena)
{
	size_t options = init->options ? init->options->count : 0;
	char **list = arena_new(io_arena, (options + args->count + 3) * sizeof(*list));

	list[0] = arena_text(io_arena, "husk-init");
	if (options)
		memcpy(list + 1, init->options->item, options * sizeof(*list));
	list[options + 1] = arena_text(io_arena, "--");
	memcpy(list + options + 2, args->item, args->count * sizeof(*list));
	return list;
}
