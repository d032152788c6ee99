// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/manage.h"

#include <errno.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "container/subject.h"
#include "guard/rdt.h"

/* --- pause, resume --- */

int container_pause(const struct store *store, const char *id, struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;

	TRY(container_subject_find_locked(store, id, &subject, err));
	if (subject.status == RECORD_PAUSED)
		return error_set(err, EINVAL, "container is already paused");
	if (subject.status != RECORD_RUNNING && subject.status != RECORD_CREATED)
		return error_set(err, EINVAL, "container not running: it is %s",
				 record_status_name(subject.status));
	return cgroup_freeze(&subject.cgroup, true, err);
}

int container_resume(const struct store *store, const char *id, struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;

	TRY(container_subject_find_locked(store, id, &subject, err));
	if (subject.status != RECORD_PAUSED)
		return error_set(err, EINVAL, "container is not paused: it is %s",
				 record_status_name(subject.status));
	return cgroup_freeze(&subject.cgroup, false, err);
}

/* --- update --- */

/*
 * The kernel knows the pair of limit and swap in other units than the specification, and by one of
 * the two alone the other cannot be kept right. "No limit" ends the limit on both.
 */
static void complete_memory(const struct spec_memory *now, struct spec_memory *io_wanted)
{
	if (io_wanted->swap.value > 0 && !io_wanted->limit.is_set)
		io_wanted->limit = now->limit;
	if (io_wanted->limit.value > 0 && !io_wanted->swap.is_set)
		io_wanted->swap = now->swap;
	if (!io_wanted->check_before_update.is_set)
		io_wanted->check_before_update = now->check_before_update;
}

static int save_config(const struct subject *subject, const struct spec *spec, struct error *err)
{
	autotext struct text text = { 0 };

	spec_write(spec, &text);
	return file_replace(subject->entry.folder_fd, RECORD_CONFIG, 0600, text.data, text.size,
			    err);
}

static int check_updatable(const struct subject *subject, struct error *err)
{
	if (subject->status == RECORD_STOPPED || subject->status == RECORD_CREATING)
		return error_set(err, EINVAL, "container not running: it is %s",
				 record_status_name(subject->status));
	if (subject->cgroup.mode == CGROUP_MODE_NONE)
		return error_set(err, ENOTSUP, "the container has no cgroup to be limited in");
	return 0;
}

/* The part of the configuration that is changed, made when it has none. */
static struct spec_resources *resources_of(struct spec *io_spec)
{
	if (!io_spec->linux_part)
		io_spec->linux_part = arena_new(&io_spec->arena, sizeof(*io_spec->linux_part));
	if (!io_spec->linux_part->resources)
		io_spec->linux_part->resources =
			arena_new(&io_spec->arena, sizeof(*io_spec->linux_part->resources));
	return io_spec->linux_part->resources;
}

/* The class of the container with its two lines changed; the other lines stay as they are. */
static int plan_rdt(const struct subject *subject, const struct spec_intel_rdt *changes,
		    struct spec_intel_rdt *io_now, struct guard_rdt *ret_plan, struct error *err)
{
	autofree char *root = NULL;
	struct spec_intel_rdt lines;

	if (!changes)
		return 0;
	if (!io_now)
		return error_set(err, EINVAL, "linux.intelRdt: the container has none");
	if (changes->l3_cache_schema)
		io_now->l3_cache_schema = changes->l3_cache_schema;
	if (changes->mem_bw_schema)
		io_now->mem_bw_schema = changes->mem_bw_schema;
	TRY(guard_rdt_find_root(&root, err));
	lines = *changes;
	lines.clos_id = io_now->clos_id;
	guard_rdt_plan(&lines, subject->record.id, root, ret_plan);
	return 0;
}

/* Both or none. */
static int change(const struct subject *subject, const struct spec_resources *resources,
		  struct guard_rdt *io_rdt, struct error *err)
{
	autofree char *old = NULL, *ignored = NULL;
	struct error undo_err;

	if (io_rdt->root)
		TRY(guard_rdt_change(io_rdt, &old, err));
	if (cgroup_update(&subject->cgroup, resources, err) == 0)
		return 0;
	if (old) {
		free(io_rdt->schemata);
		io_rdt->schemata = ptr_take(&old);
		if (guard_rdt_change(io_rdt, &ignored, &undo_err) < 0)
			log_warning("the old schemata are not back: %s", undo_err.text);
	}
	return -err->code;
}

int container_update(const struct store *store, const char *id,
		     const struct spec_resources *wanted, const struct spec_intel_rdt *rdt,
		     struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;
	autoclean(spec_clear) struct spec spec = { 0 };
	autoclean(guard_rdt_clear) struct guard_rdt class = { 0 };
	struct spec_resources *now, changes = *wanted;
	struct spec_memory memory = { 0 };

	TRY(container_subject_find_locked(store, id, &subject, err));
	TRY(check_updatable(&subject, err));
	TRY(container_subject_read_config(&subject, &spec, err));
	now = resources_of(&spec);
	TRY(plan_rdt(&subject, rdt, spec.linux_part->intel_rdt, &class, err));
	changes.devices = NULL;
	if (wanted->memory) {
		memory = *wanted->memory;
		changes.memory = &memory;
		if (now->memory)
			complete_memory(now->memory, &memory);
	}
	TRY(change(&subject, &changes, &class, err));
	spec_merge_resources(&changes, now);
	return save_config(&subject, &spec, err);
}
