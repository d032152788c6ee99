// SPDX-License-Identifier: GPL-2.0-or-later
#include "json/string.h"

#include <string.h>

#include "json/bind.h"

/* The bytes of the UTF-8 character at @text, or 0 when it is none. RFC 3629, section 4. */
static size_t character_size(const unsigned char *text)
{
	unsigned char first = text[0], low = 0x80, high = 0xbf;
	size_t size;

	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	/* Too long for their value, surrogates, beyond U+10FFFF. */
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (text[1] < low || text[1] > high)
		return 0;
	for (size_t i = 2; i < size; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return size;
}

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
	const unsigned char *at = (const unsigned char *)string;

	text_add_bytes(io_text, "\"", 1);
	while (*at) {
		size_t size = character_size(at);

		if (size == 1 && (*at < ' ' || *at == '"' || *at == '\\'))
			add_escaped(io_text, *at);
		else
			text_add_bytes(io_text, size ? (const char *)at : "\xef\xbf\xbd",
				       size ? size : 3);
		at += size ? size : 1;
	}
	text_add_bytes(io_text, "\"", 1);
}

struct json_shown json_show(const char *text)
{
	enum { SHOWN_MAX = 64 };
	const unsigned char *at = (const unsigned char *)text;
	struct json_shown shown = { "" };
	size_t used = 0, size;

	for (; *at && used < SHOWN_MAX; at += size ? size : 1) {
		size = character_size(at);
		if (used + size > SHOWN_MAX)
			break;
		/* C1 controls can steer a terminal as well as those of ASCII. */
		if (!size || *at < ' ' || *at == 0x7f || (*at == 0xc2 && at[1] < 0xa0)) {
			shown.text[used++] = '?';
			continue;
		}
		memcpy(shown.text + used, at, size);
		used += size;
	}
	if (*at)
		memcpy(shown.text + used, "...", 4);
	return shown;
}
