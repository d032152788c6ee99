// SPDX-License-Identifier: GPL-2.0-or-later
/* plan_entry - one object of mounts[] becomes a step */
#include <string.h>
#include <sys/mount.h>

#include "base/log.h"
#include "base/scope.h"
#include "base/text.h"
#include "mount/plan_part.h"

/*
 * What is special about a type. A superblock that is shared with others (the host, the other
 * containers of a pod) must not be made read-only because one mount of it shall be.
 */
static const struct file_system {
	const char *type;
	bool is_shared, is_unlabelled, is_real_target;
} file_systems[] = {
	{ "cgroup", .is_shared = true, .is_unlabelled = true },
	{ "cgroup2", .is_shared = true, .is_unlabelled = true },
	{ "devtmpfs", .is_shared = true },
	{ "mqueue", .is_shared = true, .is_unlabelled = true },
	{ "proc", .is_shared = true, .is_unlabelled = true, .is_real_target = true },
	{ "sysfs", .is_shared = true, .is_unlabelled = true, .is_real_target = true },
};

static const struct file_system any_file_system;

/* Files of /proc that emulators of a smaller machine (lxcfs) mount over. */
static const char *const emulated[] = {
	"/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat",
	"/proc/swaps",	 "/proc/uptime",    "/proc/loadavg", "/proc/slabinfo",
	"/proc/sys/kernel/ns_last_pid",	    "/proc/sys/crypto/fips_enabled",
};

static const struct file_system *find_file_system(const char *type)
{
	for (size_t i = 0; i < countof(file_systems); i++)
		if (strcmp(file_systems[i].type, type) == 0)
			return &file_systems[i];
	return &any_file_system;
}

static bool is_type(const struct mount_step *step, const char *type)
{
	return step->type && strcmp(step->type, type) == 0;
}

static const char *find_data(const struct mount_options *options, const char *start)
{
	for (size_t i = 0; i < options->data_count; i++)
		if (text_begins(options->data[i], start))
			return options->data[i];
	return NULL;
}

static void add_data(const char *word, struct arena *io_arena, struct mount_options *io)
{
	io->data = arena_grow(io_arena, io->data, io->data_count, sizeof(*io->data));
	io->data[io->data_count++] = word;
}

/* M-14: what lies over /proc could lie to whoever writes a label or a sysctl there. */
static int check_proc(struct mount_step *io_step, struct error *err)
{
	if (strcmp(io_step->target, "/proc") == 0) {
		if (io_step->kind == MOUNT_NEW && !is_type(io_step, "proc"))
			return error_set(err, EINVAL,
					 "%s.destination: only a procfs may be mounted on /proc",
					 io_step->place);
		io_step->proc_rule = MOUNT_PROC_ROOT;
		return 0;
	}
	if (!text_begins(io_step->target, "/proc/"))
		return 0;
	for (size_t i = 0; i < countof(emulated); i++)
		if (strcmp(io_step->target, emulated[i]) == 0) {
			io_step->proc_rule = MOUNT_PROC_FILE;
			return 0;
		}
	return error_set(err, EINVAL, "%s.destination: %s: nothing may be mounted there",
			 io_step->place, io_step->target);
}

static int check_orders(const struct mount_step *step, struct error *err)
{
	unsigned int orders = step->options.orders;

	if (orders & MOUNT_ORDER_COPY_UP && !is_type(step, "tmpfs"))
		return error_set(err, EINVAL, "%s.options: tmpcopyup: only for a tmpfs",
				 step->place);
	if (!(orders & MOUNT_ORDER_TMP_UPPER))
		return 0;
	if (!is_type(step, "overlay"))
		return error_set(err, EINVAL, "%s.options: tmpupper: only for an overlay",
				 step->place);
	if (find_data(&step->options, "upperdir=") || find_data(&step->options, "workdir="))
		return error_set(err, EINVAL, "%s.options: tmpupper: there is an upperdir already",
				 step->place);
	return 0;
}

/* Where no mount can be below, "rro" is "ro", and an older kernel can do it. */
static void merge_below(struct mount_options *io)
{
	struct mount_change *top = &io->top;

	top->set |= io->below.set & ~top->clear;
	top->clear |= io->below.clear & ~top->set;
	io->below = (struct mount_change){ 0 };
}

