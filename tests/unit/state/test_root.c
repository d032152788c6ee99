// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/root.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/scope.h"
#include "test.h"

/* CL-01 */
TEST(the_default_depends_on_who_asks)
{
	static const struct {
		struct state_caller caller;
		const char *root;
		bool is_sticky;
	} rows[] = {
		{ { true, true, NULL }, "/run/husk", false },
		{ { true, true, "/run/user/0" }, "/run/husk", false },
		{ { true, false, NULL }, "/run/husk", false },
		{ { true, false, "" }, "/run/husk", false },
		{ { true, false, "/run/user/7" }, "/run/user/7/husk", true },
		{ { false, true, "/run/user/7" }, "/run/user/7/husk", true },
		{ { false, false, "/run/user/7" }, "/run/user/7/husk", true },
	};
	struct error err;

	for (size_t i = 0; i < countof(rows); i++) {
		autofree char *root = NULL;
		bool is_sticky;

		CHECK_OK(state_root_default(&rows[i].caller, &root, &is_sticky, &err), err);
		CHECK_STR(root, rows[i].root);
		CHECK_INT(is_sticky, rows[i].is_sticky);
	}
}

TEST(an_ordinary_user_without_a_runtime_folder_is_told_so)
{
	static const struct state_caller none = { .is_in_first_namespace = true };
	static const struct state_caller empty = { .runtime_folder = "" };
	static const struct state_caller relative = { .runtime_folder = "run" };
	struct error err;
	char *root = NULL;
	bool is_sticky;

	CHECK_ERROR(state_root_default(&none, &root, &is_sticky, &err), err, ENOENT,
		    "no state root: XDG_RUNTIME_DIR is not set and --root not given");
	CHECK_INT(state_root_default(&empty, &root, &is_sticky, &err), -ENOENT);
	CHECK_INT(state_root_default(&relative, &root, &is_sticky, &err), -EINVAL);
	CHECK_TRUE(root == NULL);
}

TEST(a_sticky_root_gets_the_bit_and_keeps_its_mode)
{
	char folder[] = "/tmp/husk-root-XXXXXX";
	autofree char *parent = NULL, *root = NULL;
	autoclose int made_fd = -1, again_fd = -1;
	struct error err;
	struct stat found;

	CHECK_TRUE(mkdtemp(folder) != NULL);
	parent = mem_format("%s/a", folder);
	root = mem_format("%s//husk/", parent);
	made_fd = state_root_make(root, true, &err);
	CHECK_OK(made_fd, err);
	CHECK_INT(fstat(made_fd, &found), 0);
	CHECK_INT(found.st_mode & 07777, 01700);
	CHECK_INT(stat(parent, &found), 0);
	CHECK_INT(found.st_mode & 07777, 0700);
	again_fd = state_root_make(root, true, &err);
	CHECK_OK(again_fd, err);
	CHECK_INT(rmdir(root), 0);
	CHECK_INT(rmdir(parent), 0);
	CHECK_INT(rmdir(folder), 0);
}

TEST(a_root_below_a_file_is_named_in_the_error)
{
	struct error err;

	CHECK_INT(state_root_make("/etc/passwd/husk", false, &err), -ENOTDIR);
	CHECK_TRUE(strstr(err.text, "make state root /etc/passwd/husk: ") == err.text);
	CHECK_INT(state_root_open("/etc/passwd", &err), -ENOTDIR);
	CHECK_INT(state_root_open("/no/such/root", &err), -ENOENT);
}
