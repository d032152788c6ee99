// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/seccomp_stub.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Where the ordinary numbers of an architecture end. Above them are numbers of another kind,
 * that say nothing of age and are left to the filter: on x86_64 those of x32, which come with
 * the same architecture and this bit set; on arm the private ones, as cacheflush.
 */
#define X32_BIT UINT32_C(0x40000000)
#define ARM_PRIVATE UINT32_C(0x000f0000)

struct range {
	uint32_t arch;
	int64_t newest;
	uint32_t ceiling; /* 0: none */
};

static uint32_t ceiling_of(uint32_t token)
{
	switch (token) {
	case SCMP_ARCH_X86_64:
		return X32_BIT;
	case SCMP_ARCH_ARM:
		return ARM_PRIVATE;
	default:
		return 0;
	}
}

void guard_seccomp_stub_add_arch(struct guard_seccomp_stub *io_stub, uint32_t token)
{
	for (size_t i = 0; i < io_stub->count; i++)
		if (io_stub->arch[i].token == token)
			return;
	if (io_stub->count < GUARD_SECCOMP_ARCHES)
		io_stub->arch[io_stub->count++] =
			(struct guard_seccomp_stub_arch){ token, -1 };
}

void guard_seccomp_stub_add_call(struct guard_seccomp_stub *io_stub, const char *name)
{
	for (size_t i = 0; i < io_stub->count; i++) {
		struct guard_seccomp_stub_arch *arch = &io_stub->arch[i];
		uint32_t ceiling = ceiling_of(arch->token);
		/* Negative for a call that this architecture does not have. */
		int number = seccomp_syscall_resolve_name_arch(arch->token, name);

		if (number > arch->newest && (!ceiling || (uint32_t)number < ceiling))
			arch->newest = number;
	}
}

static struct range range_of(const struct guard_seccomp_stub_arch *arch)
{
	/* The kernel knows no x32: it says x86_64, and the number has the bit. */
	bool is_x32 = arch->token == SCMP_ARCH_X32;

	return (struct range){
		.arch = is_x32 ? SCMP_ARCH_X86_64 : arch->token,
		.newest = arch->newest,
		.ceiling = ceiling_of(arch->token),
	};
}

static size_t emit(struct sock_filter *code, const struct range *range, uint8_t to_end)
{
	enum {
		ARCH = offsetof(struct seccomp_data, arch),
		CALL = offsetof(struct seccomp_data, nr),
	};
	const uint32_t no_call = SECCOMP_RET_ERRNO | ENOSYS;
	const struct sock_filter block[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, range->arch, 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, CALL),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)range->newest, 0, to_end),
		/* A ceiling of 0 is below every number, so the jump is turned off by its target. */
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, range->ceiling, range->ceiling ? 1 : 0, 0),
		BPF_STMT(BPF_RET | BPF_K, no_call),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARCH),
	};

	for (size_t i = 0; i < sizeof(block) / sizeof(*block); i++)
		code[i] = block[i];
	return sizeof(block) / sizeof(*block);
}

size_t guard_seccomp_stub_write(const struct guard_seccomp_stub *stub,
				struct sock_filter ret_code[GUARD_SECCOMP_STUB_MAX])
{
	const struct sock_filter load_arch =
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	size_t blocks = 0, at = 0;

	for (size_t i = 0; i < stub->count; i++)
		blocks += stub->arch[i].newest >= 0;
	if (blocks == 0)
		return 0;
	ret_code[at++] = load_arch;
	for (size_t i = 0; i < stub->count; i++) {
		struct range range = range_of(&stub->arch[i]);

		if (range.newest < 0)
			continue;
		/* From its third instruction over its other three and all later blocks. */
		blocks--;
		at += emit(ret_code + at, &range, (uint8_t)(3 + 6 * blocks));
	}
	return at;
}
