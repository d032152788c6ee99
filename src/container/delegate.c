// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/delegate.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "ns/idmap.h"

static const char annotation[] = "run.oci.delegate-cgroup";
static const char subgroup_annotation[] = "run.oci.systemd.subgroup";

static bool is_writable(const struct spec_mount *mount)
{
	bool is_read_only = false;

	for (size_t i = 0; mount->options && i < mount->options->count; i++) {
		const char *word = mount->options->item[i];

		if (strcmp(word, "ro") == 0 || strcmp(word, "rro") == 0)
			is_read_only = true;
		else if (strcmp(word, "rw") == 0)
			is_read_only = false;
	}
	return !is_read_only;
}

static bool shows_writable_cgroup(const struct container_plan *plan)
{
	const struct spec_mounts *mounts = plan->spec.mounts;
	bool is_shown = false;

	for (size_t i = 0; mounts && i < mounts->count; i++) {
		const struct spec_mount *mount = &mounts->item[i];

		if (strcmp(mount->destination, "/sys/fs/cgroup") == 0)
			is_shown = mount->type && text_begins(mount->type, "cgroup") &&
				   is_writable(mount);
	}
	return is_shown && plan->ns.create & CLONE_NEWCGROUP;
}

/* The container's user, as the machine numbers it; false when it has no number there. */
static bool find_owner(const struct container_plan *plan, uint32_t *ret_uid)
{
	const struct spec_process *process = plan->spec.process;
	const struct spec_linux *part = plan->spec.linux_part;
	uint32_t uid = process && process->user ? (uint32_t)process->user->uid.value : 0;

	*ret_uid = uid;
	return !part || !part->uid_mappings ||
	       ns_idmap_to_host(part->uid_mappings, uid, ret_uid) == 0;
}

/* A folder in the scope, so that what runs in the container may divide the scope itself. */
static int nest_in_scope(struct container_plan *io_plan, struct error *err)
{
	const char *path = spec_find_annotation(io_plan->spec.annotations, subgroup_annotation);

	if (!path || !*path || !cgroup_is_scope(&io_plan->cgroup))
		return 0;
	if (cgroup_nest(&io_plan->cgroup, path, err) < 0)
		return error_wrap(err, "config.json: annotations[\"%s\"]", subgroup_annotation);
	return 0;
}

int container_delegate(struct container_plan *io_plan, struct error *err)
{
	const char *path = spec_find_annotation(io_plan->spec.annotations, annotation);
	uint32_t uid;
	int r;

	if (!path)
		TRY(nest_in_scope(io_plan, err));
	if (path && cgroup_nest(&io_plan->cgroup, path, err) < 0)
		return error_wrap(err, "config.json: annotations[\"%s\"]", annotation);
	if ((!path && !shows_writable_cgroup(io_plan)) || !find_owner(io_plan, &uid))
		return 0;
	r = cgroup_give(&io_plan->cgroup, uid, err);
	if (r == -EPERM && !io_plan->is_privileged) {
		log_debug("the cgroup stays ours: %s", err->text);
		return 0;
	}
	return r;
}
