// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <sys/mount.h>

#include "base/scope.h"
#include "box.h"
#include "mount/plan.h"
#include "test.h"

/* The one entry, and what mount_plan says to it. */
static const struct broken {
	const char *mount, *expected;
} broken[] = {
	{ "{'destination':'/x'}", "mounts[0].type: missing" },
	{ "{'destination':'/x','options':['ro']}", "mounts[0].type: missing" },
	{ "{'destination':'/x','options':['bind']}", "mounts[0].source: missing" },
	{ "{'destination':'/x','type':'bind'}", "mounts[0].source: missing" },
	{ "{'destination':'/x','source':'/','options':['bind','size=1']}",
	  "mounts[0].options: \"size=1\" is not known, and a bind mount takes no data" },
	{ "{'destination':'/x','type':'ramfs','options':['tmpcopyup']}",
	  "mounts[0].options: tmpcopyup: only for a tmpfs" },
	{ "{'destination':'/x','type':'tmpfs','options':['tmpupper']}",
	  "mounts[0].options: tmpupper: only for an overlay" },
	{ "{'destination':'/x','source':'/','options':['bind','tmpupper']}",
	  "mounts[0].options: tmpupper: only for an overlay" },
	{ "{'destination':'/x','type':'overlay','options':['tmpupper','upperdir=/u']}",
	  "mounts[0].options: tmpupper: there is an upperdir already" },
	{ "{'destination':'/proc','type':'tmpfs'}",
	  "mounts[0].destination: only a procfs may be mounted on /proc" },
	{ "{'destination':'/proc/sys','type':'tmpfs'}",
	  "mounts[0].destination: /proc/sys: nothing may be mounted there" },
	{ "{'destination':'/a/../proc//./self','source':'/','options':['bind']}",
	  "mounts[0].destination: /proc/self: nothing may be mounted there" },
};

/* M-03..M-05, M-14, O-19 */
TEST(broken_entries_are_named)
{
	for (size_t i = 0; i < countof(broken); i++) {
		struct box box autobox = BOX_NONE;
		struct box_config config = { .mounts = broken[i].mount };
		struct error err;

		CHECK_ERROR(box_plan(&config, &box, &err), err, EINVAL, broken[i].expected);
		CHECK_TRUE(box.plan.steps == NULL);
	}
}

/* M-01, M-03 */
TEST(default_mounts_become_steps_in_their_order)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/proc','type':'proc','source':'proc'},"
			  "{'destination':'/dev','type':'tmpfs','source':'tmpfs',"
			  "'options':['nosuid','strictatime','mode=755','size=65536k']},"
			  "{'destination':'/data/','source':'data','options':['rbind','ro']}",
	};
	struct mount_step *steps;
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	steps = box.plan.steps;
	CHECK_INT(box.plan.step_count, 3);
	CHECK_STR(box.plan.root, "/bundle/rootfs");

	CHECK_INT(steps[0].kind, MOUNT_NEW);
	CHECK_INT(steps[0].proc_rule, MOUNT_PROC_ROOT);
	CHECK_TRUE(steps[0].is_real_target);
	CHECK_TRUE(steps[0].fallback == NULL);

	CHECK_STR(steps[1].place, "mounts[1]");
	CHECK_STR(steps[1].type, "tmpfs");
	CHECK_INT(steps[1].options.data_count, 2);
	CHECK_INT(steps[1].options.top.set, MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME);

	CHECK_INT(steps[2].kind, MOUNT_BIND);
	CHECK_STR(steps[2].source, "/bundle/data");
	CHECK_STR(steps[2].target, "/data");
	CHECK_INT(steps[2].tree_fd, -1);
	CHECK_TRUE(!box.plan.needs_sources && !box.plan.has_host_dev);
}

/* M-04 */
TEST(type_bind_alone_is_a_bind)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = { .mounts = "{'destination':'/x','type':'bind','source':'/s'}" };
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_INT(box.plan.steps[0].kind, MOUNT_BIND);
	CHECK_INT(box.plan.steps[0].options.orders, MOUNT_ORDER_BIND);
}

/* O-15, O-16 */
TEST(recursive_flags_of_a_single_mount_are_plain_flags)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/a','source':'/s','options':['bind','rro','rnosuid']},"
			  "{'destination':'/b','source':'/s','options':['rbind','rro']}",
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_INT(box.plan.steps[0].options.top.set, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID);
	CHECK_INT(box.plan.steps[0].options.below.set, 0);
	CHECK_INT(box.plan.steps[1].options.top.set, 0);
	CHECK_INT(box.plan.steps[1].options.below.set, MOUNT_ATTR_RDONLY);
}

/* M-16 */
TEST(readonly_tmpfs_and_dev_are_late)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/run','type':'tmpfs','options':['ro']},"
			  "{'destination':'/dev','type':'devtmpfs','options':['ro']},"
			  "{'destination':'/x','type':'ext4','source':'/dev/x','options':['ro']}",
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	for (size_t i = 0; i < 2; i++) {
		CHECK_TRUE(box.plan.steps[i].is_late_readonly);
		CHECK_INT(box.plan.steps[i].options.top.set, 0);
	}
	CHECK_TRUE(!box.plan.steps[2].is_late_readonly);
	CHECK_INT(box.plan.steps[2].options.top.set, MOUNT_ATTR_RDONLY);
}

