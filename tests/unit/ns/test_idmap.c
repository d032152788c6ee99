// SPDX-License-Identifier: GPL-2.0-or-later
#include "ns/idmap.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"
#include "forked.h"
#include "test.h"

enum { ROWS_MAX = 8 };

struct map_list {
	struct spec_id_mappings list;
	struct spec_id_mapping item[ROWS_MAX];
};

/* "0 1000 1 1 100000 65536": as many triples as there are. */
static struct spec_id_mappings *maps_of(struct map_list *io_maps, const char *text)
{
	unsigned long long id, host, size;
	int used;

	io_maps->list = (struct spec_id_mappings){ 0, io_maps->item };
	while (sscanf(text, "%llu %llu %llu %n", &id, &host, &size, &used) == 3) {
		io_maps->item[io_maps->list.count++] = (struct spec_id_mapping){
			{ true, id }, { true, host }, { true, size }
		};
		text += used;
	}
	return &io_maps->list;
}

TEST(ids_are_translated)
{
	static const struct {
		const char *maps;
		uint32_t id, host;
		int result;
	} rows[] = {
		{ "0 1000 1", 0, 1000, 0 },
		{ "0 1000 1", 1, 0, -EOVERFLOW },
		{ "0 1000 1 1 100000 65536", 1, 100000, 0 },
		{ "0 1000 1 1 100000 65536", 65536, 165535, 0 },
		{ "0 1000 1 1 100000 65536", 65537, 0, -EOVERFLOW },
		{ "0 0 4294967295", 4294967294, 4294967294, 0 },
		{ "0 0 4294967295", 4294967295, 0, -EOVERFLOW },
		{ "5 10 2", 4, 0, -EOVERFLOW },
		{ "", 0, 0, -EOVERFLOW },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct map_list maps;
		uint32_t host = 0;

		maps_of(&maps, rows[i].maps);
		CHECK_INT(ns_idmap_to_host(&maps.list, rows[i].id, &host), rows[i].result);
		CHECK_INT(host, rows[i].host);
	}
}

TEST(without_maps_every_id_is_itself)
{
	uint32_t id = 0;

	CHECK_INT(ns_idmap_to_host(NULL, 1234, &id), 0);
	CHECK_INT(id, 1234);
}

TEST(map_is_one_line_a_range)
{
	autotext struct text text = { 0 };
	struct map_list maps;

	ns_idmap_format(maps_of(&maps, "0 1000 1 1 100000 65536"), &text);
	CHECK_STR(text_get(&text), "0 1000 1\n1 100000 65536\n");
}

/* --- in a child: a second one waits in a new user namespace --- */

static pid_t start_unmapped(void)
{
	int ready[2];
	pid_t pid;
	char c = 0;

	CHECK_INT(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		c = unshare(CLONE_NEWUSER) == 0 ? 'y' : 'n';
		(void)!write(ready[1], &c, 1);
		for (;;)
			pause();
	}
	CHECK_INT(read(ready[0], &c, 1), 1);
	FORKED_NEEDS(c == 'y', "the right to make user namespaces");
	return pid;
}

static void become_ordinary(void)
{
	FORKED_NEEDS(geteuid() == 0 && setgroups(0, NULL) == 0 &&
			     setresgid(54321, 54321, 54321) == 0 &&
			     setresuid(54321, 54321, 54321) == 0,
		     "root");
	/* Else what was root a moment ago may not write for its own child. */
	CHECK_INT(prctl(PR_SET_DUMPABLE, 1), 0);
}

static void check_file(pid_t pid, const char *name, const char *expected)
{
	autofree char *path = mem_format("/proc/%d/%s", pid, name);
	autofree char *text = NULL;
	struct error err;

	CHECK_OK(file_read(AT_FDCWD, path, 4096, &text, NULL, &err), err);
	CHECK_STR(text, expected);
}

static void write_as_root(void)
{
	struct map_list uids, gids;
	struct error err;
	pid_t pid;

	FORKED_NEEDS(geteuid() == 0, "root");
	pid = start_unmapped();
	CHECK_OK(ns_idmap_write(pid, maps_of(&uids, "0 1000 1 1 100000 65536"),
				maps_of(&gids, "0 2000 10"), &err), err);
	check_file(pid, "uid_map", "         0       1000          1\n"
				   "         1     100000      65536\n");
	check_file(pid, "gid_map", "         0       2000         10\n");
	check_file(pid, "setgroups", "allow\n");
	CHECK_OK(ns_idmap_verify(pid, &uids.list, &gids.list, &err), err);
	CHECK_ERROR(ns_idmap_write(pid, &uids.list, &gids.list, &err), err, EPERM,
		    (char *)mem_format("linux.uidMappings: write /proc/%d/uid_map: operation not "
				       "permitted", pid));
}

