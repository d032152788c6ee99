// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <linux/mempolicy.h>
#include <sys/mount.h>
#include <sys/personality.h>

#include "config.h"

static const char before[] =
	"{'ociVersion':'1.2.0','root':{'path':'r'},'linux':{'namespaces':[{'type':'mount'}],";

TEST(namespaces_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_namespaces *list;

	config_read_full(&spec);
	list = spec.linux_part->namespaces;
	CHECK_INT(list->count, SPEC_NAMESPACE_TYPES);
	for (int i = 0; i < SPEC_NAMESPACE_TYPES; i++)
		CHECK_INT(list->item[i].type.value, i);
	CHECK_STR(list->item[SPEC_NAMESPACE_NETWORK].path, "/run/netns/full");
	CHECK_TRUE(list->item[SPEC_NAMESPACE_IPC].path == NULL);
}

TEST(mappings_and_time_offsets_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_linux *l;

	config_read_full(&spec);
	l = spec.linux_part;
	CHECK_INT(l->uid_mappings->count, 2);
	CHECK_INT(l->uid_mappings->item[0].host_id.value, 100000);
	CHECK_INT(l->uid_mappings->item[1].container_id.value, 65536);
	CHECK_INT(l->uid_mappings->item[1].host_id.value, 4294901760);
	CHECK_INT(l->uid_mappings->item[1].size.value, 65535);
	CHECK_INT(l->gid_mappings->count, 1);
	CHECK_INT(l->gid_mappings->item[0].host_id.value, 200000);
	CHECK_INT(l->time_offsets->count, 2);
	CHECK_STR(l->time_offsets->item[0].key, "monotonic");
	CHECK_INT(l->time_offsets->item[0].secs.value, 172800);
	CHECK_INT(l->time_offsets->item[0].nanosecs.value, 999999999);
	CHECK_STR(l->time_offsets->item[1].key, "boottime");
	CHECK_INT(l->time_offsets->item[1].secs.value, INT64_MIN);
	CHECK_TRUE(!l->time_offsets->item[1].nanosecs.is_set);
}

TEST(devices_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_device *d;

	config_read_full(&spec);
	CHECK_INT(spec.linux_part->devices->count, 4);
	d = spec.linux_part->devices->item;
	CHECK_STR(d[0].path, "/dev/fuse");
	CHECK_STR(d[0].type, "c");
	CHECK_INT(d[0].major.value, 10);
	CHECK_INT(d[0].minor.value, 229);
	CHECK_INT(d[0].file_mode.value, 020666);
	CHECK_INT(d[0].uid.value, 1);
	CHECK_INT(d[0].gid.value, 2);
	CHECK_INT(d[1].major.value, 4095);
	CHECK_INT(d[1].minor.value, 1048575);
	CHECK_TRUE(!d[1].file_mode.is_set && !d[1].uid.is_set && !d[1].gid.is_set);
	CHECK_TRUE(d[2].major.is_set && d[2].major.value == 0);
	CHECK_STR(d[3].type, "p");
	CHECK_TRUE(!d[3].major.is_set);
}

TEST(maps_and_paths_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_linux *l;

	config_read_full(&spec);
	l = spec.linux_part;
	CHECK_INT(l->net_devices->count, 2);
	CHECK_STR(l->net_devices->item[0].key, "eth7");
	CHECK_STR(l->net_devices->item[0].name, "container%d");
	CHECK_STR(l->net_devices->item[1].key, "dummy0");
	CHECK_TRUE(l->net_devices->item[1].name == NULL);
	CHECK_INT(l->sysctl->count, 6);
	CHECK_STR(l->sysctl->item[0].key, "net.ipv4.ip_forward");
	CHECK_STR(l->sysctl->item[2].value, "68719476736");
	CHECK_STR(l->cgroups_path, "/machine/full");
	CHECK_INT(l->masked_paths->count, 2);
	CHECK_STR(l->masked_paths->item[1], "/sys/firmware");
	CHECK_STR(l->readonly_paths->item[0], "/proc/sys");
	CHECK_STR(l->mount_label, "system_u:object_r:container_file_t:s0:c1,c2");
}