static int plan_bind(const struct mount_request *request, const struct spec_mount *entry,
		     struct mount_step *io_step, struct mount_plan *io_plan, struct error *err)
{
	struct mount_options *options = &io_step->options;

	io_step->kind = MOUNT_BIND;
	if (!entry->source || !*entry->source)
		return error_set(err, EINVAL, "%s.source: missing", io_step->place);
	if (options->data_count)
		return error_set(err, EINVAL,
				 "%s.options: \"%s\" is not known, and a bind mount takes no data",
				 io_step->place, options->data[0]);
	io_step->source = *entry->source == '/' ?
		entry->source :
		arena_format(&io_plan->arena, "%s/%s", request->bundle, entry->source);
	if (!(options->orders & MOUNT_ORDER_RECURSIVE))
		merge_below(options);
	if (strcmp(io_step->target, "/dev") == 0)
		io_plan->has_host_dev = true;
	return 0;
}

/*
 * Where the kernel refuses a new proc or sysfs (the pid or network namespace belongs to somebody
 * else, the host's is partly covered), the host's own is shown; sysfs read-only in all its tree.
 */
static void add_host_fallback(struct mount_step *io_step, bool is_readonly,
			      struct mount_plan *io_plan)
{
	struct mount_step *bind = mount_plan_spare(io_plan, io_step->place, io_step->target);

	bind->kind = MOUNT_BIND;
	bind->source = is_type(io_step, "proc") ? "/proc" : "/sys";
	bind->options = io_step->options;
	bind->options.data_count = 0;
	bind->options.orders = MOUNT_ORDER_BIND | MOUNT_ORDER_RECURSIVE;
	if (is_readonly)
		bind->options.below.set = MOUNT_ATTR_RDONLY;
	bind->proc_rule = io_step->proc_rule;
	bind->is_real_target = true;
	io_step->fallback = bind;
}

static void plan_label(const struct mount_request *request, struct mount_step *io_step,
		       struct mount_plan *io_plan)
{
	const char *word = spec_find_annotation(request->spec->annotations,
						"run.oci.mount_context_type");

	if (!word)
		word = "context";
	if (!find_data(&io_step->options, arena_format(&io_plan->arena, "%s=", word)))
		add_data(arena_format(&io_plan->arena, "%s=%s", word, io_plan->label),
			 &io_plan->arena, &io_step->options);
}

/* M-16: the runtime still has to make something in it. */
static void postpone_readonly(struct mount_step *io_step)
{
	if (!(io_step->options.top.set & MOUNT_ATTR_RDONLY))
		return;
	if (!is_type(io_step, "tmpfs") && strcmp(io_step->target, "/dev") != 0)
		return;
	io_step->options.top.set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	io_step->is_late_readonly = true;
}

static int plan_new(const struct mount_request *request, const struct spec_mount *entry,
		    struct mount_step *io_step, struct mount_plan *io_plan, struct error *err)
{
	const struct file_system *fs = find_file_system(io_step->type);
	bool wants_write = io_step->options.top.clear & MOUNT_ATTR_RDONLY;

	TRY(check_orders(io_step, err));
	io_step->kind = MOUNT_NEW;
	io_step->source = entry->source && *entry->source ? entry->source : io_step->type;
	io_step->is_super_kept = fs->is_shared;
	io_step->is_real_target = fs->is_real_target;
	if (strcmp(io_step->target, "/dev") == 0)
		io_plan->has_own_dev = true;
	merge_below(&io_step->options);
	postpone_readonly(io_step);
	if (io_plan->label && !fs->is_unlabelled)
		plan_label(request, io_step, io_plan);
	io_step->is_labelled_root = io_plan->label && is_type(io_step, "mqueue");
	io_step->is_gid_optional = request->has_user_ns && is_type(io_step, "devpts");
	TRY(check_proc(io_step, err));
	if (is_type(io_step, "sysfs") && (request->has_user_ns || !request->owns_network))
		add_host_fallback(io_step, !wants_write, io_plan);
	if (is_type(io_step, "proc") && request->has_user_ns &&
	    !spec_find_namespace(request->spec, SPEC_NAMESPACE_PID))
		add_host_fallback(io_step, false, io_plan);
	return 0;
}

