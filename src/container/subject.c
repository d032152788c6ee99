// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/subject.h"

#include <errno.h>

#include "container/save.h"
#include "proc/task.h"
#include "state/private.h"

void container_subject_clear(struct subject *io_subject)
{
	cgroup_clear(&io_subject->cgroup);
	record_clear(&io_subject->record);
	store_entry_close(&io_subject->entry);
}

int container_subject_see(struct subject *io_subject, struct error *err)
{
	bool is_frozen = false;
	struct error ignored;

	TRY(record_read(&io_subject->entry, &io_subject->record, err));
	TRY(container_save_restore_cgroup(&io_subject->record, &io_subject->cgroup, err));
	io_subject->status = record_status(&io_subject->record, &io_subject->entry);
	if (io_subject->status != RECORD_RUNNING && io_subject->status != RECORD_CREATED)
		return 0;
	/* A cgroup that cannot be read says nothing about pausing. */
	(void)!cgroup_is_frozen(&io_subject->cgroup, &is_frozen, &ignored);
	if (is_frozen)
		io_subject->status = RECORD_PAUSED;
	return 0;
}

int container_subject_find(const struct store *store, const char *id,
			   struct subject *ret_subject, struct error *err)
{
	TRY(store_find(store, id, &ret_subject->entry, err));
	return container_subject_see(ret_subject, err);
}

int container_subject_find_locked(const struct store *store, const char *id,
				  struct subject *ret_subject, struct error *err)
{
	TRY(store_find(store, id, &ret_subject->entry, err));
	TRY(store_lock(&ret_subject->entry, SUBJECT_LOCK_WAIT_MS, err));
	return container_subject_see(ret_subject, err);
}

int container_subject_open_process(const struct subject *subject, struct error *err)
{
	if (!subject->record.pid.is_set || !subject->record.start_time.is_set)
		return error_set(err, ESRCH, "container not running");
	return task_open((pid_t)subject->record.pid.value, subject->record.start_time.value, err);
}

int container_subject_read_config(const struct subject *subject, struct spec *ret_spec,
				  struct error *err)
{
	autofree char *text = NULL;
	size_t size;

	TRY(state_private_read(subject->entry.folder_fd, RECORD_CONFIG, &text, &size, err));
	return spec_read(RECORD_CONFIG, text, size, ret_spec, err);
}
