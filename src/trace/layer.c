// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/layer.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "bpf/extras.skel.h"
#include "bpf/irq.skel.h"
#include "bpf/sched.skel.h"
#include "bpf/sums.h"
#include "bpf/syscalls.skel.h"

struct layer {
	void *object; /* the skeleton's own struct; NULL: not loaded */
	struct bpf_object_skeleton *skeleton;
	struct event_layer report;
};

struct layers {
	const struct load_request *request;
	struct bpf_object *core;
	struct layer of[EVENT_LAYERS];
};

/* --- the four objects --- */

#define OBJECT(name_, setting_)                                                             \
	static void *name_##_open(const struct layers *layers, struct bpf_object_skeleton **ret) \
	{                                                                                   \
		struct name_ *object = name_##__open();                                     \
                                                                                            \
		if (!object)                                                                \
			return NULL;                                                        \
		object->rodata->scope_all = layers->request->all;                           \
		object->rodata->scope_has_cgroups = layers->request->has_cgroups;           \
		object->rodata->scope_wake_bytes = layers->request->ring_bytes / 4;         \
		setting_;                                                                   \
		*ret = object->skeleton;                                                    \
		return object;                                                              \
	}                                                                                   \
	static void name_##_close(void *object)                                             \
	{                                                                                   \
		name_##__destroy(object);                                                   \
	}

OBJECT(syscalls, object->rodata->syscalls_have_extras =
			 layers->of[EVENT_LAYER_EXTRAS].report.state == EVENT_LAYER_ON &&
			 layers->of[EVENT_LAYER_EXTRAS].object)
OBJECT(sched, object->rodata->sched_tells = layers->request->tells_switches)
OBJECT(irq, object->rodata->irq_tells = layers->request->tells_interrupts)
OBJECT(extras, (void)0)

static const struct {
	void *(*open)(const struct layers *layers, struct bpf_object_skeleton **ret);
	void (*close)(void *object);
	const char *refused; /* what EPERM and EACCES mean for this one; NULL: nothing special */
} objects[EVENT_LAYERS] = {
	[EVENT_LAYER_SYSCALLS] = { syscalls_open, syscalls_close, NULL },
	[EVENT_LAYER_SCHED] = { sched_open, sched_close,
				"sched_switch does not tell the state before Linux 5.18" },
	[EVENT_LAYER_IRQ] = { irq_open, irq_close, NULL },
	[EVENT_LAYER_EXTRAS] = { extras_open, extras_close,
				 "the kernel refuses fentry (EPERM: locked down, or without "
				 "trampolines for BPF)" },
};

/* --- what the kernel has of it --- */

/* "tp_btf/sched_switch" -> "sched_switch" */
static const char *hook_of(const struct bpf_program *program)
{
	const char *slash = strchr(bpf_program__section_name(program), '/');

	return slash ? slash + 1 : "";
}

static bool has_hook(const struct btf *kernel, const struct bpf_program *program)
{
	char type[96];

	if (bpf_program__type(program) != BPF_PROG_TYPE_TRACING)
		return true;
	if (bpf_program__expected_attach_type(program) != BPF_TRACE_RAW_TP)
		return btf__find_by_name_kind(kernel, hook_of(program), BTF_KIND_FUNC) > 0;
	snprintf(type, sizeof(type), "btf_trace_%s", hook_of(program));
	return btf__find_by_name_kind(kernel, type, BTF_KIND_TYPEDEF) > 0;
}

/* Returns how many programs are left. */
static size_t leave_out(const struct btf *kernel, struct layer *io_layer)
{
	autotext struct text missing = { 0 };
	struct bpf_program *program;
	size_t left = 0;

	bpf_object__for_each_program(program, *io_layer->skeleton->obj) {
		if (has_hook(kernel, program)) {
			left++;
			continue;
		}
		(void)bpf_program__set_autoload(program, false);
		text_add(&missing, "%s%s", missing.size ? ", " : "", hook_of(program));
	}
	if (missing.size) {
		io_layer->report.state = EVENT_LAYER_PARTLY;
		snprintf(io_layer->report.why, sizeof(io_layer->report.why), "%s",
			 text_get(&missing));
	}
	return left;
}

/* --- start --- */

