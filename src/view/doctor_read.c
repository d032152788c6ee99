// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_read - two looks at a container that runs, as facts for the rules */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scope.h"
#include "proc/ns.h"
#include "signal/set.h"
#include "view/doctor_part.h"

enum { ARGUMENTS_SIZE = 4096, MS_PER_SECOND = 1000, NS_PER_MS = 1000000 };

/* --- the two looks --- */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

static void pause_ms(int64_t ms)
{
	struct timespec left = { ms / MS_PER_SECOND, ms % MS_PER_SECOND * NS_PER_MS };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
		;
}

int doctor_looks_read(int64_t interval_ms, struct doctor_looks *ret_looks, struct error *err)
{
	int64_t begin_ms = now_ms();

	TRY(survey_read(SURVEY_TIMES, &ret_looks->before, err));
	pause_ms(interval_ms);
	/* On a busy machine it is longer than was asked for, and a growth would look faster. */
	ret_looks->interval_ms = now_ms() - begin_ms;
	return survey_read(SURVEY_TIMES | SURVEY_COUNTS, &ret_looks->after, err);
}

void doctor_looks_clear(struct doctor_looks *io_looks)
{
	survey_clear(&io_looks->before);
	survey_clear(&io_looks->after);
}

/* --- who belongs to it --- */

struct reading {
	const struct doctor_request *request;
	const struct doctor_looks *looks;
	struct doctor_report *report;
	struct doctor_facts facts;
	int first; /* index into looks->after */
	struct doctor_process *process;
	struct facts of_first, of_main;
};

/*
 * PID 1 of the pid namespace, unless containers share that: then the cgroup tells them apart, and
 * the process itself is the first.
 */
static int find_first(const struct survey *survey, int at)
{
	int container = survey->process[at].container, init = survey_init_of(survey, at);

	if (survey->process[at].status.level_count <= 1)
		return at;
	if (init != SURVEY_NONE && survey->process[init].container == container)
		return init;
	return container != SURVEY_NONE ? survey->container[container].first : at;
}

static bool is_below(const struct survey *survey, int top, int at)
{
	for (size_t left = survey->count; at != SURVEY_NONE && left; left--) {
		if (at == top)
			return true;
		at = survey->process[at].parent;
	}
	return false;
}

static bool is_member(const struct survey *survey, int first, int at)
{
	const struct survey_process *one = &survey->process[first], *other = &survey->process[at];

	if (one->container != SURVEY_NONE || other->container != SURVEY_NONE)
		return one->container == other->container || is_below(survey, first, at);
	return is_below(survey, first, at);
}

/* --- one process --- */

/* The words of the command line; what is past the first page is left out. */
static void read_arguments(struct arena *io_arena, struct doctor_process *io_process)
{
	autofree char *path = mem_format("/proc/%d/cmdline", (int)io_process->pid);
	autoclose int file_fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[ARGUMENTS_SIZE];
	const char **args = NULL;
	ssize_t size = file_fd < 0 ? 0 : read(file_fd, text, sizeof(text) - 1);

	text[size > 0 ? size : 0] = '\0';
	for (const char *at = text; size > 0 && at < text + size; at += strlen(at) + 1) {
		args = arena_grow(io_arena, args, io_process->arg_count, sizeof(*args));
		args[io_process->arg_count++] = arena_text(io_arena, at);
	}
	io_process->args = args;
	io_process->role = role_of(args, io_process->arg_count);
}

static bool has_stayed(const struct survey *before, const struct survey_process *now)
{
	int at = survey_find(before, now->status.pid);
	const struct survey_process *then = at == SURVEY_NONE ? NULL : &before->process[at];

	return then && then->start_time == now->start_time &&
	       then->status.state == now->status.state &&
	       (now->status.state == 'Z' || then->status.switches == now->status.switches);
}

