// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * request - what husk asks of husk-systemd, read from text; touches nothing
 *
 * The text is words, one on each line (cgroup/words.h, cgroup/systemd.h): verb, bus, limit, unit,
 * then what the verb needs.
 */
#ifndef HUSK_SYSTEMD_REQUEST_H
#define HUSK_SYSTEMD_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct request {
	const char *verb, *unit;
	bool is_user; /* the caller's own systemd, not the machine's */
	long long limit_ms;
	char **word; /* the rest */
	size_t count;
	char **all; /* every word, for request_clear */
};

#define autorequest autoclean(request_clear)

/**
 * request_parse - words of a request
 *
 * @io_text: changed in place; the words lie in it.
 * Returns 0; -EBADMSG when it is none.
 */
MUST_USE int request_parse(char *io_text, struct request *ret_request, struct error *err);

void request_clear(struct request *io_request);

#endif
