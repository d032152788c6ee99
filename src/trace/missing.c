// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/missing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/file.h"
#include "base/mem.h"
#include "proc/status.h"

/* include/uapi/linux/capability.h; the last two are younger than some libraries' headers. */
enum { SYS_ADMIN = 21, PERFMON = 38, BPF = 39 };

/* PROC_USER_INIT_INO of include/linux/proc_ns.h: the first user namespace. */
static const ino_t first_namespace = 0xEFFFFFFDU;

static bool may_load(uint64_t effective)
{
	uint64_t both = 1ULL << PERFMON | 1ULL << BPF;

	return effective & 1ULL << SYS_ADMIN || (effective & both) == both;
}

/* NULL: nothing that is known stands in the way. */
static const char *reason_of(const struct missing_facts *facts, int code)
{
	if (facts->is_in_namespace)
		return "inside of a user namespace no capability counts for it";
	if (!may_load(facts->effective))
		return "it takes CAP_BPF and CAP_PERFMON";
	if (facts->is_locked)
		return "the kernel is locked down for confidentiality, and no program may read its "
		       "memory";
	return code == -EPERM || code == -EACCES
		       ? "it takes CAP_BPF and CAP_PERFMON, and a kernel without a policy against "
			 "it" : NULL;
}

static const char works[] = "; explain, doctor, ps, why and trace --read work without it";

int missing_judge(const struct missing_facts *facts, int code, const char *what,
		  struct error *err)
{
	const char *reason = reason_of(facts, code);
	bool is_about_rights = code == -EPERM || code == -EACCES || code == -EINVAL;

	if (!facts->has_types)
		return error_set(err, ENOTSUP, "%s: this kernel has no type information "
				 "(CONFIG_DEBUG_INFO_BTF)%s", what, works);
	if (is_about_rights && reason)
		return error_set(err, EPERM, "%s: %s: %s%s", what, error_words(-code), reason,
				 works);
	if (code == -ESRCH || code == -ENOENT)
		return error_set(err, ENOTSUP, "%s: this kernel lacks the tracepoints that are "
				 "needed%s", what, works);
	return error_set(err, -code, "%s: %s", what, error_words(-code));
}

static bool is_locked(void)
{
	autofree char *text = NULL;
	struct error ignored;

	/* Not mounted, or a kernel without lockdown: then this is not it. */
	if (file_read(AT_FDCWD, "/sys/kernel/security/lockdown", 256, &text, NULL, &ignored) < 0)
		return false;
	return strstr(text, "[confidentiality]") != NULL;
}

int missing_explain(int code, const char *what, struct error *err)
{
	struct missing_facts facts = {
		.has_types = access("/sys/kernel/btf/vmlinux", F_OK) == 0,
		.is_locked = is_locked(),
	};
	struct status status = { 0 };
	struct error ignored;
	struct stat namespace;

	if (status_read(getpid(), getpid(), &status, &ignored) == 0)
		facts.effective = status.effective;
	if (stat("/proc/self/ns/user", &namespace) == 0)
		facts.is_in_namespace = namespace.st_ino != first_namespace;
	return missing_judge(&facts, code, what, err);
}
