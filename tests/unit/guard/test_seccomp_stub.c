// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/seccomp_stub.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>

#include "base/scope.h"
#include "test.h"

enum { GOES_ON = -1 };

static uint32_t load(const struct sock_filter *at, const struct seccomp_data *data)
{
	CHECK_INT(at->code, BPF_LD | BPF_W | BPF_ABS);
	CHECK_TRUE(at->k == offsetof(struct seccomp_data, nr) ||
		   at->k == offsetof(struct seccomp_data, arch));
	return at->k == offsetof(struct seccomp_data, arch) ? data->arch : (uint32_t)data->nr;
}

static bool compare(const struct sock_filter *at, uint32_t value)
{
	switch (BPF_OP(at->code)) {
	case BPF_JEQ:
		return value == at->k;
	case BPF_JGT:
		return value > at->k;
	case BPF_JGE:
		return value >= at->k;
	default:
		fail_msg("no comparison: 0x%x", at->code);
		return false;
	}
}

/* What the kernel would do with these instructions: the value returned, or GOES_ON. */
static long long run(const struct sock_filter *code, size_t count, uint32_t arch, uint32_t call)
{
	const struct seccomp_data data = { .nr = (int)call, .arch = arch };
	uint32_t value = 0;

	for (size_t i = 0; i < count; i++) {
		const struct sock_filter *at = &code[i];

		if (BPF_CLASS(at->code) == BPF_RET)
			return at->k;
		if (BPF_CLASS(at->code) == BPF_LD)
			value = load(at, &data);
		else
			i += compare(at, value) ? at->jt : at->jf;
		CHECK_TRUE(i < count);
	}
	return GOES_ON;
}

/* The stub of a profile that names these calls for these architectures; both up to 0. */
static long long answer(const uint32_t *tokens, const char *const *names, uint32_t arch,
			uint32_t call)
{
	struct sock_filter code[GUARD_SECCOMP_STUB_MAX];
	struct guard_seccomp_stub stub = { 0 };

	for (; *tokens; tokens++)
		guard_seccomp_stub_add_arch(&stub, *tokens);
	for (; *names; names++)
		guard_seccomp_stub_add_call(&stub, *names);
	return run(code, guard_seccomp_stub_write(&stub, code), arch, call);
}

static const long long no_call = SECCOMP_RET_ERRNO | ENOSYS;
static const uint32_t x32_bit = 0x40000000;

/* SC-14 */
TEST(calls_above_the_newest_are_unknown)
{
	/* read 0, openat2 437 everywhere; cacheflush is a private call of arm, 0xf0002. */
	static const char *const names[] = { "read", "openat2", "cacheflush", "no_such", NULL };
	static const uint32_t x86_64[] = { SCMP_ARCH_X86_64, 0 };
	static const uint32_t x86_all[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86, SCMP_ARCH_X32, 0 };
	static const uint32_t arm_all[] = { SCMP_ARCH_AARCH64, SCMP_ARCH_ARM, SCMP_ARCH_AARCH64, 0 };
	const struct {
		const uint32_t *tokens;
		uint32_t arch, call;
		long long answer;
	} rows[] = {
		{ x86_64, SCMP_ARCH_X86_64, 0, GOES_ON },
		{ x86_64, SCMP_ARCH_X86_64, 437, GOES_ON },
		{ x86_64, SCMP_ARCH_X86_64, 438, no_call },
		{ x86_64, SCMP_ARCH_X86_64, 0x3fffffff, no_call },
		/* x32 is not in the profile: the filter's answer to a foreign architecture. */
		{ x86_64, SCMP_ARCH_X86_64, x32_bit, GOES_ON },
		{ x86_64, SCMP_ARCH_X86_64, x32_bit + 500, GOES_ON },
		{ x86_64, SCMP_ARCH_X86_64, 0xffffffff, GOES_ON },
		{ x86_64, SCMP_ARCH_X86, 500, GOES_ON },
		{ x86_all, SCMP_ARCH_X86_64, 437, GOES_ON },
		{ x86_all, SCMP_ARCH_X86_64, 438, no_call },
		{ x86_all, SCMP_ARCH_X86_64, x32_bit + 437, GOES_ON },
		{ x86_all, SCMP_ARCH_X86_64, x32_bit + 438, no_call },
		{ x86_all, SCMP_ARCH_X86, 437, GOES_ON },
		{ x86_all, SCMP_ARCH_X86, 438, no_call },
		{ x86_all, SCMP_ARCH_X86, x32_bit + 1, no_call },
		{ x86_all, SCMP_ARCH_AARCH64, 500, GOES_ON },
		{ arm_all, SCMP_ARCH_AARCH64, 437, GOES_ON },
		{ arm_all, SCMP_ARCH_AARCH64, 438, no_call },
		{ arm_all, SCMP_ARCH_ARM, 437, GOES_ON },
		{ arm_all, SCMP_ARCH_ARM, 438, no_call },
		{ arm_all, SCMP_ARCH_ARM, 0xf0002, GOES_ON },
		{ arm_all, SCMP_ARCH_ARM, 0xf0005, GOES_ON },
	};

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_INT(answer(rows[i].tokens, names, rows[i].arch, rows[i].call),
			  rows[i].answer);
}

TEST(profile_without_known_names_has_no_stub)
{
	static const char *const names[] = { "no_such", NULL };
	struct sock_filter code[GUARD_SECCOMP_STUB_MAX];
	struct guard_seccomp_stub stub = { 0 };

	CHECK_INT(guard_seccomp_stub_write(&stub, code), 0);
	guard_seccomp_stub_add_arch(&stub, SCMP_ARCH_X86_64);
	guard_seccomp_stub_add_call(&stub, names[0]);
	CHECK_INT(guard_seccomp_stub_write(&stub, code), 0);
}

TEST(architecture_without_a_named_call_is_left_to_the_filter)
{
	/* The 32-bit form of a call that 64-bit machines do not have. */
	static const char *const names[] = { "clock_gettime64", NULL };
	static const uint32_t tokens[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86, 0 };

	CHECK_INT(answer(tokens, names, SCMP_ARCH_X86_64, 999), GOES_ON);
	CHECK_INT(answer(tokens, names, SCMP_ARCH_X86, 403), GOES_ON);
	CHECK_INT(answer(tokens, names, SCMP_ARCH_X86, 404), no_call);
}

TEST(all_architectures_fit)
{
	struct sock_filter code[GUARD_SECCOMP_STUB_MAX];
	struct guard_seccomp_stub stub = { 0 };

	for (uint32_t token = 1; token <= GUARD_SECCOMP_ARCHES + 5; token++)
		guard_seccomp_stub_add_arch(&stub, token);
	CHECK_INT(stub.count, GUARD_SECCOMP_ARCHES);
	for (size_t i = 0; i < stub.count; i++)
		stub.arch[i].newest = 100;
	CHECK_INT(guard_seccomp_stub_write(&stub, code), GUARD_SECCOMP_STUB_MAX);
	CHECK_INT(run(code, GUARD_SECCOMP_STUB_MAX, 1, 100), GOES_ON);
	CHECK_INT(run(code, GUARD_SECCOMP_STUB_MAX, 1, 101), no_call);
	CHECK_INT(run(code, GUARD_SECCOMP_STUB_MAX, GUARD_SECCOMP_ARCHES, 101), no_call);
}
