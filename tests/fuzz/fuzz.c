// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz.h"

#include <ctype.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* tests/fuzz/run knows it: the end was husk's own, as when memory is gone, and no crash. */
enum { STATUS_ENDED = 86 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
_Noreturn void __wrap__exit(int status);

_Noreturn void fuzz_broken(const char *rule, const char *file, int line)
{
	fprintf(stderr, "SUMMARY: %s:%d: does not hold: %s\n", file, line, rule);
	abort();
}

void fuzz_must_be_plain(const char *text)
{
	for (const char *at = text; *at; at++)
		if (iscntrl((unsigned char)*at) && *at != '\n') {
			fprintf(stderr, "at %zu of: %s\n", (size_t)(at - text), text);
			fuzz_broken("a text is plain", __FILE__, __LINE__);
		}
}

void fuzz_must_be_json(const char *text, size_t size)
{
	/* jansson has no integer as large as the largest of ours. */
	enum { FLAGS = JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL };
	json_error_t error;
	json_t *value = json_loadb(text, size, FLAGS, &error);

	if (!value) {
		fprintf(stderr, "%s in: %.*s\n", error.text, (int)size, text);
		fuzz_broken("a text is JSON", __FILE__, __LINE__);
	}
	json_decref(value);
}

/* The linker puts it in the place of husk's _exit(2), which would look like a clean end. */
_Noreturn void __wrap__exit(int status)
{
	fprintf(stderr, "husk has ended by itself, with status %d\n", status);
	_Exit(STATUS_ENDED);
}

const char *fuzz_folder(void)
{
	static char path[256];
	const char *above = getenv("TMPDIR");

	if (*path)
		return path;
	snprintf(path, sizeof(path), "%s/husk-fuzz-XXXXXX", above ? above : "/tmp");
	if (!mkdtemp(path))
		abort();
	return path;
}

void fuzz_write(int folder_fd, const char *name, const char *data, size_t size)
{
	int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
}

/* A copy that ends where the input does, so that a byte too far is seen. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	fuzz_one(text, size);
	free(text);
	return 0;
}
