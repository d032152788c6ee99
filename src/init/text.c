// SPDX-License-Identifier: 0BSD
#include "init/text.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "signal/name.h"

static const struct reason {
	int code;
	const char *text;
} reasons[] = {
	{ EPERM, "Operation not permitted" },
	{ ENOENT, "No such file or directory" },
	{ EIO, "Input/output error" },
	{ E2BIG, "Argument list too long" },
	{ ENOEXEC, "Exec format error" },
	{ EAGAIN, "Resource temporarily unavailable" },
	{ ENOMEM, "Cannot allocate memory" },
	{ EACCES, "Permission denied" },
	{ EEXIST, "File exists" },
	{ ENOTDIR, "Not a directory" },
	{ EISDIR, "Is a directory" },
	{ EINVAL, "Invalid argument" },
	{ EMFILE, "Too many open files" },
	{ ETXTBSY, "Text file busy" },
	{ ENOSPC, "No space left on device" },
	{ EROFS, "Read-only file system" },
	{ ENAMETOOLONG, "File name too long" },
	{ ELOOP, "Too many levels of symbolic links" },
};

void init_text_add(struct init_text *io_text, const char *string)
{
	size_t size = strlen(string), room = io_text->room - 1 - io_text->size;

	if (size > room)
		size = room;
	memcpy(io_text->data + io_text->size, string, size);
	io_text->size += size;
	io_text->data[io_text->size] = '\0';
}

void init_text_add_number(struct init_text *io_text, int64_t number)
{
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	char digits[24];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (number < 0)
		digits[--at] = '-';
	init_text_add(io_text, digits + at);
}

void init_text_add_seconds(struct init_text *io_text, int64_t ms)
{
	int64_t shown = ms < 0 ? 0 : ms;
	int part = (int)(shown % 1000);
	char decimals[] = { '.', (char)('0' + part / 100), (char)('0' + part / 10 % 10),
			    (char)('0' + part % 10), '\0' };

	init_text_add_number(io_text, shown / 1000);
	init_text_add(io_text, decimals);
	init_text_add(io_text, " s");
}

void init_text_add_signal(struct init_text *io_text, int signal)
{
	const char *name = signal_name(signal);

	if (name)
		init_text_add(io_text, name);
	else
		init_text_add_number(io_text, signal);
}

void init_text_add_errno(struct init_text *io_text, int code)
{
	for (size_t i = 0; i < countof(reasons); i++) {
		if (reasons[i].code != code)
			continue;
		init_text_add(io_text, reasons[i].text);
		return;
	}
	init_text_add(io_text, "errno ");
	init_text_add_number(io_text, code);
}
