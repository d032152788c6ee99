// SPDX-License-Identifier: GPL-2.0-or-later
/* string - text as JSON has it between quotes */
#ifndef HUSK_JSON_STRING_H
#define HUSK_JSON_STRING_H

#include "base/text.h"

/*
 * Adds @string with its quotes. Escapes only what must be: quote, backslash and control
 * characters. A byte that is no UTF-8 becomes U+FFFD. Source: RFC 8259, section 7.
 */
void string_quote(const char *string, struct text *io_text);

#endif
