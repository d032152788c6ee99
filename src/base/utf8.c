// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/utf8.h"

#include <string.h>

size_t utf8_size(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;
	unsigned char first = byte[0], low = 0x80, high = 0xbf;
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
	if (byte[1] < low || byte[1] > high)
		return 0;
	for (size_t i = 2; i < size; i++)
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	return size;
}

bool utf8_is_control(const char *character)
{
	const unsigned char *byte = (const unsigned char *)character;

	return byte[0] < ' ' || byte[0] == 0x7f || (byte[0] == 0xc2 && byte[1] < 0xa0);
}

void utf8_make_plain(char *io_text, size_t size)
{
	size_t step;

	for (char *at = io_text; at < io_text + size; at += step) {
		step = utf8_size(at);
		if (*at == '\0')
			*at = ' ';
		else if (step && utf8_is_control(at))
			memset(at, '?', step);
		else if (!step)
			memset(at, '?', step = 1);
	}
}
