// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "config.h"

#define ROOT "{'ociVersion':'1.2.0','root':{'path':'r'},"
#define NAMESPACES(...) "'linux':{'namespaces':[" __VA_ARGS__ "]}}"

/* T-01 */
TEST(versions_1_are_accepted)
{
	static const char *const good[] = {
		"1.0.0", "1.0.2-dev", "1.2.0", "1.99.123", "1.0.0-rc5", "1.3.0-alpha.1.x-y",
		"1.3.0+build.001", "1.3.0-rc.1+20300101", "1.0.0--", "1.0.0-0a",
	};

	config_check_good("{'root':{'path':'r'},'ociVersion':'", good, countof(good), "'}");
}

/* T-01 */
TEST(other_versions_are_refused)
{
	static const struct config_row rows[] = {
		{ "", "ociVersion: \"\" is not a version like 1.3.0" },
		{ "1", "ociVersion: \"1\" is not a version like 1.3.0" },
		{ "1.0", "ociVersion: \"1.0\" is not a version like 1.3.0" },
		{ "1.0.0.0", "ociVersion: \"1.0.0.0\" is not a version like 1.3.0" },
		{ "v1.0.0", "ociVersion: \"v1.0.0\" is not a version like 1.3.0" },
		{ "1.00.0", "ociVersion: \"1.00.0\" is not a version like 1.3.0" },
		{ "1.0.0-", "ociVersion: \"1.0.0-\" is not a version like 1.3.0" },
		{ "1.0.0-a..b", "ociVersion: \"1.0.0-a..b\" is not a version like 1.3.0" },
		{ "1.0.0-01", "ociVersion: \"1.0.0-01\" is not a version like 1.3.0" },
		{ "1.0.0+", "ociVersion: \"1.0.0+\" is not a version like 1.3.0" },
		{ "1.0.0+a+b", "ociVersion: \"1.0.0+a+b\" is not a version like 1.3.0" },
		{ "1.0.0 ", "ociVersion: \"1.0.0 \" is not a version like 1.3.0" },
		{ "0.5.0", "ociVersion: \"0.5.0\" is not supported, only 1.x.y" },
		{ "2.0.0", "ociVersion: \"2.0.0\" is not supported, only 1.x.y" },
		{ "10.0.0", "ociVersion: \"10.0.0\" is not supported, only 1.x.y" },
	};

	config_check_broken("{'root':{'path':'r'},'ociVersion':'", rows, countof(rows), "'}");
}

/* T-05, T-06, N-06 */
TEST(what_needs_a_namespace_is_named)
{
	static const struct config_row rows[] = {
		{ "'hostname':'h'}", "hostname: needs a namespace of type uts in linux.namespaces" },
		{ "'hostname':'h'," NAMESPACES("{'type':'pid'}"),
		  "hostname: needs a namespace of type uts in linux.namespaces" },
		{ "'domainname':'d'," NAMESPACES(""),
		  "domainname: needs a namespace of type uts in linux.namespaces" },
		{ "'mounts':[{'destination':'/a'}]}",
		  "mounts: needs a namespace of type mount in linux.namespaces" },
		{ "'linux':{'maskedPaths':['/a']}}",
		  "linux.maskedPaths: needs a namespace of type mount in linux.namespaces" },
		{ "'linux':{'readonlyPaths':['/a']}}",
		  "linux.readonlyPaths: needs a namespace of type mount in linux.namespaces" },
		{ "'linux':{'rootfsPropagation':'slave'}}",
		  "linux.rootfsPropagation: needs a namespace of type mount in linux.namespaces" },
	};
	static const struct config_row readonly = {
		"", "root.readonly: needs a namespace of type mount in linux.namespaces"
	};

	config_check_broken(ROOT, rows, countof(rows), "");
	config_check_broken("{'ociVersion':'1.2.0','root':{'path':'r','readonly':true}}", &readonly,
			    1, "");
}

TEST(what_asks_for_nothing_needs_no_namespace)
{
	static const char *const good[] = {
		"'hostname':''}",
		"'hostname':'h'," NAMESPACES("{'type':'uts','path':'/run/uts'}"),
		"'mounts':[]}",
		("'linux':{'maskedPaths':[],'readonlyPaths':[],'sysctl':{},'timeOffsets':{},"
		 "'netDevices':{},'uidMappings':[],'gidMappings':[]}}"),
		"'annotations':{}}",
	};

	config_check_good(ROOT, good, countof(good), "");
}

