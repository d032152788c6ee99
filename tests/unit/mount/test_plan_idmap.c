// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/scope.h"
#include "box.h"
#include "test.h"

#define MAP(inside, outside, size) \
	"{'containerID':" #inside ",'hostID':" #outside ",'size':" #size "}"

static struct box_config config_of(const char *mount)
{
	return (struct box_config){
		.mounts = mount,
		.namespaces = "{'type':'user'}",
		.linux_part = "'uidMappings':[" MAP(0, 0, 1) "," MAP(1, 2, 1000) "],"
			      "'gidMappings':[" MAP(0, 5000, 100) "]",
		.has_user_ns = true,
	};
}

static const struct row {
	const char *members, *uid_map, *gid_map;
	bool is_recursive;
} rows[] = {
	{ "'options':['bind'],'uidMappings':[" MAP(0, 9, 2) "],'gidMappings':[" MAP(1, 8, 3) "]",
	  "0 9 2\n", "1 8 3\n", false },
	{ "'options':['bind','idmap']", "0 0 1\n1 2 1000\n", "0 5000 100\n", false },
	{ "'options':['rbind','ridmap']", "0 0 1\n1 2 1000\n", "0 5000 100\n", true },
	{ "'options':['bind','idmap=uids=0-1-10#10-11-10;gids=0-100-10']", "0 1 10\n10 11 10\n",
	  "0 100 10\n", false },
	{ "'options':['bind','idmap=gids=@0-1-4;uids=@1-3-10']", "1 4 10\n", "0 5001 4\n", false },
};

/* M-06, O-20, O-24 */
TEST(maps_come_from_the_mount_its_word_or_the_container)
{
	for (size_t i = 0; i < countof(rows); i++) {
		autofree char *mount = mem_format("{'destination':'/x','source':'/s',%s}",
						  rows[i].members);
		struct box box autobox = BOX_NONE;
		struct box_config config = config_of(mount);
		const struct mount_idmap *idmap;
		struct error err;

		CHECK_OK(box_plan(&config, &box, &err), err);
		idmap = box.plan.steps[0].idmap;
		CHECK_TRUE(idmap && box.plan.needs_sources);
		CHECK_STR(idmap->uid_map, rows[i].uid_map);
		CHECK_STR(idmap->gid_map, rows[i].gid_map);
		CHECK_INT(idmap->is_recursive, rows[i].is_recursive);
	}
}

static const struct broken {
	const char *members, *expected;
} broken[] = {
	{ "'options':['idmap'],'type':'tmpfs'", "mounts[0]: only a bind mount can be id-mapped" },
	{ "'options':['bind','idmap=uids=0-1-2']",
	  "mounts[0].options: idmap=uids=0-1-2: not \"uids=FROM-TO-SIZE#...;gids=...\"" },
	{ "'options':['bind','idmap=uids=0-1-0;gids=0-1-1']",
	  "mounts[0].options: idmap=uids=0-1-0;gids=0-1-1: not "
	  "\"uids=FROM-TO-SIZE#...;gids=...\"" },
	{ "'options':['bind','idmap=uids=0-1-1-1;gids=0-1-1']",
	  "mounts[0].options: idmap=uids=0-1-1-1;gids=0-1-1: not "
	  "\"uids=FROM-TO-SIZE#...;gids=...\"" },
	{ "'options':['bind','idmap=uids=@5000-1-1;gids=0-1-1']",
	  "mounts[0].options: idmap=uids=@5000-1-1;gids=0-1-1: not "
	  "\"uids=FROM-TO-SIZE#...;gids=...\"" },
	{ "'options':['bind','idmap=both']",
	  "mounts[0].options: idmap=both: not \"uids=FROM-TO-SIZE#...;gids=...\"" },
};

/* O-24 */
TEST(broken_id_maps_are_named)
{
	for (size_t i = 0; i < countof(broken); i++) {
		autofree char *mount = mem_format("{'destination':'/x','source':'/s',%s}",
						  broken[i].members);
		struct box box autobox = BOX_NONE;
		struct box_config config = config_of(mount);
		struct error err;

		CHECK_ERROR(box_plan(&config, &box, &err), err, EINVAL, broken[i].expected);
	}
}

/* O-20 */
TEST(id_map_without_any_mappings_is_refused)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/x','source':'/s','options':['bind','idmap']}",
	};
	struct error err;

	CHECK_ERROR(box_plan(&config, &box, &err), err, EINVAL,
		    "mounts[0]: id-mapped, but neither it nor the container has id mappings");
}
