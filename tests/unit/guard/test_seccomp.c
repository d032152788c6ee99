// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/seccomp.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/mem.h"
#include "base/sys.h"
#include "forked.h"
#include "spec/seccomp_default.h"
#include "test.h"

/* --- profiles, put together in one arena that nobody gives back before exit --- */

static struct arena arena;

static struct spec_seccomp *profile(enum spec_seccomp_action default_action)
{
	struct spec_seccomp *seccomp = arena_new(&arena, sizeof(*seccomp));

	seccomp->default_action = (struct maybe_enum){ true, default_action };
	seccomp->syscalls = arena_new(&arena, sizeof(*seccomp->syscalls));
	return seccomp;
}

static struct json_strings *strings(const char *first, const char *second)
{
	struct json_strings *list = arena_new(&arena, sizeof(*list));

	list->item = arena_new(&arena, 3 * sizeof(*list->item));
	list->item[0] = (char *)first;
	list->item[1] = (char *)second;
	list->count = second ? 2 : 1;
	return list;
}

/* Borrowed until the next one. */
static struct spec_seccomp_rule *add_rule(struct spec_seccomp *io_seccomp,
					  enum spec_seccomp_action action, const char *name)
{
	struct spec_seccomp_rules *rules = io_seccomp->syscalls;

	rules->item = arena_grow(&arena, rules->item, rules->count, sizeof(*rules->item));
	rules->item[rules->count] = (struct spec_seccomp_rule){
		.names = strings(name, NULL),
		.action = { true, action },
	};
	return &rules->item[rules->count++];
}

static void add_condition(struct spec_seccomp_rule *io_rule, uint64_t index,
			  enum spec_seccomp_operator op, uint64_t value)
{
	struct spec_seccomp_args *args = io_rule->args;

	if (!args)
		io_rule->args = args = arena_new(&arena, sizeof(*args));
	args->item = arena_grow(&arena, args->item, args->count, sizeof(*args->item));
	args->item[args->count++] = (struct spec_seccomp_arg){
		.index = { true, index },
		.value = { true, value },
		.op = { true, op },
	};
}

static struct maybe_uint number(uint64_t value)
{
	return (struct maybe_uint){ true, value };
}

static struct guard_seccomp_program compile(const struct spec_seccomp *seccomp)
{
	struct guard_seccomp_program program;
	struct error err;

	CHECK_OK(guard_seccomp_compile(seccomp, &program, &err), err);
	return program;
}

/* Puts the profile on this process. */
static int load(const struct spec_seccomp *seccomp)
{
	struct guard_seccomp_program program = compile(seccomp);
	struct error err;
	int notify_fd = -1;

	CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	CHECK_OK(guard_seccomp_load(&program, &notify_fd, &err), err);
	guard_seccomp_clear(&program);
	return notify_fd;
}

/* The errno of a raw system call, or 0. */
static int call_errno(long number_of_call, long a, long b)
{
	return syscall(number_of_call, a, b, 0, 0, 0) < 0 ? errno : 0;
}

/* --- compile --- */

static void refuse(const struct spec_seccomp *seccomp, const char *text)
{
	struct guard_seccomp_program program;
	struct error err;

	CHECK_ERROR(guard_seccomp_compile(seccomp, &program, &err), err, EINVAL, text);
}

TEST(contradictions_are_refused)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_NOTIFY);

	refuse(seccomp, "linux.seccomp.defaultAction: SCMP_ACT_NOTIFY cannot be the default");
	seccomp = profile(SPEC_ACT_ALLOW);
	seccomp->default_errno_ret = number(1);
	refuse(seccomp, "linux.seccomp.defaultAction: SCMP_ACT_ALLOW takes no errno");
	seccomp = profile(SPEC_ACT_ERRNO);
	seccomp->default_errno_ret = number(4096);
	refuse(seccomp, "linux.seccomp.defaultAction: errno 4096 is over 4095");
	seccomp = profile(SPEC_ACT_ALLOW);
	add_rule(seccomp, SPEC_ACT_KILL_PROCESS, "getpid")->errno_ret = number(1);
	refuse(seccomp, "linux.seccomp.syscalls[0].action: SCMP_ACT_KILL_PROCESS takes no errno");
	seccomp = profile(SPEC_ACT_ALLOW);
	add_rule(seccomp, SPEC_ACT_ERRNO, "getpid")->names->count = 0;
	refuse(seccomp, "linux.seccomp.syscalls[0].names: empty");
	seccomp = profile(SPEC_ACT_ALLOW);
	seccomp->architectures = strings("SCMP_ARCH_X86_64", "SCMP_ARCH_VAX");
	refuse(seccomp,
	       "linux.seccomp.architectures[1]: libseccomp cannot add SCMP_ARCH_VAX here");
	seccomp = profile(SPEC_ACT_ALLOW);
	add_condition(add_rule(seccomp, SPEC_ACT_ERRNO, "dup"), 6, SPEC_CMP_EQ, 1);
	refuse(seccomp, "linux.seccomp.syscalls[0].names: dup: invalid argument");
}

