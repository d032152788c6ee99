// SPDX-License-Identifier: GPL-2.0-or-later
#include "ns/netdev.h"

#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/scope.h"
#include "ns/netlink.h"

/* Addresses of an IPv4 or IPv6 interface, as many bytes as the family has. */
struct address {
	struct ifaddrmsg head;
	size_t size;
	char local[16], remote[16], broadcast[16];
	bool has_local, has_broadcast;
};

struct addresses {
	int index; /* of the device */
	size_t count;
	struct address *item;
	struct arena arena;
};

/* --- the two namespaces --- */

static bool is_same(int a_fd, int b_fd)
{
	struct stat a, b;

	return fstat(a_fd, &a) == 0 && fstat(b_fd, &b) == 0 && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

/* A socket keeps the namespace in which it was made, so one visit is enough. */
static int open_there(int network_fd, struct error *err)
{
	autoclose int own_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	autoclose int there_fd = -1;

	if (own_fd < 0)
		return error_sys(err, "open /proc/self/ns/net");
	if (is_same(own_fd, network_fd))
		return error_set(err, EINVAL, "the container has the network of the runtime");
	if (setns(network_fd, CLONE_NEWNET) < 0)
		return error_sys(err, "enter the network namespace");
	there_fd = netlink_open(err);
	if (setns(own_fd, CLONE_NEWNET) < 0)
		return error_sys(err, "leave the network namespace");
	return fd_take(&there_fd);
}

/* --- questions --- */

static void see_index(const struct nlmsghdr *answer, void *io_index)
{
	if (answer->nlmsg_type == RTM_NEWLINK)
		*(int *)io_index = ((const struct ifinfomsg *)NLMSG_DATA(answer))->ifi_index;
}

/* The index of a device, or -ENODEV. */
static int find_link(int socket_fd, const char *name, struct error *err)
{
	struct ifinfomsg any = { .ifi_family = AF_UNSPEC };
	struct netlink_message m;
	int index = 0;

	netlink_begin(&m, RTM_GETLINK, 0, &any, sizeof(any));
	netlink_add(&m, IFLA_IFNAME, name, strlen(name) + 1);
	TRY(netlink_ask(socket_fd, &m, see_index, &index, err));
	return index;
}

static bool copy(const struct nlmsghdr *answer, int type, size_t size, char *ret_bytes)
{
	const struct rtattr *found = netlink_find(answer, sizeof(struct ifaddrmsg), type);

	if (!found || RTA_PAYLOAD(found) != size)
		return false;
	memcpy(ret_bytes, RTA_DATA(found), size);
	return true;
}

static uint32_t flags_of(const struct nlmsghdr *answer)
{
	const struct ifaddrmsg *head = NLMSG_DATA(answer);
	const struct rtattr *all = netlink_find(answer, sizeof(*head), IFA_FLAGS);
	uint32_t flags = head->ifa_flags;

	/* The head has room for eight of them only. */
	if (all && RTA_PAYLOAD(all) == sizeof(flags))
		memcpy(&flags, RTA_DATA(all), sizeof(flags));
	return flags;
}

static void see_address(const struct nlmsghdr *answer, void *io_addresses)
{
	struct addresses *all = io_addresses;
	const struct ifaddrmsg *head = NLMSG_DATA(answer);
	struct address found = { .head = *head };

	if (answer->nlmsg_type != RTM_NEWADDR || (int)head->ifa_index != all->index ||
	    head->ifa_scope != RT_SCOPE_UNIVERSE || !(flags_of(answer) & IFA_F_PERMANENT))
		return;
	found.size = head->ifa_family == AF_INET ? 4 : 16;
	if (!copy(answer, IFA_ADDRESS, found.size, found.remote))
		return;
	found.has_local = copy(answer, IFA_LOCAL, found.size, found.local);
	found.has_broadcast = copy(answer, IFA_BROADCAST, found.size, found.broadcast);
	all->item = arena_grow(&all->arena, all->item, all->count, sizeof(found));
	all->item[all->count++] = found;
}

static int list_addresses(int socket_fd, struct addresses *io_addresses, struct error *err)
{
	struct ifaddrmsg any = { .ifa_family = AF_UNSPEC };
	struct netlink_message m;

	netlink_begin(&m, RTM_GETADDR, NLM_F_DUMP, &any, sizeof(any));
	return netlink_ask(socket_fd, &m, see_address, io_addresses, err);
}

/* --- orders --- */

static int move_link(int here_fd, int index, const char *name, int network_fd, struct error *err)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWLINK, 0, &link, sizeof(link));
	netlink_add(&m, IFLA_NET_NS_FD, &network_fd, sizeof(network_fd));
	netlink_add(&m, IFLA_IFNAME, name, strlen(name) + 1);
	return netlink_ask(here_fd, &m, NULL, NULL, err);
}

