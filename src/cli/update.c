// SPDX-License-Identifier: GPL-2.0-or-later
/* update - the limits of a container that lives: flags, and a resources object */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/options.h"
#include "container/manage.h"

enum { RESOURCES_MAX = 16 << 20 };

struct update_values {
	const char *resources, *cpus, *mems, *l3_cache, *memory_bandwidth;
	struct maybe_int memory, reservation, swap, kernel, kernel_tcp;
	struct maybe_int shares, quota, period, burst, idle, realtime_runtime, realtime_period;
	struct maybe_int pids, weight;
};

#define PLACE(member) offsetof(struct update_values, member)

const struct option update_options[] = {
	{ "resources", 'r', OPTION_TEXT, PLACE(resources), "FILE",
	  "a resources object as JSON, \"-\" for stdin; flags override it" },
	{ "memory", 0, OPTION_SIZE, PLACE(memory), "SIZE", "limit of memory; -1 for none" },
	{ "memory-reservation", 0, OPTION_SIZE, PLACE(reservation), "SIZE",
	  "what it keeps when memory gets scarce" },
	{ "memory-swap", 0, OPTION_SIZE, PLACE(swap), "SIZE",
	  "limit of memory and swap together; -1 for none" },
	{ "kernel-memory", 0, OPTION_SIZE, PLACE(kernel), "SIZE", "cgroup v1 of old kernels" },
	{ "kernel-memory-tcp", 0, OPTION_SIZE, PLACE(kernel_tcp), "SIZE", "cgroup v1" },
	{ "cpu-share", 0, OPTION_NUMBER, PLACE(shares), "N", "weight against others, 2 to 262144" },
	{ "cpu-quota", 0, OPTION_NUMBER, PLACE(quota), "US",
	  "time on CPUs in each period; -1 for no limit" },
	{ "cpu-period", 0, OPTION_NUMBER, PLACE(period), "US", "length of a period" },
	{ "cpu-burst", 0, OPTION_NUMBER, PLACE(burst), "US", "unused quota that may be saved up" },
	{ "cpu-idle", 0, OPTION_NUMBER, PLACE(idle), "0|1", "run only when nobody else wants to" },
	{ "cpu-rt-period", 0, OPTION_NUMBER, PLACE(realtime_period), "US", "cgroup v1" },
	{ "cpu-rt-runtime", 0, OPTION_NUMBER, PLACE(realtime_runtime), "US", "cgroup v1" },
	{ "cpuset-cpus", 0, OPTION_TEXT, PLACE(cpus), "LIST", "CPUs to use, as 0-3,7" },
	{ "cpuset-mems", 0, OPTION_TEXT, PLACE(mems), "LIST", "memory nodes to use" },
	{ "pids-limit", 0, OPTION_NUMBER, PLACE(pids), "N", "number of tasks; -1 for no limit" },
	{ "blkio-weight", 0, OPTION_NUMBER, PLACE(weight), "N", "weight of disk I/O, 10 to 1000" },
	{ "l3-cache-schema", 0, OPTION_TEXT, PLACE(l3_cache), "TEXT", "share of the L3 cache" },
	{ "mem-bw-schema", 0, OPTION_TEXT, PLACE(memory_bandwidth), "TEXT",
	  "share of the memory bandwidth" },
	{ 0 },
};

/* --- flags as a resources object --- */

struct parts {
	struct spec_memory memory;
	struct spec_cpu cpu;
	struct spec_pids pids;
	struct spec_block_io block_io;
};

static int positive(const char *option, struct maybe_int number, struct maybe_uint *ret_number,
		    struct error *err)
{
	if (number.value < 0)
		return error_set(err, EINVAL, "--%s: %" PRId64 " is below 0", option,
				 number.value);
	*ret_number = (struct maybe_uint){ number.is_set, (uint64_t)number.value };
	return 0;
}