/* SC-02, SC-16 */
TEST(notify_is_not_for_write)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);

	add_rule(seccomp, SPEC_ACT_NOTIFY, "write");
	refuse(seccomp,
	       "linux.seccomp.syscalls[0].action: SCMP_ACT_NOTIFY cannot be used for write");
}

TEST(notify_for_no_known_call_needs_no_listener)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);
	struct guard_seccomp_program program;

	add_rule(seccomp, SPEC_ACT_NOTIFY, "no_such_call");
	program = compile(seccomp);
	CHECK_TRUE(!program.needs_notify);
	guard_seccomp_clear(&program);
}

/* SC-09 */
TEST(names_are_checked_when_asked_for)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);
	struct error err;

	add_rule(seccomp, SPEC_ACT_ERRNO, "mkdir");
	CHECK_OK(guard_seccomp_check_names(seccomp, &err), err);
	add_rule(seccomp, SPEC_ACT_ERRNO, "no_such_call");
	CHECK_ERROR(guard_seccomp_check_names(seccomp, &err), err, EINVAL,
		    "linux.seccomp.syscalls[1].names[0]: no_such_call is not known");
}

/* SC-17 */
TEST(code_that_is_given_is_taken_as_it_is)
{
	const struct sock_filter code[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct guard_seccomp_program program;
	struct error err;

	CHECK_OK(guard_seccomp_take_code(code, sizeof(code[0]), &program, &err), err);
	CHECK_INT(program.count, 1);
	CHECK_TRUE(!program.needs_notify);
	CHECK_OK(guard_seccomp_set_flags(NULL, &program, &err), err);
	CHECK_INT(program.flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	guard_seccomp_clear(&program);
	CHECK_OK(guard_seccomp_take_code(code, sizeof(code), &program, &err), err);
	CHECK_TRUE(program.needs_notify);
	guard_seccomp_clear(&program);
	CHECK_ERROR(guard_seccomp_take_code(code, 0, &program, &err), err, EINVAL,
		    "0 bytes are no instructions of 8");
	CHECK_INT(guard_seccomp_take_code(code, 15, &program, &err), -EINVAL);
	CHECK_INT(guard_seccomp_take_code(code, 4097 * 8, &program, &err), -E2BIG);
}

/* SC-09, SC-12 */
TEST(unknown_call_and_rule_like_the_default_are_passed_over)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ERRNO);
	struct guard_seccomp_program program;

	add_rule(seccomp, SPEC_ACT_ALLOW, "no_such_call");
	add_rule(seccomp, SPEC_ACT_ERRNO, "getpid");
	add_rule(seccomp, SPEC_ACT_ERRNO, "getpid")->errno_ret = number(EPERM);
	program = compile(seccomp);
	CHECK_TRUE(program.count > 0);
	guard_seccomp_clear(&program);
	CHECK_TRUE(!program.filter);
}

/* SC-05 */
TEST(absent_flags_differ_from_none)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);
	int tsync[] = { SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_LOG };
	struct json_enums none = { 0, NULL }, some = { 2, tsync };
	struct guard_seccomp_program program = compile(seccomp);

	CHECK_INT(program.flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	guard_seccomp_clear(&program);
	seccomp->flags = &none;
	program = compile(seccomp);
	CHECK_INT(program.flags, 0);
	guard_seccomp_clear(&program);
	seccomp->flags = &some;
	program = compile(seccomp);
	CHECK_INT(program.flags, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG);
	guard_seccomp_clear(&program);
}

