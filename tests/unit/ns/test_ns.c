// SPDX-License-Identifier: GPL-2.0-or-later
#include "ns/ns.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#include "base/scope.h"
#include "forked.h"
#include "test.h"

/* A spec with these namespaces; all of it lives as long as the caller's block. */
struct little_spec {
	struct spec spec;
	struct spec_linux linux_part;
	struct spec_namespaces list;
	struct spec_namespace item[10];
	struct spec_id_mapping map;
	struct spec_id_mappings maps;
	struct spec_time_offset offset;
	struct spec_time_offsets offsets;
};

static void add(struct little_spec *io_spec, enum spec_namespace_type type, const char *path)
{
	io_spec->item[io_spec->list.count++] =
		(struct spec_namespace){ { true, type }, (char *)path };
	io_spec->list.item = io_spec->item;
	io_spec->linux_part.namespaces = &io_spec->list;
	io_spec->spec.linux_part = &io_spec->linux_part;
}

static void add_mappings(struct little_spec *io_spec)
{
	io_spec->map = (struct spec_id_mapping){ { true, 0 }, { true, 0 }, { true, 1 } };
	io_spec->maps = (struct spec_id_mappings){ 1, &io_spec->map };
	io_spec->linux_part.uid_mappings = &io_spec->maps;
	io_spec->linux_part.gid_mappings = &io_spec->maps;
}

static void add_offsets(struct little_spec *io_spec, int64_t secs)
{
	io_spec->offset = (struct spec_time_offset){ (char *)"monotonic", { true, secs }, { 0 } };
	io_spec->offsets = (struct spec_time_offsets){ 1, &io_spec->offset };
	io_spec->linux_part.time_offsets = &io_spec->offsets;
}

/* N-01 */
TEST(types_have_their_flag_word_and_file)
{
	CHECK_INT(ns_flag(SPEC_NAMESPACE_MOUNT), CLONE_NEWNS);
	CHECK_INT(ns_flag(SPEC_NAMESPACE_TIME), CLONE_NEWTIME);
	CHECK_STR(ns_word(SPEC_NAMESPACE_NETWORK), "network");
	CHECK_STR(ns_file(SPEC_NAMESPACE_NETWORK), "net");
	CHECK_STR(ns_file(SPEC_NAMESPACE_MOUNT), "mnt");
}

TEST(spec_without_namespaces_plans_nothing)
{
	struct little_spec little = { 0 };
	struct ns_plan plan;
	struct error err;

	CHECK_OK(ns_plan(&little.spec, &plan, &err), err);
	little.spec.linux_part = &little.linux_part;
	CHECK_OK(ns_plan(&little.spec, &plan, &err), err);
	CHECK_INT(plan.create, 0);
	CHECK_INT(plan.join_count, 0);
	CHECK_TRUE(!plan.needs_entering);
}

/* N-02, N-03 */
TEST(new_ones_are_flags_and_paths_are_joined)
{
	struct little_spec little = { 0 };
	struct ns_plan plan;
	struct error err;

	add(&little, SPEC_NAMESPACE_PID, NULL);
	add(&little, SPEC_NAMESPACE_MOUNT, "");
	add(&little, SPEC_NAMESPACE_NETWORK, "/run/netns/a");
	CHECK_OK(ns_plan(&little.spec, &plan, &err), err);
	CHECK_INT(plan.create, CLONE_NEWPID | CLONE_NEWNS);
	CHECK_INT(plan.join_count, 1);
	CHECK_INT(plan.join[0].type, SPEC_NAMESPACE_NETWORK);
	CHECK_STR(plan.join[0].path, "/run/netns/a");
	CHECK_INT(plan.join[0].fd, -1);
	CHECK_TRUE(!plan.needs_entering);
}

