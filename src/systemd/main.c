// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * husk-systemd - asks systemd for husk: one request on stdin, one line of answer on stdout
 *
 * Run by husk alone, and only where a cgroup is systemd's; see cgroup/systemd.h.
 */
#include <unistd.h>

#include "base/fd.h"
#include "base/scope.h"
#include "base/text.h"
#include "systemd/verb.h"

enum { REQUEST_MAX = 16 << 20 };

static int answer(struct text *io_answer, struct error *err)
{
	autorequest struct request request = { 0 };
	autofree char *text = NULL;

	TRY(fd_read_all(STDIN_FILENO, REQUEST_MAX, &text, NULL, err));
	TRY(request_parse(text, &request, err));
	return verb_carry_out(&request, io_answer, err);
}

int main(void)
{
	autotext struct text text = { 0 }, line = { 0 };
	struct error err;
	int r = answer(&text, &err);

	if (r < 0)
		text_add(&line, "error %d %s\n", err.code, err.text);
	else
		text_add(&line, "ok %s\n", text_get(&text));
	if (fd_write_all(STDOUT_FILENO, text_get(&line), line.size, &err) < 0)
		return 1;
	return r < 0;
}
