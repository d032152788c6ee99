// SPDX-License-Identifier: GPL-2.0-or-later
#include "ns/sysctl.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/fd.h"
#include "base/procfs.h"
#include "forked.h"
#include "test.h"

static const uint64_t every = CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWUSER;

static int check_name(const char *name, uint64_t namespaces, struct error *err)
{
	struct json_pair pair = { (char *)name, (char *)"1" };
	struct json_pairs list = { 1, &pair };

	return ns_sysctl_check(&list, namespaces, err);
}

TEST(names_belong_to_their_namespace)
{
	static const struct {
		const char *name;
		uint64_t namespace;
	} rows[] = {
		{ "net.ipv4.ip_forward", CLONE_NEWNET },
		{ "net/ipv4/ip_forward", CLONE_NEWNET },
		{ "net.ipv4.conf.eth0/1.rp_filter", CLONE_NEWNET },
		{ "net/ipv4/conf/eth0.1/rp_filter", CLONE_NEWNET },
		{ "kernel.msgmax", CLONE_NEWIPC },
		{ "kernel.shm_rmid_forced", CLONE_NEWIPC },
		{ "kernel/sem", CLONE_NEWIPC },
		{ "fs.mqueue.msg_max", CLONE_NEWIPC },
		{ "kernel.domainname", CLONE_NEWUTS },
		{ "user.max_user_namespaces", CLONE_NEWUSER },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct error err;

		CHECK_OK(check_name(rows[i].name, rows[i].namespace, &err), err);
		CHECK_INT(check_name(rows[i].name, every & ~rows[i].namespace, &err), -EPERM);
	}
}

/* L-03 */
TEST(names_of_the_machine_are_refused)
{
	static const char *const names[] = {
		"kernel.core_pattern", "kernel.panic", "vm.swappiness",	   "fs.file-max",
		"kernel.msgmaximum",   "kernel",       "kernel.msgmax.x", "net",
		"debug.exception-trace",
	};

	for (size_t i = 0; i < countof(names); i++) {
		struct error err;

		CHECK_INT(check_name(names[i], every, &err), -EPERM);
	}
}

TEST(ways_out_of_the_folder_are_no_names)
{
	static const char *const names[] = {
		"net/../kernel/core_pattern", "net..core", "", ".", "..", "/", "net/", "net.",
		"/net/core/somaxconn", ".net.core", "net/./core", "net//core", "net.ipv4.//.x",
	};

	for (size_t i = 0; i < countof(names); i++) {
		struct error err;

		CHECK_INT(check_name(names[i], every, &err), -EINVAL);
	}
}

TEST(errors_say_what_would_be_right)
{
	struct error err;

	CHECK_ERROR(check_name("kernel.hostname", every, &err), err, EPERM,
		    "linux.sysctl: kernel.hostname: use \"hostname\"");
	CHECK_ERROR(check_name("kernel.shmmax", CLONE_NEWNET, &err), err, EPERM,
		    "linux.sysctl: kernel.shmmax: needs the container's own ipc namespace");
	CHECK_ERROR(check_name("vm.swappiness", every, &err), err, EPERM,
		    "linux.sysctl: vm.swappiness: belongs to the whole machine");
}

TEST(no_list_is_fine)
{
	struct error err;

	CHECK_OK(ns_sysctl_check(NULL, 0, &err), err);
	CHECK_OK(ns_sysctl_apply(NULL, -1, &err), err);
}

static void apply(void)
{
	struct json_pair pairs[] = {
		{ (char *)"kernel.domainname", (char *)"inner" },
		{ (char *)"net/ipv4/ip_forward", (char *)"1" },
	};
	struct json_pairs list = { countof(pairs), pairs };
	autofree char *value = NULL;
	autoclose int proc_fd = -1, file_fd = -1;
	struct utsname names;
	struct error err;

	FORKED_NEEDS(unshare(CLONE_NEWUTS | CLONE_NEWNET) == 0, "the right to make namespaces");
	proc_fd = procfs_open(&err);
	CHECK_OK(proc_fd, err);
	CHECK_OK(ns_sysctl_apply(&list, proc_fd, &err), err);
	uname(&names);
	CHECK_STR(names.domainname, "inner");
	file_fd = procfs_open_file(proc_fd, "sys/net/ipv4/ip_forward", O_RDONLY, &err);
	CHECK_OK(file_fd, err);
	CHECK_OK(fd_read_all(file_fd, 10, &value, NULL, &err), err);
	CHECK_STR(value, "1\n");
}

/* L-02 */
TEST(values_are_written)
{
	RUN_FORKED(apply);
}

static void apply_wrong(void)
{
	struct json_pair pair = { (char *)"net.ipv4.no_such", (char *)"1" };
	struct json_pairs list = { 1, &pair };
	autoclose int proc_fd = -1;
	struct error err;

	FORKED_NEEDS(unshare(CLONE_NEWNET) == 0, "the right to make namespaces");
	proc_fd = procfs_open(&err);
	CHECK_OK(proc_fd, err);
	CHECK_ERROR(ns_sysctl_apply(&list, proc_fd, &err), err, ENOENT,
		    "linux.sysctl: net.ipv4.no_such: open /proc/sys/net/ipv4/no_such: no such file "
		    "or directory");
	pair = (struct json_pair){ (char *)"net.ipv4.ip_forward", (char *)"yes" };
	CHECK_ERROR(ns_sysctl_apply(&list, proc_fd, &err), err, EINVAL,
		    "linux.sysctl: net.ipv4.ip_forward: write: invalid argument");
	pair.key = (char *)"net/../kernel/domainname";
	CHECK_ERROR(ns_sysctl_apply(&list, proc_fd, &err), err, EINVAL,
		    "linux.sysctl: net/../kernel/domainname: not a name");
}

TEST(refused_values_are_named)
{
	RUN_FORKED(apply_wrong);
}
