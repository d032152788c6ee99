// SPDX-License-Identifier: GPL-2.0-or-later
#include "ns/ns.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/text.h"

/* The fixed inode of the first user namespace (PROC_USER_INIT_INO of the kernel). */
#define INITIAL_USER_INODE 0xEFFFFFFDU

static const struct kind {
	uint64_t flag;
	const char *word, *file;
} kinds[SPEC_NAMESPACE_TYPES] = {
	[SPEC_NAMESPACE_PID] = { CLONE_NEWPID, "pid", "pid" },
	[SPEC_NAMESPACE_NETWORK] = { CLONE_NEWNET, "network", "net" },
	[SPEC_NAMESPACE_MOUNT] = { CLONE_NEWNS, "mount", "mnt" },
	[SPEC_NAMESPACE_IPC] = { CLONE_NEWIPC, "ipc", "ipc" },
	[SPEC_NAMESPACE_UTS] = { CLONE_NEWUTS, "uts", "uts" },
	[SPEC_NAMESPACE_USER] = { CLONE_NEWUSER, "user", "user" },
	[SPEC_NAMESPACE_CGROUP] = { CLONE_NEWCGROUP, "cgroup", "cgroup" },
	[SPEC_NAMESPACE_TIME] = { CLONE_NEWTIME, "time", "time" },
};

uint64_t ns_flag(enum spec_namespace_type type)
{
	return kinds[type].flag;
}

const char *ns_word(enum spec_namespace_type type)
{
	return kinds[type].word;
}

const char *ns_file(enum spec_namespace_type type)
{
	return kinds[type].file;
}

/* --- plan --- */

static uint64_t joined_flags(const struct ns_plan *plan)
{
	uint64_t flags = 0;

	for (size_t i = 0; i < plan->join_count; i++)
		flags |= ns_flag(plan->join[i].type);
	return flags;
}

static int plan_one(const struct spec_namespace *namespace, size_t index,
		    struct ns_plan *io_plan, struct error *err)
{
	enum spec_namespace_type type = (enum spec_namespace_type)namespace->type.value;

	if (!namespace->type.is_set || (unsigned int)namespace->type.value >= SPEC_NAMESPACE_TYPES)
		return error_set(err, EINVAL, "linux.namespaces[%zu].type: missing or not known",
				 index);
	if ((io_plan->create | joined_flags(io_plan)) & ns_flag(type))
		return error_set(err, EINVAL, "linux.namespaces[%zu].type: %s is there twice",
				 index, ns_word(type));
	if (!namespace->path || !*namespace->path)
		io_plan->create |= ns_flag(type);
	else
		io_plan->join[io_plan->join_count++] =
			(struct ns_join){ .type = type, .path = namespace->path, .fd = -1 };
	return 0;
}

static int check(const struct spec_linux *linux_part, const struct ns_plan *plan,
		 struct error *err)
{
	const struct spec_id_mappings *uids = linux_part->uid_mappings;
	const struct spec_id_mappings *gids = linux_part->gid_mappings;

	/* Without them no id exists inside, and nothing of ours could run there. */
	if (plan->create & CLONE_NEWUSER && (!uids || !uids->count || !gids || !gids->count))
		return error_set(err, EINVAL,
				 "linux.%s: a new user namespace needs mappings",
				 uids && uids->count ? "gidMappings" : "uidMappings");
	if (plan->has_time_offsets && !(plan->create & CLONE_NEWTIME))
		return error_set(err, EINVAL,
				 "linux.timeOffsets: only for a new time namespace");
	return 0;
}

int ns_plan(const struct spec *spec, struct ns_plan *ret_plan, struct error *err)
{
	const struct spec_linux *linux_part = spec->linux_part;
	const struct spec_namespaces *list = linux_part ? linux_part->namespaces : NULL;
	const struct spec_time_offsets *offsets = linux_part ? linux_part->time_offsets : NULL;
	struct ns_plan plan = { 0 };

	for (size_t i = 0; list && i < list->count; i++)
		TRY(plan_one(&list->item[i], i, &plan, err));
	plan.has_time_offsets = offsets && offsets->count;
	if (linux_part)
		TRY(check(linux_part, &plan, err));
	plan.needs_entering = plan.has_time_offsets ||
			      joined_flags(&plan) & (CLONE_NEWPID | CLONE_NEWTIME | CLONE_NEWUSER);
	*ret_plan = plan;
	return 0;
}

/* --- join --- */