static void add_process(struct reading *io_reading, int at)
{
	const struct survey *survey = &io_reading->looks->after;
	const struct survey_process *seen = &survey->process[at];
	const struct status *status = &seen->status;
	struct doctor_process *process = &io_reading->process[io_reading->facts.process_count++];
	struct error ignored;

	*process = (struct doctor_process){
		.pid = status->pid,
		.parent_pid = status->parent_pid,
		.number = status->level_count ? status->level[status->level_count - 1]
					      : status->pid,
		.state = status->state,
		.is_parent_outside = seen->parent == SURVEY_NONE ||
				     !is_member(survey, io_reading->first, seen->parent),
		.has_stayed = has_stayed(&io_reading->looks->before, seen),
	};
	memcpy(process->name, status->name, sizeof(process->name));
	if (!survey_is_zombie(seen))
		read_arguments(&io_reading->report->arena, process);
	if (status->state == 'D' && process->has_stayed)
		(void)!waits_read_place(status->pid, status->pid, process->place, &ignored);
}

static void add_processes(struct reading *io_reading)
{
	const struct survey *survey = &io_reading->looks->after;
	struct doctor_facts *facts = &io_reading->facts;

	io_reading->process = arena_new(&io_reading->report->arena,
					survey->count * sizeof(*io_reading->process));
	facts->process = io_reading->process;
	add_process(io_reading, io_reading->first);
	for (size_t i = 0; i < survey->count; i++)
		if ((int)i != io_reading->first && is_member(survey, io_reading->first, (int)i))
			add_process(io_reading, (int)i);
}

/* --- what the first and the program do with signals --- */

/* The oldest living child of an init is the program; whom it adopted is younger. */
static struct doctor_process *find_main(struct reading *io_reading)
{
	const struct survey *survey = &io_reading->looks->after;
	struct doctor_process *first = io_reading->process, *main = first;
	uint64_t oldest = UINT64_MAX;

	for (size_t i = 1; first->role == ROLE_INIT && i < io_reading->facts.process_count; i++) {
		struct doctor_process *process = &io_reading->process[i];
		int at = survey_find(survey, process->pid);

		if (process->parent_pid != first->pid || process->state == 'Z' ||
		    survey->process[at].start_time >= oldest)
			continue;
		oldest = survey->process[at].start_time;
		main = process;
	}
	return main;
}

static int read_signals(struct reading *io_reading, const struct doctor_process *process,
			struct facts *ret_facts, struct error *err)
{
	const struct facts_request request = {
		.pid = process->pid,
		.start_time = io_reading->looks->after.process[
			survey_find(&io_reading->looks->after, process->pid)].start_time,
		.from = FACTS_FROM_CALLER,
		.signals = signal_set_of(io_reading->facts.stop_signal),
	};

	TRY(facts_read(&request, ret_facts, err));
	for (size_t i = 0; i < ret_facts->gap_count; i++)
		doctor_add_gap(&io_reading->report->arena, &io_reading->facts,
			       ret_facts->gap[i].text);
	return 0;
}

static int read_programs(struct reading *io_reading, struct error *err)
{
	struct doctor_facts *facts = &io_reading->facts;
	struct doctor_process *first = io_reading->process, *main = find_main(io_reading);
	struct error ignored;

	TRY(read_signals(io_reading, first, &io_reading->of_first, err));
	first->facts = &io_reading->of_first;
	facts->is_ending = facts->owns_pid_namespace &&
			   task_is_exiting(&io_reading->of_first.task);
	if (io_reading->of_first.freeze.kind != FREEZE_NONE) {
		facts->freeze_file = io_reading->of_first.freeze.file;
		facts->freeze_text = io_reading->of_first.freeze.content;
	}
	if (facts->is_ending)
		return 0;
	/* A program that has ended since is none that one could ask. */
	if (main != first && read_signals(io_reading, main, &io_reading->of_main, &ignored) == 0)
		main->facts = &io_reading->of_main;
	facts->main = main;
	return 0;
}

