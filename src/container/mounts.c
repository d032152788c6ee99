// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

#include "base/scope.h"
#include "container/enter.h"
#include "container/inside.h"
#include "container/subject.h"
#include "mount/attach.h"
#include "mount/detach.h"
#include "mount/mask.h"
#include "mount/source.h"
#include "ns/enter.h"

struct change {
	struct subject subject;
	struct spec spec; /* the container's own, with the wanted mounts in place of its own */
	struct mount_plan plan;
	struct mount_run run;
	uint64_t namespaces;
	int first_fd;
};

#define CHANGE_NONE \
	{ .subject = SUBJECT_NONE, .run = MOUNT_RUN_NONE, .first_fd = -1 }

static void end(struct change *io_change)
{
	mount_run_clear(&io_change->run);
	mount_plan_clear(&io_change->plan);
	spec_clear(&io_change->spec);
	container_subject_clear(&io_change->subject);
	scope_close(&io_change->first_fd);
}

/* --- inside --- */

static int come_in(struct change *c, struct error *err)
{
	if (c->namespaces & CLONE_NEWUSER)
		TRY(container_inside_take_root(c->spec.linux_part, err));
	c->run.root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return c->run.root_fd < 0 ? error_sys(err, "open /") : 0;
}

static int add(void *change, struct error *err)
{
	struct change *c = change;

	TRY(come_in(c, err));
	TRY(mount_attach_all(&c->plan, &c->run, err));
	return mount_finish(&c->plan, &c->run, err);
}

static int take_away(void *change, struct error *err)
{
	struct change *c = change;

	TRY(come_in(c, err));
	for (size_t i = c->spec.mounts->count; i-- > 0;)
		if (mount_detach(&c->run, c->spec.mounts->item[i].destination, err) < 0)
			return error_wrap(err, "mounts[%zu]", i);
	return 0;
}

/* --- the runtime --- */

static int check_status(const struct subject *subject, struct error *err)
{
	if (subject->status == RECORD_STOPPED || subject->status == RECORD_CREATING)
		return error_set(err, ESRCH, "container not running: it is %s",
				 record_status_name(subject->status));
	return 0;
}

static int find(const struct store *store, const char *id, struct change *io_change,
		struct error *err)
{
	struct subject *subject = &io_change->subject;

	TRY(container_subject_find_locked(store, id, subject, err));
	TRY(check_status(subject, err));
	io_change->first_fd = container_subject_open_process(subject, err);
	TRY(io_change->first_fd);
	TRY(ns_enter_look((pid_t)subject->record.pid.value, &io_change->namespaces, err));
	if (!(io_change->namespaces & CLONE_NEWNS))
		return error_set(err, EINVAL, "container has no mount namespace of its own");
	/* Inside it is another one, or none, or what the container has put there. */
	io_change->run.proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (io_change->run.proc_fd < 0)
		return error_sys(err, "open /proc");
	return container_subject_read_config(subject, &io_change->spec, err);
}

static int plan(struct change *io_change, struct error *err)
{
	struct mount_request request = {
		.spec = &io_change->spec,
		.bundle = io_change->subject.record.bundle,
		.has_user_ns = io_change->namespaces & CLONE_NEWUSER,
		.owns_network = io_change->namespaces & CLONE_NEWNET,
		.is_live = true,
	};

	TRY(mount_plan(&request, &io_change->plan, err));
	return mount_open_sources(&io_change->plan, err);
}

/* Those that file systems belong to. Not the pid namespace: so the container does not see us. */
static int run(struct change *io_change, container_errand *errand, struct error *err)
{
	uint64_t namespaces = io_change->namespaces &
			      (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC);

	return container_enter_for(io_change->first_fd, namespaces, errand, io_change, err);
}

int container_mounts_add(const struct store *store, const char *id, struct spec_mounts *mounts,
			 struct error *err)
{
	autoclean(end) struct change change = CHANGE_NONE;

	TRY(find(store, id, &change, err));
	change.spec.mounts = mounts;
	TRY(plan(&change, err));
	return run(&change, add, err);
}

int container_mounts_remove(const struct store *store, const char *id,
			    struct spec_mounts *mounts, struct error *err)
{
	autoclean(end) struct change change = CHANGE_NONE;

	TRY(find(store, id, &change, err));
	change.spec.mounts = mounts;
	return run(&change, take_away, err);
}
