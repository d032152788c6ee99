// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "spec/check.h"

/* What stands behind SCMP_ARCH_; all that libseccomp 2.6 knows. */
static const char *const architectures[] = {
	"X86",	       "X86_64",   "X32",	   "ARM",     "AARCH64", "MIPS",
	"MIPS64",      "MIPS64N32", "MIPSEL",	   "MIPSEL64", "MIPSEL64N32", "PPC",
	"PPC64",       "PPC64LE",  "S390",	   "S390X",   "PARISC",	 "PARISC64",
	"RISCV64",     "LOONGARCH64", "M68K",	   "SH",      "SHEB",
};

static bool is_architecture(const char *word)
{
	static const char start[] = "SCMP_ARCH_";

	if (!text_begins(word, start))
		return false;
	for (size_t i = 0; i < countof(architectures); i++)
		if (strcmp(word + strlen(start), architectures[i]) == 0)
			return true;
	return false;
}

static bool has_errno(int action)
{
	return action == SPEC_ACT_ERRNO || action == SPEC_ACT_TRACE;
}

static int check_rule(const struct check *check, const struct spec_seccomp_rule *rule, size_t i)
{
	if (!rule->names->count)
		return check_fail(check, "syscalls[%zu].names: is empty", i);
	if (rule->errno_ret.is_set && !has_errno(rule->action.value))
		return check_fail(check,
				  "syscalls[%zu].errnoRet: is for SCMP_ACT_ERRNO and "
				  "SCMP_ACT_TRACE only",
				  i);
	return 0;
}

/*
 * Notify as the default action would catch the calls by which the listener's descriptor is
 * handed over: nobody could answer.
 */
int check_seccomp(const struct check *check, const struct spec_seccomp *seccomp)
{
	const struct json_strings *list = seccomp->architectures;

	if (seccomp->default_action.value == SPEC_ACT_NOTIFY)
		return check_fail(check, "defaultAction: SCMP_ACT_NOTIFY cannot be the default");
	if (seccomp->default_errno_ret.is_set && !has_errno(seccomp->default_action.value))
		return check_fail(check, "defaultErrnoRet: is for SCMP_ACT_ERRNO and "
					 "SCMP_ACT_TRACE only");
	for (size_t i = 0; list && i < list->count; i++)
		if (!is_architecture(list->item[i]))
			return check_fail(check, "architectures[%zu]: \"%s\" is not known", i,
					  json_show(list->item[i]).text);
	if (seccomp->listener_metadata && !seccomp->listener_path)
		return check_fail(check, "listenerMetadata: needs a listenerPath");
	for (size_t i = 0; seccomp->syscalls && i < seccomp->syscalls->count; i++)
		TRY(check_rule(check, &seccomp->syscalls->item[i], i));
	return 0;
}
