// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/live.h"

static struct spec_pids pids_16 = { .limit = INT(16) };
static const struct spec_resources only_pids = { .pids = &pids_16 };

/* --- without the kernel --- */

TEST(restored_cgroup_is_the_same)
{
	struct cgroup_tree trees[] = {
		{ "pids", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/pids/a/b" },
		{ "", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified/a/b" },
	};
	autocgroup struct cgroup cgroup = { 0 };
	struct error err;

	CHECK_OK(cgroup_restore(CGROUP_MODE_V1, trees, 2, &cgroup, &err), err);
	CHECK_INT(cgroup.count, 2);
	CHECK_TRUE(cgroup.driver == &cgroup_fs1);
	CHECK_STR(cgroup_fs_find_tree(&cgroup, "pids")->folder, "/sys/fs/cgroup/pids/a/b");
	CHECK_STR(cgroup_fs_find_tree(&cgroup, "")->folder, "/sys/fs/cgroup/unified/a/b");
	CHECK_TRUE(!cgroup_fs_find_tree(&cgroup, "pid"));
	CHECK_TRUE(!cgroup_fs_find_tree(&cgroup, "memory"));
}

TEST(damaged_state_is_not_restored)
{
	struct cgroup_tree outside = { "pids", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/pidsx/b" };
	struct cgroup_tree root = { "", "/sys/fs/cgroup", "/sys/fs/cgroup/" };
	struct cgroup cgroup;
	struct error err;

	CHECK_ERROR(cgroup_restore(CGROUP_MODE_V1, &outside, 1, &cgroup, &err), err, EINVAL,
		    "cgroup: \"/sys/fs/cgroup/pidsx/b\" is not below \"/sys/fs/cgroup/pids\"");
	CHECK_ERROR(cgroup_restore(CGROUP_MODE_V2, &root, 1, &cgroup, &err), err, EINVAL,
		    "cgroup: \"/sys/fs/cgroup/\" is not below \"/sys/fs/cgroup\"");
	CHECK_ERROR(cgroup_restore(CGROUP_MODE_V2, NULL, 0, &cgroup, &err), err, EINVAL,
		    "cgroup: 0 folders do not go with the mode");
	CHECK_ERROR(cgroup_restore(CGROUP_MODE_NONE, &root, 1, &cgroup, &err), err, EINVAL,
		    "cgroup: 1 folders do not go with the mode");
}

TEST(container_without_cgroup_can_be_killed_and_deleted_but_not_frozen)
{
	autocgroup struct cgroup none = { 0 };
	struct arena arena = { 0 };
	struct error err;
	size_t count = 9;
	pid_t *pids;
	bool frozen = true;

	CHECK_OK(cgroup_restore(CGROUP_MODE_NONE, NULL, 0, &none, &err), err);
	CHECK_OK(cgroup_join(&none, 1, &err), err);
	CHECK_OK(cgroup_kill(&none, &err), err);
	CHECK_OK(cgroup_delete(&none, &err), err);
	CHECK_OK(cgroup_give(&none, 1, &err), err);
	CHECK_OK(cgroup_pids(&none, &arena, &pids, &count, &err), err);
	CHECK_INT(count, 0);
	CHECK_OK(cgroup_is_frozen(&none, &frozen, &err), err);
	CHECK_TRUE(!frozen);
	CHECK_INT(cgroup_open(&none), -1);
	CHECK_ERROR(cgroup_freeze(&none, true, &err), err, ENOTSUP,
		    "the container has no cgroup to be frozen in");
}

TEST(limits_without_a_cgroup_are_an_error)
{
	struct cgroup none = { .reason = "cgroup v1 gives an ordinary user no rights" };
	struct error err;

	CHECK_OK(cgroup_create(&none, NULL, &err), err);
	CHECK_ERROR(cgroup_create(&none, &only_pids, &err), err, ENOTSUP,
		    "linux.resources.pids.limit: controller pids: "
		    "cgroup v1 gives an ordinary user no rights");
}

/* C-09 */
TEST(disabled_manager_ignores_limits)
{
	struct cgroup none = { .manager = CGROUP_MANAGER_DISABLED, .reason = "disabled" };
	struct error err;

	CHECK_OK(cgroup_create(&none, &only_pids, &err), err);
}

/* --- with it --- */

/* C-15 */
TEST(folders_come_with_create_and_go_with_delete)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);

	for (size_t i = 0; i < live.cgroup.count; i++)
		CHECK_TRUE(live_exists(live.cgroup.tree[i].folder));
	live_end(&live);
}

/* C-12 */
TEST(process_is_a_member_of_every_tree)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	pid_t pid = live_add(&live, NULL);
	autofree char *line = mem_format("%d", pid);
	autofree char *file = mem_format("/proc/%d", pid), *membership = NULL;
	autofree char *own = mem_format(":/husk-test-%d/box", getpid());
	struct error err;

	for (size_t i = 0; i < live.cgroup.count; i++)
		live_check(&live, live.cgroup.tree[i].controllers, "cgroup.procs", line);
	CHECK_OK(cgroup_folder_read_at(file, "cgroup", &membership, &err), err);
	for (const char *at = membership; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		CHECK_TRUE(strstr(at, own));
	}
	live_end(&live);
}

