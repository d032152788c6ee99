// SPDX-License-Identifier: GPL-2.0-or-later
#include "ns/netdev.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/scope.h"
#include "forked.h"
#include "test.h"

/*
 * Two new network namespaces in a new user namespace: nothing of the machine's is touched. This
 * process is in the first; @there_fd is the second.
 */
static int there_fd;

static int run(const char *command)
{
	autofree char *all = mem_format("{ %s; } >/dev/null 2>&1", command);

	return system(all);
}

static int run_there(const char *command)
{
	autofree char *all = mem_format("nsenter --net=/proc/self/fd/%d sh -c '%s'", there_fd,
					command);

	return run(all);
}

static void make_namespaces(void)
{
	int here_fd;

	FORKED_NEEDS(system("command -v ip >/dev/null") == 0, "the program ip");
	FORKED_NEEDS(unshare(CLONE_NEWNET) == 0, "rights over the network");
	/* Not close-on-exec: nsenter of the shell reaches it by number. */
	here_fd = open("/proc/self/ns/net", O_RDONLY);
	CHECK_INT(unshare(CLONE_NEWNET), 0);
	there_fd = open("/proc/self/ns/net", O_RDONLY);
	CHECK_INT(setns(here_fd, CLONE_NEWNET), 0);
	FORKED_NEEDS(run("ip link add d0 type veth peer name p0") == 0, "veth network devices");
}

static int move(const char *key, const char *name, struct error *err)
{
	struct spec_net_device device = { (char *)key, (char *)name };
	struct spec_net_devices devices = { 1, &device };

	return ns_netdev_move(&devices, there_fd, err);
}

static void move_with_addresses(void)
{
	struct error err;

	make_namespaces();
	CHECK_INT(run("ip addr add 192.0.2.7/24 dev d0 && ip link set d0 up && "
		      "ip addr add 2001:db8::7/64 dev d0 nodad && ip link set d0 mtu 1400 && "
		      "ip addr add 192.0.2.9/24 dev d0 valid_lft 100 preferred_lft 100"),
		  0);
	CHECK_OK(move("d0", "eth0", &err), err);
	CHECK_TRUE(run("ip link show d0") != 0);
	CHECK_INT(run_there("ip -o addr show eth0 | grep \"192.0.2.7/24\""), 0);
	CHECK_INT(run_there("ip -o addr show eth0 | grep \"2001:db8::7/64\""), 0);
	CHECK_TRUE(run_there("ip -o addr show eth0 | grep 192.0.2.9") != 0);
	CHECK_INT(run_there("ip link show eth0 | grep \"[<,]UP[,>].* mtu 1400\""), 0);
}

TEST(device_moves_with_its_permanent_global_addresses_and_is_up)
{
	RUN_FORKED(move_with_addresses);
}

static void keep_name_and_count(void)
{
	struct error err;

	make_namespaces();
	CHECK_OK(move("d0", NULL, &err), err);
	CHECK_INT(run_there("ip link show d0"), 0);
	CHECK_INT(run("ip link add x1 type veth peer name x2"), 0);
	CHECK_OK(move("x1", "net%d", &err), err);
	CHECK_OK(move("x2", "net%d", &err), err);
	CHECK_INT(run_there("ip link show net0 && ip link show net1"), 0);
}

TEST(name_is_kept_and_a_template_is_counted_up)
{
	RUN_FORKED(keep_name_and_count);
}

static void refuse(void)
{
	autoclose int here_fd = -1;
	struct error err;

	make_namespaces();
	CHECK_ERROR(move("nothing", NULL, &err), err, ENODEV,
		    "linux.netDevices[\"nothing\"]: no such device");
	CHECK_ERROR(move("d0", "lo", &err), err, EEXIST,
		    "linux.netDevices[\"d0\"]: the container has a device \"lo\" already");
	/* Nothing was moved. */
	CHECK_INT(run("ip link show d0"), 0);
	here_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	there_fd = here_fd;
	CHECK_ERROR(move("d0", NULL, &err), err, EINVAL,
		    "linux.netDevices: the container has the network of the runtime");
}

TEST(what_cannot_be_moved_stays)
{
	RUN_FORKED(refuse);
}

TEST(no_devices_need_no_rights)
{
	struct error err;

	CHECK_OK(ns_netdev_move(NULL, -1, &err), err);
}