TEST(flags_fit_the_listener)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);
	int asked[] = { SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV };
	struct json_enums flags = { 2, asked };
	struct guard_seccomp_program program;

	seccomp->flags = &flags;
	program = compile(seccomp);
	CHECK_INT(program.flags, SECCOMP_FILTER_FLAG_TSYNC);
	guard_seccomp_clear(&program);
	add_rule(seccomp, SPEC_ACT_NOTIFY, "mkdir");
	flags.count = 1;
	program = compile(seccomp);
	CHECK_TRUE(program.needs_notify);
	CHECK_INT(program.flags, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	guard_seccomp_clear(&program);
}

/* SC-05 */
TEST(flag_that_the_kernel_has_not_is_refused)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);
	int asked = 1 << 20;
	struct json_enums flags = { 1, &asked };

	seccomp->flags = &flags;
	refuse(seccomp, "linux.seccomp.flags: the kernel does not support all of 0x100000");
}

/* --- loaded, in a child --- */

static void deny_some(void)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);

	add_rule(seccomp, SPEC_ACT_ERRNO, "getppid")->errno_ret = number(ENOTTY);
	add_rule(seccomp, SPEC_ACT_ERRNO, "getpgid");
	CHECK_INT(load(seccomp), -1);
	CHECK_INT(call_errno(SYS_getppid, 0, 0), ENOTTY);
	CHECK_INT(call_errno(SYS_getpgid, 0, 0), EPERM);
	CHECK_INT(call_errno(SYS_getpid, 0, 0), 0);
	/* What is allowed by default is so for the calls of tomorrow too. */
	CHECK_INT(call_errno(900, 0, 0), ENOSYS);
}

/* SC-03, SC-10 */
TEST(rule_gives_its_errno)
{
	RUN_FORKED(deny_some);
}

static void kill_for_getppid(void)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);

	add_rule(seccomp, SPEC_ACT_KILL_PROCESS, "getppid");
	load(seccomp);
	syscall(SYS_getppid);
}

/* SC-08 */
TEST(kill_is_death_by_sigsys)
{
	char reason[FORKED_REASON_SIZE];
	int status = forked_run(kill_for_getppid, reason);

	CHECK_TRUE(WIFSIGNALED(status));
	CHECK_INT(WTERMSIG(status), SIGSYS);
}

static void compare_each_way(void)
{
	static const struct {
		enum spec_seccomp_operator op;
		uint64_t value;
		bool below, equal, above; /* does it hold for 99, 100, 101? */
	} rows[] = {
		{ SPEC_CMP_NE, 100, true, false, true },  { SPEC_CMP_LT, 100, true, false, false },
		{ SPEC_CMP_LE, 100, true, true, false },  { SPEC_CMP_EQ, 100, false, true, false },
		{ SPEC_CMP_GE, 100, false, true, true },  { SPEC_CMP_GT, 100, false, false, true },
	};
	static const char *const names[] = { "dup", "getpgid", "getsid", "close", "fchdir", "fsync" };
	static const long calls[] = { SYS_dup, SYS_getpgid, SYS_getsid, SYS_close, SYS_fchdir,
				      SYS_fsync };
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);

	for (size_t i = 0; i < countof(rows); i++) {
		struct spec_seccomp_rule *rule = add_rule(seccomp, SPEC_ACT_ERRNO, names[i]);

		rule->errno_ret = number(ENOTTY);
		add_condition(rule, 0, rows[i].op, rows[i].value);
	}
	load(seccomp);
	for (size_t i = 0; i < countof(rows); i++) {
		CHECK_INT(call_errno(calls[i], 99, 0) == ENOTTY, rows[i].below);
		CHECK_INT(call_errno(calls[i], 100, 0) == ENOTTY, rows[i].equal);
		CHECK_INT(call_errno(calls[i], 101, 0) == ENOTTY, rows[i].above);
	}
}

/* SC-11 */
TEST(operators_compare_as_named)
{
	RUN_FORKED(compare_each_way);
}

static void compare_under_mask(void)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);
	struct spec_seccomp_rule *rule = add_rule(seccomp, SPEC_ACT_ERRNO, "close");

	rule->errno_ret = number(ENOTTY);
	add_condition(rule, 0, SPEC_CMP_MASKED_EQ, 0xff00);
	rule->args->item[0].value_two = number(0x1200);
	load(seccomp);
	CHECK_INT(call_errno(SYS_close, 0x1234, 0), ENOTTY);
	CHECK_INT(call_errno(SYS_close, 0x51200, 0), ENOTTY);
	CHECK_INT(call_errno(SYS_close, 0x1334, 0), EBADF);
}

