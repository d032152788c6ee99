// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/seccomp_known.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdint.h>

#include "base/scope.h"
#include "base/sys.h"

/* As libseccomp names it, and as the specification does (config-linux.md, "seccomp"). */
static const struct {
	const char *name, *word;
} arches[] = {
	{ "x86", "SCMP_ARCH_X86" },
	{ "x86_64", "SCMP_ARCH_X86_64" },
	{ "x32", "SCMP_ARCH_X32" },
	{ "arm", "SCMP_ARCH_ARM" },
	{ "aarch64", "SCMP_ARCH_AARCH64" },
	{ "mips", "SCMP_ARCH_MIPS" },
	{ "mips64", "SCMP_ARCH_MIPS64" },
	{ "mips64n32", "SCMP_ARCH_MIPS64N32" },
	{ "mipsel", "SCMP_ARCH_MIPSEL" },
	{ "mipsel64", "SCMP_ARCH_MIPSEL64" },
	{ "mipsel64n32", "SCMP_ARCH_MIPSEL64N32" },
	{ "ppc", "SCMP_ARCH_PPC" },
	{ "ppc64", "SCMP_ARCH_PPC64" },
	{ "ppc64le", "SCMP_ARCH_PPC64LE" },
	{ "s390", "SCMP_ARCH_S390" },
	{ "s390x", "SCMP_ARCH_S390X" },
	{ "parisc", "SCMP_ARCH_PARISC" },
	{ "parisc64", "SCMP_ARCH_PARISC64" },
	{ "riscv64", "SCMP_ARCH_RISCV64" },
	{ "loongarch64", "SCMP_ARCH_LOONGARCH64" },
	{ "m68k", "SCMP_ARCH_M68K" },
	{ "sh", "SCMP_ARCH_SH" },
	{ "sheb", "SCMP_ARCH_SHEB" },
};

const char *guard_seccomp_known_arch(size_t i)
{
	for (size_t row = 0; row < countof(arches); row++)
		if (seccomp_arch_resolve_name(arches[row].name) && i-- == 0)
			return arches[row].word;
	return NULL;
}

char *guard_seccomp_known_call(int number)
{
	return seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
}

/* The kernel looks at the flags first: with a NULL filter EFAULT says that they are fine. */
bool guard_seccomp_known_flag(unsigned int flag)
{
	/* This one is about a listener, and refused without one. */
	if (flag == SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
		flag |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
	return sys_seccomp(SECCOMP_SET_MODE_FILTER, flag, NULL) < 0 && errno == EFAULT;
}

bool guard_seccomp_known_filter(void)
{
	return guard_seccomp_known_flag(0);
}

bool guard_seccomp_known_notify(void)
{
	uint32_t action = SECCOMP_RET_USER_NOTIF;

	return sys_seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}
