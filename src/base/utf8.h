// SPDX-License-Identifier: GPL-2.0-or-later
/* utf8 - characters of more than one byte, and text that no terminal obeys */
#ifndef HUSK_BASE_UTF8_H
#define HUSK_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/**
 * utf8_size - the bytes of the character that @text begins with
 *
 * A 0 byte must be somewhere behind; it is a character of one byte. Returns 0 for what is none:
 * alone, cut, too long for its value, a surrogate, beyond the last. Source: RFC 3629, section 4.
 */
size_t utf8_size(const char *text);

/* True for what steers a terminal: ASCII's control characters and C1, U+0080 to U+009F. */
bool utf8_is_control(const char *character);

/**
 * utf8_make_plain - '?' for each byte of a control character, and for each that is no UTF-8
 *
 * A 0 byte is turned into a blank, as it stands between the words of a process.
 * @size: of what is changed; a 0 byte must be behind it. It stays as long as it is.
 */
void utf8_make_plain(char *io_text, size_t size);

#endif