static int plan_step(const struct mount_request *request, size_t index,
		     const struct mount_step *asked, struct mount_plan *io_plan, struct error *err)
{
	const struct spec_mount *entry = &request->spec->mounts->item[index];
	struct mount_step *step = mount_plan_add(io_plan, asked->place, asked->target);

	*step = *asked;
	if (step->options.orders & MOUNT_ORDER_REMOUNT) {
		step->kind = MOUNT_REMOUNT;
		step->source = step->target;
		return 0;
	}
	if (!(step->options.orders & MOUNT_ORDER_BIND))
		return plan_new(request, entry, step, io_plan, err);
	TRY(plan_bind(request, entry, step, io_plan, err));
	TRY(check_orders(step, err));
	step->is_real_target = strcmp(step->target, "/proc") == 0 ||
			       strcmp(step->target, "/sys") == 0;
	return check_proc(step, err);
}

/* Reads the entry's own members; what kind of step it is comes after. */
static int plan_asked(const struct mount_request *request, size_t index,
		      struct mount_plan *io_plan, struct mount_step *ret_asked, struct error *err)
{
	const struct spec_mount *entry = &request->spec->mounts->item[index];
	struct mount_step asked = { .tree_fd = -1 };

	asked.place = arena_format(&io_plan->arena, "mounts[%zu]", index);
	if (*entry->destination != '/')
		log_warning("%s.destination: %s is not absolute, taken from /", asked.place,
			    entry->destination);
	asked.target = mount_plan_clean(&io_plan->arena, entry->destination);
	asked.type = entry->type;
	for (size_t i = 0; entry->options && i < entry->options->count; i++)
		mount_option_parse(entry->options->item[i], &io_plan->arena, &asked.options);
	if (is_type(&asked, "bind"))
		asked.options.orders |= MOUNT_ORDER_BIND;
	if (!(asked.options.orders & (MOUNT_ORDER_BIND | MOUNT_ORDER_REMOUNT)) &&
	    (!asked.type || !*asked.type))
		return error_set(err, EINVAL, "%s.type: missing", asked.place);
	TRY(mount_plan_idmap(request, index, &asked.options, io_plan, &asked.idmap, err));
	*ret_asked = asked;
	return 0;
}

static bool is_new(const struct mount_step *asked)
{
	return !(asked->options.orders & (MOUNT_ORDER_BIND | MOUNT_ORDER_REMOUNT));
}

static bool is_cgroup(const struct mount_step *asked)
{
	return is_new(asked) &&
	       (is_type(asked, "cgroup") || is_type(asked, "cgroup2"));
}

/*
 * A mount on "/" would not be seen; a new procfs would show the processes of the runtime's pid
 * namespace, a cgroup file system needs what was decided at the birth.
 */
static int check_live(const struct mount_step *asked, struct error *err)
{
	if (strcmp(asked->target, "/") == 0)
		return error_set(err, EINVAL, "%s.destination: nothing can be mounted on / of a "
				 "running container", asked->place);
	if (is_cgroup(asked) || (is_new(asked) && is_type(asked, "proc")))
		return error_set(err, EINVAL, "%s.type: %s: not possible in a running container",
				 asked->place, asked->type);
	if (asked->options.orders & MOUNT_ORDER_COPY_SYMLINK)
		return error_set(err, EINVAL, "%s.options: copy-symlink: not in a container that "
				 "runs", asked->place);
	return 0;
}

int mount_plan_entry(const struct mount_request *request, size_t index, struct mount_plan *io_plan,
		     struct error *err)
{
	struct mount_step asked;

	TRY(plan_asked(request, index, io_plan, &asked, err));
	if (request->is_live)
		TRY(check_live(&asked, err));
	if (is_cgroup(&asked))
		return mount_plan_cgroup(request, &asked, io_plan, err);
	return plan_step(request, index, &asked, io_plan, err);
}
