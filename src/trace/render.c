// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/render.h"

#include <string.h>

#include "base/scope.h"
#include "trace/obituary.h"
#include "trace/words.h"

static const struct render *const renders[] = { &render_text, &render_json, &render_chrome,
					     &render_html };

const struct render *render_find(const char *name)
{
	for (size_t i = 0; i < countof(renders); i++)
		if (strcmp(renders[i]->name, name) == 0)
			return renders[i];
	return NULL;
}

void render_obituary(const struct render_request *request, const struct model_process *process,
		     struct text *io_text)
{
	autolife struct life life = { 0 };

	if (!request->tell_life) {
		words_obituary(process, request->model->last_ns, io_text);
		return;
	}
	life = obituary_of(request->joins, process, request->wall_offset_ns);
	request->tell_life(&life, io_text);
}

const char *render_names(void)
{
	return "text, json, chrome, html";
}
