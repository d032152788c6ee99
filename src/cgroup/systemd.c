// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/systemd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/text.h"
#include "cgroup/words.h"

/* "error 17 text": the text has the names in it. */
static int read_error(const char *answer, struct error *err)
{
	char *end;
	long code = strtol(answer, &end, 10);

	if (end == answer || *end != ' ' || code <= 0 || code > 4095)
		return error_set(err, EBADMSG, "husk-systemd says: %s", answer);
	return error_set(err, (int)code, "%s", end + 1);
}

/* @ret_text: what follows "ok " in the first line; the caller frees it. */
static int read_answer(const struct child_result *result, char **ret_text, struct error *err)
{
	static const char ok[] = "ok ", error[] = "error ";
	const char *output = text_get(&result->output);
	autofree char *line = mem_format("%.*s", (int)strcspn(output, "\n"), output);

	if (result->timed_out)
		return error_set(err, ETIMEDOUT, "husk-systemd gives no answer");
	if (text_begins(line, error))
		return read_error(line + strlen(error), err);
	if (!text_begins(line, ok))
		return error_set(err, EBADMSG, "husk-systemd ended with status %d: %s",
				 child_exit_code(result->wait_status), line);
	*ret_text = mem_text(line + strlen(ok));
	return 0;
}

static int run(const struct cgroup_unit *unit, const char *request, struct child_result *io_result,
	       struct error *err)
{
	char *const argv[] = { "husk-systemd", NULL };
	struct child_command command = {
		.path = unit->helper,
		.argv = argv,
		.env = environ, /* says where the bus is */
		.input = request,
		.timeout_ms = SYSTEMD_WHOLE_MS,
	};

	if (!unit->helper)
		return error_set(err, ENOTSUP, "husk-systemd is not installed");
	return child_run(&command, io_result, err);
}

/* @words: more than verb, bus, limit and unit. @ret_text: the answer; the caller frees it. */
static int ask(const struct cgroup_unit *unit, const char *verb, const char *words,
	       char **ret_text, struct error *err)
{
	autoclean(child_result_clear) struct child_result result = { 0 };
	autotext struct text request = { 0 };

	cgroup_words_add(&request, verb);
	cgroup_words_add(&request, unit->is_user ? "user" : "system");
	cgroup_words_format(&request, "%d", SYSTEMD_LIMIT_MS);
	cgroup_words_add(&request, unit->name);
	text_add(&request, "%s", words);
	if (run(unit, text_get(&request), &result, err) < 0 ||
	    read_answer(&result, ret_text, err) < 0)
		return error_wrap(err, "systemd cgroup manager");
	return 0;
}

/* "free ROOT", or the state that the unit is in. */
int cgroup_systemd_locate(struct cgroup_unit *io_unit, struct arena *io_arena, char **ret_root,
			  struct error *err)
{
	autofree char *answer = NULL;
	size_t size;

	TRY(ask(io_unit, "locate", "", &answer, err));
	size = strcspn(answer, " ");
	if (!answer[size])
		return error_set(err, EBADMSG, "systemd cgroup manager: husk-systemd says: %s",
				 answer);
	if (size != strlen("free") || !text_begins(answer, "free"))
		io_unit->state = arena_format(io_arena, "%.*s", (int)size, answer);
	*ret_root = arena_text(io_arena, answer + size + 1);
	if (strcmp(*ret_root, "/") == 0)
		**ret_root = '\0';
	return 0;
}

int cgroup_systemd_start(const struct cgroup_unit *unit, const char *properties,
			 const char *folder, struct error *err)
{
	autofree char *place = NULL;

	TRY(ask(unit, "start", properties, &place, err));
	if (strcmp(place, folder) != 0)
		return error_set(err, EBADMSG,
				 "systemd cgroup manager: %s is at \"%s\", and not at \"%s\"",
				 unit->name, place, folder);
	return 0;
}

int cgroup_systemd_set(const struct cgroup_unit *unit, const char *properties, struct error *err)
{
	autofree char *nothing = NULL;

	return *properties ? ask(unit, "set", properties, &nothing, err) : 0;
}

int cgroup_systemd_attach(const struct cgroup_unit *unit, pid_t pid, struct error *err)
{
	autofree char *nothing = NULL, *word = mem_format("%d\n", (int)pid);

	return ask(unit, "attach", word, &nothing, err);
}

int cgroup_systemd_stop(const struct cgroup_unit *unit, struct error *err)
{
	autofree char *nothing = NULL;

	return ask(unit, "stop", "", &nothing, err);
}