/* The path can be any file: only what its descriptor answers counts. */
static int open_one(struct ns_join *io_join, struct error *err)
{
	autofree char *own = mem_format("/proc/self/ns/%s", ns_file(io_join->type));
	autoclose int fd = open(io_join->path, O_RDONLY | O_CLOEXEC);
	struct stat theirs, ours;
	int type;

	if (fd < 0)
		return error_sys(err, "open %s", io_join->path);
	type = ioctl(fd, NS_GET_NSTYPE);
	if (type < 0)
		return error_set(err, EINVAL, "%s: not a namespace", io_join->path);
	if ((uint64_t)type != ns_flag(io_join->type))
		return error_set(err, EINVAL, "%s: not a %s namespace", io_join->path,
				 ns_word(io_join->type));
	if (fstat(fd, &theirs) < 0)
		return error_sys(err, "stat %s", io_join->path);
	if (stat(own, &ours) < 0)
		return error_sys(err, "stat %s", own);
	io_join->is_own = theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
	io_join->fd = fd_take(&fd);
	return 0;
}

int ns_open(struct ns_plan *io_plan, struct error *err)
{
	for (size_t i = 0; i < io_plan->join_count; i++)
		if (open_one(&io_plan->join[i], err) < 0)
			return error_wrap(err, "linux.namespaces: join %s",
					  ns_word(io_plan->join[i].type));
	return 0;
}

void ns_close(struct ns_plan *io_plan)
{
	for (size_t i = 0; i < io_plan->join_count; i++) {
		scope_close(&io_plan->join[i].fd);
		io_plan->join[i].fd = -1;
	}
}

uint64_t ns_owned(const struct ns_plan *plan)
{
	uint64_t flags = plan->create;

	for (size_t i = 0; i < plan->join_count; i++)
		if (!plan->join[i].is_own)
			flags |= ns_flag(plan->join[i].type);
	return flags;
}

static int enter(const struct ns_join *join, struct error *err)
{
	if (setns(join->fd, (int)ns_flag(join->type)) < 0)
		return error_sys(err, "join %s namespace %s", ns_word(join->type), join->path);
	return 0;
}

static const struct ns_join *find_user(const struct ns_plan *plan)
{
	for (size_t i = 0; i < plan->join_count; i++)
		if (plan->join[i].type == SPEC_NAMESPACE_USER && !plan->join[i].is_own)
			return &plan->join[i];
	return NULL;
}

int ns_join(const struct ns_plan *plan, struct error *err)
{
	const struct ns_join *user = find_user(plan);
	uint64_t done = user ? CLONE_NEWUSER : 0;

	/*
	 * A namespace of the host's user namespace is out of reach once the container's user
	 * namespace is entered; one that belongs to the latter may be out of reach before.
	 */
	for (size_t i = 0; i < plan->join_count; i++) {
		const struct ns_join *join = &plan->join[i];

		if (join->is_own || join == user || enter(join, err) == 0)
			done |= ns_flag(join->type);
		else if (!user || err->code != EPERM)
			return -err->code;
	}
	if (user)
		TRY(enter(user, err));
	for (size_t i = 0; i < plan->join_count; i++)
		if (!(done & ns_flag(plan->join[i].type)))
			TRY(enter(&plan->join[i], err));
	return 0;
}

/* --- what is set in a new one --- */

int ns_write_time_offsets(const struct spec_time_offsets *offsets, struct error *err)
{
	autotext struct text lines = { 0 };

	for (size_t i = 0; i < offsets->count; i++) {
		const struct spec_time_offset *offset = &offsets->item[i];

		text_add(&lines, "%s %lld %llu\n", offset->key, (long long)offset->secs.value,
			 (unsigned long long)offset->nanosecs.value);
	}
	if (file_write(AT_FDCWD, "/proc/self/timens_offsets", text_get(&lines), err) < 0)
		return error_wrap(err, "linux.timeOffsets");
	return 0;
}

int ns_raise_loopback(struct error *err)
{
	struct ifreq loopback = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_sys(err, "set lo up: socket");
	if (ioctl(fd, SIOCSIFFLAGS, &loopback) < 0)
		return error_sys(err, "set lo up");
	return 0;
}

int ns_set_names(const char *hostname, const char *domainname, struct error *err)
{
	if (hostname && sethostname(hostname, strlen(hostname)) < 0)
		return error_sys(err, "hostname: set \"%s\"", hostname);
	if (domainname && setdomainname(domainname, strlen(domainname)) < 0)
		return error_sys(err, "domainname: set \"%s\"", domainname);
	return 0;
}

int ns_is_initial_user(bool *ret_is_initial, struct error *err)
{
	struct stat st;

	if (stat("/proc/self/ns/user", &st) < 0)
		return error_sys(err, "stat /proc/self/ns/user");
	*ret_is_initial = st.st_ino == INITIAL_USER_INODE;
	return 0;
}

int ns_is_privileged(bool *ret_is_privileged, struct error *err)
{
	struct sys_capabilities sets;

	if (sys_capget(&sets) < 0)
		return error_sys(err, "capget");
	*ret_is_privileged = sets.effective >> CAP_SYS_ADMIN & 1;
	return 0;
}
