// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/box.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/log.h"
#include "base/scope.h"
#include "base/text.h"
#include "mount/probe.h"
#include "ns/ns.h"
#include "spec/seccomp_default.h"

/* What the engines give by default: enough for package managers, nothing of the host's. */
static const char *const capabilities[] = {
	"CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FOWNER",  "CAP_FSETID",
	"CAP_KILL",    "CAP_MKNOD",	   "CAP_NET_RAW", "CAP_NET_BIND_SERVICE",
	"CAP_SETFCAP", "CAP_SETGID",	   "CAP_SETPCAP", "CAP_SETUID",
	"CAP_SYS_CHROOT", "CAP_AUDIT_WRITE",
};

/* Where programs write, and where a shared view would show the machine's sockets. */
static const struct {
	const char *path, *options;
	bool is_for_overlay; /* there too: what runs on the machine must not be reached */
} scratch[] = {
	{ "/run", "mode=755,nosuid,nodev,size=50%", true },
	{ "/tmp", "mode=1777,nosuid,nodev,size=50%", false },
	{ "/var/tmp", "mode=1777,nosuid,nodev,size=50%", false },
};

/* What the machine told. */
struct ground {
	bool is_privileged, has_overlay;
	char cwd[PATH_MAX];
};

static int look(const struct container_box *box, struct ground *ret_ground, struct error *err)
{
	bool can_make, is_initial;

	TRY(ns_is_privileged(&can_make, err));
	TRY(ns_is_initial_user(&is_initial, err));
	ret_ground->is_privileged = can_make && is_initial;
	ret_ground->has_overlay = ret_ground->is_privileged &&
				  mount_probe_overlay(box->rootfs ? box->rootfs : "/");
	if (!ret_ground->has_overlay)
		log_warning("an overlay cannot be stacked on %s %s: it is read-only in the box, "
			    "and only /tmp, /var/tmp and /run can be written",
			    box->rootfs ? box->rootfs : "/",
			    ret_ground->is_privileged ? "here" : "without root's rights");
	if (!getcwd(ret_ground->cwd, sizeof(ret_ground->cwd)))
		return error_sys(err, "getcwd");
	return 0;
}

/* --- mounts --- */

static void add_root(struct spec *io_spec, const char *lower, bool has_overlay)
{
	autofree char *quoted = NULL, *option = NULL;
	struct spec_mount *mount;

	if (!has_overlay) {
		spec_add_mount(io_spec, "/", "bind", lower, "rbind,rro,rprivate");
		return;
	}
	quoted = mount_probe_quote_lower(lower);
	option = mem_format("lowerdir=%s", quoted);
	mount = spec_add_mount(io_spec, "/", "overlay", "overlay", "tmpupper");
	/* Alone, since a path may hold the commas that separate options. */
	spec_strings_add(&io_spec->arena, &mount->options, option);
}

static void add_scratch(struct spec *io_spec, bool has_overlay)
{
	for (size_t i = 0; i < countof(scratch); i++)
		if (!has_overlay || scratch[i].is_for_overlay)
			spec_add_mount(io_spec, scratch[i].path, "tmpfs", "tmpfs",
				       scratch[i].options);
}

/* "DIR" or "DIR:TARGET". */
static int add_folder(struct spec *io_spec, const char *option, const char *text,
		      const char *options, struct error *err)
{
	const char *colon = strchr(text, ':');
	autofree char *source = mem_format("%.*s", colon ? (int)(colon - text) : INT_MAX, text);
	const char *target;
	char path[PATH_MAX];

	if (!realpath(source, path))
		return error_sys(err, "%s: %s", option, source);
	target = colon ? colon + 1 : path;
	if (*target != '/')
		return error_set(err, EINVAL, "%s: \"%s\" is not an absolute path", option, target);
	if (!target[strspn(target, "/")])
		return error_set(err, EINVAL, "%s: %s: the box has a root of its own; "
				 "name a place in it, as in %s:/mnt", option, text, path);
	spec_add_mount(io_spec, target, "bind", path, options);
	return 0;
}

