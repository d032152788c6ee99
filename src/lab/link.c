// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/tc_act/tc_mirred.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/scope.h"
#include "ns/netlink.h"

enum { DATA_MAX = 256, INFO_MAX = DATA_MAX + 64, INGRESS_HANDLE = 0xffff0000, ANY_PRIORITY = 1 };

size_t link_nest(char *ret_buffer, uint16_t type, const void *data, size_t size)
{
	struct rtattr head = { .rta_len = (uint16_t)RTA_LENGTH(size), .rta_type = type };

	memcpy(ret_buffer, &head, sizeof(head));
	memcpy(ret_buffer + RTA_LENGTH(0), data, size);
	return RTA_SPACE(size);
}

static int ask(struct netlink_message *message, const char *what, struct error *err)
{
	autoclose int fd = netlink_open(err);

	TRY(fd);
	if (netlink_ask(fd, message, NULL, NULL, err) < 0)
		return error_set(err, ENOTSUP, "needs %s: %s", what, err->text);
	return 0;
}

int link_create(const char *name, const char *kind, const void *data, size_t size,
		struct error *err)
{
	struct ifinfomsg body = { .ifi_family = AF_UNSPEC };
	struct netlink_message message;
	char info[INFO_MAX] = { 0 }, what[64];
	size_t used;

	if (size > DATA_MAX || strlen(kind) >= IFNAMSIZ)
		return error_set(err, EINVAL, "device %s: too much to tell", name);
	used = link_nest(info, IFLA_INFO_KIND, kind, strlen(kind));
	if (size)
		used += link_nest(info + used, IFLA_INFO_DATA, data, size);
	netlink_begin(&message, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof(body));
	netlink_add(&message, IFLA_IFNAME, name, strlen(name) + 1);
	netlink_add(&message, IFLA_LINKINFO, info, used);
	snprintf(what, sizeof(what), "a network device of kind %s", kind);
	return ask(&message, what, err);
}

int link_set_up(const char *name, struct error *err)
{
	autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_flags = IFF_UP | IFF_NOARP };

	snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return error_sys(err, "set %s up", name);
	return 0;
}

/* Where packets that come in can be looked at. */
static int add_ingress(unsigned int from, struct error *err)
{
	struct tcmsg body = { .tcm_ifindex = (int)from, .tcm_parent = TC_H_INGRESS,
			      .tcm_handle = INGRESS_HANDLE };
	struct netlink_message message;

	netlink_begin(&message, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof(body));
	netlink_add(&message, TCA_KIND, "ingress", sizeof("ingress"));
	return ask(&message, "the queueing discipline ingress", err);
}

/* One filter, which every packet matches: no bit of its first word is asked for. */
static int add_filter(unsigned int from, unsigned int to, struct error *err)
{
	struct tcmsg body = { .tcm_ifindex = (int)from, .tcm_parent = INGRESS_HANDLE,
			      .tcm_info = TC_H_MAKE(ANY_PRIORITY << 16, htons(ETH_P_ALL)) };
	struct tc_mirred mirred = { .action = TC_ACT_STOLEN, .eaction = TCA_EGRESS_REDIR,
				    .ifindex = to };
	struct tc_u32_sel select = { .flags = TC_U32_TERMINAL, .nkeys = 1 };
	char selection[sizeof(select) + sizeof(struct tc_u32_key)] = { 0 };
	char parameters[64] = { 0 }, action[128] = { 0 }, list[160] = { 0 }, options[256] = { 0 };
	struct netlink_message message;
	size_t used, kind;

	used = link_nest(parameters, TCA_MIRRED_PARMS, &mirred, sizeof(mirred));
	kind = link_nest(action, TCA_ACT_KIND, "mirred", sizeof("mirred"));
	used = kind + link_nest(action + kind, TCA_ACT_OPTIONS, parameters, used);
	used = link_nest(list, 1, action, used);
	used = link_nest(options, TCA_U32_ACT, list, used);
	memcpy(selection, &select, sizeof(select));
	used += link_nest(options + used, TCA_U32_SEL, selection, sizeof(selection));
	netlink_begin(&message, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof(body));
	netlink_add(&message, TCA_KIND, "u32", sizeof("u32"));
	netlink_add(&message, TCA_OPTIONS, options, used);
	return ask(&message, "the filter u32 and its action mirred", err);
}

int link_redirect(const char *from, const char *to, struct error *err)
{
	TRY(add_ingress(if_nametoindex(from), err));
	return add_filter(if_nametoindex(from), if_nametoindex(to), err);
}
