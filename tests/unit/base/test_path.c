// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/path.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/scope.h"
#include "base/scratch.h"
#include "test.h"

static void make_folder(const struct scratch *scratch, const char *name)
{
	CHECK_INT(mkdirat(scratch->fd, name, 0755), 0);
}

static void make_file(const struct scratch *scratch, const char *name)
{
	autoclose int fd = openat(scratch->fd, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	CHECK_TRUE(fd >= 0);
}

static void make_link(const struct scratch *scratch, const char *target, const char *name)
{
	CHECK_INT(symlinkat(target, scratch->fd, name), 0);
}

static ino_t number_of(int fd)
{
	struct stat st;

	CHECK_INT(fstat(fd, &st), 0);
	return st.st_ino;
}

/* Is @fd what lies at @name, no link followed? */
static bool is_at(int fd, const struct scratch *scratch, const char *name)
{
	struct stat st;

	CHECK_INT(fstatat(scratch->fd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return number_of(fd) == st.st_ino;
}

TEST(links_end_at_the_root)
{
	static const char *const escapes[] = { "/", "..", "../../../..", "/..", "a/../../.." };
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	struct error err;

	make_folder(&scratch, "a");
	for (size_t i = 0; i < countof(escapes); i++) {
		autoclose int by_name = path_open_in(scratch.fd, escapes[i], O_PATH, &err);
		autoclose int by_link = -1;

		make_link(&scratch, escapes[i], "link");
		by_link = path_open_in(scratch.fd, "link", O_PATH, &err);
		CHECK_OK(by_link, err);
		CHECK_OK(by_name, err);
		CHECK_INT(number_of(by_name), number_of(scratch.fd));
		CHECK_INT(number_of(by_link), number_of(scratch.fd));
		CHECK_INT(unlinkat(scratch.fd, "link", 0), 0);
	}
}

TEST(absolute_link_stays_below_the_root)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autoclose int fd = -1;
	struct error err;

	make_folder(&scratch, "etc");
	make_file(&scratch, "etc/passwd");
	make_link(&scratch, "/etc/passwd", "link");
	fd = path_open_in(scratch.fd, "/link", O_RDONLY, &err);
	CHECK_OK(fd, err);
	CHECK_TRUE(is_at(fd, &scratch, "etc/passwd"));
	CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

TEST(magic_links_are_refused)
{
	autoclose int root_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct error err;

	CHECK_ERROR(path_open_in(root_fd, "self/cwd", O_PATH, &err), err, ELOOP,
		    "open self/cwd: too many levels of symbolic links");
}

TEST(opening_never_creates)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	struct error err;

	CHECK_ERROR(path_open_in(scratch.fd, "a/b", O_RDONLY, &err), err, ENOENT,
		    "open a/b: no such file or directory");
}

TEST(real_path_has_no_link)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autoclose int fd = -1;
	struct error err;

	make_folder(&scratch, "proc");
	make_link(&scratch, "proc", "link");
	fd = path_open_real_in(scratch.fd, "/proc", O_PATH, &err);
	CHECK_OK(fd, err);
	CHECK_ERROR(path_open_real_in(scratch.fd, "/link", O_PATH, &err), err, ELOOP,
		    "open /link: too many levels of symbolic links");
}

TEST(missing_folders_are_made_with_their_mode)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autoclose int fd = path_make_folder_in(scratch.fd, "/a//b/./c/", 0700, NULL);
	struct stat st;

	CHECK_TRUE(fd >= 0 && is_at(fd, &scratch, "a/b/c"));
	CHECK_INT(fstatat(scratch.fd, "a/b", &st, 0), 0);
	CHECK_INT(st.st_mode, S_IFDIR | 0700);
}

TEST(folder_before_a_dot_dot_is_made_too)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autoclose int fd = path_make_file_in(scratch.fd, "/a/../b/x", 0644, NULL);

	CHECK_TRUE(fd >= 0 && is_at(fd, &scratch, "b/x"));
	CHECK_INT(faccessat(scratch.fd, "a", F_OK, 0), 0);
}

TEST(folder_that_is_there_is_taken)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autoclose int fd = -1;
	struct error err;

	make_folder(&scratch, "a");
	fd = path_make_folder_in(scratch.fd, "/a", 0700, &err);
	CHECK_OK(fd, err);
	CHECK_TRUE(is_at(fd, &scratch, "a"));
}

TEST(root_itself_is_a_folder_that_is_there)
{
	static const char *const names[] = { "/", ".", "", "//", "/..", "/a/.." };
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	struct error err;

	make_folder(&scratch, "a");
	for (size_t i = 0; i < countof(names); i++) {
		autoclose int fd = path_make_folder_in(scratch.fd, names[i], 0700, &err);

		/* The empty path is none to openat2(2). */
		if (!*names[i]) {
			CHECK_INT(fd, -ENOENT);
			continue;
		}
		CHECK_OK(fd, err);
		CHECK_INT(number_of(fd), number_of(scratch.fd));
	}
}

TEST(file_in_the_way_of_a_folder_is_refused)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	struct error err;

	make_file(&scratch, "a");
	CHECK_ERROR(path_make_folder_in(scratch.fd, "/a", 0755, &err), err, ENOTDIR,
		    "open /a: not a directory");
	CHECK_INT(path_make_folder_in(scratch.fd, "/a/b", 0755, &err), -ENOTDIR);
}

