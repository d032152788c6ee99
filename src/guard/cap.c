// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/cap.h"

#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/log.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/text.h"

#define NAMED(capability) [capability] = #capability

static const char *const names[] = {
	NAMED(CAP_CHOWN),
	NAMED(CAP_DAC_OVERRIDE),
	NAMED(CAP_DAC_READ_SEARCH),
	NAMED(CAP_FOWNER),
	NAMED(CAP_FSETID),
	NAMED(CAP_KILL),
	NAMED(CAP_SETGID),
	NAMED(CAP_SETUID),
	NAMED(CAP_SETPCAP),
	NAMED(CAP_LINUX_IMMUTABLE),
	NAMED(CAP_NET_BIND_SERVICE),
	NAMED(CAP_NET_BROADCAST),
	NAMED(CAP_NET_ADMIN),
	NAMED(CAP_NET_RAW),
	NAMED(CAP_IPC_LOCK),
	NAMED(CAP_IPC_OWNER),
	NAMED(CAP_SYS_MODULE),
	NAMED(CAP_SYS_RAWIO),
	NAMED(CAP_SYS_CHROOT),
	NAMED(CAP_SYS_PTRACE),
	NAMED(CAP_SYS_PACCT),
	NAMED(CAP_SYS_ADMIN),
	NAMED(CAP_SYS_BOOT),
	NAMED(CAP_SYS_NICE),
	NAMED(CAP_SYS_RESOURCE),
	NAMED(CAP_SYS_TIME),
	NAMED(CAP_SYS_TTY_CONFIG),
	NAMED(CAP_MKNOD),
	NAMED(CAP_LEASE),
	NAMED(CAP_AUDIT_WRITE),
	NAMED(CAP_AUDIT_CONTROL),
	NAMED(CAP_SETFCAP),
	NAMED(CAP_MAC_OVERRIDE),
	NAMED(CAP_MAC_ADMIN),
	NAMED(CAP_SYSLOG),
	NAMED(CAP_WAKE_ALARM),
	NAMED(CAP_BLOCK_SUSPEND),
	NAMED(CAP_AUDIT_READ),
	NAMED(CAP_PERFMON),
	NAMED(CAP_BPF),
	NAMED(CAP_CHECKPOINT_RESTORE),
};

/* A capability set has this many bits, whatever the kernel uses of them. */
enum { CAPABILITIES_MAX = 64 };

static uint64_t bit(unsigned int number)
{
	return UINT64_C(1) << number;
}

const char *guard_cap_name(unsigned int number)
{
	return number < countof(names) ? names[number] : NULL;
}

uint64_t guard_cap_known(void)
{
	uint64_t known = 0;

	for (unsigned int i = 0; i < CAPABILITIES_MAX; i++) {
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) < 0)
			break;
		known |= bit(i);
	}
	return known;
}

int guard_cap_own(uint64_t *ret_available, struct error *err)
{
	struct sys_capabilities sets;

	if (sys_capget(&sets) < 0)
		return error_sys(err, "capget");
	*ret_available = sets.permitted;
	return 0;
}

/* --- plan --- */

static int find_number(const char *name)
{
	for (size_t i = 0; i < countof(names); i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

/* What is not available is left out and added to @io_missing, so that it is said once. */
static uint64_t set_of(const struct json_strings *list, const char *member, uint64_t available,
		       uint64_t *io_missing)
{
	uint64_t set = 0;

	for (size_t i = 0; list && i < list->count; i++) {
		int number = find_number(list->item[i]);

		if (number < 0)
			log_warning("process.capabilities.%s: \"%s\" is not known, left out",
				    member, list->item[i]);
		else
			set |= bit((unsigned int)number);
	}
	*io_missing |= set & ~available;
	return set & available;
}

static void warn_missing(uint64_t missing)
{
	for (unsigned int i = 0; i < countof(names); i++)
		if (missing & bit(i))
			log_warning("process.capabilities: %s is not ours to give, left out",
				    names[i]);
}

int guard_cap_plan(const struct spec_capabilities *capabilities, uint64_t available,
		   struct guard_cap_plan *ret_plan, struct error *err)
{
	static const struct spec_capabilities none;
	const struct spec_capabilities *from = capabilities ? capabilities : &none;
	uint64_t missing = 0;
	struct guard_cap_plan plan = {
		.bounding = set_of(from->bounding, "bounding", available, &missing),
		.effective = set_of(from->effective, "effective", available, &missing),
		.permitted = set_of(from->permitted, "permitted", available, &missing),
		.inheritable = set_of(from->inheritable, "inheritable", available, &missing),
		.ambient = set_of(from->ambient, "ambient", available, &missing),
	};
	uint64_t excess = plan.effective & ~plan.permitted;

	warn_missing(missing);
	if (excess)
		return error_set(err, EPERM,
				 "process.capabilities.effective: %s is not in the permitted set",
				 names[__builtin_ctzll(excess)]);
	*ret_plan = plan;
	return 0;
}

/* --- apply --- */

static const char *shown(unsigned int number)
{
	const char *name = guard_cap_name(number);

	return name ? name : "a capability without a name";
}

int guard_cap_limit_bounding(const struct guard_cap_plan *plan, struct error *err)
{
	for (unsigned int i = 0; i < CAPABILITIES_MAX; i++) {
		int present, code;

		if (plan->bounding & bit(i) || prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0)
			continue;
		/* Without CAP_SETPCAP all are refused: also what is not there, or not known. */
		code = errno;
		present = prctl(PR_CAPBSET_READ, i, 0, 0, 0);
		if (present < 0)
			break;
		errno = code;
		if (present > 0)
			return error_sys(err, "process.capabilities.bounding: drop %s", shown(i));
	}
	return 0;
}

int guard_cap_keep(struct error *err)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return error_sys(err, "process.capabilities: prctl PR_SET_KEEPCAPS");
	return 0;
}

static int raise_ambient(uint64_t ambient, struct error *err)
{
	autotext struct text refused = { 0 };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return error_sys(err, "process.capabilities.ambient: clear");
	for (unsigned int i = 0; i < CAPABILITIES_MAX; i++)
		if (ambient & bit(i) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			text_add(&refused, " %s", shown(i));
	/* One line for all: buildah asks for a dozen that it does not let be inherited. */
	if (*text_get(&refused))
		log_warning("process.capabilities.ambient: not permitted and inheritable, left "
			    "out:%s", text_get(&refused));
	return 0;
}

int guard_cap_apply(const struct guard_cap_plan *plan, struct error *err)
{
	const struct sys_capabilities sets = {
		.effective = plan->effective,
		.permitted = plan->permitted,
		.inheritable = plan->inheritable,
	};

	if (sys_capset(&sets) < 0)
		return error_sys(err, "process.capabilities: capset");
	TRY(raise_ambient(plan->ambient, err));
	if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0)
		return error_sys(err, "process.capabilities: prctl PR_SET_KEEPCAPS");
	return 0;
}

int guard_cap_keep_only(uint64_t set, struct error *err)
{
	struct sys_capabilities sets;

	if (sys_capget(&sets) < 0)
		return error_sys(err, "capget");
	sets.permitted &= set;
	sets.effective = sets.permitted;
	sets.inheritable &= set;
	return sys_capset(&sets) < 0 ? error_sys(err, "capset") : 0;
}
