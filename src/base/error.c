// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/error.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void append(struct error *err, size_t at, const char *text)
{
	if (at < sizeof(err->text))
		snprintf(err->text + at, sizeof(err->text) - at, "%s", text);
}

const char *error_words(int code)
{
	static char words[64];

	snprintf(words, sizeof(words), "%s", strerror(code));
	if (islower((unsigned char)words[1]))
		words[0] = (char)tolower((unsigned char)words[0]);
	return words;
}

/* A failure never looks like success. */
static int positive(int code)
{
	return code > 0 ? code : EIO;
}

int (error_sys)(struct error *err, const char *format, ...)
{
	int code = positive(errno);
	va_list args;

	err->code = code;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	append(err, strlen(err->text), ": ");
	append(err, strlen(err->text), error_words(code));
	return -code;
}

int (error_set)(struct error *err, int code, const char *format, ...)
{
	va_list args;

	err->code = positive(code);
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return -err->code;
}

int (error_wrap)(struct error *err, const char *format, ...)
{
	char inner[ERROR_TEXT_SIZE];
	va_list args;

	memcpy(inner, err->text, sizeof(inner));
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	append(err, strlen(err->text), ": ");
	append(err, strlen(err->text), inner);
	err->code = positive(err->code);
	return -err->code;
}
