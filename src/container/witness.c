// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/witness.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/scope.h"
#include "cgroup/stat.h"
#include "proc/end.h"
#include "proc/status.h"
#include "proc/waits.h"
#include "signal/name.h"
#include "signal/verdict.h"

static void add(const struct store_entry *entry, const struct life_event *event)
{
	struct error err;

	if (life_add(entry, event, &err) < 0)
		log_debug("story of %s: %s", entry->id, err.text);
}

static struct life_counters read_counters(const struct cgroup *cgroup)
{
	struct cgroup_stat stat;

	cgroup_stat_read_story(cgroup, &stat);
	return (struct life_counters){
		.oom_kills = stat.oom_kills,
		.pids_refused = stat.pids_refused,
		.memory_peak_bytes = stat.memory_peak_bytes,
		.pids_peak = stat.pids_peak,
	};
}

void container_witness_ourselves(const char *command, struct container_witness_actor *ret_actor)
{
	struct task parent = { .parent_pid = 0 };
	pid_t parent_pid = getppid();
	struct error ignored;

	(void)!task_read(parent_pid, &parent, &ignored);
	memcpy(ret_actor->parent_name, parent.name, TASK_NAME_SIZE);
	ret_actor->by = (struct life_actor){
		.command = (char *)command,
		.pid = { true, (uint64_t)getpid() },
		.parent_pid = { true, (uint64_t)parent_pid },
		.uid = { true, getuid() },
		.parent_name = *parent.name ? ret_actor->parent_name : NULL,
	};
}

void container_witness_created(const struct store_entry *entry,
			       const struct container_witness_actor *actor)
{
	struct life_actor by = actor->by;

	add(entry, &(struct life_event){ .kind = { true, LIFE_CREATED },
					 .certainty = { true, LIFE_SEEN },
					 .by = &by });
}

/* As add would, for append; a negative number: there is no story. */
static int open_story(const struct store_entry *entry)
{
	struct error err;
	int fd = life_open(entry, &err);

	if (fd < 0 && fd != -ENOENT)
		log_debug("story of %s: %s", entry->id, err.text);
	return fd;
}

static void append(int story_fd, const struct life_event *event)
{
	struct error err;

	if (life_append(story_fd, event, &err) < 0)
		log_debug("story: %s", err.text);
}

int container_witness_started(const struct store_entry *entry, const struct record *record,
			      const struct cgroup *cgroup)
{
	struct life_counters counters = read_counters(cgroup);
	int fd = open_story(entry);

	if (fd < 0)
		return fd;
	append(fd, &(struct life_event){ .kind = { true, LIFE_STARTED },
					 .certainty = { true, LIFE_SEEN },
					 .pid = { true, (uint64_t)record->pid.value },
					 .start_time = record->start_time,
					 .counters = &counters });
	return fd;
}

static bool is_lost(const struct verdict *verdict)
{
	enum verdict_outcome end = verdict_end(verdict);

	return end == VERDICT_IGNORED || end == VERDICT_DROPPED;
}

/*
 * An init that sleeps in sigtimedwait(2), as tini does, shows neither a handler nor a blocked
 * signal in its status. So who looks deaf is looked at more closely.
 */
static void look_closer(pid_t pid, struct verdict_target *io_target,
			struct verdict_thread *io_thread)
{
	struct waits waits;
	struct error ignored;

	/* Without the right to look the first impression stays. */
	if (waits_read(pid, pid, &waits, &ignored) == 0 && waits_for_signals(&waits))
		(void)!waits_read_awaited(pid, pid, &waits, &io_thread->awaited, &ignored);
	(void)!waits_read_signalfds(pid, &io_target->signalfd, &ignored);
}

/* From outside, by somebody who may: as a rule one file of the target decides. */
static bool judge(pid_t pid, int signal, struct verdict *ret_verdict)
{
	struct verdict_thread thread = { .tid = pid };
	struct verdict_sender sender = { .sees_target = true, .has_cap_kill = true };
	struct verdict_target target = { .exists = true, .thread_count = 1, .thread = &thread };
	struct status status;
	struct error ignored;

	if (status_read(pid, pid, &status, &ignored) < 0)
		return false;
	thread.state = status.state;
	thread.blocked = status.blocked;
	thread.pending = status.pending;
	target.is_init = status_is_init(&status);
	target.ignored = status.ignored;
	target.caught = status.caught;
	target.shared_pending = status.shared_pending;
	target.queue_used = status.queue_used;
	target.queue_limit = status.queue_limit;
	*ret_verdict = verdict_reach(signal, &target, &sender);
	if (is_lost(ret_verdict)) {
		look_closer(pid, &target, &thread);
		*ret_verdict = verdict_reach(signal, &target, &sender);
	}
	return true;
}

