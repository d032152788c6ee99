// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "config.h"

#define LINUX "{'ociVersion':'1.2.0','root':{'path':'r'},'linux':{"
#define ID(container, host, size) \
	"{'containerID':" container ",'hostID':" host ",'size':" size "}"

/* N-01, N-02, N-07 */
TEST(namespace_rules_are_kept)
{
	static const struct config_row rows[] = {
		{ "{'type':'pid'},{'type':'uts'},{'type':'pid'}",
		  "linux.namespaces[2].type: is the same as in [0]" },
		{ "{'type':'pid','path':'proc/1/ns/pid'}",
		  "linux.namespaces[0].path: \"proc/1/ns/pid\" is not absolute" },
		{ "{'type':'user'}",
		  "linux.uidMappings: is missing, a new user namespace needs it" },
	};
	static const char *const good[] = {
		"",
		"{'type':'pid','path':''}",
		"{'type':'pid','path':'/proc/1/ns/pid'},{'type':'uts'}",
		"{'type':'user','path':'/proc/1/ns/user'}",
	};

	config_check_broken(LINUX "'namespaces':[", rows, countof(rows), "]}}");
	config_check_good(LINUX "'namespaces':[", good, countof(good), "]}}");
}

/* U-01, U-03 */
TEST(mappings_are_what_the_kernel_takes)
{
	static const struct config_row rows[] = {
		{ "'uidMappings':[" ID("0", "1", "1") "]",
		  "linux.gidMappings: is missing, a new user namespace needs it" },
		{ "'uidMappings':[" ID("0", "1", "0") "]", "linux.uidMappings[0].size: is 0" },
		{ "'uidMappings':[" ID("4294967295", "0", "1") "]",
		  "linux.uidMappings[0]: goes beyond the last id" },
		{ "'uidMappings':[" ID("0", "1", "4294967295") "]",
		  "linux.uidMappings[0]: goes beyond the last id" },
		{ "'uidMappings':[" ID("0", "0", "10") "," ID("20", "20", "5") ","
		  ID("9", "100", "1") "]",
		  "linux.uidMappings[2]: overlaps with [0]" },
		{ "'uidMappings':[" ID("0", "0", "10") "," ID("10", "9", "1") "]",
		  "linux.uidMappings[1]: overlaps with [0]" },
		{ "'uidMappings':[" ID("0", "0", "1") "],'gidMappings':[" ID("5", "5", "5") ","
		  ID("4", "50", "2") "]",
		  "linux.gidMappings[1]: overlaps with [0]" },
	};
	static const char *const good[] = {
		"'uidMappings':[" ID("0", "0", "4294967295") "],'gidMappings':["
		ID("0", "0", "10") "," ID("10", "20", "10") "," ID("20", "10", "10") "]",
	};

	config_check_broken(LINUX "'namespaces':[{'type':'user'}],", rows, countof(rows), "}}");
	config_check_good(LINUX "'namespaces':[{'type':'user'}],", good, countof(good), "}}");
	/* Engines send the maps of the namespace that they let us join. */
	config_check_good(LINUX "'namespaces':[{'type':'user','path':'/run/user'}],", good,
			  countof(good), "}}");
}

/* U-01 */
TEST(mappings_have_340_rows_at_most)
{
	static const char before[] = LINUX "'namespaces':[{'type':'user','path':'/u'}],"
				     "'gidMappings':[" ID("1000", "1000", "1");
	static const struct config_row rows[] = {
		{ "," ID("1001", "1001", "1"), "linux.gidMappings: has more than 340 rows" },
	};
	static const char *const good[] = { "" };
	autotext struct text text = { 0 };

	text_add(&text, "%s", before);
	for (int i = 0; i < 339; i++)
		text_add(&text, ",{'containerID':%d,'hostID':%d,'size':1}", i, i);
	config_check_good(text.data, good, 1, "]}}");
	config_check_broken(text.data, rows, 1, "]}}");
}

/* U-01 */
TEST(mappings_need_a_user_namespace)
{
	static const struct config_row rows[] = {
		{ "'uidMappings':[" ID("0", "1", "1") "]",
		  "linux.uidMappings: needs a namespace of type user in linux.namespaces" },
		{ "'gidMappings':[" ID("0", "1", "1") "]",
		  "linux.gidMappings: needs a namespace of type user in linux.namespaces" },
	};

	config_check_broken(LINUX, rows, countof(rows), "}}");
}

