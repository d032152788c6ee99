// SPDX-License-Identifier: GPL-2.0-or-later
#include "spec/seccomp_default.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "test.h"

/* The profile for a process with this one capability in its bounding set; NULL: none. */
static struct spec default_for(const char *capability)
{
	struct spec spec = { 0 };

	spec.process = arena_new(&spec.arena, sizeof(*spec.process));
	spec.process->capabilities = arena_new(&spec.arena, sizeof(*spec.process->capabilities));
	if (capability)
		spec_strings_add(&spec.arena, &spec.process->capabilities->bounding, capability);
	spec_default_seccomp(&spec);
	return spec;
}

static void clear(struct spec *spec)
{
	arena_clear(&spec->arena);
}

static bool has_name(const struct spec_seccomp_rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->names->count; i++)
		if (strcmp(rule->names->item[i], name) == 0)
			return true;
	return false;
}

/* The rule that gives @action to @name, whatever its conditions; NULL when there is none. */
static const struct spec_seccomp_rule *find_rule(const struct spec *spec, const char *name,
						 enum spec_seccomp_action action)
{
	const struct spec_seccomp_rules *rules = spec->linux_part->seccomp->syscalls;

	for (size_t i = 0; i < rules->count; i++)
		if (rules->item[i].action.value == (int)action && has_name(&rules->item[i], name))
			return &rules->item[i];
	return NULL;
}

static bool is_allowed_always(const struct spec *spec, const char *name)
{
	const struct spec_seccomp_rule *rule = find_rule(spec, name, SPEC_ACT_ALLOW);

	return rule && !rule->args;
}

TEST(ordinary_calls_are_sorted_and_none_is_twice)
{
	autoclean(clear) struct spec spec = default_for(NULL);
	const struct json_strings *names = spec.linux_part->seccomp->syscalls->item[0].names;

	CHECK_TRUE(names->count > 350);
	for (size_t i = 1; i < names->count; i++)
		if (strcmp(names->item[i - 1], names->item[i]) >= 0)
			fail_msg("%s does not stand before %s", names->item[i - 1], names->item[i]);
}

TEST(what_is_not_allowed_is_not_permitted)
{
	autoclean(clear) struct spec spec = default_for(NULL);
	const struct spec_seccomp *seccomp = spec.linux_part->seccomp;

	CHECK_INT(seccomp->default_action.value, SPEC_ACT_ERRNO);
	CHECK_INT(seccomp->default_errno_ret.value, EPERM);
	CHECK_TRUE(!seccomp->flags);
	CHECK_TRUE(is_allowed_always(&spec, "read"));
	CHECK_TRUE(!find_rule(&spec, "keyctl", SPEC_ACT_ALLOW));
	CHECK_TRUE(!find_rule(&spec, "userfaultfd", SPEC_ACT_ALLOW));
	CHECK_TRUE(!find_rule(&spec, "io_uring_setup", SPEC_ACT_ALLOW));
	CHECK_TRUE(!find_rule(&spec, "kexec_load", SPEC_ACT_ALLOW));
}

TEST(calls_come_with_their_capability)
{
	static const struct {
		const char *capability, *call;
	} rows[] = {
		{ "CAP_BPF", "bpf" },
		{ "CAP_DAC_READ_SEARCH", "open_by_handle_at" },
		{ "CAP_PERFMON", "perf_event_open" },
		{ "CAP_SYSLOG", "syslog" },
		{ "CAP_SYS_ADMIN", "mount" },
		{ "CAP_SYS_ADMIN", "unshare" },
		{ "CAP_SYS_ADMIN", "bpf" },
		{ "CAP_SYS_BOOT", "reboot" },
		{ "CAP_SYS_CHROOT", "chroot" },
		{ "CAP_SYS_MODULE", "finit_module" },
		{ "CAP_SYS_NICE", "mbind" },
		{ "CAP_SYS_PACCT", "acct" },
		{ "CAP_SYS_PTRACE", "pidfd_getfd" },
		{ "CAP_SYS_RAWIO", "iopl" },
		{ "CAP_SYS_TIME", "clock_settime" },
		{ "CAP_SYS_TTY_CONFIG", "vhangup" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autoclean(clear) struct spec with = default_for(rows[i].capability);
		autoclean(clear) struct spec without = default_for("CAP_CHOWN");

		CHECK_TRUE(is_allowed_always(&with, rows[i].call));
		CHECK_TRUE(!find_rule(&without, rows[i].call, SPEC_ACT_ALLOW));
	}
}

TEST(clone_makes_namespaces_only_for_an_administrator)
{
	autoclean(clear) struct spec plain = default_for(NULL);
	autoclean(clear) struct spec administrator = default_for("CAP_SYS_ADMIN");
	const struct spec_seccomp_rule *clone = find_rule(&plain, "clone", SPEC_ACT_ALLOW);
	const struct spec_seccomp_rule *clone3 = find_rule(&plain, "clone3", SPEC_ACT_ERRNO);

	CHECK_INT(clone->args->count, 1);
	CHECK_INT(clone->args->item[0].op.value, SPEC_CMP_MASKED_EQ);
	CHECK_INT(clone->args->item[0].value.value, 0x7e020000);
	CHECK_INT(clone->args->item[0].value_two.value, 0);
	CHECK_INT(clone3->errno_ret.value, ENOSYS);
	CHECK_TRUE(is_allowed_always(&administrator, "clone"));
	CHECK_TRUE(is_allowed_always(&administrator, "clone3"));
	CHECK_TRUE(!find_rule(&administrator, "clone3", SPEC_ACT_ERRNO));
}

TEST(spec_with_nothing_gets_the_narrow_profile)
{
	autoclean(clear) struct spec spec = { 0 };

	spec_default_seccomp(&spec);
	CHECK_TRUE(!find_rule(&spec, "mount", SPEC_ACT_ALLOW));
	CHECK_TRUE(is_allowed_always(&spec, "execve"));
}

#if defined(__x86_64__)
TEST(programs_of_the_older_architectures_run)
{
	autoclean(clear) struct spec spec = default_for(NULL);
	const struct json_strings *arches = spec.linux_part->seccomp->architectures;

	CHECK_INT(arches->count, 3);
	CHECK_STR(arches->item[1], "SCMP_ARCH_X86");
}
#endif
