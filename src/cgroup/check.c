// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int cgroup_check_wrong(const struct planner *p, const char *property, const char *format, ...)
{
	char reason[ERROR_TEXT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return error_set(p->err, EINVAL, "%s: %s", property, reason);
}

int cgroup_check_swap(const struct planner *p)
{
	const struct spec_memory *memory = p->resources->memory;
	int64_t limit = memory->limit.value, swap = memory->swap.value;

	if (swap <= 0 || (limit == 0 && p->facts->is_update && p->version == CGROUP_MODE_V1))
		return 0;
	if (limit <= 0)
		return cgroup_check_wrong(p, PROPERTY("memory.swap"),
					    "memory and swap together need memory.limit as well");
	if (swap < limit)
		return cgroup_check_wrong(p, PROPERTY("memory.swap"),
			"memory and swap together, %" PRId64 ", are less than memory.limit, "
			"%" PRId64, swap, limit);
	return 0;
}

int cgroup_check_swappiness(const struct planner *p)
{
	struct maybe_uint swappiness = p->resources->memory->swappiness;

	if (swappiness.value <= 100)
		return 0;
	return cgroup_check_wrong(p, PROPERTY("memory.swappiness"),
				    "%" PRIu64 " is not within 0 to 100", swappiness.value);
}

static int check_weight(const struct planner *p, const char *property, struct maybe_uint weight)
{
	if (weight.value == 0 || (weight.value >= 10 && weight.value <= 1000))
		return 0;
	return cgroup_check_wrong(p, property, "%" PRIu64 " is not within 10 to 1000",
				    weight.value);
}

static int check_device(const struct planner *p, const char *property, struct maybe_int major,
			struct maybe_int minor)
{
	if (major.is_set && major.value >= 0 && major.value <= UINT32_MAX && minor.is_set &&
	    minor.value >= 0 && minor.value <= UINT32_MAX)
		return 0;
	return cgroup_check_wrong(p, property, "major and minor name no device");
}

static int check_weight_device(const struct planner *p, size_t index)
{
	const struct spec_weight_devices *list = p->resources->block_io->weight_device;
	const struct spec_weight_device *device = &list->item[index];
	const char *property = PLANNER_TEXT(p, PROPERTY("blockIO.weightDevice[%zu]"), index);

	TRY(check_device(p, property, device->major, device->minor));
	if (!device->weight.is_set && !device->leaf_weight.is_set)
		return cgroup_check_wrong(p, property, "weight or leafWeight is missing");
	TRY(check_weight(p, PLANNER_TEXT(p, "%s.weight", property), device->weight));
	return check_weight(p, PLANNER_TEXT(p, "%s.leafWeight", property), device->leaf_weight);
}

static int check_throttle(const struct planner *p, const char *name,
			  const struct spec_throttle_devices *list)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const char *property = PLANNER_TEXT(p, PROPERTY("blockIO.%s[%zu]"), name, i);

		TRY(check_device(p, property, list->item[i].major, list->item[i].minor));
		if (!list->item[i].rate.is_set)
			return cgroup_check_wrong(p, property, "rate is missing");
	}
	return 0;
}

int cgroup_check_io(const struct planner *p)
{
	const struct spec_block_io *io = p->resources->block_io;

	TRY(check_weight(p, PROPERTY("blockIO.weight"), io->weight));
	TRY(check_weight(p, PROPERTY("blockIO.leafWeight"), io->leaf_weight));
	for (size_t i = 0; io->weight_device && i < io->weight_device->count; i++)
		TRY(check_weight_device(p, i));
	TRY(check_throttle(p, "throttleReadBpsDevice", io->throttle_read_bps_device));
	TRY(check_throttle(p, "throttleWriteBpsDevice", io->throttle_write_bps_device));
	TRY(check_throttle(p, "throttleReadIOPSDevice", io->throttle_read_iops_device));
	return check_throttle(p, "throttleWriteIOPSDevice", io->throttle_write_iops_device);
}

int cgroup_check_page_size(const struct planner *p, size_t index)
{
	const char *size = p->resources->hugepage_limits->item[index].page_size;
	size_t digits = size ? strspn(size, "0123456789") : 0;
	const char *unit = size ? size + digits : "", *property;

	if (digits > 0 && digits < 8 && *size != '0' &&
	    (strcmp(unit, "KB") == 0 || strcmp(unit, "MB") == 0 || strcmp(unit, "GB") == 0))
		return 0;
	property = PLANNER_TEXT(p, PROPERTY("hugepageLimits[%zu].pageSize"), index);
	return cgroup_check_wrong(p, property, "\"%s\" is not a size like 64KB, 2MB or 1GB",
				    size ? json_show(size).text : "");
}
