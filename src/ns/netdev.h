// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * netdev - network devices of the host that become the container's (linux.netDevices)
 *
 * Nothing moves them back: when the namespace ends, the kernel gives hardware to the first
 * namespace and removes virtual devices.
 */
#ifndef HUSK_NS_NETDEV_H
#define HUSK_NS_NETDEV_H

#include "base/error.h"
#include "spec/spec.h"

/**
 * ns_netdev_move - move each device into a network namespace
 *
 * There it has the name that the configuration gives (the old one without; "eth%d" is the first
 * number that is free), the permanent global addresses that it had, and is up. By the
 * runtime, in the host's network namespace, where it ends up again; it must have one thread.
 *
 * @devices:    NULL for none.
 * @network_fd: the namespace, a descriptor of /proc/PID/ns/net.
 *
 * Returns 0; -ENODEV when there is no such device; -EEXIST when the container has the name
 * already (nothing has been moved then); -EINVAL when the namespace is the caller's; -EPERM.
 * Errors name the device. Source: rtnetlink(7), IFLA_NET_NS_FD.
 */
MUST_USE int ns_netdev_move(const struct spec_net_devices *devices, int network_fd,
			    struct error *err);

#endif
