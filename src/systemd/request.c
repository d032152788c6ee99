// SPDX-License-Identifier: GPL-2.0-or-later
#include "systemd/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { VERB, BUS, LIMIT, UNIT, HEAD_SIZE };

enum { LIMIT_MAX_MS = 1 << 30 };

/* "\n" and "\\" become what they stand for. */
static void unescape(char *io_word)
{
	char *to = io_word;

	for (const char *from = io_word; *from; from++) {
		if (*from == '\\' && from[1])
			*to++ = *++from == 'n' ? '\n' : *from;
		else
			*to++ = *from;
	}
	*to = '\0';
}

/* Every line has its end, so the text behind the last one is empty. */
static char **split(char *io_text, size_t *ret_count)
{
	char **list = NULL, *line;
	size_t count = 0;

	while ((line = strsep(&io_text, "\n")) && io_text) {
		list = mem_grow(list, (count + 1) * sizeof(*list));
		list[count++] = line;
		unescape(line);
	}
	*ret_count = count;
	return list;
}

static int read_head(size_t count, struct request *io_request, struct error *err)
{
	char **word = io_request->all;

	if (count < HEAD_SIZE)
		return error_set(err, EBADMSG, "the request is cut short");
	io_request->verb = word[VERB];
	io_request->unit = word[UNIT];
	io_request->is_user = strcmp(word[BUS], "user") == 0;
	io_request->word = word + HEAD_SIZE;
	io_request->count = count - HEAD_SIZE;
	if (!io_request->is_user && strcmp(word[BUS], "system") != 0)
		return error_set(err, EBADMSG, "no such bus: %s", word[BUS]);
	if (text_number(word[LIMIT], 1, LIMIT_MAX_MS, &io_request->limit_ms) < 0)
		return error_set(err, EBADMSG, "not a limit in milliseconds: %s", word[LIMIT]);
	return 0;
}

int request_parse(char *io_text, struct request *ret_request, struct error *err)
{
	autorequest struct request request = { 0 };
	size_t count;

	request.all = split(io_text, &count);
	TRY(read_head(count, &request, err));
	*ret_request = request;
	request = (struct request){ 0 };
	return 0;
}

void request_clear(struct request *io_request)
{
	free(io_request->all);
	*io_request = (struct request){ 0 };
}