TEST(what_holds_for_children_only_needs_a_process_between)
{
	static const struct {
		enum spec_namespace_type type;
		bool needs;
	} rows[] = {
		{ SPEC_NAMESPACE_PID, true },	   { SPEC_NAMESPACE_NETWORK, false },
		{ SPEC_NAMESPACE_MOUNT, false },   { SPEC_NAMESPACE_IPC, false },
		{ SPEC_NAMESPACE_UTS, false },	   { SPEC_NAMESPACE_USER, true },
		{ SPEC_NAMESPACE_CGROUP, false },  { SPEC_NAMESPACE_TIME, true },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct little_spec joined = { 0 }, made = { 0 };
		struct ns_plan plan;
		struct error err;

		add(&joined, rows[i].type, "/x");
		CHECK_OK(ns_plan(&joined.spec, &plan, &err), err);
		CHECK_INT(plan.needs_entering, rows[i].needs);
		add(&made, rows[i].type, NULL);
		add_mappings(&made);
		CHECK_OK(ns_plan(&made.spec, &plan, &err), err);
		CHECK_INT(plan.needs_entering, false);
	}
}

/* D-01 */
TEST(time_offsets_need_a_process_between)
{
	struct little_spec little = { 0 };
	struct ns_plan plan;
	struct error err;

	add(&little, SPEC_NAMESPACE_TIME, NULL);
	add_offsets(&little, 7);
	CHECK_OK(ns_plan(&little.spec, &plan, &err), err);
	CHECK_TRUE(plan.has_time_offsets && plan.needs_entering);
}

TEST(contradictions_are_refused)
{
	struct little_spec twice = { 0 }, unmapped = { 0 }, joined_time = { 0 };
	struct ns_plan plan;
	struct error err;

	add(&twice, SPEC_NAMESPACE_UTS, NULL);
	add(&twice, SPEC_NAMESPACE_UTS, "/x");
	CHECK_ERROR(ns_plan(&twice.spec, &plan, &err), err, EINVAL,
		    "linux.namespaces[1].type: uts is there twice");
	add(&unmapped, SPEC_NAMESPACE_USER, NULL);
	CHECK_ERROR(ns_plan(&unmapped.spec, &plan, &err), err, EINVAL,
		    "linux.uidMappings: a new user namespace needs mappings");
	add(&joined_time, SPEC_NAMESPACE_TIME, "/x");
	add_offsets(&joined_time, 7);
	CHECK_ERROR(ns_plan(&joined_time.spec, &plan, &err), err, EINVAL,
		    "linux.timeOffsets: only for a new time namespace");
}

TEST(own_namespace_is_opened_and_known_as_own)
{
	struct little_spec little = { 0 };
	struct ns_plan plan;
	struct error err;

	add(&little, SPEC_NAMESPACE_UTS, "/proc/self/ns/uts");
	add(&little, SPEC_NAMESPACE_USER, "/proc/self/ns/user");
	add(&little, SPEC_NAMESPACE_IPC, NULL);
	CHECK_OK(ns_plan(&little.spec, &plan, &err), err);
	CHECK_OK(ns_open(&plan, &err), err);
	CHECK_TRUE(plan.join[0].is_own && plan.join[1].is_own);
	CHECK_INT(fcntl(plan.join[0].fd, F_GETFD), FD_CLOEXEC);
	CHECK_INT(ns_owned(&plan), CLONE_NEWIPC);
	/* The kernel would refuse the user namespace; it is left out. */
	CHECK_OK(ns_join(&plan, &err), err);
	ns_close(&plan);
	CHECK_INT(plan.join[0].fd, -1);
}

/* N-02 */
TEST(paths_that_are_no_such_namespace_are_refused)
{
	static const struct {
		const char *path, *text;
		int code;
	} rows[] = {
		{ "/proc/self/ns/net",
		  "linux.namespaces: join uts: /proc/self/ns/net: not a uts namespace", EINVAL },
		{ "/etc/passwd", "linux.namespaces: join uts: /etc/passwd: not a namespace", EINVAL },
		{ "/no/such",
		  "linux.namespaces: join uts: open /no/such: no such file or directory", ENOENT },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct little_spec little = { 0 };
		struct ns_plan plan;
		struct error err;

		add(&little, SPEC_NAMESPACE_UTS, rows[i].path);
		CHECK_OK(ns_plan(&little.spec, &plan, &err), err);
		CHECK_ERROR(ns_open(&plan, &err), err, rows[i].code, rows[i].text);
		ns_close(&plan);
	}
}