/* SC-11 */
TEST(masked_value_is_compared_with_the_second)
{
	RUN_FORKED(compare_under_mask);
}

static void combine_conditions(void)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);
	struct spec_seccomp_rule *rule = add_rule(seccomp, SPEC_ACT_ERRNO, "dup3");

	rule->errno_ret = number(ENOTTY);
	add_condition(rule, 0, SPEC_CMP_EQ, 500);
	add_condition(rule, 1, SPEC_CMP_EQ, 600);
	rule = add_rule(seccomp, SPEC_ACT_ERRNO, "close");
	rule->errno_ret = number(ENOTTY);
	add_condition(rule, 0, SPEC_CMP_EQ, 500);
	add_condition(rule, 0, SPEC_CMP_EQ, 600);
	load(seccomp);
	CHECK_INT(call_errno(SYS_dup3, 500, 600), ENOTTY);
	CHECK_INT(call_errno(SYS_dup3, 500, 601), EBADF);
	CHECK_INT(call_errno(SYS_dup3, 501, 600), EBADF);
	CHECK_INT(call_errno(SYS_close, 500, 0), ENOTTY);
	CHECK_INT(call_errno(SYS_close, 600, 0), ENOTTY);
	CHECK_INT(call_errno(SYS_close, 501, 0), EBADF);
}

/* SC-11 */
TEST(different_arguments_hold_together_and_one_twice_is_either)
{
	RUN_FORKED(combine_conditions);
}

static void use_64_bits(void)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);
	struct spec_seccomp_rule *rule = add_rule(seccomp, SPEC_ACT_ERRNO, "close");

	rule->errno_ret = number(ENOTTY);
	add_condition(rule, 0, SPEC_CMP_EQ, UINT64_MAX);
	load(seccomp);
	CHECK_INT(call_errno(SYS_close, -1, 0), ENOTTY);
	CHECK_INT(call_errno(SYS_close, 0xffffffff, 0), EBADF);
}

/* SC-11 */
TEST(values_have_64_bits)
{
	RUN_FORKED(use_64_bits);
}

/* An allow list that a test still lives under: the newest call it names is openat2, 437. */
static struct spec_seccomp *allow_list(void)
{
	static const char *const names[] = {
		"exit_group", "write", "rt_sigprocmask", "gettid", "tgkill", "getpid", "openat2",
		"munmap", "mmap", "brk", "futex", "sigaltstack",
	};
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ERRNO);

	for (size_t i = 0; i < countof(names); i++)
		add_rule(seccomp, SPEC_ACT_ALLOW, names[i]);
	return seccomp;
}

static void call_what_is_younger(void)
{
	load(allow_list());
	CHECK_INT(call_errno(SYS_getppid, 0, 0), EPERM);
	CHECK_INT(call_errno(SYS_clone3, 0, 0), EPERM);
	CHECK_INT(call_errno(SYS_openat2, -1, 0), EINVAL);
	CHECK_INT(call_errno(SYS_openat2 + 1, 0, 0), ENOSYS);
	CHECK_INT(call_errno(449, 0, 0), ENOSYS);
	CHECK_INT(call_errno(1000, 0, 0), ENOSYS);
}

/* SC-14 */
TEST(call_younger_than_the_profile_does_not_exist)
{
	RUN_FORKED(call_what_is_younger);
}

static void kill_by_default(void)
{
	struct spec_seccomp *seccomp = allow_list();

	seccomp->default_action.value = SPEC_ACT_KILL_PROCESS;
	load(seccomp);
	if (call_errno(SYS_openat2 + 1, 0, 0) != ENOSYS)
		_exit(1);
	syscall(SYS_getppid);
}

TEST(strict_profile_kills_for_old_calls_only)
{
	char reason[FORKED_REASON_SIZE];
	int status = forked_run(kill_by_default, reason);

	CHECK_TRUE(WIFSIGNALED(status));
	CHECK_INT(WTERMSIG(status), SIGSYS);
}

static void load_without_rights(void)
{
	struct guard_seccomp_program program = compile(profile(SPEC_ACT_LOG));
	struct error err;
	int notify_fd;

	FORKED_NEEDS(geteuid() != 0 || setresuid(54321, 54321, 54321) == 0, "another user");
	FORKED_NEEDS(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0, "to be without no_new_privs");
	CHECK_ERROR(guard_seccomp_load(&program, &notify_fd, &err), err, EACCES,
		    "linux.seccomp: load the filter: permission denied");
}

