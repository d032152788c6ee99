// SPDX-License-Identifier: GPL-2.0-or-later
#include "box.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "base/scope.h"
#include "mount/attach.h"
#include "mount/root.h"
#include "test.h"

enum { REFUSED = 77 };

static void need(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "box: %s: %s\n", what, strerror(errno));
	_exit(1);
}

void box_folder(const char *path)
{
	need(mkdir(path, 0755) == 0, path);
}

void box_file(const char *path, const char *text)
{
	autoclose int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	need(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
}

void box_link(const char *path, const char *text)
{
	need(symlink(text, path) == 0, path);
}

void box_clear(struct box *io_box)
{
	mount_run_clear(&io_box->run);
	mount_plan_clear(&io_box->plan);
	spec_clear(&io_box->spec);
}

static void map_root(unsigned int uid, unsigned int gid)
{
	char map[32];
	struct error err;

	snprintf(map, sizeof(map), "0 %u 1", uid);
	need(file_write(AT_FDCWD, "/proc/self/uid_map", map, &err) == 0, "uid_map");
	need(file_write(AT_FDCWD, "/proc/self/setgroups", "deny", &err) == 0, "setgroups");
	snprintf(map, sizeof(map), "0 %u 1", gid);
	need(file_write(AT_FDCWD, "/proc/self/gid_map", map, &err) == 0, "gid_map");
}

static void forget_mount_setattr(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	need(filter, "seccomp_init");
	need(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SYS_mount_setattr, 0) == 0 &&
	     seccomp_load(filter) == 0, "seccomp");
	seccomp_release(filter);
}

static void enter(enum box_kind kind, struct box *io_box)
{
	unsigned int uid = getuid(), gid = getgid();
	bool is_user_ns = kind == BOX_USER_NS;

	if (uid != 0 && kind != BOX_ROOT)
		is_user_ns = true;
	if (unshare(CLONE_NEWNS | (is_user_ns ? CLONE_NEWUSER : 0)) < 0)
		_exit(REFUSED);
	if (is_user_ns)
		map_root(uid, gid);
	umask(022);
	need(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) == 0, "private");
	need(mount("tmpfs", io_box->bundle, "tmpfs", 0, "mode=755") == 0, "tmpfs");
	need(chdir(io_box->bundle) == 0, "chdir");
	box_folder("rootfs");
	if (kind == BOX_5_10)
		forget_mount_setattr();
}

static NORETURN void child(enum box_kind kind, box_body *body, struct box *io_box, int report_fd)
{
	struct error error = { 0 }, *err = &error;
	ssize_t size = sizeof(error);

	enter(kind, io_box);
	if (body(io_box, err) >= 0)
		*err = (struct error){ 0 };
	box_clear(io_box);
	_exit(write(report_fd, err, sizeof(*err)) == size ? 0 : 1);
}

void box_run(enum box_kind kind, box_body *body)
{
	struct box box = { .bundle = "/tmp/husk-box-XXXXXX", .run = MOUNT_RUN_NONE };
	struct error err = { 0 };
	int report[2], status;
	ssize_t size;
	pid_t pid;

	assert_non_null(mkdtemp(box.bundle));
	assert_int_equal(pipe(report), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		child(kind, body, &box, report[1]);
	close(report[1]);
	size = read(report[0], &err, sizeof(err));
	close(report[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	rmdir(box.bundle);
	if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED)
		SKIP("a new mount namespace is refused here");
	if (size != sizeof(err))
		fail_msg("the child ended with wait status %#x", status);
	if (err.code)
		fail_msg("%s", err.text);
}

static const char *part(const char *text)
{
	return text ? text : "";
}

static char *config_text(const struct box_config *config)
{
	char *text = mem_format("{'ociVersion': '1.0.2', 'root': {'path': 'rootfs'%s%s}, "
				"'mounts': [%s], 'linux': {'namespaces': [{'type': 'mount'}%s%s]"
				"%s%s}%s%s}",
				config->root ? ", " : "", part(config->root), part(config->mounts),
				config->namespaces ? ", " : "", part(config->namespaces),
				config->linux_part ? ", " : "", part(config->linux_part),
				config->more ? ", " : "", part(config->more));

	for (char *at = text; (at = strchr(at, '\'')); at++)
		*at = '"';
	return text;
}

int box_plan(const struct box_config *config, struct box *io_box, struct error *err)
{
	autofree char *text = config_text(config);
	struct mount_request request = {
		.spec = &io_box->spec,
		.bundle = io_box->bundle,
		.has_user_ns = config->has_user_ns,
		.owns_network = config->owns_network,
		.has_cgroup_ns = config->has_cgroup_ns,
		.is_cgroup_v2 = config->is_cgroup_v2,
		.hierarchy_count = config->hierarchy_count,
		.hierarchies = config->hierarchies,
		.cgroup2_folder = config->cgroup2_folder,
		.no_pivot = config->no_pivot,
	};

	TRY(spec_read("config.json", text, strlen(text), &io_box->spec, err));
	return mount_plan(&request, &io_box->plan, err);
}

int box_attach(const struct box_config *config, struct box *io_box, struct error *err)
{
	TRY(box_plan(config, io_box, err));
	TRY(mount_root_open(&io_box->plan, &io_box->run, err));
	return mount_attach_all(&io_box->plan, &io_box->run, err);
}

const char *box_read(const struct box *box, const char *path)
{
	static char text[256];
	struct error err;
	autoclose int fd = path_open_in(box->run.root_fd, path, O_RDONLY, &err);
	ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (size < 0)
		snprintf(text, sizeof(text), "(%s)", strerrorname_np(errno));
	else
		text[size] = '\0';
	return text;
}

unsigned long box_flags(const struct box *box, const char *path)
{
	struct error err;
	struct statvfs status;
	autoclose int fd = path_open_in(box->run.root_fd, path, O_PATH, &err);

	return fd < 0 || fstatvfs(fd, &status) < 0 ? 0 : status.f_flag;
}