/* Those that both have by the same name, scope.h that is, are one. */
static int share_maps(struct bpf_object *core, struct bpf_object *io_object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, io_object) {
		const struct bpf_map *same = bpf_object__find_map_by_name(core, bpf_map__name(map));
		int r = same && !bpf_map__is_internal(map)
				? bpf_map__reuse_fd(map, bpf_map__fd(same)) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

static void turn_off(struct layers *io_layers, enum event_layer_name name, const char *why)
{
	struct layer *layer = &io_layers->of[name];

	if (layer->object)
		objects[name].close(layer->object);
	layer->object = NULL;
	layer->report.state = EVENT_LAYER_OFF;
	snprintf(layer->report.why, sizeof(layer->report.why), "%s", why);
}

static void fail(struct layers *io_layers, enum event_layer_name name, const char *what, int code)
{
	autotext struct text why = { 0 };

	if ((code == -EPERM || code == -EACCES) && objects[name].refused)
		text_add(&why, "%s", objects[name].refused);
	else
		text_add(&why, "%s: %s", what, error_words(-code));
	turn_off(io_layers, name, text_get(&why));
}

static void start(struct layers *io_layers, enum event_layer_name name, const struct btf *kernel)
{
	struct layer *layer = &io_layers->of[name];
	int r;

	layer->object = objects[name].open(io_layers, &layer->skeleton);
	if (!layer->object)
		return fail(io_layers, name, "open its programs", -errno);
	if (!kernel)
		return fail(io_layers, name, "read the kernel's types", -ENOTSUP);
	if (!leave_out(kernel, layer))
		return turn_off(io_layers, name, "this kernel has none of what it hooks");
	r = share_maps(io_layers->core, *layer->skeleton->obj);
	if (r < 0)
		return fail(io_layers, name, "share the buffer", r);
	r = bpf_object__load_skeleton(layer->skeleton);
	if (r < 0)
		return fail(io_layers, name, "load its programs", r);
	r = bpf_object__attach_skeleton(layer->skeleton);
	if (r < 0)
		fail(io_layers, name, "attach its programs", r);
}

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static struct event_head head_of(enum event_kind kind, size_t size, uint64_t time_ns)
{
	return (struct event_head){ .time_ns = time_ns, .size = (uint32_t)size,
				    .kind = (uint16_t)kind };
}

struct layers *layers_start(const struct load_request *request, struct bpf_object *core)
{
	/* The extras first: what they tell the others need not. */
	static const enum event_layer_name order[] = { EVENT_LAYER_EXTRAS, EVENT_LAYER_SYSCALLS,
						       EVENT_LAYER_SCHED, EVENT_LAYER_IRQ };
	struct layers *layers = mem_new(sizeof(*layers));
	struct btf *kernel = request->layers ? btf__load_vmlinux_btf() : NULL;
	uint64_t begin_ns = now_ns();

	layers->request = request;
	layers->core = core;
	for (size_t i = 0; i < EVENT_LAYERS; i++) {
		struct event_layer *report = &layers->of[order[i]].report;

		report->head = head_of(EVENT_LAYER, sizeof(*report), begin_ns);
		report->layer = order[i];
		if (request->layers & 1U << order[i])
			start(layers, order[i], kernel);
	}
	btf__free(kernel);
	return layers;
}

void layers_close(struct layers **io_layers)
{
	struct layers *layers = *io_layers;

	if (!layers)
		return;
	for (size_t i = 0; i < EVENT_LAYERS; i++)
		if (layers->of[i].object)
			objects[i].close(layers->of[i].object);
	free(layers);
	*io_layers = NULL;
}

int layers_report(const struct layers *layers, load_take *take, void *data)
{
	for (size_t i = 0; i < EVENT_LAYERS; i++)
		if (layers->request->layers & 1U << i)
			TRY(take(data, &layers->of[i].report.head));
	return 0;
}

/* --- what they have counted --- */

static int tell_threads(int fd, load_take *take, void *data)
{
	uint64_t end_ns = now_ns();
	struct sched_thread thread;
	uint32_t tid;

	/* Taken out one by one: a thread that ends now tells of itself, or it is told here. */
	while (bpf_map_get_next_key(fd, NULL, &tid) == 0) {
		struct event_switches told = {
			.head = head_of(EVENT_SWITCHES, sizeof(told), end_ns), .tid = tid,
		};

		if (bpf_map_lookup_and_delete_elem(fd, &tid, &thread) < 0)
			continue;
		told.tgid = thread.tgid;
		told.ran_ns = thread.ran_ns;
		/* It has the processor still. */
		if (thread.in_ns && thread.in_ns < end_ns)
			told.ran_ns += end_ns - thread.in_ns;
		memcpy(told.count, thread.count, sizeof(told.count));
		TRY(take(data, &told.head));
	}
	return 0;
}

static int tell_sums(const struct irq_key *key, const struct irq_sum *sums, load_take *take,
		     void *data)
{
	uint64_t end_ns = now_ns();

	for (int cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++) {
		struct event_interrupts told = {
			.head = head_of(EVENT_INTERRUPTS, sizeof(told), end_ns),
			.tgid = key->tgid, .source = key->source, .number = key->number,
			.count = sums[cpu].count, .took_ns = sums[cpu].took_ns,
			.longest_ns = sums[cpu].longest_ns, .depth = sums[cpu].depth,
			.on_task_stack = sums[cpu].on_task_stack,
		};

		told.head.cpu = (uint16_t)cpu;
		if (told.count)
			TRY(take(data, &told.head));
	}
	return 0;
}

static int tell_interrupts(int fd, load_take *take, void *data)
{
	int cpus = libbpf_num_possible_cpus();
	autofree struct irq_sum *sums = mem_new((size_t)(cpus > 0 ? cpus : 1) * sizeof(*sums));
	struct irq_key key, *before = NULL;

	while (bpf_map_get_next_key(fd, before, &key) == 0) {
		before = &key;
		if (bpf_map_lookup_elem(fd, &key, sums) == 0)
			TRY(tell_sums(&key, sums, take, data));
	}
	return 0;
}

int layers_finish(struct layers *io_layers, load_take *take, void *data)
{
	const struct sched *sched = io_layers->of[EVENT_LAYER_SCHED].object;
	const struct irq *irq = io_layers->of[EVENT_LAYER_IRQ].object;

	for (size_t i = 0; i < EVENT_LAYERS; i++)
		if (io_layers->of[i].object)
			bpf_object__detach_skeleton(io_layers->of[i].skeleton);
	if (sched)
		TRY(tell_threads(bpf_map__fd(sched->maps.threads), take, data));
	if (irq)
		TRY(tell_interrupts(bpf_map__fd(irq->maps.interrupts), take, data));
	return 0;
}