/* D-01 */
TEST(time_offsets_need_a_new_time_namespace)
{
	static const struct config_row rows[] = {
		{ "'timeOffsets':{'monotonic':{'secs':1}}",
		  "linux.timeOffsets: needs a namespace of type time in linux.namespaces" },
		{ "'timeOffsets':{'monotonic':{}},"
		  "'namespaces':[{'type':'time','path':'/proc/1/ns/time'}]",
		  "linux.timeOffsets: the time namespace is joined, not new" },
		{ "'timeOffsets':{'boottime':{},'realtime':{}},'namespaces':[{'type':'time'}]",
		  "linux.timeOffsets: \"realtime\" is not one of monotonic, boottime" },
	};

	config_check_broken(LINUX, rows, countof(rows), "}}");
}

/* V-01..V-04 */
TEST(device_rules_are_kept)
{
	static const struct config_row rows[] = {
		{ "'type':'x','path':'/dev/a'",
		  "linux.devices[0].type: \"x\" is not one of c, u, b, p" },
		{ "'type':'','path':'/dev/a'",
		  "linux.devices[0].type: \"\" is not one of c, u, b, p" },
		{ "'type':'cb','path':'/dev/a'",
		  "linux.devices[0].type: \"cb\" is not one of c, u, b, p" },
		{ "'type':'p','path':'dev/a'",
		  "linux.devices[0].path: \"dev/a\" is not absolute" },
		{ "'type':'c','path':'/dev/a','minor':0", "linux.devices[0].major: is missing" },
		{ "'type':'b','path':'/dev/a','major':0", "linux.devices[0].minor: is missing" },
		{ "'type':'u','path':'/dev/a'", "linux.devices[0].major: is missing" },
		{ "'type':'c','path':'/dev/a','major':1,'minor':3,'fileMode':4096",
		  "linux.devices[0].fileMode: is that of another type" },
		{ "'type':'b','path':'/dev/a','major':1,'minor':3,'fileMode':8630",
		  "linux.devices[0].fileMode: is that of another type" },
		{ "'type':'p','path':'/dev/a','fileMode':8630",
		  "linux.devices[0].fileMode: is that of another type" },
	};
	static const char *const good[] = {
		"'type':'c','path':'/dev/a','major':1,'minor':3,'fileMode':4095",
		"'type':'u','path':'/dev/a','major':1,'minor':3,'fileMode':8630",
		"'type':'b','path':'/dev/a','major':1,'minor':3,'fileMode':25008",
		"'type':'p','path':'/dev/a','fileMode':4534",
	};

	config_check_broken(LINUX "'devices':[{", rows, countof(rows), "}]}}");
	config_check_good(LINUX "'devices':[{", good, countof(good), "}]}}");
}

/* L-01 */
TEST(interface_names_are_names)
{
	static const struct config_row rows[] = {
		{ "'':{}", "linux.netDevices: \"\" is not an interface name" },
		{ "'.':{}", "linux.netDevices: \".\" is not an interface name" },
		{ "'..':{}", "linux.netDevices: \"..\" is not an interface name" },
		{ "'a/b':{}", "linux.netDevices: \"a/b\" is not an interface name" },
		{ "'a:1':{}", "linux.netDevices: \"a:1\" is not an interface name" },
		{ "'a b':{}", "linux.netDevices: \"a b\" is not an interface name" },
		{ "'0123456789abcdef':{}",
		  "linux.netDevices: \"0123456789abcdef\" is not an interface name" },
		{ "'eth0':{'name':'a\\tb'}",
		  "linux.netDevices[\"eth0\"].name: \"a?b\" is not an interface name" },
	};
	static const char *const good[] = {
		"'0123456789abcde':{}",
		"'eth0':{'name':''}",
		"'eth0':{'name':'eth%d'}",
	};
	static const struct config_row no_namespace = {
		"'eth0':{}", "linux.netDevices: needs a namespace of type network in linux.namespaces"
	};
	static const char before[] = LINUX "'namespaces':[{'type':'network'}],'netDevices':{";

	config_check_broken(before, rows, countof(rows), "}}}");
	config_check_good(before, good, countof(good), "}}}");
	config_check_broken(LINUX "'netDevices':{", &no_namespace, 1, "}}}");
}

/* C-01, L-05, L-06 */
TEST(path_rules_are_kept)
{
	static const struct config_row rows[] = {
		{ "'maskedPaths':['/proc/a','proc/b']",
		  "linux.maskedPaths[1]: \"proc/b\" is not absolute" },
		{ "'readonlyPaths':['']", "linux.readonlyPaths[0]: \"\" is not absolute" },
		{ "'cgroupsPath':'..'", "linux.cgroupsPath: has a \"..\"" },
		{ "'cgroupsPath':'/a/../../b'", "linux.cgroupsPath: has a \"..\"" },
		{ "'cgroupsPath':'a/..'", "linux.cgroupsPath: has a \"..\"" },
	};
	static const char *const good[] = {
		"'cgroupsPath':'/a//b/'",
		"'cgroupsPath':'a/..b/c../...'",
		"'cgroupsPath':'system.slice:husk:name'",
	};

	config_check_broken(LINUX "'namespaces':[{'type':'mount'}],", rows, countof(rows), "}}");
	config_check_good(LINUX, good, countof(good), "}}");
}