TEST(shared_superblocks_are_not_made_readonly)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/sys','type':'sysfs','options':['ro']},"
			  "{'destination':'/q','type':'mqueue'},"
			  "{'destination':'/x','type':'ext4','source':'/dev/x'}",
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_TRUE(box.plan.steps[0].is_super_kept);
	CHECK_TRUE(box.plan.steps[1].is_super_kept);
	CHECK_TRUE(!box.plan.steps[2].is_super_kept);
}

/* M-08 */
TEST(sysfs_falls_back_to_the_hosts_readonly)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/sys','type':'sysfs','options':['nosuid']},"
			  "{'destination':'/sys','type':'sysfs','options':['rw']}",
	};
	const struct mount_step *fallback;
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	fallback = box.plan.steps[0].fallback;
	CHECK_INT(fallback->kind, MOUNT_BIND);
	CHECK_STR(fallback->source, "/sys");
	CHECK_STR(fallback->target, "/sys");
	CHECK_INT(fallback->options.orders, MOUNT_ORDER_BIND | MOUNT_ORDER_RECURSIVE);
	CHECK_INT(fallback->options.below.set, MOUNT_ATTR_RDONLY);
	CHECK_INT(fallback->options.top.set, MOUNT_ATTR_NOSUID);
	CHECK_INT(box.plan.steps[1].fallback->options.below.set, 0);
}

TEST(own_network_of_root_has_its_own_sysfs_or_none)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/sys','type':'sysfs'}",
		.owns_network = true,
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_TRUE(box.plan.steps[0].fallback == NULL);
}

/* M-07 */
TEST(proc_of_the_host_is_taken_only_in_the_hosts_pid_namespace)
{
	static const char maps[] = "'uidMappings':[{'containerID':0,'hostID':0,'size':1}],"
				   "'gidMappings':[{'containerID':0,'hostID':0,'size':1}]";
	struct box_config config = {
		.mounts = "{'destination':'/proc','type':'proc'}",
		.linux_part = maps,
		.namespaces = "{'type':'user'}",
		.has_user_ns = true,
	};
	struct error err;

	for (int has_pid_ns = 0; has_pid_ns < 2; has_pid_ns++) {
		struct box box autobox = BOX_NONE;

		if (has_pid_ns)
			config.namespaces = "{'type':'user'},{'type':'pid'}";
		CHECK_OK(box_plan(&config, &box, &err), err);
		CHECK_INT(box.plan.steps[0].fallback == NULL, has_pid_ns);
	}
}

/* M-14 */
TEST(emulated_files_of_proc_may_be_covered)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/proc/meminfo','source':'/x','options':['bind']},"
			  "{'destination':'/proc','source':'/proc','options':['rbind']}",
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_INT(box.plan.steps[0].proc_rule, MOUNT_PROC_FILE);
	CHECK_INT(box.plan.steps[1].proc_rule, MOUNT_PROC_ROOT);
	CHECK_TRUE(box.plan.steps[1].is_real_target);
}

static const char *last_data(const struct mount_step *step)
{
	return step->options.data_count ? step->options.data[step->options.data_count - 1] : "";
}

/* L-08, M-09, M-19 */
TEST(label_is_data_where_the_kernel_takes_it)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/a','type':'tmpfs','options':['size=1m']},"
			  "{'destination':'/b','type':'tmpfs','options':['context=mine']},"
			  "{'destination':'/proc','type':'proc'},"
			  "{'destination':'/s','type':'sysfs'},"
			  "{'destination':'/q','type':'mqueue'}",
		.linux_part = "'mountLabel': 'system_u:object_r:container_file_t:s0:c1,c2'",
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_STR(last_data(&box.plan.steps[0]),
		  "context=system_u:object_r:container_file_t:s0:c1,c2");
	CHECK_STR(last_data(&box.plan.steps[1]), "context=mine");
	for (size_t i = 2; i < 5; i++)
		CHECK_INT(box.plan.steps[i].options.data_count, 0);
	CHECK_TRUE(box.plan.steps[4].is_labelled_root);
	CHECK_TRUE(!box.plan.steps[3].is_labelled_root);
}

/* M-19 */
TEST(annotation_chooses_the_kind_of_label)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/a','type':'tmpfs'}",
		.linux_part = "'mountLabel': 'l'",
		.more = "'annotations': {'run.oci.mount_context_type': 'rootcontext'}",
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_STR(last_data(&box.plan.steps[0]), "rootcontext=l");
}

/* O-06 */
TEST(remount_needs_neither_type_nor_source)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = { .mounts = "{'destination':'/a','options':['remount','ro']}" };
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_INT(box.plan.steps[0].kind, MOUNT_REMOUNT);
	CHECK_INT(box.plan.steps[0].options.top.set, MOUNT_ATTR_RDONLY);
}

TEST(paths_of_masks_are_cleaned_and_the_root_is_no_read_only_path)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.linux_part = "'maskedPaths': ['/proc//kcore'], 'rootfsPropagation': 'rshared', "
			      "'readonlyPaths': ['/sys', '/', '/proc/sys/']",
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_INT(box.plan.mask_count, 1);
	CHECK_STR(box.plan.masks[0], "/proc/kcore");
	CHECK_INT(box.plan.readonly_count, 2);
	CHECK_STR(box.plan.readonly[1], "/proc/sys");
	CHECK_TRUE(box.plan.is_root_readonly);
	CHECK_INT(box.plan.propagation, MS_SHARED | MS_REC);
}

TEST(the_root_cannot_be_masked)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = { .linux_part = "'maskedPaths': ['/x', '/..']" };
	struct error err;

	CHECK_ERROR(box_plan(&config, &box, &err), err, EINVAL,
		    "linux.maskedPaths[1]: / cannot be masked");
}
