// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/lsm.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "base/file.h"
#include "base/procfs.h"
#include "base/scope.h"
#include "test.h"

static int open_proc(void)
{
	struct error err;
	int fd = procfs_open(&err);

	CHECK_OK(fd, err);
	return fd;
}

static bool has_selinux(void)
{
	autofree char *list = NULL;
	struct error err;

	CHECK_OK(file_read(AT_FDCWD, "/proc/filesystems", 65536, &list, NULL, &err), err);
	return strstr(list, "selinuxfs");
}

static bool has_apparmor(void)
{
	autofree char *answer = NULL;
	struct error err;

	return file_read(AT_FDCWD, "/sys/module/apparmor/parameters/enabled", 16, &answer, NULL,
			 &err) == 0 &&
	       *answer == 'Y';
}

TEST(no_label_asks_for_nothing)
{
	struct error err;

	/* Nothing is opened: there is no proc file system to do it in. */
	CHECK_OK(guard_lsm_apply_exec(-1, NULL, NULL, &err), err);
	CHECK_OK(guard_lsm_apply_exec(-1, "", "", &err), err);
	CHECK_OK(guard_lsm_apply_exec(-1, "unconfined", NULL, &err), err);
}

/* P-10 */
TEST(profile_without_apparmor_is_an_error)
{
	autoclose int proc_fd = open_proc();
	struct error err;

	if (has_apparmor())
		SKIP("needs a machine without AppArmor");
	CHECK_ERROR(guard_lsm_apply_exec(proc_fd, "husk-test", NULL, &err), err, EOPNOTSUPP,
		    "process.apparmorProfile: husk-test: AppArmor is not enabled on this machine");
}

/* P-10 */
TEST(profile_that_is_not_loaded_is_an_error)
{
	autoclose int proc_fd = open_proc();
	struct error err;

	if (!has_apparmor())
		SKIP("needs AppArmor");
	CHECK_INT(guard_lsm_apply_exec(proc_fd, "husk-no-such-profile", NULL, &err), -ENOENT);
}

/* P-11 */
TEST(label_without_selinux_is_an_error)
{
	autoclose int proc_fd = open_proc();
	struct error err;

	if (has_selinux())
		SKIP("needs a machine without SELinux");
	CHECK_ERROR(guard_lsm_apply_exec(proc_fd, NULL, "a:b:c", &err), err, EOPNOTSUPP,
		    "process.selinuxLabel: a:b:c: SELinux is not enabled on this machine");
	CHECK_ERROR(guard_lsm_set_key_label(proc_fd, "a:b:c", &err), err, EOPNOTSUPP,
		    "label of the session keyring: SELinux is not enabled on this machine");
}

/* P-11 */
TEST(label_that_is_no_context_is_an_error)
{
	autoclose int proc_fd = open_proc();
	struct error err;

	if (!has_selinux())
		SKIP("needs SELinux");
	CHECK_INT(guard_lsm_apply_exec(proc_fd, NULL, "no context", &err), -EINVAL);
}

TEST(label_is_never_written_outside_of_a_proc_file_system)
{
	autoclose int tmp_fd = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct error err;

	CHECK_TRUE(guard_lsm_apply_exec(tmp_fd, "profile", NULL, &err) < 0);
	CHECK_TRUE(guard_lsm_apply_exec(tmp_fd, NULL, "a:b:c", &err) < 0);
}