static int read_flags(const struct update_values *v, struct parts *ret_parts, struct error *err)
{
	*ret_parts = (struct parts){
		.memory = { .limit = v->memory, .reservation = v->reservation, .swap = v->swap,
			    .kernel = v->kernel, .kernel_tcp = v->kernel_tcp },
		.cpu = { .quota = v->quota, .idle = v->idle,
			 .realtime_runtime = v->realtime_runtime,
			 .cpus = (char *)v->cpus, .mems = (char *)v->mems },
		.pids.limit = v->pids,
	};
	TRY(positive("cpu-share", v->shares, &ret_parts->cpu.shares, err));
	TRY(positive("cpu-period", v->period, &ret_parts->cpu.period, err));
	TRY(positive("cpu-burst", v->burst, &ret_parts->cpu.burst, err));
	TRY(positive("cpu-rt-period", v->realtime_period, &ret_parts->cpu.realtime_period, err));
	return positive("blkio-weight", v->weight, &ret_parts->block_io.weight, err);
}

/* Controllers that no flag names must not be asked for at all. */
static struct spec_resources named(const struct update_values *v, struct parts *parts)
{
	struct spec_resources resources = { 0 };

	if (v->memory.is_set || v->reservation.is_set || v->swap.is_set || v->kernel.is_set ||
	    v->kernel_tcp.is_set)
		resources.memory = &parts->memory;
	if (v->shares.is_set || v->quota.is_set || v->period.is_set || v->burst.is_set ||
	    v->idle.is_set || v->realtime_runtime.is_set || v->realtime_period.is_set || v->cpus ||
	    v->mems)
		resources.cpu = &parts->cpu;
	if (v->pids.is_set)
		resources.pids = &parts->pids;
	if (v->weight.is_set)
		resources.block_io = &parts->block_io;
	return resources;
}

/* --- the resources object --- */

static int read_resources(const char *path, struct arena *io_arena,
			  struct spec_resources *ret_resources, struct error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	autoclose int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
				    : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	autofree char *text = NULL;
	size_t size;

	if (fd < 0)
		return error_sys(err, "--resources: open %s", is_stdin ? "stdin" : path);
	if (fd_read_all(fd, RESOURCES_MAX, &text, &size, err) < 0)
		return error_wrap(err, "--resources: %s", path);
	return spec_read_resources(is_stdin ? "resources" : path, text, size, io_arena,
				   ret_resources, err);
}

/* As linux.intelRdt has them: one line each. */
static int check_schemas(const struct spec_intel_rdt *rdt, struct error *err)
{
	if (rdt->l3_cache_schema && strchr(rdt->l3_cache_schema, '\n'))
		return error_set(err, EINVAL, "--l3-cache-schema: more than one line");
	if (rdt->mem_bw_schema &&
	    (strchr(rdt->mem_bw_schema, '\n') || !text_begins(rdt->mem_bw_schema, "MB:")))
		return error_set(err, EINVAL, "--mem-bw-schema: \"%s\" is no line that begins "
				 "with MB:", json_show(rdt->mem_bw_schema).text);
	return 0;
}

static int update(const struct context *context, const char *id,
		  const struct update_values *values, struct error *err)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	autostore struct store store = STORE_NONE;
	const struct spec_intel_rdt rdt = { .l3_cache_schema = (char *)values->l3_cache,
					    .mem_bw_schema = (char *)values->memory_bandwidth };
	struct spec_resources wanted = { 0 }, flags;
	struct parts parts;

	if (values->resources)
		TRY(read_resources(values->resources, &arena, &wanted, err));
	TRY(read_flags(values, &parts, err));
	flags = named(values, &parts);
	spec_merge_resources(&flags, &wanted);
	TRY(spec_check_resources("resources", &wanted, err));
	TRY(store_open(context->root, &store, err));
	TRY(check_schemas(&rdt, err));
	return container_update(&store, id, &wanted,
				rdt.l3_cache_schema || rdt.mem_bw_schema ? &rdt : NULL, err);
}

int cmd_update(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct update_values values = { 0 };

	TRY(command_options(command_find("update"), OPTION_MIXED, 1, 1, argc, argv, &values, err));
	if (update(io_context, argv[0], &values, err) < 0)
		return error_wrap(err, "update %s", argv[0]);
	return 0;
}
