// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * layer - the programs that record more than the core: each may be refused, and harms no other
 *
 * They share the core's buffer and what it follows. What a kernel lacks of a layer is left out,
 * and said; a layer that cannot be loaded at all is off, and says why.
 */
#ifndef HUSK_TRACE_LAYER_H
#define HUSK_TRACE_LAYER_H

#include "trace/load.h"

struct bpf_object;
struct layers;

/**
 * layers_start - load and attach those of @request, with the maps of @core
 *
 * It does not fail: layers_report has what became of each. Released with layers_close.
 */
struct layers *layers_start(const struct load_request *request, struct bpf_object *core);

void layers_close(struct layers **io_layers);

/* One EVENT_LAYER for each that was asked for. Returns 0, or what @take returned. */
MUST_USE int layers_report(const struct layers *layers, load_take *take, void *data);

/* Ends them, and gives out what they have counted. Returns 0, or what @take returned. */
MUST_USE int layers_finish(struct layers *io_layers, load_take *take, void *data);

#endif