/* C-17 */
TEST(limits_are_in_the_files_of_v1)
{
	struct spec_resources resources = {
		.pids = &pids_16,
		.memory = PART(spec_memory, .limit = INT(32 << 20), .swap = INT(48 << 20),
			       .reservation = INT(16 << 20)),
		.cpu = PART(spec_cpu, .shares = INT(512), .quota = INT(20000), .period = INT(50000),
			    .burst = INT(10000), .cpus = "0", .mems = "0"),
	};
	struct live live = live_create(CGROUP_MODE_V1, &resources);

	live_check(&live, "pids", "pids.max", "16");
	live_check(&live, "memory", "memory.limit_in_bytes", "33554432");
	live_check(&live, "memory", "memory.memsw.limit_in_bytes", "50331648");
	live_check(&live, "memory", "memory.soft_limit_in_bytes", "16777216");
	live_check(&live, "cpu", "cpu.shares", "512");
	live_check(&live, "cpu", "cpu.cfs_quota_us", "20000");
	live_check(&live, "cpu", "cpu.cfs_period_us", "50000");
	live_check(&live, "cpu", "cpu.cfs_burst_us", "10000");
	live_check(&live, "cpuset", "cpuset.cpus", "0");
	live_check(&live, "cpuset", "cpuset.mems", "0");
	live_end(&live);
}

/* */
TEST(limits_are_in_the_files_of_v2)
{
	struct spec_resources resources = {
		.pids = &pids_16,
		.memory = PART(spec_memory, .limit = INT(32 << 20), .swap = INT(48 << 20),
			       .reservation = INT(16 << 20)),
		.cpu = PART(spec_cpu, .shares = INT(512), .quota = INT(20000), .period = INT(50000),
			    .burst = INT(10000), .cpus = "0", .mems = "0"),
		.block_io = PART(spec_block_io, .weight = INT(500)),
		.hugepage_limits = PART(spec_hugepage_limits, 1,
					PART(spec_hugepage_limit, "2MB", INT(4 << 20))),
		.unified = PART(json_pairs, 1, PART(json_pair, "memory.high", "20971520")),
	};
	struct live live = live_create(CGROUP_MODE_V2, &resources);

	live_check(&live, "", "pids.max", "16");
	live_check(&live, "", "memory.max", "33554432");
	live_check(&live, "", "memory.swap.max", "16777216");
	live_check(&live, "", "memory.low", "16777216");
	live_check(&live, "", "memory.high", "20971520");
	live_check(&live, "", "cpu.weight", "59");
	live_check(&live, "", "cpu.max", "20000 50000");
	live_check(&live, "", "cpu.max.burst", "10000");
	live_check(&live, "", "cpuset.cpus", "0");
	live_check(&live, "", "cpuset.mems", "0");
	live_check(&live, "", "io.weight", "default 4950");
	live_check(&live, "", "hugetlb.2MB.max", "4194304");
	live_check(&live, "", "hugetlb.2MB.rsvd.max", "4194304");
	live_end(&live);
}

static void update(const struct live *live, struct spec_resources resources)
{
	struct error err;

	CHECK_OK(cgroup_update(&live->cgroup, &resources, &err), err);
}

/* */
TEST(update_raises_and_lowers_pairs_of_v1)
{
	struct spec_resources low = {
		.memory = PART(spec_memory, .limit = INT(32 << 20), .swap = INT(32 << 20)),
		.cpu = PART(spec_cpu, .quota = INT(20000), .period = INT(50000), .burst = INT(20000)),
	};
	struct spec_resources high = {
		.memory = PART(spec_memory, .limit = INT(64 << 20), .swap = INT(64 << 20)),
		.cpu = PART(spec_cpu, .quota = INT(5000), .period = INT(5000), .burst = INT(1000)),
	};
	struct live live = live_create(CGROUP_MODE_V1, &low);

	update(&live, high);
	live_check(&live, "memory", "memory.limit_in_bytes", "67108864");
	live_check(&live, "memory", "memory.memsw.limit_in_bytes", "67108864");
	live_check(&live, "cpu", "cpu.cfs_quota_us", "5000");
	update(&live, low);
	live_check(&live, "memory", "memory.limit_in_bytes", "33554432");
	live_check(&live, "memory", "memory.memsw.limit_in_bytes", "33554432");
	live_check(&live, "cpu", "cpu.cfs_burst_us", "20000");
	live_end(&live);
}

