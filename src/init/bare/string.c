// SPDX-License-Identifier: 0BSD
/*
 * string - what the compiler and the rooms below expect of a C library, and no more
 *
 * Built with -fno-builtin, or each of them might be turned into a call of itself.
 */
#include <string.h>
#include <strings.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	for (size_t i = 0; i < size; i++)
		((char *)to)[i] = ((const char *)from)[i];
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	for (size_t i = 0; i < size; i++)
		((char *)to)[i] = (char)byte;
	return to;
}

size_t strlen(const char *text)
{
	size_t size = 0;

	while (text[size])
		size++;
	return size;
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

int strncasecmp(const char *left, const char *right, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (lower(left[i]) != lower(right[i]) || !left[i])
			return lower(left[i]) - lower(right[i]);
	return 0;
}

int strcasecmp(const char *left, const char *right)
{
	return strncasecmp(left, right, ~(size_t)0);
}

int strncmp(const char *left, const char *right, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (left[i] != right[i] || !left[i])
			return (unsigned char)left[i] - (unsigned char)right[i];
	return 0;
}

int strcmp(const char *left, const char *right)
{
	return strncmp(left, right, ~(size_t)0);
}

char *strchr(const char *text, int byte)
{
	for (; *text != (char)byte; text++)
		if (!*text)
			return NULL;
	return (char *)text;
}

char *strrchr(const char *text, int byte)
{
	const char *found = NULL;

	for (; *text; text++)
		if (*text == (char)byte)
			found = text;
	return (char *)found;
}