/* U-01 */
TEST(root_writes_both_maps)
{
	RUN_FORKED(write_as_root);
}

static void write_own_id(void)
{
	struct map_list uids, gids;
	struct error err;
	pid_t pid;

	become_ordinary();
	pid = start_unmapped();
	CHECK_OK(ns_idmap_write(pid, maps_of(&uids, "0 54321 1"), maps_of(&gids, "7 54321 1"), &err),
		 err);
	check_file(pid, "uid_map", "         0      54321          1\n");
	check_file(pid, "gid_map", "         7      54321          1\n");
	check_file(pid, "setgroups", "deny\n");
}

/* U-02 */
TEST(ordinary_user_writes_the_own_id_and_gives_up_setgroups)
{
	RUN_FORKED(write_own_id);
}

static void write_many_ids(void)
{
	bool has_helper = access("/usr/bin/newuidmap", X_OK) == 0 ||
			  access("/bin/newuidmap", X_OK) == 0;
	struct map_list uids, gids;
	struct error err;
	pid_t pid;
	int r;

	become_ordinary();
	pid = start_unmapped();
	r = ns_idmap_write(pid, maps_of(&uids, "0 54321 1 1 100000 10"),
			   maps_of(&gids, "0 54321 1"), &err);
	/* This user has no line in /etc/subuid, so the helper has to refuse. */
	CHECK_INT(r, has_helper ? -EPERM : -ENOENT);
	if (!has_helper)
		CHECK_STR(err.text,
			  "linux.uidMappings: newuidmap is not in /usr/bin, /bin, /usr/sbin or /sbin; "
			  "without it an ordinary user can map no other id than the own, 54321");
}

/* U-02 */
TEST(ordinary_user_needs_the_helper_for_more)
{
	RUN_FORKED(write_many_ids);
}

/* U-01 */
TEST(map_over_a_page_is_refused)
{
	static struct spec_id_mapping item[340];
	struct spec_id_mappings large = { countof(item), item };
	struct error err;

	if (geteuid() != 0)
		SKIP("needs root");
	for (size_t i = 0; i < countof(item); i++)
		item[i] = (struct spec_id_mapping){ { true, 10000000 + i }, { true, 20000000 + i },
						    { true, 1 } };
	CHECK_ERROR(ns_idmap_write(getpid(), &large, &large, &err), err, E2BIG,
		    "linux.uidMappings: 340 lines are more than the kernel takes");
}

static void compare(void)
{
	static const struct {
		const char *maps;
		bool is_same;
	} rows[] = {
		{ "0 1000 1 1 100000 20", true },
		{ "1 100000 20 0 1000 1", true },
		{ "0 1000 1 1 100000 5 6 100005 15", true },
		{ "0 1000 1 1 100000 19", false },
		{ "0 1000 1 1 100000 21", false },
		{ "0 1000 1 1 100001 20", false },
		{ "0 1000 1 2 100000 20", false },
		{ "0 1000 1 1 100000 5 6 100006 15", false },
		{ "", false },
	};
	struct map_list uids, gids;
	struct error err;
	pid_t pid;

	FORKED_NEEDS(geteuid() == 0, "root");
	pid = start_unmapped();
	CHECK_OK(ns_idmap_write(pid, maps_of(&uids, rows[0].maps), maps_of(&gids, "0 0 1"), &err),
		 err);
	for (size_t i = 0; i < countof(rows); i++)
		CHECK_INT(ns_idmap_verify(pid, maps_of(&uids, rows[i].maps), NULL, &err),
			  rows[i].is_same ? 0 : -EINVAL);
	CHECK_ERROR(ns_idmap_verify(pid, NULL, maps_of(&gids, "0 1 1"), &err), err, EINVAL,
		    "linux.gidMappings: not the mappings of the user namespace that is joined");
}

/* U-03 */
TEST(maps_are_the_same_however_they_are_cut)
{
	RUN_FORKED(compare);
}

static void deny_setgroups(void)
{
	autoclose int proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct error err;
	bool is_denied;

	FORKED_NEEDS(unshare(CLONE_NEWUSER) == 0, "the right to make user namespaces");
	CHECK_OK(ns_idmap_is_setgroups_denied(proc_fd, &is_denied, &err), err);
	FORKED_NEEDS(!is_denied, "setgroups to be allowed");
	CHECK_OK(file_write(AT_FDCWD, "/proc/self/setgroups", "deny", &err), err);
	CHECK_OK(ns_idmap_is_setgroups_denied(proc_fd, &is_denied, &err), err);
	CHECK_TRUE(is_denied);
}

TEST(denied_setgroups_is_seen)
{
	RUN_FORKED(deny_setgroups);
}