/* --- rights --- */

static void read_privilege(struct reading *io_reading)
{
	const struct doctor_process *main = io_reading->facts.main;
	struct doctor_privilege *privilege = &io_reading->facts.privilege;
	struct arena *arena = &io_reading->report->arena;
	const struct status *status;
	struct error err;
	autoclose int own_fd = proc_ns_open(getpid(), "user", &err);
	autoclose int ns_fd = own_fd < 0 || !main ? -1 : proc_ns_open(main->pid, "user", &err);

	if (!main || !main->facts)
		return;
	if (ns_fd < 0) {
		doctor_add_gap(arena, &io_reading->facts, err.text);
		return;
	}
	status = &main->facts->status;
	*privilege = (struct doctor_privilege){
		.is_known = true,
		.uid = status->uid.effective,
		.no_new_privs = status->no_new_privs,
		.has_user_namespace = !proc_ns_is_same(own_fd, ns_fd),
		.capabilities = status->effective | status->permitted,
		.file = arena_format(arena, "/proc/%d/status", (int)main->pid),
	};
}

/* --- the whole --- */

static int find_process(struct reading *io_reading, struct error *err)
{
	const struct doctor_request *request = io_reading->request;
	const struct survey *survey = &io_reading->looks->after;
	int at = survey_find(survey, request->pid);

	if (at == SURVEY_NONE || (request->start_time &&
				  survey->process[at].start_time != request->start_time))
		return error_set(err, ESRCH, "process %d: %s", (int)request->pid,
				 error_words(ESRCH));
	if (survey_is_zombie(&survey->process[at]))
		return error_set(err, ESRCH, "process %d has ended: it is a zombie of process %d",
				 (int)request->pid, (int)survey->process[at].status.parent_pid);
	io_reading->first = find_first(survey, at);
	return 0;
}

static int read_all(struct reading *io_reading, struct error *err)
{
	const struct survey *survey = &io_reading->looks->after;
	struct doctor_facts *facts = &io_reading->facts;
	const struct survey_process *first;
	struct doctor_place place;

	TRY(find_process(io_reading, err));
	first = &survey->process[io_reading->first];
	facts->is_container |= first->container != SURVEY_NONE;
	/* Somebody else's container, or one of ours by a number: what the survey knows of it. */
	if (!io_reading->request->is_own && first->container != SURVEY_NONE)
		facts->stop_signal = survey->container[first->container].stop_signal;
	facts->owns_pid_namespace = first->status.level_count > 1 &&
				    status_is_init(&first->status);
	facts->is_in_own_namespace = first->status.level_count <= 1;
	add_processes(io_reading);
	TRY(read_programs(io_reading, err));
	read_privilege(io_reading);
	place = (struct doctor_place){ io_reading->first, io_reading->looks };
	doctor_read_limits(&place, &io_reading->report->arena, facts);
	if (facts->main)
		doctor_read_core(facts->main->pid, facts);
	return 0;
}

int doctor_read(const struct doctor_request *request, const struct doctor_looks *looks,
		struct doctor_report *ret_report, struct error *err)
{
	struct reading reading = { .request = request, .looks = looks, .report = ret_report };
	int r;

	*ret_report = (struct doctor_report){ 0 };
	reading.facts = (struct doctor_facts){
		.id = request->id,
		.is_own = request->is_own,
		.is_container = request->is_container,
		.interval_ms = looks->interval_ms,
	};
	doctor_set_stop(request->stop_text, &reading.facts);
	r = read_all(&reading, err);
	if (r == 0) {
		ret_report->id = arena_text(&ret_report->arena, request->id);
		ret_report->pid = reading.process->pid;
		doctor_judge_all(&reading.facts, ret_report);
	}
	facts_clear(&reading.of_first);
	facts_clear(&reading.of_main);
	if (r < 0)
		doctor_clear(ret_report);
	return r;
}