const char *container_witness_signal(const struct store_entry *entry,
				     const struct container_witness_signal *sent)
{
	struct container_witness_actor actor;
	/* Nobody may watch: then a kill for memory lies between two lines that know the number. */
	struct life_counters counters = { .oom_kills = cgroup_stat_read_oom_kills(sent->cgroup) };
	struct life_event event = {
		.kind = { true, sent->timeout_ms < 0 ? LIFE_SIGNAL : LIFE_STOP },
		.certainty = { true, LIFE_SEEN },
		.by = &actor.by,
		.signal = (char *)signal_name(sent->signal),
		.to_all = { sent->to_all, sent->to_all },
		.timeout_ms = { sent->timeout_ms >= 0, sent->timeout_ms },
		.counters = counters.oom_kills.is_set ? &counters : NULL,
	};
	bool is_judged;
	struct verdict verdict;

	container_witness_ourselves(sent->command, &actor);
	is_judged = judge(sent->pid, sent->signal, &verdict);
	if (is_judged) {
		event.outcome = (char *)verdict_outcome_name(verdict_end(&verdict));
		event.rule = (char *)verdict.step[verdict.step_count - 1]->text;
	}
	add(entry, &event);
	return is_judged && is_lost(&verdict) ? event.rule : NULL;
}

void container_witness_out_of_memory(const struct store_entry *entry)
{
	add(entry, &(struct life_event){ .kind = { true, LIFE_OUT_OF_MEMORY },
					 .certainty = { true, LIFE_SEEN } });
}

void container_witness_grace_over(const struct store_entry *entry, const char *command)
{
	struct container_witness_actor actor;

	container_witness_ourselves(command, &actor);
	add(entry, &(struct life_event){ .kind = { true, LIFE_GRACE_OVER },
					 .certainty = { true, LIFE_SEEN },
					 .by = &actor.by });
}

static bool is_known(int story_fd)
{
	autolife struct life life = { 0 };
	struct error ignored;

	if (life_read_on(story_fd, &life, &ignored) < 0)
		return false;
	for (size_t i = 0; i < life.count; i++)
		if (life.event[i].kind.value == LIFE_ENDED && life.event[i].end)
			return true;
	return false;
}

void container_witness_end_in(int story_fd, const struct cgroup *cgroup, const int *wait_status)
{
	struct life_counters counters;
	struct life_end end = { 0 };

	if (story_fd < 0 || is_known(story_fd))
		return;
	counters = read_counters(cgroup);
	if (wait_status && WIFSIGNALED(*wait_status)) {
		end.signal = (struct maybe_int){ true, WTERMSIG(*wait_status) };
		end.has_core = (struct maybe_bool){ true, WCOREDUMP(*wait_status) };
	} else if (wait_status) {
		end.exit_code = (struct maybe_int){ true, WEXITSTATUS(*wait_status) };
	}
	append(story_fd, &(struct life_event){ .kind = { true, LIFE_ENDED },
					       .certainty = { true, LIFE_SEEN },
					       .counters = &counters,
					       .end = wait_status ? &end : NULL });
}

void container_witness_end(const struct store_entry *entry, const struct cgroup *cgroup,
			   const int *wait_status)
{
	autoclose int story_fd = open_story(entry);

	container_witness_end_in(story_fd, cgroup, wait_status);
}

void container_witness_find_end(const struct store_entry *entry, const struct record *record,
				const struct cgroup *cgroup, int pid_fd)
{
	struct error err;
	int status, r;

	if (!record->pid.is_set || !record->start_time.is_set)
		return;
	r = end_read((pid_t)record->pid.value, record->start_time.value, pid_fd, &status, &err);
	if (r == -EBUSY)
		return;
	container_witness_end(entry, cgroup, r == 0 ? &status : NULL);
}

void container_witness_deleted(const struct store_entry *entry,
			       const struct container_witness_actor *actor)
{
	struct life_actor by = actor->by;
	struct error err;

	add(entry, &(struct life_event){ .kind = { true, LIFE_DELETED },
					 .certainty = { true, LIFE_SEEN },
					 .by = &by });
	if (life_keep(entry, &err) < 0)
		log_debug("story of %s: %s", entry->id, err.text);
}
