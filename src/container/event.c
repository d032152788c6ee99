// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/event.h"

#include <errno.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "cgroup/oom.h"
#include "container/subject.h"

/* --- lines --- */

static int add_stats(const struct subject *subject, struct text *io_text, struct error *err)
{
	autodetail struct cgroup_detail detail = { 0 };

	TRY(cgroup_detail_read(&subject->cgroup, &detail, err));
	/* An id has no character that JSON escapes. */
	text_add(io_text, "{\"type\":\"stats\",\"id\":\"%s\",\"data\":", subject->record.id);
	container_event_write(&detail, io_text);
	text_add(io_text, "}\n");
	return 0;
}

static int check_alive(const struct subject *subject, struct error *err)
{
	if (subject->status == RECORD_STOPPED || subject->status == RECORD_CREATING)
		return error_set(err, ESRCH, "container not running");
	return 0;
}

int container_event_stats(const struct store *store, const char *id, struct text *io_text,
			  struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;

	TRY(container_subject_find(store, id, &subject, err));
	TRY(check_alive(&subject, err));
	return add_stats(&subject, io_text, err);
}

/* --- follow --- */

enum { END, OOM, TIME, PLACES };

static int open_timer(int64_t interval_ms, struct error *err)
{
	const struct timespec interval = { .tv_sec = interval_ms / 1000,
					   .tv_nsec = interval_ms % 1000 * 1000000 };
	const struct itimerspec times = { .it_value = interval, .it_interval = interval };
	autoclose int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd < 0)
		return error_sys(err, "timerfd_create");
	if (timerfd_settime(fd, 0, &times, NULL) < 0)
		return error_sys(err, "set a timer");
	return fd_take(&fd);
}

/* A container that was deleted between two looks has no figures, and that is no error. */
static int put_stats(const struct subject *subject, int out_fd, struct error *err)
{
	autotext struct text line = { 0 };
	int r = add_stats(subject, &line, err);

	if (r == -ENOENT || r == -ENODEV)
		return 0;
	TRY(r);
	return fd_write_all(out_fd, line.data, line.size, err);
}

static int put_oom(const struct subject *subject, struct cgroup_oom *io_oom, int out_fd,
		   struct error *err)
{
	autotext struct text line = { 0 };

	/* The eventfd of v1 counts up once more when its folder is removed. */
	if (!cgroup_oom_take(io_oom) || access(subject->cgroup.tree->folder, F_OK) < 0)
		return 0;
	text_add(&line, "{\"type\":\"oom\",\"id\":\"%s\"}\n", subject->record.id);
	return fd_write_all(out_fd, line.data, line.size, err);
}

static int follow(const struct subject *subject, struct pollfd *io_wait, struct cgroup_oom *io_oom,
		  int out_fd, struct error *err)
{
	uint64_t ticks;

	do {
		if (TEMP_FAILURE_RETRY(poll(io_wait, PLACES, -1)) < 0)
			return error_sys(err, "wait for events");
		/* First of all, and at the end once more: that may be what it died of. */
		TRY(put_oom(subject, io_oom, out_fd, err));
		if (read(io_wait[TIME].fd, &ticks, sizeof(ticks)) == sizeof(ticks))
			TRY(put_stats(subject, out_fd, err));
	} while (!io_wait[END].revents);
	return 0;
}

int container_event_follow(const struct store *store, const char *id, int64_t interval_ms,
			   int out_fd, struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;
	autooom struct cgroup_oom oom = CGROUP_OOM_NONE;
	autoclose int pid_fd = -1, timer_fd = -1;
	struct pollfd wait[PLACES];

	TRY(container_subject_find(store, id, &subject, err));
	TRY(check_alive(&subject, err));
	pid_fd = container_subject_open_process(&subject, err);
	TRY(pid_fd);
	TRY(cgroup_oom_open(&subject.cgroup, &oom, err));
	timer_fd = open_timer(interval_ms, err);
	TRY(timer_fd);
	TRY(put_stats(&subject, out_fd, err));
	wait[END] = (struct pollfd){ .fd = pid_fd, .events = POLLIN };
	wait[OOM] = (struct pollfd){ .fd = oom.fd, .events = oom.events };
	wait[TIME] = (struct pollfd){ .fd = timer_fd, .events = POLLIN };
	return follow(&subject, wait, &oom, out_fd, err);
}
