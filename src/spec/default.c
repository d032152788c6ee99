// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/resource.h>

#include "spec/spec.h"

static struct json_strings *capability_list(struct arena *io_arena)
{
	return spec_strings(io_arena, "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE", NULL);
}

static struct spec_process *default_process(struct arena *io_arena)
{
	struct spec_process *process = arena_new(io_arena, sizeof(*process));
	struct spec_capabilities *caps = arena_new(io_arena, sizeof(*caps));
	struct spec_user *user = arena_new(io_arena, sizeof(*user));
	struct spec_rlimits *rlimits = arena_new(io_arena, sizeof(*rlimits));
	struct spec_rlimit *files = arena_new(io_arena, sizeof(*files));

	/* Nothing is inheritable: a program with file capabilities would take them over. */
	caps->bounding = capability_list(io_arena);
	caps->effective = capability_list(io_arena);
	caps->permitted = capability_list(io_arena);
	*user = (struct spec_user){ .uid = { true, 0 }, .gid = { true, 0 } };
	*files = (struct spec_rlimit){ { true, RLIMIT_NOFILE }, { true, 1024 }, { true, 1024 } };
	*rlimits = (struct spec_rlimits){ 1, files };

	process->terminal = (struct maybe_bool){ true, true };
	process->user = user;
	process->args = spec_strings(io_arena, "sh", NULL);
	process->env = spec_strings(
		io_arena, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"TERM=xterm", NULL);
	process->cwd = arena_text(io_arena, "/");
	process->capabilities = caps;
	process->rlimits = rlimits;
	process->no_new_privileges = (struct maybe_bool){ true, true };
	return process;
}

static struct spec_root *default_root(struct arena *io_arena)
{
	struct spec_root *root = arena_new(io_arena, sizeof(*root));

	root->path = arena_text(io_arena, "rootfs");
	root->readonly = (struct maybe_bool){ true, true };
	return root;
}

void spec_add_system_mounts(struct spec *io_spec)
{
	spec_add_mount(io_spec, "/proc", "proc", "proc", "nosuid,noexec,nodev");
	spec_add_mount(io_spec, "/dev", "tmpfs", "tmpfs",
		       "nosuid,strictatime,mode=755,size=65536k");
	spec_add_mount(io_spec, "/dev/pts", "devpts", "devpts",
		       "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5");
	spec_add_mount(io_spec, "/dev/shm", "tmpfs", "shm",
		       "nosuid,noexec,nodev,mode=1777,size=65536k");
	spec_add_mount(io_spec, "/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev");
	spec_add_mount(io_spec, "/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro");
	spec_add_mount(io_spec, "/sys/fs/cgroup", "cgroup", "cgroup",
		       "nosuid,noexec,nodev,relatime,ro");
}

/* All devices refused; the runtime itself lets the default ones in. */
static struct spec_resources *default_resources(struct arena *io_arena)
{
	struct spec_resources *resources = arena_new(io_arena, sizeof(*resources));
	struct spec_device_rules *rules = arena_new(io_arena, sizeof(*rules));
	struct spec_device_rule *all = arena_new(io_arena, sizeof(*all));

	all->allow = (struct maybe_bool){ true, false };
	all->access = arena_text(io_arena, "rwm");
	*rules = (struct spec_device_rules){ 1, all };
	resources->devices = rules;
	return resources;
}

static void add_namespaces(struct spec *io_spec)
{
	static const enum spec_namespace_type types[] = {
		SPEC_NAMESPACE_PID, SPEC_NAMESPACE_NETWORK, SPEC_NAMESPACE_IPC,
		SPEC_NAMESPACE_UTS, SPEC_NAMESPACE_MOUNT,   SPEC_NAMESPACE_CGROUP,
	};

	for (size_t i = 0; i < countof(types); i++)
		spec_add_namespace(io_spec, types[i], NULL);
}

void spec_default(struct spec *ret_spec)
{
	struct arena *arena = &ret_spec->arena;
	struct spec_linux *part;

	*ret_spec = (struct spec){ 0 };
	ret_spec->oci_version = arena_text(arena, SPEC_OCI_VERSION);
	ret_spec->process = default_process(arena);
	ret_spec->root = default_root(arena);
	ret_spec->hostname = arena_text(arena, "husk");
	spec_add_system_mounts(ret_spec);
	add_namespaces(ret_spec);

	part = ret_spec->linux_part;
	part->resources = default_resources(arena);
	part->masked_paths = spec_strings(arena, "/proc/acpi", "/proc/asound", "/proc/kcore",
					  "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
					  "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
					  "/sys/firmware", "/sys/devices/virtual/powercap", NULL);
	part->readonly_paths = spec_strings(arena, "/proc/bus", "/proc/fs", "/proc/irq",
					    "/proc/sys", "/proc/sysrq-trigger", NULL);
}

static void drop_namespace(struct spec_namespaces *io_list, int type)
{
	size_t kept = 0;

	for (size_t i = 0; i < io_list->count; i++)
		if (io_list->item[i].type.value != type)
			io_list->item[kept++] = io_list->item[i];
	io_list->count = kept;
}

void spec_make_rootless(struct spec *io_spec, unsigned int uid, unsigned int gid)
{
	struct spec_linux *part = io_spec->linux_part;

	drop_namespace(part->namespaces, SPEC_NAMESPACE_NETWORK);
	spec_add_namespace(io_spec, SPEC_NAMESPACE_USER, NULL);
	part->uid_mappings = spec_map_id(&io_spec->arena, 0, uid);
	part->gid_mappings = spec_map_id(&io_spec->arena, 0, gid);
	part->resources = NULL;
}
