// SPDX-License-Identifier: GPL-2.0-or-later
#include "spec/sysctl.h"

#include "base/scope.h"
#include "test.h"

/* L-02 */
TEST(first_separator_decides)
{
	static const struct {
		const char *name, *path;
	} rows[] = {
		{ "net.ipv4.ip_forward", "net/ipv4/ip_forward" },
		{ "net/ipv4/ip_forward", "net/ipv4/ip_forward" },
		{ "net.ipv4.conf.eth0/1.rp_filter", "net/ipv4/conf/eth0.1/rp_filter" },
		{ "net/ipv4/conf/eth0.1/rp_filter", "net/ipv4/conf/eth0.1/rp_filter" },
		{ "kernel", "kernel" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autofree char *path = spec_sysctl_path(rows[i].name);

		CHECK_TRUE(path);
		CHECK_STR(path, rows[i].path);
	}
}

TEST(ways_out_of_the_folder_are_no_names)
{
	static const char *const names[] = {
		"", ".", "..", "/", "net/", "net.", "net..core", "net/../kernel/core_pattern",
		"/net/core/somaxconn", ".net.core", "net/./core", "net//core",
	};

	for (size_t i = 0; i < countof(names); i++)
		CHECK_TRUE(!spec_sysctl_path(names[i]));
}

TEST(each_path_has_its_namespace_or_none)
{
	static const struct {
		const char *path;
		int type;
	} rows[] = {
		{ "net/core/somaxconn", SPEC_NAMESPACE_NETWORK },
		{ "fs/mqueue/msg_max", SPEC_NAMESPACE_IPC },
		{ "kernel/sem", SPEC_NAMESPACE_IPC },
		{ "kernel/domainname", SPEC_NAMESPACE_UTS },
		{ "user/max_user_namespaces", SPEC_NAMESPACE_USER },
		{ "net", -1 },
		{ "kernel/msgmaximum", -1 },
		{ "kernel/msgmax/x", -1 },
		{ "kernel/core_pattern", -1 },
	};

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_INT(spec_sysctl_namespace(rows[i].path), rows[i].type);
}