/* L-10..L-13 */
TEST(personality_and_memory_policy_rules_are_kept)
{
	static const struct config_row rows[] = {
		{ "'personality':{'domain':'LINUX','flags':['X']}",
		  "linux.personality.flags[0]: \"X\" is not known, no flag is" },
		{ "'memoryPolicy':{'mode':'MPOL_DEFAULT','nodes':'0'}",
		  "linux.memoryPolicy.nodes: MPOL_DEFAULT and MPOL_LOCAL have none" },
		{ "'memoryPolicy':{'mode':'MPOL_LOCAL','nodes':'0'}",
		  "linux.memoryPolicy.nodes: MPOL_DEFAULT and MPOL_LOCAL have none" },
		{ "'memoryPolicy':{'mode':'MPOL_BIND'}",
		  "linux.memoryPolicy.nodes: is missing, the mode needs it" },
		{ "'memoryPolicy':{'mode':'MPOL_INTERLEAVE','nodes':''}",
		  "linux.memoryPolicy.nodes: is missing, the mode needs it" },
		{ "'memoryPolicy':{'mode':'MPOL_WEIGHTED_INTERLEAVE'}",
		  "linux.memoryPolicy.nodes: is missing, the mode needs it" },
		{ "'memoryPolicy':{'mode':'MPOL_PREFERRED_MANY'}",
		  "linux.memoryPolicy.nodes: is missing, the mode needs it" },
		{ "'memoryPolicy':{'mode':'MPOL_PREFERRED','nodes':'zero'}",
		  "linux.memoryPolicy.nodes: \"zero\" is not a list like 0-3,7" },
		{ "'memoryPolicy':{'mode':'MPOL_PREFERRED','nodes':'0',"
		  "'flags':['MPOL_F_STATIC_NODES','MPOL_F_RELATIVE_NODES']}",
		  "linux.memoryPolicy.flags: MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES "
		  "exclude each other" },
	};
	static const char *const good[] = {
		"'personality':{'domain':'LINUX','flags':[]}",
		"'memoryPolicy':{'mode':'MPOL_PREFERRED'}",
		"'memoryPolicy':{'mode':'MPOL_PREFERRED','nodes':'0'}",
	};

	config_check_broken(LINUX, rows, countof(rows), "}}");
	config_check_good(LINUX, good, countof(good), "}}");
}

/* I-03..I-06 */
TEST(intel_rdt_rules_are_kept)
{
	static const struct config_row rows[] = {
		{ "'closID':'.'", "linux.intelRdt.closID: \".\" is not the name of a directory" },
		{ "'closID':'..'", "linux.intelRdt.closID: \"..\" is not the name of a directory" },
		{ "'closID':'a/b'", "linux.intelRdt.closID: \"a/b\" is not the name of a directory" },
		{ "'closID':'a\\n'", "linux.intelRdt.closID: \"a?\" is not the name of a directory" },
		{ "'l3CacheSchema':'L3:0=f\\nMB:0=1'",
		  "linux.intelRdt.l3CacheSchema: has an end of line" },
		{ "'memBwSchema':'MB:0=1\\n'", "linux.intelRdt.memBwSchema: has an end of line" },
		{ "'memBwSchema':'L3:0=1'", "linux.intelRdt.memBwSchema: does not begin with MB:" },
		{ "'schemata':['L3:0=f','L2:0=f\\n']",
		  "linux.intelRdt.schemata: has an end of line" },
	};
	static const char *const good[] = { "", "'closID':'/'", "'closID':'...'" };

	config_check_broken(LINUX "'intelRdt':{", rows, countof(rows), "}}}");
	config_check_good(LINUX "'intelRdt':{", good, countof(good), "}}}");
}

/* */
TEST(a_swap_limit_needs_a_memory_limit)
{
	static const struct config_row rows[] = {
		{ "'swap':1", "linux.resources.memory.swap: needs a memory.limit" },
		{ "'limit':0,'swap':1", "linux.resources.memory.swap: needs a memory.limit" },
		{ "'limit':-1,'swap':1", "linux.resources.memory.swap: needs a memory.limit" },
	};
	static const char *const good[] = { "'swap':0", "'swap':-1", "'limit':1,'swap':1" };

	config_check_broken(LINUX "'resources':{'memory':{", rows, countof(rows), "}}}}");
	config_check_good(LINUX "'resources':{'memory':{", good, countof(good), "}}}}");
}
