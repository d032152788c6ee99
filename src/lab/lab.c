// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/lab.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lab/list.h"

#define DECLARE(name) extern const struct experiment lab_##name;
LAB_LIST(DECLARE)

#define POINT_TO(name) &lab_##name,
const struct experiment *const lab_list[] = { LAB_LIST(POINT_TO) NULL };

const struct experiment *lab_find(const char *word)
{
	for (const struct experiment *const *at = lab_list; *at; at++)
		if (strcasecmp((*at)->name, word) == 0 || strcasecmp((*at)->id, word) == 0)
			return *at;
	return NULL;
}

const char *lab_verdict_name(enum lab_verdict verdict)
{
	static const char *const names[] = {
		[LAB_CONFIRMED] = "confirmed",
		[LAB_REFUTED] = "refuted",
		[LAB_UNSEEN] = "not-observable",
		[LAB_NOT_HERE] = "not-observable",
	};

	return names[verdict];
}

bool finding_must(struct finding *io_finding, bool holds, const char *format, ...)
{
	va_list values;

	if (holds || io_finding->verdict == LAB_REFUTED)
		return holds;
	io_finding->verdict = LAB_REFUTED;
	va_start(values, format);
	vsnprintf(io_finding->text, sizeof(io_finding->text), format, values);
	va_end(values);
	return false;
}

bool finding_may(struct finding *io_finding, bool holds, const char *format, ...)
{
	va_list values;

	if (holds || io_finding->verdict != LAB_CONFIRMED)
		return holds;
	io_finding->verdict = LAB_UNSEEN;
	va_start(values, format);
	vsnprintf(io_finding->text, sizeof(io_finding->text), format, values);
	va_end(values);
	return false;
}

void finding_say(struct finding *io_finding, const char *format, ...)
{
	va_list values;

	if (io_finding->verdict != LAB_CONFIRMED)
		return;
	va_start(values, format);
	vsnprintf(io_finding->text, sizeof(io_finding->text), format, values);
	va_end(values);
}