TEST(update_leaves_what_is_absent_in_v2)
{
	struct spec_resources first = {
		.pids = &pids_16,
		.cpu = PART(spec_cpu, .quota = INT(20000), .period = INT(50000), .burst = INT(20000)),
	};
	struct live live = live_create(CGROUP_MODE_V2, &first);

	update(&live, (struct spec_resources){ .cpu = PART(spec_cpu, .period = INT(40000)) });
	live_check(&live, "", "cpu.max", "20000 40000");
	update(&live, (struct spec_resources){
		.cpu = PART(spec_cpu, .quota = INT(10000), .burst = INT(5000)) });
	live_check(&live, "", "cpu.max", "10000 40000");
	live_check(&live, "", "cpu.max.burst", "5000");
	live_check(&live, "", "pids.max", "16");
	update(&live, (struct spec_resources){ .cpu = PART(spec_cpu, .quota = INT(-1)),
					       .pids = PART(spec_pids, .limit = INT(-1)) });
	live_check(&live, "", "cpu.max", "max 40000");
	live_check(&live, "", "pids.max", "max");
	live_end(&live);
}

/* C-12 */
TEST(process_is_born_in_a_v2_folder)
{
	struct live live = live_create(CGROUP_MODE_V2, NULL);
	autoclose int folder_fd = cgroup_open(&live.cgroup);
	struct clone_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)folder_fd };
	autofree char *line = NULL;
	pid_t pid;

	CHECK_TRUE(folder_fd >= 0);
	pid = sys_clone3(&args);
	if (pid == 0)
		for (;;)
			pause();
	CHECK_TRUE(pid > 0);
	live.pid[live.count++] = pid;
	line = mem_format("%d", pid);
	live_check(&live, "", "cgroup.procs", line);
	live_end(&live);
}

/* C-10 */
TEST(folder_that_is_in_use_is_not_taken)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	autocgroup struct cgroup same = live_select("box");
	autofree char *text = NULL;
	struct error err;

	/* Empty it can be taken, */
	CHECK_OK(cgroup_create(&same, &only_pids, &err), err);
	live_add(&live, NULL);

	/* but not with a process in it; and that one stays. */
	text = mem_format("%s: processes live in this cgroup already: device or resource busy",
			  same.tree->folder);
	CHECK_ERROR(cgroup_create(&same, &only_pids, &err), err, EBUSY, text);
	CHECK_INT(kill(live.pid[0], 0), 0);
	live_end(&live);
}

/* C-10 */
TEST(frozen_folder_is_not_taken)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	autocgroup struct cgroup same = live_select("box");
	struct error err;

	CHECK_OK(cgroup_freeze(&live.cgroup, true, &err), err);
	CHECK_INT(cgroup_create(&same, &only_pids, &err), -EBUSY);
	CHECK_TRUE(strstr(err.text, "this cgroup is frozen"));
	CHECK_OK(cgroup_freeze(&live.cgroup, false, &err), err);
	live_end(&live);
}

TEST(failed_create_leaves_nothing)
{
	const struct {
		struct spec_resources resources;
		const char *error; /* begins with */
	} rows[] = {
		{ { .cpu = &(struct spec_cpu){ .cpus = "9999" } }, "linux.resources.cpu.cpus: /" },
		{ { .cpu = &(struct spec_cpu){ .quota = INT(1) } }, "linux.resources.cpu.quota: /" },
		{ { .pids = &(struct spec_pids){ .limit = INT(1LL << 40) } },
		  "linux.resources.pids.limit: /" },
	};
	struct live live = live_new(CGROUP_MODE_NONE);
	struct error err;

	for (size_t i = 0; i < countof(rows); i++) {
		CHECK_TRUE(cgroup_create(&live.cgroup, &rows[i].resources, &err) < 0);
		CHECK_TRUE(text_begins(err.text, rows[i].error));
		live_check_gone(&live.cgroup);
		live_tidy(&live.cgroup);
	}
	cgroup_clear(&live.cgroup);
}