static int add_folders(struct spec *io_spec, const struct container_box *box, struct error *err)
{
	for (size_t i = 0; box->readable && box->readable[i]; i++)
		TRY(add_folder(io_spec, "--ro", box->readable[i], "rbind,rro,rprivate", err));
	for (size_t i = 0; box->writable && box->writable[i]; i++)
		TRY(add_folder(io_spec, "--rw", box->writable[i], "rbind,rprivate", err));
	return 0;
}

static bool is_below(const char *path, const char *folder)
{
	return text_begins(path, folder) &&
	       (path[strlen(folder)] == '/' || path[strlen(folder)] == '\0');
}

/* A working folder that a scratch mount would hide is put back, to be read. */
static void show_cwd(struct spec *io_spec, const struct ground *ground)
{
	for (size_t i = 0; i < countof(scratch); i++)
		if ((!ground->has_overlay || scratch[i].is_for_overlay) &&
		    is_below(ground->cwd, scratch[i].path) &&
		    strcmp(ground->cwd, scratch[i].path) != 0)
			spec_add_mount(io_spec, ground->cwd, "bind", ground->cwd,
				       "rbind,rro,rprivate");
}

static int add_mounts(struct spec *io_spec, const struct container_box *box,
		      const struct ground *ground, struct error *err)
{
	char lower[PATH_MAX] = "/";

	if (box->rootfs && !realpath(box->rootfs, lower))
		return error_sys(err, "--rootfs: %s", box->rootfs);
	io_spec->mounts = NULL;
	add_root(io_spec, lower, ground->has_overlay);
	spec_add_system_mounts(io_spec);
	add_scratch(io_spec, ground->has_overlay);
	if (!box->rootfs && !box->working_folder)
		show_cwd(io_spec, ground);
	return add_folders(io_spec, box, err);
}

/* --- process --- */

static int parse_user(const char *text, struct spec_user *io_user, struct error *err)
{
	autofree char *uid_text = mem_text(text);
	char *colon = strchr(uid_text, ':');
	long long uid, gid = 0;

	if (colon)
		*colon = '\0';
	if (text_number(uid_text, 0, UINT32_MAX - 1, &uid) < 0 ||
	    (colon && text_number(colon + 1, 0, UINT32_MAX - 1, &gid) < 0))
		return error_set(err, EINVAL, "--user: \"%s\" is not UID or UID:GID", text);
	io_user->uid = (struct maybe_uint){ true, (uint64_t)uid };
	io_user->gid = (struct maybe_uint){ true, (uint64_t)(colon ? gid : uid) };
	return 0;
}

/* A later entry of a name wins when the program starts, so that --env can replace these. */
static void add_environment(struct spec *io_spec, const struct container_box *box)
{
	struct json_strings *env = spec_strings(
		&io_spec->arena,
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL);
	const char *term = getenv("TERM");

	if (term && *term)
		spec_strings_add(&io_spec->arena, &env,
				 arena_format(&io_spec->arena, "TERM=%s", term));
	for (size_t i = 0; box->env && box->env[i]; i++) {
		const char *entry = box->env[i], *value = getenv(entry);

		if (strchr(entry, '='))
			spec_strings_add(&io_spec->arena, &env, entry);
		else if (value)
			spec_strings_add(&io_spec->arena, &env,
					 arena_format(&io_spec->arena, "%s=%s", entry, value));
	}
	io_spec->process->env = env;
}

static void set_capabilities(struct spec *io_spec)
{
	struct json_strings *list = NULL;

	for (size_t i = 0; i < countof(capabilities); i++)
		spec_strings_add(&io_spec->arena, &list, capabilities[i]);
	io_spec->process->capabilities->bounding = list;
	io_spec->process->capabilities->effective = list;
	io_spec->process->capabilities->permitted = list;
}