/* SC-01 */
TEST(filter_that_cannot_be_loaded_is_an_error)
{
	RUN_FORKED(load_without_rights);
}

static void get_listener(void)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);
	int fd;

	add_rule(seccomp, SPEC_ACT_NOTIFY, "getppid");
	fd = load(seccomp);
	CHECK_TRUE(fd >= 0);
	CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
	/* Nobody listens any more, and the kernel says so. */
	close(fd);
	CHECK_INT(call_errno(SYS_getppid, 0, 0), ENOSYS);
}

TEST(notify_gives_a_listener)
{
	RUN_FORKED(get_listener);
}

TEST(too_large_a_profile_is_refused)
{
	struct spec_seccomp *seccomp = profile(SPEC_ACT_ALLOW);
	struct guard_seccomp_program program;
	struct error err;
	int r;

	for (uint64_t i = 0; i < 4200; i++)
		add_condition(add_rule(seccomp, SPEC_ACT_ERRNO, "close"), 0, SPEC_CMP_EQ, i << 8);
	r = guard_seccomp_compile(seccomp, &program, &err);
	CHECK_TRUE(r == -E2BIG || r == -EFBIG);
	CHECK_TRUE(strncmp(err.text, "linux.seccomp: ", 15) == 0);
}

/* --- the default profile --- */

static void check_default(void)
{
	CHECK_INT(call_errno(SYS_getpid, 0, 0), 0);
	CHECK_INT(call_errno(SYS_mount, 0, 0), EPERM);
	CHECK_INT(call_errno(SYS_unshare, CLONE_NEWUSER, 0), EPERM);
	CHECK_INT(call_errno(SYS_setns, -1, 0), EPERM);
	CHECK_INT(call_errno(SYS_bpf, -1, 0), EPERM);
	CHECK_INT(call_errno(SYS_keyctl, -1, 0), EPERM);
	CHECK_INT(call_errno(SYS_init_module, 0, 0), EPERM);
	CHECK_INT(call_errno(SYS_clone3, 0, 0), ENOSYS);
	CHECK_INT(call_errno(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0), EPERM);
	CHECK_INT(call_errno(SYS_socket, AF_UNIX, SOCK_STREAM), 0);
	CHECK_INT(call_errno(SYS_socket, AF_VSOCK, SOCK_STREAM), EPERM);
	CHECK_INT(call_errno(SYS_socket, AF_ALG, SOCK_SEQPACKET), EPERM);
	/* The kernel takes 32 bits of it, the filter looks at 64. */
	CHECK_INT(call_errno(SYS_socket, (1L << 32) + AF_VSOCK, SOCK_STREAM), EPERM);
	CHECK_INT(call_errno(SYS_personality, 0xffffffff, 0), 0);
	CHECK_INT(call_errno(SYS_personality, ADDR_NO_RANDOMIZE, 0), EPERM);
	CHECK_INT(call_errno(900, 0, 0), ENOSYS);
}

static void live_under_default(void)
{
	struct spec spec = { 0 };
	int status;
	pid_t pid;

	spec_default_seccomp(&spec);
	load(spec.linux_part->seccomp);
	check_default();
	pid = fork();
	if (pid == 0)
		_exit(7);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(WEXITSTATUS(status), 7);
	execl("/bin/sh", "sh", "-c", "for i in 1 2 3; do echo $i; done | cat >/dev/null", NULL);
	_exit(1);
}

TEST(ordinary_programs_live_under_the_default_profile)
{
	RUN_FORKED(live_under_default);
}

static void live_with_capabilities(void)
{
	struct spec_capabilities capabilities = { .bounding = strings("CAP_SYS_ADMIN", "CAP_SYS_TIME") };
	struct spec_process process = { .capabilities = &capabilities };
	struct spec spec = { .process = &process };

	spec_default_seccomp(&spec);
	load(spec.linux_part->seccomp);
	CHECK_INT(call_errno(SYS_setns, -1, 0), EBADF);
	CHECK_INT(call_errno(SYS_clone3, 0, 0), EINVAL);
	CHECK_TRUE(call_errno(SYS_settimeofday, 1, 0) != ENOSYS);
	CHECK_INT(call_errno(SYS_init_module, 0, 0), EPERM);
}

TEST(capability_opens_its_calls)
{
	RUN_FORKED(live_with_capabilities);
}
