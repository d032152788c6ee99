// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/grant.h"

#include <fcntl.h>

#include "base/scope.h"
#include "ns/netdev.h"

int container_grant_plan(struct container_plan *io_plan, struct error *err)
{
	const struct spec_linux *part = io_plan->spec.linux_part;
	autofree char *root = NULL;

	if (!part || !part->intel_rdt)
		return 0;
	if (guard_rdt_find_root(&root, err) < 0)
		return error_wrap(err, "config.json");
	guard_rdt_plan(part->intel_rdt, io_plan->request->id, root, &io_plan->rdt);
	return 0;
}

int container_grant_make(struct container_plan *io_plan, struct error *err)
{
	TRY(guard_rdt_make(&io_plan->rdt, err));
	return guard_rdt_set(&io_plan->rdt, err);
}

/* One that is joined may not have been entered yet by the process. */
static int open_network(const struct container_plan *plan, pid_t pid, struct error *err)
{
	autofree char *path = mem_format("/proc/%d/ns/net", pid);
	int fd;

	for (size_t i = 0; i < plan->ns.join_count; i++)
		if (plan->ns.join[i].type == SPEC_NAMESPACE_NETWORK)
			return fcntl(plan->ns.join[i].fd, F_DUPFD_CLOEXEC, 3);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? error_sys(err, "linux.netDevices: open %s", path) : fd;
}

int container_grant_give(const struct container_plan *plan, pid_t pid, struct error *err)
{
	const struct spec_linux *part = plan->spec.linux_part;
	const struct spec_net_devices *devices = part ? part->net_devices : NULL;
	autoclose int network_fd = -1;

	TRY(guard_rdt_join(&plan->rdt, pid, err));
	if (!devices || devices->count == 0)
		return 0;
	network_fd = open_network(plan, pid, err);
	TRY(network_fd);
	return ns_netdev_move(devices, network_fd, err);
}

int container_grant_take_back(const struct container_plan *plan, struct error *err)
{
	const struct guard_rdt *rdt = &plan->rdt;

	return guard_rdt_remove(rdt->has_made_group ? rdt->group : NULL,
				rdt->has_made_monitor ? rdt->monitor : NULL, err);
}