TEST(host_names_have_64_bytes_at_most)
{
	static const char name[] = "0123456789012345678901234567890123456789012345678901234567890123";
	autofree char *good = mem_format("'hostname':'%s','domainname':'%s'", name, name);
	autofree char *long_host = mem_format("'hostname':'%sx'", name);
	autofree char *long_domain = mem_format("'domainname':'%sx'", name);
	const struct config_row rows[] = {
		{ long_host, "hostname: is longer than 64 bytes" },
		{ long_domain, "domainname: is longer than 64 bytes" },
	};
	const char *const accepted[] = { good };

	config_check_good(ROOT, accepted, 1, "," NAMESPACES("{'type':'uts'}"));
	config_check_broken(ROOT, rows, countof(rows), "," NAMESPACES("{'type':'uts'}"));
}

/* M-06 */
TEST(both_mappings_of_a_mount_or_none)
{
	static const char *const good[] = {
		"{'destination':'/a'}",
		"{'destination':'relative'}",
		"{'destination':'/a','uidMappings':[],'gidMappings':[]}",
		("{'destination':'/a','uidMappings':[{'containerID':0,'hostID':1,'size':1}],"
		 "'gidMappings':[{'containerID':0,'hostID':4294967294,'size':1}]}"),
	};
	static const struct config_row rows[] = {
		{ "{'destination':'/a','uidMappings':[{'containerID':0,'hostID':1,'size':1}]}",
		  "mounts[0].gidMappings: is missing, uidMappings is there" },
		{ "{'destination':'/a'},{'destination':'/a','uidMappings':[],"
		  "'gidMappings':[{'containerID':0,'hostID':1,'size':1}]}",
		  "mounts[1].uidMappings: is missing, gidMappings is there" },
		{ "{'destination':'/a','uidMappings':[{'containerID':0,'hostID':1,'size':0}],"
		  "'gidMappings':[{'containerID':0,'hostID':1,'size':1}]}",
		  "mounts[0].uidMappings[0].size: is 0" },
		{ "{'destination':'/a','uidMappings':[{'containerID':0,'hostID':1,'size':1}],"
		  "'gidMappings':[{'containerID':0,'hostID':4294967295,'size':1}]}",
		  "mounts[0].gidMappings[0]: goes beyond the last id" },
	};
	static const char after[] = "]," NAMESPACES("{'type':'mount'}");

	config_check_good(ROOT "'mounts':[", good, countof(good), after);
	config_check_broken(ROOT "'mounts':[", rows, countof(rows), after);
}

/* H-02 */
TEST(hook_paths_are_absolute_and_env_has_equals)
{
	static const struct config_row rows[] = {
		{ "'prestart':[{'path':'a'}]", "hooks.prestart[0].path: \"a\" is not absolute" },
		{ "'createRuntime':[{'path':'/a'},{'path':'./a'}]",
		  "hooks.createRuntime[1].path: \"./a\" is not absolute" },
		{ "'createContainer':[{'path':'a'}]",
		  "hooks.createContainer[0].path: \"a\" is not absolute" },
		{ "'startContainer':[{'path':'a'}]",
		  "hooks.startContainer[0].path: \"a\" is not absolute" },
		{ "'poststart':[{'path':'a'}]", "hooks.poststart[0].path: \"a\" is not absolute" },
		{ "'poststop':[{'path':'/a','env':['A=1','B']}]",
		  "hooks.poststop[0].env[1]: has no \"=\"" },
	};
	static const char *const good[] = {
		"",
		"'prestart':[]",
		"'poststop':[{'path':'/a','args':[],'env':[],'timeout':1}]",
	};

	config_check_broken(ROOT "'hooks':{", rows, countof(rows), "}}");
	config_check_good(ROOT "'hooks':{", good, countof(good), "}}");
}

/* T-07 */
TEST(annotation_keys_are_not_empty)
{
	static const struct config_row rows[] = {
		{ "'annotations':{'a':'','':'x'}", "annotations: a key is empty" },
	};

	config_check_broken(ROOT, rows, countof(rows), "}");
}