/* C-11 */
TEST(missing_controller_is_named_with_the_place)
{
	const struct spec_resources resources = {
		.unified = &(struct json_pairs){ 1, &(struct json_pair){ "nosuch.max", "1" } } };
	const struct spec_resources no_file = {
		.unified = &(struct json_pairs){ 1, &(struct json_pair){ "pids.nosuch", "1" } } };
	struct live live = live_new(CGROUP_MODE_V2);
	autofree char *controllers = NULL, *text = NULL, *file_text = NULL;
	struct error err;

	CHECK_OK(cgroup_folder_read_at("/sys/fs/cgroup", "cgroup.controllers", &controllers, &err), err);
	text = mem_format("linux.resources.unified[\"nosuch.max\"]: controller nosuch: "
			  "not in /sys/fs/cgroup/cgroup.controllers (%s)", controllers);
	CHECK_ERROR(cgroup_create(&live.cgroup, &resources, &err), err, ENOTSUP, text);
	file_text = mem_format("linux.resources.unified[\"pids.nosuch\"]: %s: this kernel has no "
			       "pids.nosuch", live.cgroup.tree->folder);
	CHECK_ERROR(cgroup_create(&live.cgroup, &no_file, &err), err, ENOTSUP, file_text);
	live_tidy(&live.cgroup);
	cgroup_clear(&live.cgroup);
}

TEST(wrong_value_is_refused_before_the_first_folder)
{
	const struct spec_resources resources = {
		.memory = &(struct spec_memory){ .swappiness = INT(101) } };
	struct live live = live_new(CGROUP_MODE_NONE);
	struct error err;

	CHECK_ERROR(cgroup_create(&live.cgroup, &resources, &err), err, EINVAL,
		    "linux.resources.memory.swappiness: 101 is not within 0 to 100");
	live_check_gone(&live.cgroup);
	cgroup_clear(&live.cgroup);
}

static unsigned int fork_failures;

static void fork_much(void)
{
	for (int i = 0; i < 100; i++) {
		pid_t pid = fork();

		if (pid == 0)
			for (;;)
				pause();
		fork_failures += pid < 0 && errno == EAGAIN;
	}
	_exit(fork_failures == 100 - 15 ? 0 : 1);
}

TEST(pids_limit_holds)
{
	struct live live = live_create(CGROUP_MODE_NONE, &only_pids);
	pid_t pid = live_add(&live, fork_much);

	CHECK_INT(live_wait(pid), 0);
	live.count = 0;
	live_end(&live);
}

static void take_memory(void)
{
	size_t size = 100 << 20;
	char *data = mem_new(size);

	for (size_t at = 0; at < size; at += 4096)
		((volatile char *)data)[at] = 1;
	_exit(0);
}

TEST(memory_limit_kills)
{
	struct spec_resources resources = {
		.memory = PART(spec_memory, .limit = INT(32 << 20), .swap = INT(32 << 20)) };
	struct live live = live_create(CGROUP_MODE_NONE, &resources);
	int status = live_wait(live_add(&live, take_memory));

	CHECK_TRUE(WIFSIGNALED(status));
	CHECK_INT(WTERMSIG(status), SIGKILL);
	live.count = 0;
	live_end(&live);
}

/* The exit status: bit 0 null can be opened, bit 1 the kernel's log cannot. */
static void open_devices(void)
{
	int null_fd = open("/dev/null", O_RDWR);
	int log_fd = -1;

	if (mkdir("/dev/husk-test", 0700) == 0 || errno == EEXIST)
		if (mknod("/dev/husk-test/kmsg", S_IFCHR | 0600, 1 << 8 | 11) == 0 || errno == EEXIST)
			log_fd = open("/dev/husk-test/kmsg", O_RDONLY);
	_exit((null_fd >= 0) | (log_fd < 0 && errno == EPERM) << 1);
}

static void remove_device(void)
{
	unlink("/dev/husk-test/kmsg");
	rmdir("/dev/husk-test");
}

static int open_devices_under(struct spec_device_rules *rules)
{
	struct spec_resources resources = { .devices = rules };
	struct live live = live_create(CGROUP_MODE_NONE, &resources);
	int status = live_wait(live_add(&live, open_devices));

	live.count = 0;
	live_end(&live);
	remove_device();
	return WEXITSTATUS(status);
}

