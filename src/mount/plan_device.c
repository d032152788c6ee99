// SPDX-License-Identifier: GPL-2.0-or-later
/* plan_device - which nodes the container's /dev gets */
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/scope.h"
#include "mount/plan_part.h"

enum { DEVICE_MODE = 0666, MODE_BITS = 0777 };

/* The devices every container has: runtime-spec config-linux.md, "Default Devices". */
static const struct default_device {
	const char *path;
	unsigned int major, minor;
} default_devices[] = {
	{ "/dev/null", 1, 3 },	 { "/dev/zero", 1, 5 },	   { "/dev/full", 1, 7 },
	{ "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
};

static struct mount_device *add(const char *path, struct mount_plan *io_plan)
{
	struct mount_device *device;

	io_plan->devices = arena_grow(&io_plan->arena, io_plan->devices, io_plan->device_count,
				      sizeof(*device));
	device = &io_plan->devices[io_plan->device_count++];
	*device = (struct mount_device){ .path = path, .tree_fd = -1 };
	return device;
}

static mode_t type_of(const char *type)
{
	if (strcmp(type, "c") == 0 || strcmp(type, "u") == 0)
		return S_IFCHR;
	return strcmp(type, "b") == 0 ? S_IFBLK : S_IFIFO;
}

static int plan_device(const struct spec_device *asked, size_t index, struct mount_plan *io_plan,
		       struct error *err)
{
	mode_t type = type_of(asked->type);
	mode_t mode = asked->file_mode.is_set ? (mode_t)asked->file_mode.value : DEVICE_MODE;
	struct mount_device *device;
	const char *path = mount_plan_clean(&io_plan->arena, asked->path);

	if (strcmp(path, "/") == 0)
		return error_set(err, EINVAL, "linux.devices[%zu].path: / is no device", index);
	device = add(path, io_plan);
	device->mode = type | (mode & MODE_BITS);
	device->uid = (uid_t)asked->uid.value;
	device->gid = (gid_t)asked->gid.value;
	if (type != S_IFIFO)
		device->rdev = makedev((unsigned int)asked->major.value,
				       (unsigned int)asked->minor.value);
	return 0;
}

static bool has(const struct mount_plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->device_count; i++)
		if (strcmp(plan->devices[i].path, path) == 0)
			return true;
	return false;
}

int mount_plan_devices(const struct mount_request *request, struct mount_plan *io_plan,
		       struct error *err)
{
	const struct spec_linux *linux_part = request->spec->linux_part;
	const struct spec_devices *asked = linux_part ? linux_part->devices : NULL;

	for (size_t i = 0; asked && i < asked->count; i++)
		TRY(plan_device(&asked->item[i], i, io_plan, err));
	for (size_t i = 0; i < countof(default_devices); i++) {
		const struct default_device *device = &default_devices[i];

		if (has(io_plan, device->path))
			continue;
		*add(device->path, io_plan) = (struct mount_device){
			.path = device->path,
			.mode = S_IFCHR | DEVICE_MODE,
			.rdev = makedev(device->major, device->minor),
			.tree_fd = -1,
		};
	}
	if (io_plan->has_host_dev)
		io_plan->device_count = 0;
	return 0;
}
