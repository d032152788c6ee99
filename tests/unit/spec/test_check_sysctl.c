// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "config.h"

#define ALL                                                                              \
	"{'ociVersion':'1.2.0','root':{'path':'r'},'domainname':'d','linux':{'namespaces':[" \
	"{'type':'network'},{'type':'ipc'},{'type':'uts'},{'type':'user','path':'/u'}],"     \
	"'sysctl':{"
#define NONE "{'ociVersion':'1.2.0','root':{'path':'r'},'linux':{'sysctl':{"

/* L-02, L-03 */
TEST(settings_of_a_namespace_are_accepted)
{
	static const char *const good[] = {
		"'net.ipv4.ip_forward':'1'",
		"'net/ipv4/conf/eth0.100/forwarding':'1'",
		"'net.ipv4.conf.eth0/100.forwarding':'1'",
		"'fs.mqueue.msg_max':'1'",
		"'fs/mqueue/queues_max':'1'",
		"'kernel.msgmax':'1','kernel.msgmnb':'1','kernel.msgmni':'1','kernel.sem':'1 2 3 4'",
		"'kernel.shmall':'1','kernel.shmmax':'1','kernel.shmmni':'1'",
		"'kernel.shm_rmid_forced':'1'",
		"'kernel.domainname':'d'",
		"'user.max_user_namespaces':'1'",
	};

	config_check_good(ALL, good, countof(good), "}}}");
}

/* L-03, T-06 */
TEST(settings_of_the_host_are_refused)
{
	static const struct config_row rows[] = {
		{ "'kernel.core_pattern':'x'",
		  "linux.sysctl[\"kernel.core_pattern\"]: belongs to no namespace, so it is the "
		  "host's" },
		{ "'kernel.msgmaximum':'1'",
		  "linux.sysctl[\"kernel.msgmaximum\"]: belongs to no namespace, so it is the "
		  "host's" },
		{ "'kernel.sem/x':'1'",
		  "linux.sysctl[\"kernel.sem/x\"]: belongs to no namespace, so it is the host's" },
		{ "'fs.mqueue':'1'",
		  "linux.sysctl[\"fs.mqueue\"]: belongs to no namespace, so it is the host's" },
		{ "'fs.file-max':'1'",
		  "linux.sysctl[\"fs.file-max\"]: belongs to no namespace, so it is the host's" },
		{ "'network.a':'1'",
		  "linux.sysctl[\"network.a\"]: belongs to no namespace, so it is the host's" },
		{ "'vm.swappiness':'1'",
		  "linux.sysctl[\"vm.swappiness\"]: belongs to no namespace, so it is the host's" },
		{ "'kernel.hostname':'h'",
		  "linux.sysctl[\"kernel.hostname\"]: is to be given as hostname" },
		{ "'kernel/hostname':'h'",
		  "linux.sysctl[\"kernel/hostname\"]: is to be given as hostname" },
		{ "'kernel.domainname':'e'",
		  "linux.sysctl[\"kernel.domainname\"]: is not the same as domainname" },
	};

	config_check_broken(ALL, rows, countof(rows), "}}}");
}

/* L-03 */
TEST(names_that_lead_elsewhere_are_refused)
{
	static const char *const names[] = {
		"",	     ".",	   "net.",	   ".net.a",	      "net..a",
		"net/../kernel/core_pattern", "net/./a",   "/net/a",	      "net/a/",
		"net.//.kernel.core_pattern", "net./.a",   "net//a",
	};

	for (size_t i = 0; i < countof(names); i++) {
		autofree char *part = mem_format("'%s':'1'", names[i]);
		autofree char *expected =
			mem_format("linux.sysctl[\"%s\"]: is not a name of a setting", names[i]);
		const struct config_row row = { part, expected };

		config_check_broken(ALL, &row, 1, "}}}");
	}
}

/* L-03 */
TEST(each_setting_needs_its_namespace)
{
	static const struct config_row rows[] = {
		{ "'net.a':'1'",
		  "linux.sysctl[\"net.a\"]: needs a namespace of type network in linux.namespaces" },
		{ "'fs.mqueue.a':'1'",
		  "linux.sysctl[\"fs.mqueue.a\"]: needs a namespace of type ipc in linux.namespaces" },
		{ "'kernel.sem':'1'",
		  "linux.sysctl[\"kernel.sem\"]: needs a namespace of type ipc in linux.namespaces" },
		{ "'kernel.domainname':'1'",
		  "linux.sysctl[\"kernel.domainname\"]: needs a namespace of type uts in "
		  "linux.namespaces" },
		{ "'user.a':'1'",
		  "linux.sysctl[\"user.a\"]: needs a namespace of type user in linux.namespaces" },
	};

	config_check_broken(NONE, rows, countof(rows), "}}}");
}
