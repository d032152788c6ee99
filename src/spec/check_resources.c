// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "spec/check.h"

static int check_device_rules(const struct check *check, const struct spec_device_rules *list)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct spec_device_rule *rule = &list->item[i];
		const char *access = rule->access;

		if (rule->type && (strlen(rule->type) != 1 || !strchr("acb", *rule->type)))
			return check_fail(check, "devices[%zu].type: \"%s\" is not one of a, c, b",
					  i, json_show(rule->type).text);
		if (access && (!*access || access[strspn(access, "rwm")]))
			return check_fail(check, "devices[%zu].access: \"%s\" is not some of rwm",
					  i, json_show(access).text);
	}
	return 0;
}

static int check_memory(const struct check *check, const struct spec_memory *memory)
{
	if (memory->swap.value > 0 && memory->limit.value > memory->swap.value)
		return check_fail(check,
				  "memory.swap: %" PRId64 " is below memory.limit %" PRId64
				  ", it counts both",
				  memory->swap.value, memory->limit.value);
	return 0;
}

static int check_set(const struct check *check, const char *what, const char *list)
{
	if (!list || check_is_number_list(list))
		return 0;
	return check_fail(check, "cpu.%s: \"%s\" is not a list like 0-3,7", what,
			  json_show(list).text);
}

/* 0 is "not set", as the engines write it. */
static int check_weight(const struct check *check, const char *what,
			const struct maybe_uint *weight)
{
	if (weight->value == 0 || weight->value >= 10)
		return 0;
	return check_fail(check, "%s: %" PRIu64 " is not within 10..1000", what, weight->value);
}

static int check_weight_device(const struct check *check, const struct spec_weight_device *device,
			       size_t i)
{
	autofree char *weight = mem_format("blockIO.weightDevice[%zu].weight", i);
	autofree char *leaf_weight = mem_format("blockIO.weightDevice[%zu].leafWeight", i);

	if (!device->weight.is_set && !device->leaf_weight.is_set)
		return check_fail(check, "%s: is missing, leafWeight too", weight);
	TRY(check_weight(check, weight, &device->weight));
	return check_weight(check, leaf_weight, &device->leaf_weight);
}

static int check_block_io(const struct check *check, const struct spec_block_io *block_io)
{
	const struct spec_weight_devices *list = block_io->weight_device;

	TRY(check_weight(check, "blockIO.weight", &block_io->weight));
	TRY(check_weight(check, "blockIO.leafWeight", &block_io->leaf_weight));
	for (size_t i = 0; list && i < list->count; i++)
		TRY(check_weight_device(check, &list->item[i], i));
	return 0;
}

/* As the hugetlb controller names its files: a power of two, 64KB, 2MB, 1GB. */
static bool is_page_size(const char *text)
{
	unsigned long count;
	char *unit;

	if (*text < '1' || *text > '9')
		return false;
	count = strtoul(text, &unit, 10);
	return (count & (count - 1)) == 0 && *unit && strchr("KMG", *unit) &&
	       strcmp(unit + 1, "B") == 0;
}

static int check_hugepages(const struct check *check, const struct spec_hugepage_limits *list)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (!is_page_size(list->item[i].page_size))
			return check_fail(check,
					  "hugepageLimits[%zu].pageSize: \"%s\" is not a size "
					  "like 2MB",
					  i, json_show(list->item[i].page_size).text);
	return 0;
}

static int check_rdma(const struct check *check, const struct spec_rdmas *list)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (!list->item[i].hca_handles.is_set && !list->item[i].hca_objects.is_set)
			return check_fail(check,
					  "rdma[\"%s\"]: has neither hcaHandles nor hcaObjects",
					  json_show(list->item[i].key).text);
	return 0;
}

/* The key names a file in the cgroup's directory and must not lead out of it. */
static int check_unified(const struct check *check, const struct json_pairs *list)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const char *key = list->item[i].key;
		const char *dot = strchr(key, '.');

		if (strchr(key, '/') || !dot || dot == key || !dot[1])
			return check_fail(check, "unified[\"%s\"]: is not a name like memory.high",
					  json_show(key).text);
	}
	return 0;
}

int check_resources(const struct check *check, const struct spec_resources *resources)
{
	TRY(check_device_rules(check, resources->devices));
	if (resources->memory)
		TRY(check_memory(check, resources->memory));
	if (resources->cpu) {
		TRY(check_set(check, "cpus", resources->cpu->cpus));
		TRY(check_set(check, "mems", resources->cpu->mems));
	}
	if (resources->block_io)
		TRY(check_block_io(check, resources->block_io));
	TRY(check_hugepages(check, resources->hugepage_limits));
	TRY(check_rdma(check, resources->rdma));
	return check_unified(check, resources->unified);
}