/* --- with rights: each in a forked child --- */

static void set_names(void)
{
	struct utsname names;
	struct error err;

	FORKED_NEEDS(unshare(CLONE_NEWUTS) == 0, "the right to make namespaces");
	CHECK_OK(ns_set_names("inner", "example", &err), err);
	CHECK_OK(ns_set_names(NULL, NULL, &err), err);
	uname(&names);
	CHECK_STR(names.nodename, "inner");
	CHECK_STR(names.domainname, "example");
}

/* T-05, T-06 */
TEST(names_are_set)
{
	RUN_FORKED(set_names);
}

static bool is_loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	CHECK_INT(ioctl(fd, SIOCGIFFLAGS, &request), 0);
	return request.ifr_flags & IFF_UP;
}

static void raise_loopback(void)
{
	struct error err;

	FORKED_NEEDS(unshare(CLONE_NEWNET) == 0, "the right to make namespaces");
	CHECK_TRUE(!is_loopback_up());
	CHECK_OK(ns_raise_loopback(&err), err);
	CHECK_TRUE(is_loopback_up());
}

/* N-08 */
TEST(loopback_comes_up)
{
	RUN_FORKED(raise_loopback);
}

static void shift_time(void)
{
	struct little_spec little = { 0 };
	struct timespec before, after;
	struct error err;
	pid_t pid;
	int status;

	add_offsets(&little, 1000000);
	clock_gettime(CLOCK_MONOTONIC, &before);
	FORKED_NEEDS(unshare(CLONE_NEWTIME) == 0, "the right to make namespaces");
	CHECK_OK(ns_write_time_offsets(little.linux_part.time_offsets, &err), err);
	pid = fork();
	if (pid == 0) {
		clock_gettime(CLOCK_MONOTONIC, &after);
		_exit(after.tv_sec - before.tv_sec >= 1000000 ? 0 : 1);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	/* Nobody moves the clock under a process that is in already. */
	CHECK_INT(ns_write_time_offsets(little.linux_part.time_offsets, &err), -EACCES);
}

/* D-01 */
TEST(time_offsets_hold_for_children)
{
	RUN_FORKED(shift_time);
}

/* A process in new user, uts and net namespaces, which ends when the pipe does. */
static pid_t start_holder(int *ret_fd)
{
	int ready[2], hold[2];
	pid_t pid;
	char c;

	CHECK_INT(pipe(ready), 0);
	CHECK_INT(pipe(hold), 0);
	pid = fork();
	if (pid == 0) {
		close(hold[1]);
		c = unshare(CLONE_NEWUSER) == 0 && unshare(CLONE_NEWUTS | CLONE_NEWNET) == 0 &&
				    sethostname("held", 4) == 0
			    ? 'y' : 'n';
		if (write(ready[1], &c, 1) == 1)
			(void)!read(hold[0], &c, 1);
		_exit(0);
	}
	close(hold[0]);
	CHECK_INT(read(ready[0], &c, 1), 1);
	FORKED_NEEDS(c == 'y', "the right to make user namespaces");
	*ret_fd = hold[1];
	return pid;
}

static void plan_for(pid_t pid, struct little_spec *io_little, struct ns_plan *ret_plan)
{
	static const enum spec_namespace_type types[] = {
		SPEC_NAMESPACE_UTS, SPEC_NAMESPACE_USER, SPEC_NAMESPACE_NETWORK
	};
	static char paths[countof(types)][64];
	struct error err;

	for (size_t i = 0; i < countof(types); i++) {
		snprintf(paths[i], sizeof(paths[i]), "/proc/%d/ns/%s", pid, ns_file(types[i]));
		add(io_little, types[i], paths[i]);
	}
	CHECK_OK(ns_plan(&io_little->spec, ret_plan, &err), err);
	CHECK_OK(ns_open(ret_plan, &err), err);
	CHECK_INT(ns_owned(ret_plan), CLONE_NEWUTS | CLONE_NEWUSER | CLONE_NEWNET);
}

static void join_all(const struct ns_plan *plan)
{
	struct utsname names;
	struct error err;

	CHECK_OK(ns_join(plan, &err), err);
	uname(&names);
	CHECK_STR(names.nodename, "held");
}

static void join_as_root(void)
{
	struct little_spec little = { 0 };
	struct ns_plan plan;
	int hold_fd;
	pid_t pid;

	FORKED_NEEDS(geteuid() == 0, "root");
	pid = start_holder(&hold_fd);
	plan_for(pid, &little, &plan);
	join_all(&plan);
}

/* An ordinary user can enter the others only after the user namespace that owns them. */
static void join_as_user(void)
{
	struct little_spec little = { 0 };
	struct ns_plan plan;
	int hold_fd;
	pid_t pid;

	if (geteuid() == 0)
		FORKED_NEEDS(setresgid(54321, 54321, 54321) == 0 &&
				     setresuid(54321, 54321, 54321) == 0,
			     "the right to become another user");
	/* Else what was root a moment ago may not look at its own child. */
	CHECK_INT(prctl(PR_SET_DUMPABLE, 1), 0);
	pid = start_holder(&hold_fd);
	plan_for(pid, &little, &plan);
	join_all(&plan);
}

/* N-04 */
TEST(all_are_joined_by_root)
{
	RUN_FORKED(join_as_root);
}

/* N-04 */
TEST(all_are_joined_by_an_ordinary_user)
{
	RUN_FORKED(join_as_user);
}

/* One namespace is the host's and one belongs to the user namespace: before and after. */
static void join_mixed(void)
{
	struct little_spec little = { 0 };
	struct ns_plan plan;
	struct error err;
	char user[64];
	int hold_fd, uts_fd;
	pid_t pid;

	FORKED_NEEDS(geteuid() == 0 && unshare(CLONE_NEWUTS) == 0, "root");
	uts_fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	CHECK_INT(sethostname("hostly", 6), 0);
	CHECK_INT(unshare(CLONE_NEWUTS), 0);
	pid = start_holder(&hold_fd);
	snprintf(user, sizeof(user), "/proc/%d/ns/user", pid);
	add(&little, SPEC_NAMESPACE_USER, user);
	snprintf(little.spec.hostname = (char[64]){ 0 }, 64, "/proc/self/fd/%d", uts_fd);
	add(&little, SPEC_NAMESPACE_UTS, little.spec.hostname);
	CHECK_OK(ns_plan(&little.spec, &plan, &err), err);
	CHECK_OK(ns_open(&plan, &err), err);
	CHECK_OK(ns_join(&plan, &err), err);
	CHECK_INT(gethostname(user, sizeof(user)), 0);
	CHECK_STR(user, "hostly");
}

/* N-04 */
TEST(namespace_of_the_host_is_joined_before_the_user_namespace)
{
	RUN_FORKED(join_mixed);
}

static void look_from_a_user_namespace(void)
{
	bool is_initial, is_privileged;
	struct error err;

	CHECK_OK(ns_is_initial_user(&is_initial, &err), err);
	FORKED_NEEDS(is_initial, "to start in the initial user namespace");
	FORKED_NEEDS(unshare(CLONE_NEWUSER) == 0, "the right to make user namespaces");
	CHECK_OK(ns_is_initial_user(&is_initial, &err), err);
	CHECK_TRUE(!is_initial);
	/* The uid is nobody's, but the rights inside are there. */
	CHECK_OK(ns_is_privileged(&is_privileged, &err), err);
	CHECK_TRUE(is_privileged);
}

/* PO-14 */
TEST(initial_user_namespace_is_told_from_others)
{
	RUN_FORKED(look_from_a_user_namespace);
}

static void look_as_nobody(void)
{
	bool is_privileged;
	struct error err;

	FORKED_NEEDS(geteuid() == 0 && setresuid(54321, 54321, 54321) == 0, "root");
	CHECK_OK(ns_is_privileged(&is_privileged, &err), err);
	CHECK_TRUE(!is_privileged);
}

TEST(ordinary_user_is_not_privileged)
{
	RUN_FORKED(look_as_nobody);
}