TEST(dangling_link_has_its_target_made_inside)
{
	static const char *const targets[] = {
		"run/resolv", "/run/resolv", "../run/resolv", "../../../../run/resolv",
		"/../run/resolv",
	};

	for (size_t i = 0; i < countof(targets); i++) {
		autoclean(scratch_clear) struct scratch scratch = scratch_new();
		autoclose int fd = -1;
		struct error err;

		make_folder(&scratch, "etc");
		make_link(&scratch, targets[i], "etc/link");
		fd = path_make_file_in(scratch.fd, "/etc/link", 0644, &err);
		CHECK_OK(fd, err);
		CHECK_TRUE(is_at(fd, &scratch, i == 0 ? "etc/run/resolv" : "run/resolv"));
	}
}

TEST(dangling_link_on_the_way_is_followed)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autoclose int fd = -1;
	struct error err;

	make_link(&scratch, "/run", "var");
	fd = path_make_folder_in(scratch.fd, "/var/lib/x", 0755, &err);
	CHECK_OK(fd, err);
	CHECK_TRUE(is_at(fd, &scratch, "run/lib/x"));
}

TEST(links_in_a_circle_end)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	struct error err;

	make_link(&scratch, "b", "a");
	make_link(&scratch, "a", "b");
	CHECK_INT(path_make_folder_in(scratch.fd, "/a", 0755, &err), -ELOOP);
	CHECK_INT(path_make_file_in(scratch.fd, "/a/x", 0644, &err), -ELOOP);
}

/* Each link's target dangles at the next: the kernel sees one link at a time. */
TEST(long_chain_of_dangling_links_ends)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	struct error err;

	for (int i = 0; i < 60; i++) {
		char name[16], target[32];

		snprintf(name, sizeof(name), "l%d", i);
		snprintf(target, sizeof(target), "/l%d", i + 1);
		make_link(&scratch, target, name);
	}
	CHECK_INT(path_make_file_in(scratch.fd, "/l0", 0644, &err), -ELOOP);
}

TEST(file_is_made_once_and_kept)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autoclose int first = path_make_file_in(scratch.fd, "/a/b", 0640, NULL);
	autoclose int second = path_make_file_in(scratch.fd, "/a/b", 0600, NULL);
	struct stat st;

	CHECK_TRUE(first >= 0 && second >= 0);
	CHECK_INT(number_of(first), number_of(second));
	CHECK_INT(fstat(first, &st), 0);
	CHECK_INT(st.st_mode, S_IFREG | 0640);
	CHECK_INT(st.st_size, 0);
}

TEST(parent_is_made_and_the_name_is_left)
{
	static const struct {
		const char *path, *folder, *name;
	} rows[] = {
		{ "/dev/null", "dev", "null" },
		{ "/null", ".", "null" },
		{ "null", ".", "null" },
		{ "/a//b", "a", "b" },
		{ "/a/../b", ".", "b" },
	};
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	struct error err;

	make_folder(&scratch, "a");
	for (size_t i = 0; i < countof(rows); i++) {
		const char *name = NULL;
		autoclose int fd = path_make_parent_in(scratch.fd, rows[i].path, &name, &err);

		CHECK_OK(fd, err);
		CHECK_STR(name, rows[i].name);
		CHECK_TRUE(is_at(fd, &scratch, rows[i].folder));
	}
}

TEST(path_without_a_last_name_has_no_parent)
{
	static const char *const paths[] = { "/", "", ".", "..", "/a/..", "/a/.", "/a/" };
	autoclean(scratch_clear) struct scratch scratch = scratch_new();

	for (size_t i = 0; i < countof(paths); i++) {
		const char *name = NULL;
		struct error err;

		CHECK_INT(path_make_parent_in(scratch.fd, paths[i], &name, &err), -EINVAL);
	}
}

/* Swaps a folder and a link out of the root, as fast as it can, until it is killed. */
static void swap_for_ever(int root_fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		if (renameat2(root_fd, "folder", root_fd, "link", RENAME_EXCHANGE) < 0)
			_exit(1);
}

TEST(nothing_is_made_outside_while_folder_and_link_are_swapped)
{
	autoclean(scratch_clear) struct scratch outside = scratch_new();
	autoclean(scratch_clear) struct scratch root = scratch_new();
	struct error err;
	pid_t pid;

	make_folder(&root, "folder");
	make_link(&root, outside.path, "link");
	pid = fork();
	if (pid == 0)
		swap_for_ever(root.fd);
	for (int i = 0; i < 2000; i++) {
		int fd = path_make_file_in(root.fd, "/folder/a/b", 0644, &err);

		/* EAGAIN and ENOENT are honest answers to a tree that moves. */
		if (fd >= 0)
			close(fd);
	}
	kill(pid, SIGKILL);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	CHECK_INT(faccessat(outside.fd, "a", F_OK, AT_SYMLINK_NOFOLLOW), -1);
}

TEST(what_a_file_system_does_not_make_is_named)
{
	autoclose int proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct error err;

	CHECK_ERROR(path_make_folder_in(proc_fd, "/none", 0755, &err), err, ENOENT,
		    "mkdir /none: no such file or directory");
	CHECK_ERROR(path_make_file_in(proc_fd, "/none", 0644, &err), err, ENOENT,
		    "create /none: no such file or directory");
}
