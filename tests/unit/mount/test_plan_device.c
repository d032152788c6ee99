// SPDX-License-Identifier: GPL-2.0-or-later
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/scope.h"
#include "box.h"
#include "test.h"

/* V-07 */
TEST(six_devices_are_always_there)
{
	static const char *const paths[] = { "/dev/null",   "/dev/zero",    "/dev/full",
					     "/dev/random", "/dev/urandom", "/dev/tty" };
	struct box box autobox = BOX_NONE;
	struct box_config config = { 0 };
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_INT(box.plan.device_count, countof(paths));
	for (size_t i = 0; i < countof(paths); i++) {
		CHECK_STR(box.plan.devices[i].path, paths[i]);
		CHECK_INT(box.plan.devices[i].mode, S_IFCHR | 0666);
		CHECK_INT(box.plan.devices[i].tree_fd, -1);
	}
	CHECK_INT(box.plan.devices[5].rdev, makedev(5, 0));
}

/* V-12 */
TEST(configured_device_takes_the_place_of_a_default_one)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.linux_part = "'devices': [{'type':'c','path':'/dev//null','major':1,'minor':3,"
			      "'fileMode':384,'uid':7,'gid':8}]",
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_INT(box.plan.device_count, 6);
	CHECK_STR(box.plan.devices[0].path, "/dev/null");
	CHECK_INT(box.plan.devices[0].mode, S_IFCHR | 0600);
	CHECK_INT(box.plan.devices[0].uid, 7);
	CHECK_INT(box.plan.devices[0].gid, 8);
	CHECK_STR(box.plan.devices[1].path, "/dev/zero");
}

/* V-01 */
TEST(types_are_char_block_and_fifo)
{
	static const struct {
		const char *type;
		mode_t mode;
	} types[] = { { "c", S_IFCHR }, { "u", S_IFCHR }, { "b", S_IFBLK }, { "p", S_IFIFO } };

	for (size_t i = 0; i < countof(types); i++) {
		autofree char *devices = mem_format("'devices': [{'type':'%s','path':'/dev/x',"
						    "'major':9,'minor':300}]", types[i].type);
		struct box box autobox = BOX_NONE;
		struct box_config config = { .linux_part = devices };
		struct error err;

		CHECK_OK(box_plan(&config, &box, &err), err);
		CHECK_INT(box.plan.devices[0].mode, types[i].mode | 0666);
		CHECK_INT(box.plan.devices[0].rdev,
			  types[i].mode == S_IFIFO ? 0 : makedev(9, 300));
	}
}

TEST(bind_on_dev_leaves_no_device_to_make)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/dev/','source':'/dev','options':['rbind']}",
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_TRUE(box.plan.has_host_dev);
	CHECK_INT(box.plan.device_count, 0);
}
