// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/seccomp_cache.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"
#include "test.h"

static struct sock_filter code[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static const struct guard_seccomp_program program = {
	.filter = code,
	.count = countof(code),
	.needs_notify = true,
};

/* A state root of the test's own; its cache has one file, whose name is in @file. */
struct fixture {
	char folder[sizeof("/tmp/husk-cache-XXXXXX")];
	char file[512];
	int root_fd;
};

static void find_file(struct fixture *io_fixture)
{
	autofree char *command = mem_format("ls %s/.cache/seccomp", io_fixture->folder);
	char name[64] = "";
	FILE *list = popen(command, "r");

	CHECK_INT(fscanf(list, "%63s", name), 1);
	pclose(list);
	snprintf(io_fixture->file, sizeof(io_fixture->file), ".cache/seccomp/%s", name);
}

static void set_up(struct fixture *ret_fixture)
{
	struct error err;

	strcpy(ret_fixture->folder, "/tmp/husk-cache-XXXXXX");
	CHECK_TRUE(mkdtemp(ret_fixture->folder));
	ret_fixture->root_fd = open(ret_fixture->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_OK(guard_seccomp_cache_save(ret_fixture->root_fd, "key", &program, &err), err);
	find_file(ret_fixture);
}

static void tear_down(struct fixture *io_fixture)
{
	autofree char *command = mem_format("rm -r %s", io_fixture->folder);

	close(io_fixture->root_fd);
	CHECK_INT(system(command), 0);
}

static int find(const struct fixture *fixture, const char *key)
{
	struct guard_seccomp_program found = { 0 };
	struct error err;
	int r = guard_seccomp_cache_find(fixture->root_fd, key, &found, &err);

	guard_seccomp_clear(&found);
	return r;
}

TEST(what_is_saved_is_found)
{
	struct guard_seccomp_program found;
	struct fixture fixture;
	struct error err;
	struct stat file;

	set_up(&fixture);
	CHECK_OK(guard_seccomp_cache_find(fixture.root_fd, "key", &found, &err), err);
	CHECK_INT(found.count, countof(code));
	CHECK_INT(memcmp(found.filter, code, sizeof(code)), 0);
	CHECK_TRUE(found.needs_notify);
	CHECK_INT(fstatat(fixture.root_fd, fixture.file, &file, 0), 0);
	CHECK_INT(file.st_mode & 07777, 0600);
	CHECK_INT(find(&fixture, "another"), -ENOENT);
	guard_seccomp_clear(&found);
	tear_down(&fixture);
}

TEST(file_under_a_wrong_name_is_not_taken)
{
	struct fixture fixture, other;
	autofree char *data = NULL;
	struct error err;
	size_t size;

	set_up(&fixture);
	strcpy(other.folder, "/tmp/husk-cache-XXXXXX");
	CHECK_TRUE(mkdtemp(other.folder));
	other.root_fd = open(other.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_OK(guard_seccomp_cache_save(other.root_fd, "yek", &program, &err), err);
	find_file(&other);
	CHECK_OK(file_read(other.root_fd, other.file, 1 << 20, &data, &size, &err), err);
	/* As if two keys had one hash. */
	CHECK_OK(file_replace(fixture.root_fd, fixture.file, 0600, data, size, &err), err);
	CHECK_INT(find(&fixture, "key"), -ENOENT);
	tear_down(&other);
	tear_down(&fixture);
}

TEST(no_byte_of_the_file_may_be_another)
{
	struct fixture fixture;
	autofree char *data = NULL;
	struct error err;
	size_t size;

	set_up(&fixture);
	CHECK_OK(file_read(fixture.root_fd, fixture.file, 1 << 20, &data, &size, &err), err);
	for (size_t i = 0; i < size; i++) {
		data[i] ^= 1;
		CHECK_OK(file_replace(fixture.root_fd, fixture.file, 0600, data, size, &err), err);
		CHECK_INT(find(&fixture, "key"), -ENOENT);
		data[i] ^= 1;
	}
	for (size_t cut = 0; cut < size; cut++) {
		CHECK_OK(file_replace(fixture.root_fd, fixture.file, 0600, data, cut, &err), err);
		CHECK_INT(find(&fixture, "key"), -ENOENT);
	}
	CHECK_OK(file_replace(fixture.root_fd, fixture.file, 0600, data, size, &err), err);
	CHECK_INT(find(&fixture, "key"), 0);
	tear_down(&fixture);
}

TEST(file_that_others_could_have_written_is_not_taken)
{
	struct fixture fixture;

	set_up(&fixture);
	CHECK_INT(fchmodat(fixture.root_fd, fixture.file, 0620, 0), 0);
	CHECK_INT(find(&fixture, "key"), -ENOENT);
	CHECK_INT(unlinkat(fixture.root_fd, fixture.file, 0), 0);
	CHECK_INT(mkfifoat(fixture.root_fd, fixture.file, 0600), 0);
	CHECK_INT(find(&fixture, "key"), -ENOENT);
	CHECK_INT(unlinkat(fixture.root_fd, fixture.file, 0), 0);
	CHECK_INT(symlinkat("/etc/passwd", fixture.root_fd, fixture.file), 0);
	CHECK_INT(find(&fixture, "key"), -ENOENT);
	tear_down(&fixture);
}

TEST(number_of_files_has_a_limit)
{
	struct fixture fixture;
	autofree char *command = NULL;
	struct error err;

	set_up(&fixture);
	for (int i = 0; i < 200; i++) {
		autofree char *key = mem_format("key %d", i);

		CHECK_OK(guard_seccomp_cache_save(fixture.root_fd, key, &program, &err), err);
		CHECK_INT(find(&fixture, key), 0);
	}
	command = mem_format("[ $(ls -A %s/.cache/seccomp | wc -l) -le 64 ]", fixture.folder);
	CHECK_INT(system(command), 0);
	tear_down(&fixture);
}

TEST(key_has_the_rules_but_not_the_listener)
{
	struct json_enums flags = { 0, NULL };
	struct spec_seccomp seccomp = { .default_action = { true, SPEC_ACT_ALLOW } };
	autotext struct text first = { 0 }, same = { 0 }, other = { 0 };

	guard_seccomp_cache_key(&seccomp, &first);
	seccomp.listener_path = (char *)"/run/listener";
	seccomp.listener_metadata = (char *)"x";
	seccomp.flags = &flags;
	guard_seccomp_cache_key(&seccomp, &same);
	CHECK_STR(text_get(&same), text_get(&first));
	seccomp.default_action.value = SPEC_ACT_LOG;
	guard_seccomp_cache_key(&seccomp, &other);
	CHECK_TRUE(strcmp(text_get(&other), text_get(&first)) != 0);
}
