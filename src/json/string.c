// SPDX-License-Identifier: GPL-2.0-or-later
#include "json/string.h"

#include <string.h>

#include "base/utf8.h"
#include "json/bind.h"

static void add_escaped(struct text *io_text, unsigned char character)
{
	static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *found = strchr(named, character);

	if (found)
		text_add(io_text, "\\%c", letters[found - named]);
	else
		text_add(io_text, "\\u%04x", character);
}

void string_quote(const char *string, struct text *io_text)
{
	text_add_bytes(io_text, "\"", 1);
	while (*string) {
		unsigned char first = (unsigned char)*string;
		size_t size = utf8_size(string);

		if (size == 1 && (first < ' ' || first == '"' || first == '\\'))
			add_escaped(io_text, first);
		else
			text_add_bytes(io_text, size ? string : "\xef\xbf\xbd", size ? size : 3);
		string += size ? size : 1;
	}
	text_add_bytes(io_text, "\"", 1);
}

struct json_shown json_show(const char *text)
{
	enum { SHOWN_MAX = 64 };
	struct json_shown shown = { "" };
	size_t used = 0, size;

	for (; *text && used < SHOWN_MAX; text += size ? size : 1) {
		size = utf8_size(text);
		if (used + size > SHOWN_MAX)
			break;
		if (!size || utf8_is_control(text)) {
			shown.text[used++] = '?';
			continue;
		}
		memcpy(shown.text + used, text, size);
		used += size;
	}
	if (*text)
		memcpy(shown.text + used, "...", 4);
	return shown;
}
