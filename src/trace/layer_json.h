// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * layer_json - the members that the layers' kinds have in the format json
 */
#ifndef HUSK_TRACE_LAYER_JSON_H
#define HUSK_TRACE_LAYER_JSON_H

#include "base/text.h"
#include "trace/model.h"

/* Of a kind from EVENT_LAYER on: what it has beside kind, time_ns, cpu and process. */
void layer_json_add(const struct model_step *step, struct text *io_line);

#endif