static int set_process(struct spec *io_spec, const struct container_box *box,
		       const struct ground *ground, struct error *err)
{
	struct spec_process *process = io_spec->process;

	process->args = NULL;
	for (size_t i = 0; box->arguments[i]; i++)
		spec_strings_add(&io_spec->arena, &process->args, box->arguments[i]);
	process->terminal = (struct maybe_bool){ true, box->has_terminal };
	process->rlimits = NULL;
	process->cwd = arena_text(&io_spec->arena, box->working_folder ? box->working_folder
						   : box->rootfs	 ? "/"
									 : ground->cwd);
	add_environment(io_spec, box);
	set_capabilities(io_spec);
	return box->user ? parse_user(box->user, process->user, err) : 0;
}

/* --- namespaces and limits --- */

static void set_namespaces(struct spec *io_spec, const struct container_box *box,
			   const struct ground *ground)
{
	static const enum spec_namespace_type always[] = {
		SPEC_NAMESPACE_PID, SPEC_NAMESPACE_MOUNT, SPEC_NAMESPACE_IPC,
		SPEC_NAMESPACE_UTS, SPEC_NAMESPACE_CGROUP,
	};
	const struct spec_user *user = io_spec->process->user;
	struct spec_linux *part = io_spec->linux_part;

	part->namespaces = NULL;
	for (size_t i = 0; i < countof(always); i++)
		spec_add_namespace(io_spec, always[i], NULL);
	if (!box->has_host_network)
		spec_add_namespace(io_spec, SPEC_NAMESPACE_NETWORK, NULL);
	if (ground->is_privileged)
		return;
	/* An ordinary user has one id to give: it becomes the box's user. */
	spec_add_namespace(io_spec, SPEC_NAMESPACE_USER, NULL);
	part->uid_mappings = spec_map_id(&io_spec->arena, (unsigned int)user->uid.value,
					 geteuid());
	part->gid_mappings = spec_map_id(&io_spec->arena, (unsigned int)user->gid.value,
					 getegid());
}

static void set_limits(struct spec *io_spec, const struct container_box *box)
{
	struct arena *arena = &io_spec->arena;
	struct spec_resources *resources = io_spec->linux_part->resources;
	const int64_t period_us = 100000;

	if (box->pids.is_set) {
		resources->pids = arena_new(arena, sizeof(*resources->pids));
		resources->pids->limit = box->pids;
	}
	if (box->memory_bytes.is_set) {
		resources->memory = arena_new(arena, sizeof(*resources->memory));
		resources->memory->limit = box->memory_bytes;
	}
	if (box->cpu_thousandths.is_set) {
		resources->cpu = arena_new(arena, sizeof(*resources->cpu));
		resources->cpu->period = (struct maybe_uint){ true, (uint64_t)period_us };
		resources->cpu->quota = (struct maybe_int){
			true, box->cpu_thousandths.value * period_us / 1000 };
	}
}

int container_box_spec(const struct container_box *box, struct spec *ret_spec,
		       struct error *err)
{
	struct ground ground;

	TRY(look(box, &ground, err));
	spec_default(ret_spec);
	ret_spec->root->readonly = (struct maybe_bool){ true, false };
	ret_spec->hostname = arena_text(&ret_spec->arena, box->hostname ? box->hostname : "box");
	TRY(set_process(ret_spec, box, &ground, err));
	TRY(add_mounts(ret_spec, box, &ground, err));
	set_namespaces(ret_spec, box, &ground);
	set_limits(ret_spec, box);
	if (box->has_seccomp)
		spec_default_seccomp(ret_spec);
	if (box->has_init)
		spec_add_annotation(ret_spec, "org.husk.init", "true");
	return 0;
}

char *container_box_name(void)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	unsigned char bytes[8];
	autotext struct text name = { 0 };

	/* Too early in the boot for random numbers: then the process id keeps names apart. */
	if (getrandom(bytes, sizeof(bytes), GRND_NONBLOCK) != (ssize_t)sizeof(bytes))
		return mem_format("box-%d", getpid());
	text_add(&name, "box-");
	for (size_t i = 0; i < sizeof(bytes); i++)
		text_add(&name, "%c", letters[bytes[i] % (sizeof(letters) - 1)]);
	return text_take(&name);
}
