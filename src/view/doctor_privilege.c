// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_privilege - rights that a container hardly ever needs */
#include <linux/capability.h>

#include "guard/cap.h"
#include "view/doctor_rule.h"

#define BIT(number) (1ULL << (number))

/*
 * Each of them is a way out: kernel code, raw memory and devices, other namespaces, files past
 * all checks, the clock and the power of the whole machine.
 */
static const uint64_t powerful =
	BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_MODULE) | BIT(CAP_SYS_RAWIO) | BIT(CAP_SYS_PTRACE) |
	BIT(CAP_SYS_BOOT) | BIT(CAP_SYS_TIME) | BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_NET_ADMIN) |
	BIT(CAP_MAC_ADMIN) | BIT(CAP_MAC_OVERRIDE) | BIT(CAP_SYSLOG) | BIT(CAP_BPF) |
	BIT(CAP_PERFMON) | BIT(CAP_CHECKPOINT_RESTORE);

static const char *names_of(uint64_t set, struct doctor_finding *io_finding)
{
	autotext struct text names = { 0 };

	for (unsigned int number = 0; number < 64; number++)
		if (set & BIT(number) && guard_cap_name(number))
			text_add(&names, "%s%s", names.size ? ", " : "", guard_cap_name(number));
	return arena_text(io_finding->arena, text_get(&names));
}

bool doctor_privilege_capabilities(const struct doctor_facts *facts,
				   struct doctor_finding *io_finding)
{
	const struct doctor_privilege *privilege = &facts->privilege;
	uint64_t found = privilege->capabilities & powerful;

	/* A process of the machine has what it has. */
	if (!privilege->is_known || !facts->is_container || privilege->has_user_namespace || !found)
		return false;
	doctor_say(io_finding, "it has %s",
		   found == powerful ? "every capability (--privileged)" : names_of(found,
				       io_finding));
	doctor_show(io_finding, privilege->file, "%016llx",
		    (unsigned long long)privilege->capabilities);
	doctor_fix(io_finding, "leave them out of process.capabilities (docker run --cap-drop, "
		   "without --privileged), or give it a user namespace, in which they do no harm");
	return true;
}

bool doctor_privilege_gain(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_privilege *privilege = &facts->privilege;

	if (!privilege->is_known || !facts->is_container || privilege->no_new_privs ||
	    privilege->has_user_namespace || privilege->uid == 0)
		return false;
	doctor_say(io_finding, "it runs as user %u and may become root by a set-user-ID program",
		   privilege->uid);
	doctor_show(io_finding, privilege->file, "no_new_privs is off");
	doctor_fix(io_finding, "set process.noNewPrivileges to true (docker run --security-opt "
		   "no-new-privileges)");
	return true;
}

bool doctor_privilege_host_pids(const struct doctor_facts *facts,
				struct doctor_finding *io_finding)
{
	if (!facts->is_container || !facts->is_in_own_namespace)
		return false;
	doctor_say(io_finding, "it lives in the pid namespace of the machine");
	if (facts->process_count)
		doctor_show(io_finding,
			    arena_format(io_finding->arena, "/proc/%d/ns/pid",
					 (int)facts->process->pid),
			    "the same as that of this husk");
	else
		doctor_show(io_finding, "config.json", "linux.namespaces has no \"pid\"");
	doctor_fix(io_finding, "add {\"type\": \"pid\"} to linux.namespaces (docker run without "
		   "--pid=host)");
	return true;
}
