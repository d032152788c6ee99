// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/scope.h"
#include "bpf/core.skel.h"
#include "trace/layer.h"
#include "trace/missing.h"

struct load {
	const struct load_request *request;
	struct core *core;
	struct layers *layers;
	struct ring_buffer *ring;
	load_take *take;
	void *data;
	int taken; /* what @take returned last, when negative */
};

static int say(enum libbpf_print_level level UNUSED, const char *format UNUSED,
	       va_list args UNUSED)
{
	/* What is wrong is said once, by us; the library would send people to ulimit(1). */
	return 0;
}

static int on_event(void *context, void *data, size_t size UNUSED)
{
	struct load *load = context;

	load->taken = load->take(load->data, data);
	return load->taken < 0 ? load->taken : 0;
}

static int open_core(const struct load_request *request, struct load *io_load, struct error *err)
{
	int r;

	io_load->core = core__open();
	if (!io_load->core)
		return missing_explain(-errno, "open the programs", err);
	io_load->core->rodata->scope_all = request->all;
	io_load->core->rodata->scope_has_cgroups = request->has_cgroups;
	io_load->core->rodata->scope_wake_bytes = request->ring_bytes / 4;
	r = bpf_map__set_max_entries(io_load->core->maps.events, (uint32_t)request->ring_bytes);
	if (r < 0)
		return missing_explain(r, "size the buffer", err);
	r = core__load(io_load->core);
	if (r < 0)
		return missing_explain(r, "load the programs", err);
	io_load->ring = ring_buffer__new(bpf_map__fd(io_load->core->maps.events), on_event, io_load,
					 NULL);
	return io_load->ring ? 0 : missing_explain(-errno, "map the buffer", err);
}

int load_open(const struct load_request *request, struct load **ret_load, struct error *err)
{
	struct load *load = mem_new(sizeof(*load));
	int r;

	load->request = request;
	libbpf_set_print(say);
	r = open_core(request, load, err);
	if (r < 0)
		load_close(&load);
	else
		*ret_load = load;
	return r;
}

void load_close(struct load **io_load)
{
	struct load *load = *io_load;

	if (!load)
		return;
	ring_buffer__free(load->ring);
	layers_close(&load->layers);
	core__destroy(load->core);
	free(load);
	*io_load = NULL;
}

/* --- whose events --- */

static const uint8_t yes = 1;

static int mark(const struct bpf_map *map, const void *key, const uint8_t *value,
		const char *what, struct error *err)
{
	int r = bpf_map_update_elem(bpf_map__fd(map), key, value, BPF_ANY);

	return r < 0 ? missing_explain(r, what, err) : 0;
}

int load_follow_process(struct load *load, uint32_t pid, struct error *err)
{
	return mark(load->core->maps.followed, &pid, &yes, "follow a process", err);
}

int load_follow_namespace(struct load *load, uint32_t inode, struct error *err)
{
	return mark(load->core->maps.namespaces, &inode, &yes, "follow a pid namespace", err);
}

int load_follow_cgroup(struct load *load, uint64_t id, uint32_t tree, struct error *err)
{
	const uint8_t trees = (uint8_t)tree;

	return mark(load->core->maps.cgroups, &id, &trees, "follow a cgroup", err);
}

bool load_follows(const struct load *load, uint32_t pid)
{
	uint8_t value;

	return load->core->rodata->scope_all ||
	       bpf_map_lookup_elem(bpf_map__fd(load->core->maps.followed), &pid, &value) == 0;
}

/* --- events --- */

int load_attach(struct load *load, struct error *err)
{
	int r = core__attach(load->core);

	if (r < 0)
		return missing_explain(r, "attach the programs", err);
	load->layers = layers_start(load->request, load->core->obj);
	return 0;
}

int load_report(const struct load *load, load_take *take, void *data)
{
	return layers_report(load->layers, take, data);
}

int load_finish(struct load *load, load_take *take, void *data)
{
	return layers_finish(load->layers, take, data);
}

void load_detach(struct load *load)
{
	core__detach(load->core);
}

int load_snapshot(const struct load *load, load_take *take, void *data, struct error *err)
{
	autoclose int fd = bpf_iter_create(bpf_link__fd(load->core->links.list_tasks));
	struct event_task task[64];
	ssize_t size;

	if (fd < 0)
		return missing_explain(fd, "list the tasks", err);
	/* The kernel gives out whole structs as long as the room is a multiple of one. */
	while ((size = TEMP_FAILURE_RETRY(read(fd, task, sizeof(task)))) > 0)
		for (size_t i = 0; i < (size_t)size / sizeof(*task); i++)
			TRY(take(data, &task[i].head));
	return size < 0 ? error_sys(err, "list the tasks") : 0;
}

int load_poll_fd(const struct load *load)
{
	return ring_buffer__epoll_fd(load->ring);
}

int load_read(struct load *load, load_take *take, void *data, struct error *err)
{
	int r;

	load->take = take;
	load->data = data;
	load->taken = 0;
	r = ring_buffer__consume(load->ring);
	if (load->taken < 0)
		return load->taken;
	return r < 0 ? missing_explain(r, "read the buffer", err) : r;
}

void load_lost(const struct load *load, uint64_t *ret_lost)
{
	int cpus = libbpf_num_possible_cpus();
	autofree uint64_t *count = mem_new((size_t)(cpus > 0 ? cpus : 1) * sizeof(*count));
	int fd = bpf_map__fd(load->core->maps.lost);

	for (uint32_t kind = 0; kind < EVENT_KINDS; kind++) {
		ret_lost[kind] = 0;
		if (bpf_map_lookup_elem(fd, &kind, count) < 0)
			continue;
		for (int i = 0; i < cpus; i++)
			ret_lost[kind] += count[i];
	}
}
