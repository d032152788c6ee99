// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/traceline.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The process's name stands before it and may hold anything; "-PID [CPU]" ends it. */
static const char *find_cpu(const char *line, const char *end)
{
	for (const char *p = line; p + 5 < end; p++)
		if (p[0] == '[' && isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2]) &&
		    isdigit((unsigned char)p[3]) && p[4] == ']')
			return p;
	return NULL;
}

static pid_t pid_before(const char *line, const char *cpu)
{
	const char *p = cpu;

	while (p > line && p[-1] == ' ')
		p--;
	while (p > line && isdigit((unsigned char)p[-1]))
		p--;
	return (pid_t)strtol(p, NULL, 10);
}

static bool parse(const char *line, const char *end, struct traceline *ret_line)
{
	const char *cpu = find_cpu(line, end), *name;
	int skipped = 0;

	if (!cpu || sscanf(cpu, "[%d] %7s %*[0-9.]: %n", &ret_line->cpu, ret_line->flags,
			   &skipped) != 2 || skipped == 0)
		return false;
	name = cpu + skipped;
	ret_line->rest = memchr(name, ':', (size_t)(end - name));
	if (!ret_line->rest || (size_t)(ret_line->rest - name) >= sizeof(ret_line->event))
		return false;
	memcpy(ret_line->event, name, (size_t)(ret_line->rest - name));
	ret_line->event[ret_line->rest - name] = '\0';
	ret_line->rest++;
	ret_line->pid = pid_before(line, cpu);
	return true;
}

bool traceline_next(const char **io_text, struct traceline *ret_line)
{
	while (**io_text) {
		const char *line = *io_text, *end = strchrnul(line, '\n');

		*io_text = *end ? end + 1 : end;
		if (*line != '#' && parse(line, end, ret_line))
			return true;
	}
	return false;
}

long traceline_number(const struct traceline *line, const char *key, long fallback)
{
	const char *end = strchrnul(line->rest, '\n');
	const char *found = memmem(line->rest, (size_t)(end - line->rest), key, strlen(key));

	return found ? strtol(found + strlen(key), NULL, 0) : fallback;
}

bool traceline_irqs_off(const struct traceline *line)
{
	return line->flags[0] == 'd' || line->flags[0] == 'D';
}