static int add_address(int there_fd, int index, const struct address *address, struct error *err)
{
	struct ifaddrmsg head = {
		.ifa_family = address->head.ifa_family,
		.ifa_prefixlen = address->head.ifa_prefixlen,
		.ifa_scope = RT_SCOPE_UNIVERSE,
		.ifa_index = (unsigned int)index,
	};
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	netlink_add(&m, IFA_ADDRESS, address->remote, address->size);
	if (address->has_local)
		netlink_add(&m, IFA_LOCAL, address->local, address->size);
	if (address->has_broadcast)
		netlink_add(&m, IFA_BROADCAST, address->broadcast, address->size);
	return netlink_ask(there_fd, &m, NULL, NULL, err);
}

static int raise_link(int there_fd, int index, struct error *err)
{
	struct ifinfomsg link = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = index,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWLINK, 0, &link, sizeof(link));
	return netlink_ask(there_fd, &m, NULL, NULL, err);
}

/* --- one device --- */

/* Is @name free in the namespace? 0 or 1, or another error than that it is not there. */
static int is_free(int there_fd, const char *name, struct error *err)
{
	int r = find_link(there_fd, name, err);

	return r == -ENODEV ? 1 : r < 0 ? r : 0;
}

/*
 * Chosen before the move: the kernel moves first and renames then, and a device that could not
 * be renamed would be lost with the namespace.
 */
static int choose_name(int there_fd, const char *wanted, char *ret_name, struct error *err)
{
	const char *place = strstr(wanted, "%d");
	int numbers = place ? 1 << 15 : 1;

	for (int i = 0; i < numbers; i++) {
		int size = place ? snprintf(ret_name, IF_NAMESIZE, "%.*s%d%s",
					    (int)(place - wanted), wanted, i, place + 2)
				 : snprintf(ret_name, IF_NAMESIZE, "%s", wanted);
		int r;

		if (size >= IF_NAMESIZE)
			return error_set(err, ENAMETOOLONG, "name \"%s\": %s", wanted,
					 error_words(ENAMETOOLONG));
		r = is_free(there_fd, ret_name, err);
		if (r != 0)
			return r;
	}
	return error_set(err, EEXIST, "the container has a device \"%s\" already", wanted);
}

static int move(const struct spec_net_device *device, int here_fd, int there_fd, int network_fd,
		struct error *err)
{
	struct addresses addresses = { 0 };
	char name[IF_NAMESIZE];
	int index, r;

	TRY(choose_name(there_fd, device->name ? device->name : device->key, name, err));
	addresses.index = find_link(here_fd, device->key, err);
	TRY(addresses.index);
	r = list_addresses(here_fd, &addresses, err);
	if (r >= 0)
		r = move_link(here_fd, addresses.index, name, network_fd, err);
	/* It may have another number there. */
	index = r < 0 ? r : find_link(there_fd, name, err);
	r = index;
	for (size_t i = 0; r >= 0 && i < addresses.count; i++)
		r = add_address(there_fd, index, &addresses.item[i], err);
	arena_clear(&addresses.arena);
	return r < 0 ? r : raise_link(there_fd, index, err);
}

int ns_netdev_move(const struct spec_net_devices *devices, int network_fd, struct error *err)
{
	autoclose int here_fd = -1;
	autoclose int there_fd = -1;

	if (!devices || devices->count == 0)
		return 0;
	here_fd = netlink_open(err);
	TRY(here_fd);
	there_fd = open_there(network_fd, err);
	if (there_fd < 0)
		return error_wrap(err, "linux.netDevices");
	for (size_t i = 0; i < devices->count; i++)
		if (move(&devices->item[i], here_fd, there_fd, network_fd, err) < 0)
			return error_wrap(err, "linux.netDevices[\"%s\"]", devices->item[i].key);
	return 0;
}