/* */
TEST(device_rules_hold)
{
	struct spec_device_rule rules[] = {
		{ .allow = { true, false }, .access = "rwm" },
		{ .allow = { true, true }, .type = "c", .major = INT(1), .minor = INT(11) },
	};
	struct spec_device_rules list = { 2, rules };

	CHECK_INT(open_devices_under(NULL), 3);
	CHECK_INT(open_devices_under(&list), 1);
	list.count = 1;
	CHECK_INT(open_devices_under(&list), 3);
	rules[0].allow.value = true;
	CHECK_INT(open_devices_under(&list), 1);
}

/* C-13 */
TEST(given_folder_belongs_to_the_user)
{
	struct live live = live_create(CGROUP_MODE_V2, &only_pids);
	autofree char *members = mem_format("%s/cgroup.procs", live.cgroup.tree->folder);
	autofree char *limit = mem_format("%s/pids.max", live.cgroup.tree->folder);
	struct stat info;
	struct error err;

	CHECK_OK(cgroup_give(&live.cgroup, 1000, &err), err);
	CHECK_INT(stat(live.cgroup.tree->folder, &info), 0);
	CHECK_INT(info.st_uid, 1000);
	CHECK_INT(stat(members, &info), 0);
	CHECK_INT(info.st_uid, 1000);
	CHECK_INT(stat(limit, &info), 0);
	CHECK_INT(info.st_uid, 0);
	live_end(&live);
}

/* --- an ordinary user --- */

/* In a child: becomes uid 1000, tries, and exits with what @work returns. */
static int as_user(int (*work)(const struct cgroup_request *, const struct spec_resources *),
		   const struct spec_resources *resources)
{
	struct cgroup_request request = { .id = "box" };
	pid_t pid = fork();

	if (pid == 0)
		_exit(setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000)
			      ? 99 : work(&request, resources));
	return WEXITSTATUS(live_wait(pid));
}

static int create_as_user(const struct cgroup_request *request,
			  const struct spec_resources *resources)
{
	struct cgroup cgroup = { 0 };
	struct error err = { 0 };

	if (cgroup_select(request, &cgroup, &err) < 0)
		return 98;
	if (cgroup_create(&cgroup, resources, &err) == 0)
		return cgroup.mode;
	return text_begins(err.text, "linux.resources.pids.limit: controller pids: ") ? 50 : 97;
}

/* C-14 */
TEST(user_without_delegation_runs_without_cgroup_and_without_limits)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK_INT(as_user(create_as_user, NULL), CGROUP_MODE_NONE);
	CHECK_INT(as_user(create_as_user, &only_pids), 50);
}

static int live_as_user(const struct cgroup_request *request,
			const struct spec_resources *resources)
{
	struct live live = { 0 };
	struct error err = { 0 };
	pid_t pid;

	if (cgroup_select(request, &live.cgroup, &err) < 0 ||
	    cgroup_create(&live.cgroup, resources, &err) < 0) {
		print_error("%s\n", err.text);
		return 98;
	}
	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	if (cgroup_join(&live.cgroup, pid, &err) < 0 || cgroup_delete(&live.cgroup, &err) < 0) {
		print_error("%s\n", err.text);
		return 97;
	}
	return strstr(live.cgroup.tree->folder, "/given/husk-box") ? live.cgroup.mode : 96;
}

/* C-14 */
TEST(user_with_a_delegated_subtree_has_cgroups_beside_his_own)
{
	struct live own = live_create(CGROUP_MODE_V2, NULL);
	autofree char *given = mem_format("/sys/fs/cgroup/husk-test-%d/given", getpid());
	autofree char *shell = mem_format("%s/shell", given);
	autofree char *members = mem_format("%s/cgroup.procs", given);
	autofree char *children = mem_format("%s/cgroup.subtree_control", given);
	autofree char *parent = mem_format("/sys/fs/cgroup/husk-test-%d", getpid());
	pid_t pid;
	struct error err;

	CHECK_INT(mkdir(given, 0755), 0);
	CHECK_OK(cgroup_folder_write_at(parent, "cgroup.subtree_control", "+pids", &err), err);
	CHECK_INT(mkdir(shell, 0755), 0);
	CHECK_INT(chown(given, 1000, 1000) | chown(members, 1000, 1000) | chown(children, 1000, 1000), 0);
	CHECK_INT(chown(shell, 1000, 1000), 0);
	pid = fork();
	if (pid == 0) {
		if (cgroup_folder_write_at(shell, "cgroup.procs", "0", &err) < 0)
			_exit(95);
		_exit(as_user(live_as_user, &only_pids));
	}
	CHECK_INT(WEXITSTATUS(live_wait(pid)), CGROUP_MODE_V2);
	CHECK_INT(rmdir(shell), 0);
	CHECK_INT(rmdir(given), 0);
	live_end(&own);
}
