// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/scope.h"
#include "guard/seccomp_known.h"

static bool is_known(const char *word)
{
	const char *arch;

	for (size_t i = 0; (arch = guard_seccomp_known_arch(i)); i++)
		if (strcmp(arch, word) == 0)
			return true;
	return false;
}

/* SC-04 */
TEST(architectures_of_this_machine_are_known)
{
	CHECK_TRUE(is_known("SCMP_ARCH_X86_64"));
	CHECK_TRUE(is_known("SCMP_ARCH_X86"));
	CHECK_TRUE(is_known("SCMP_ARCH_AARCH64"));
	CHECK_TRUE(!is_known("SCMP_ARCH_NONE"));
}

/* SC-05 */
TEST(kernel_tells_which_flags_it_has)
{
	if (!guard_seccomp_known_filter())
		SKIP("needs seccomp filters");
	CHECK_TRUE(guard_seccomp_known_flag(SECCOMP_FILTER_FLAG_TSYNC));
	CHECK_TRUE(guard_seccomp_known_flag(SECCOMP_FILTER_FLAG_LOG));
	CHECK_TRUE(guard_seccomp_known_notify());
	CHECK_TRUE(!guard_seccomp_known_flag(1U << 30));
}

TEST(a_system_call_has_a_name)
{
	autofree char *read_name = guard_seccomp_known_call(SYS_read);
	autofree char *none = guard_seccomp_known_call(999999);

	CHECK_STR(read_name, "read");
	CHECK_TRUE(!none);
}