/* L-12, I-11 */
TEST(personality_policy_and_rdt_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_linux *l;

	config_read_full(&spec);
	l = spec.linux_part;
	CHECK_INT(l->personality->domain.value, PER_LINUX32);
	CHECK_INT(l->personality->flags->count, 0);
	CHECK_INT(l->memory_policy->mode.value, 6);
	CHECK_STR(l->memory_policy->nodes, "0-3,7");
	CHECK_INT(l->memory_policy->flags->count, 2);
	CHECK_INT(l->memory_policy->flags->item[0], MPOL_F_NUMA_BALANCING);
	CHECK_INT(l->memory_policy->flags->item[1], MPOL_F_STATIC_NODES);
	CHECK_STR(l->intel_rdt->clos_id, "guaranteed");
	CHECK_INT(l->intel_rdt->schemata->count, 2);
	CHECK_STR(l->intel_rdt->schemata->item[0], "L3:0=7f0;1=1f");
	CHECK_STR(l->intel_rdt->l3_cache_schema, "L3:0=ffff0");
	CHECK_STR(l->intel_rdt->mem_bw_schema, "MB:0=70");
	CHECK_TRUE(l->intel_rdt->enable_monitoring.value);
}

/* L-09, L-11, L-13 */
TEST(every_word_has_its_number)
{
	static const struct {
		const char *part;
		int propagation, domain, mode;
	} rows[] = {
		{ "'rootfsPropagation':'shared'", MS_SHARED, -1, -1 },
		{ "'rootfsPropagation':'rshared'", MS_SHARED | MS_REC, -1, -1 },
		{ "'rootfsPropagation':'slave'", MS_SLAVE, -1, -1 },
		{ "'rootfsPropagation':'rslave'", MS_SLAVE | MS_REC, -1, -1 },
		{ "'rootfsPropagation':'private'", MS_PRIVATE, -1, -1 },
		{ "'rootfsPropagation':'rprivate'", MS_PRIVATE | MS_REC, -1, -1 },
		{ "'rootfsPropagation':'unbindable'", MS_UNBINDABLE, -1, -1 },
		{ "'rootfsPropagation':'runbindable'", MS_UNBINDABLE | MS_REC, -1, -1 },
		{ "'personality':{'domain':'LINUX'}", -1, PER_LINUX, -1 },
		{ "'memoryPolicy':{'mode':'MPOL_DEFAULT'}", -1, -1, MPOL_DEFAULT },
		{ "'memoryPolicy':{'mode':'MPOL_BIND','nodes':'0'}", -1, -1, MPOL_BIND },
		{ "'memoryPolicy':{'mode':'MPOL_INTERLEAVE','nodes':'0'}", -1, -1,
		  MPOL_INTERLEAVE },
		{ "'memoryPolicy':{'mode':'MPOL_PREFERRED'}", -1, -1, MPOL_PREFERRED },
		{ "'memoryPolicy':{'mode':'MPOL_PREFERRED_MANY','nodes':'1'}", -1, -1,
		  MPOL_PREFERRED_MANY },
		{ "'memoryPolicy':{'mode':'MPOL_LOCAL'}", -1, -1, MPOL_LOCAL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autospec struct spec spec = { 0 };
		const struct spec_linux *l;
		struct error err;

		CHECK_OK(config_read(before, rows[i].part, "}}", &spec, &err), err);
		l = spec.linux_part;
		CHECK_INT(l->rootfs_propagation.is_set, rows[i].propagation >= 0);
		CHECK_TRUE(rows[i].propagation < 0 ||
			   l->rootfs_propagation.value == rows[i].propagation);
		CHECK_TRUE(rows[i].domain < 0 || l->personality->domain.value == rows[i].domain);
		CHECK_TRUE(rows[i].mode < 0 || l->memory_policy->mode.value == rows[i].mode);
	}
}

TEST(empty_words_of_go_engines_are_absent)
{
	autospec struct spec spec = { 0 };
	const struct spec_linux *l;
	struct error err;

	CHECK_OK(config_read(before,
			     "'cgroupsPath':'','mountLabel':'','intelRdt':{'closID':'',"
			     "'l3CacheSchema':'','memBwSchema':''}",
			     "}}", &spec, &err), err);
	l = spec.linux_part;
	CHECK_TRUE(!l->cgroups_path && !l->mount_label && !l->rootfs_propagation.is_set);
	CHECK_TRUE(!l->intel_rdt->clos_id && !l->intel_rdt->l3_cache_schema &&
		   !l->intel_rdt->mem_bw_schema);
}

TEST(wrong_values_are_named)
{
	static const struct config_row rows[] = {
		{ "'uidMappings':[{}]", "linux.uidMappings[0].containerID: is missing" },
		{ "'uidMappings':[{'containerID':0,'size':1}]",
		  "linux.uidMappings[0].hostID: is missing" },
		{ "'gidMappings':[{'containerID':0,'hostID':0}]",
		  "linux.gidMappings[0].size: is missing" },
		{ "'gidMappings':[{'containerID':4294967296,'hostID':0,'size':1}]",
		  "linux.gidMappings[0].containerID: 4294967296 is not within 0..4294967295" },
		{ "'timeOffsets':{'monotonic':5}",
		  "linux.timeOffsets[\"monotonic\"]: an object is wanted, not a number" },
		{ "'timeOffsets':{'boottime':{'nanosecs':1000000000}}",
		  "linux.timeOffsets[\"boottime\"].nanosecs: 1000000000 is not within "
		  "0..999999999" },
		{ "'devices':[{'path':'/dev/a'}]", "linux.devices[0].type: is missing" },
		{ "'devices':[{'type':'p'}]", "linux.devices[0].path: is missing" },
		{ "'devices':[{'type':'c','path':'/dev/a','major':4096,'minor':0}]",
		  "linux.devices[0].major: 4096 is not within 0..4095" },
		{ "'devices':[{'type':'c','path':'/dev/a','major':1,'minor':1048576}]",
		  "linux.devices[0].minor: 1048576 is not within 0..1048575" },
		{ "'devices':[{'type':'c','path':'/dev/a','major':-1,'minor':0}]",
		  "linux.devices[0].major: -1 is not within 0..4095" },
		{ "'devices':[{'type':'p','path':'/dev/a','fileMode':65536}]",
		  "linux.devices[0].fileMode: 65536 is not within 0..65535" },
		{ "'devices':[{'type':'p','path':'/dev/a','uid':4294967295}]",
		  "linux.devices[0].uid: 4294967295 is not within 0..4294967294" },
		{ "'netDevices':{'eth0':'eth1'}",
		  "linux.netDevices[\"eth0\"]: an object is wanted, not a string" },
		{ "'sysctl':{'net.ipv4.ip_forward':1}",
		  "linux.sysctl[\"net.ipv4.ip_forward\"]: a string is wanted, not a number" },
		{ "'cgroupsPath':[]", "linux.cgroupsPath: a string is wanted, not a list" },
		{ "'rootfsPropagation':'rbind'",
		  "linux.rootfsPropagation: \"rbind\" is not one of shared, rshared, slave, "
		  "rslave, private, rprivate, unbindable, runbindable" },
		{ "'maskedPaths':'/proc'", "linux.maskedPaths: a list is wanted, not a string" },
		{ "'readonlyPaths':[1]",
		  "linux.readonlyPaths[0]: a string is wanted, not a number" },
		{ "'personality':{}", "linux.personality.domain: is missing" },
		{ "'personality':{'domain':'LINUX64'}",
		  "linux.personality.domain: \"LINUX64\" is not one of LINUX, LINUX32" },
		{ "'memoryPolicy':{}", "linux.memoryPolicy.mode: is missing" },
		{ "'memoryPolicy':{'mode':'BIND'}",
		  "linux.memoryPolicy.mode: \"BIND\" is not one of MPOL_DEFAULT, MPOL_BIND, "
		  "MPOL_INTERLEAVE, MPOL_WEIGHTED_INTERLEAVE, MPOL_PREFERRED, "
		  "MPOL_PREFERRED_MANY, MPOL_LOCAL" },
		{ "'memoryPolicy':{'mode':'MPOL_LOCAL','flags':['STATIC']}",
		  "linux.memoryPolicy.flags[0]: \"STATIC\" is not one of MPOL_F_NUMA_BALANCING, "
		  "MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES" },
		{ "'intelRdt':{'enableMonitoring':0}",
		  "linux.intelRdt.enableMonitoring: true or false is wanted, not a number" },
	};

	config_check_broken(before, rows, countof(rows), "}}");
}

TEST(wrong_namespaces_are_named)
{
	static const struct config_row rows[] = {
		{ "{}", "linux.namespaces[0].type: is missing" },
		{ "{'type':'pid'},{'type':'foo'}",
		  "linux.namespaces[1].type: \"foo\" is not one of pid, network, mount, ipc, uts, "
		  "user, cgroup, time" },
		{ "{'type':'net'}",
		  "linux.namespaces[0].type: \"net\" is not one of pid, network, mount, ipc, uts, "
		  "user, cgroup, time" },
		{ "{'type':'pid','path':1}",
		  "linux.namespaces[0].path: a string is wanted, not a number" },
	};

	config_check_broken("{'ociVersion':'1.2.0','root':{'path':'r'},'linux':{'namespaces':[",
			    rows, countof(rows), "]}}");
}
