// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/render.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "trace/obituary.h"
#include "trace/words.h"

static const struct render *const renders[] = { &render_text, &render_json, &render_chrome,
					     &render_html };

static const char *const kinds[EVENT_KINDS] = {
	[EVENT_TASK] = "task",	 [EVENT_FORK] = "fork",	    [EVENT_MOVE] = "move",
	[EVENT_EXEC] = "exec",	 [EVENT_EXIT] = "exit",	    [EVENT_FREE] = "free",
	[EVENT_SIGNAL] = "signal", [EVENT_DELIVER] = "deliver", [EVENT_OOM] = "oom",
	[EVENT_FREEZE] = "freeze", [EVENT_CGROUP] = "cgroup", [EVENT_LOST] = "lost",
	[EVENT_LAYER] = "layer", [EVENT_REAP] = "reap",	    [EVENT_REFUSED] = "refused",
	[EVENT_SCHED] = "sched", [EVENT_SWITCHES] = "switches", [EVENT_IRQ] = "irq",
	[EVENT_INTERRUPTS] = "interrupts",
};

const char *render_kind_name(enum event_kind kind)
{
	return kinds[kind];
}

int render_kind(const char *word)
{
	for (int kind = EVENT_NONE + 1; kind < EVENT_KINDS; kind++)
		if (strcmp(kinds[kind], word) == 0)
			return kind;
	return -EINVAL;
}

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
