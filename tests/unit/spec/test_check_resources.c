// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "config.h"

#define RESOURCES "{'ociVersion':'1.2.0','root':{'path':'r'},'linux':{'resources':{"

/* ..R-21, R-26, R-29, R-30, R-33, R-35 */
TEST(resource_rules_are_kept)
{
	static const struct config_row rows[] = {
		{ "'devices':[{'allow':true,'type':'u'}]",
		  "linux.resources.devices[0].type: \"u\" is not one of a, c, b" },
		{ "'devices':[{'allow':true},{'allow':true,'type':'ac'}]",
		  "linux.resources.devices[1].type: \"ac\" is not one of a, c, b" },
		{ "'devices':[{'allow':true,'access':''}]",
		  "linux.resources.devices[0].access: \"\" is not some of rwm" },
		{ "'devices':[{'allow':true,'access':'rwx'}]",
		  "linux.resources.devices[0].access: \"rwx\" is not some of rwm" },
		{ "'memory':{'limit':2,'swap':1}",
		  "linux.resources.memory.swap: 1 is below memory.limit 2, it counts both" },
		{ "'cpu':{'cpus':'one'}",
		  "linux.resources.cpu.cpus: \"one\" is not a list like 0-3,7" },
		{ "'cpu':{'cpus':'0-3','mems':'1-'}",
		  "linux.resources.cpu.mems: \"1-\" is not a list like 0-3,7" },
		{ "'blockIO':{'weight':9}",
		  "linux.resources.blockIO.weight: 9 is not within 10..1000" },
		{ "'blockIO':{'leafWeight':1}",
		  "linux.resources.blockIO.leafWeight: 1 is not within 10..1000" },
		{ "'blockIO':{'weightDevice':[{'major':8,'minor':0}]}",
		  "linux.resources.blockIO.weightDevice[0].weight: is missing, leafWeight too" },
		{ "'blockIO':{'weightDevice':[{'major':8,'minor':0,'weight':5}]}",
		  "linux.resources.blockIO.weightDevice[0].weight: 5 is not within 10..1000" },
		{ "'blockIO':{'weightDevice':[{'major':8,'minor':0,'leafWeight':5}]}",
		  "linux.resources.blockIO.weightDevice[0].leafWeight: 5 is not within 10..1000" },
		{ "'hugepageLimits':[{'pageSize':'2','limit':1}]",
		  "linux.resources.hugepageLimits[0].pageSize: \"2\" is not a size like 2MB" },
		{ "'hugepageLimits':[{'pageSize':'2mb','limit':1}]",
		  "linux.resources.hugepageLimits[0].pageSize: \"2mb\" is not a size like 2MB" },
		{ "'hugepageLimits':[{'pageSize':'02MB','limit':1}]",
		  "linux.resources.hugepageLimits[0].pageSize: \"02MB\" is not a size like 2MB" },
		{ "'hugepageLimits':[{'pageSize':'3MB','limit':1}]",
		  "linux.resources.hugepageLimits[0].pageSize: \"3MB\" is not a size like 2MB" },
		{ "'hugepageLimits':[{'pageSize':'MB','limit':1}]",
		  "linux.resources.hugepageLimits[0].pageSize: \"MB\" is not a size like 2MB" },
		{ "'hugepageLimits':[{'pageSize':'2MB.max','limit':1}]",
		  "linux.resources.hugepageLimits[0].pageSize: \"2MB.max\" is not a size like 2MB" },
		{ "'rdma':{'mlx':{}}",
		  "linux.resources.rdma[\"mlx\"]: has neither hcaHandles nor hcaObjects" },
		{ "'unified':{'../memory.max':'1'}",
		  "linux.resources.unified[\"../memory.max\"]: is not a name like memory.high" },
		{ "'unified':{'memory':'1'}",
		  "linux.resources.unified[\"memory\"]: is not a name like memory.high" },
		{ "'unified':{'.max':'1'}",
		  "linux.resources.unified[\".max\"]: is not a name like memory.high" },
		{ "'unified':{'..':'1'}",
		  "linux.resources.unified[\"..\"]: is not a name like memory.high" },
		{ "'unified':{'memory.':'1'}",
		  "linux.resources.unified[\"memory.\"]: is not a name like memory.high" },
	};

	config_check_broken(RESOURCES, rows, countof(rows), "}}}");
}

TEST(what_asks_for_nothing_is_accepted)
{
	static const char *const good[] = {
		"",
		"'devices':[],'hugepageLimits':[],'rdma':{},'unified':{},'blockIO':{},'memory':{},"
		"'cpu':{},'pids':{},'network':{}",
		"'devices':[{'allow':true,'type':''},{'allow':false,'type':'a','access':'mwr'}]",
		"'blockIO':{'weight':0,'leafWeight':0,"
		"'weightDevice':[{'major':8,'minor':0,'leafWeight':10}]}",
		"'memory':{'limit':2,'swap':-1},'cpu':{'cpus':'','mems':'0,2-3'}",
		"'unified':{'hugetlb.2MB.max':'1','cgroup.max.depth':'1'}",
	};

	config_check_good(RESOURCES, good, countof(good), "}}}");
}
