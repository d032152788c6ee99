// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * survey_group - which namespace and which container a process is in
 *
 * A child is born in its parent's pid namespace or in one inside of it, and setns(2) too leads
 * inwards only. So a process as deep in namespaces as its parent is in the same one, and where
 * nobody shares that namespace, in the same container. Only what came in from outside is looked
 * up; that is what makes a survey of many processes cheap.
 */
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/text.h"
#include "view/survey_part.h"

/* What is the same for long runs of processes is read and understood once. */
struct grouping {
	struct survey *survey;
	int proc_fd;
	char last[SURVEY_FILE_SIZE]; /* the membership that was looked at before */
	int last_container;
	size_t shared_count;
	uint64_t *shared; /* pid namespaces with members of several containers */
	/* For processes of the machine's own pid namespace: what the lists of the cgroups say. */
	int *listed;	    /* NULL: there are no lists, each is asked */
	size_t last_folder; /* all in one cgroup are in one container */
	int folder_container;
};

static uint64_t read_pid_ns(int proc_fd, pid_t pid)
{
	char name[64], target[64];
	unsigned long long inode;
	ssize_t size;

	snprintf(name, sizeof(name), "%d/ns/pid", (int)pid);
	size = readlinkat(proc_fd, name, target, sizeof(target) - 1);
	if (size < 0)
		return 0;
	target[size] = '\0';
	return sscanf(target, "pid:[%llu]", &inode) == 1 ? inode : 0;
}

/* systemd writes bytes that are special in the name of a unit as "\x2d". */
static char *copy_id(struct arena *io_arena, const char *id, size_t size)
{
	char *copy = arena_format(io_arena, "%.*s", (int)size, id);
	char *to = copy;

	for (const char *at = copy; *at; ) {
		char digits[3] = { 0 };

		if (at[0] == '\\' && at[1] == 'x' && isxdigit((unsigned char)at[2]) &&
		    isxdigit((unsigned char)at[3])) {
			memcpy(digits, at + 2, 2);
			*to++ = (char)strtol(digits, NULL, 16);
			at += 4;
		} else {
			*to++ = *at++;
		}
	}
	*to = '\0';
	return copy;
}

static int find_container(const struct survey *survey, enum engine engine, const char *id)
{
	for (size_t i = 0; i < survey->container_count; i++)
		if (survey->container[i].engine == engine &&
		    strcmp(survey->container[i].id, id) == 0)
			return (int)i;
	return SURVEY_NONE;
}

static int add_container(struct survey *io_survey, const struct survey_container *container)
{
	struct arena *arena = &io_survey->arena;

	io_survey->container = arena_grow(arena, io_survey->container, io_survey->container_count,
					  sizeof(*container));
	io_survey->container[io_survey->container_count] = *container;
	io_survey->container[io_survey->container_count].first = SURVEY_NONE;
	io_survey->container[io_survey->container_count].stop_signal = SIGTERM;
	return (int)io_survey->container_count++;
}

/* Of the cgroup; SURVEY_NONE when it names no container. */
static int container_of(struct grouping *io_grouping, const char *membership)
{
	struct survey *survey = io_grouping->survey;
	struct arena *arena = &survey->arena;
	struct engine_match match;
	const char *path;
	char *id;
	int found;

	if (!engine_parse_membership(membership, &match, &path))
		return SURVEY_NONE;
	id = copy_id(arena, match.id, match.id_size);
	found = find_container(survey, match.engine, id);
	if (found != SURVEY_NONE)
		return found;
	return add_container(survey, &(struct survey_container){
		.engine = match.engine,
		.id = id,
		.pod = match.pod ? copy_id(arena, match.pod, match.pod_size) : NULL,
		.membership = arena_text(arena, membership),
		.folder = arena_format(arena, "%.*s", (int)match.path_size, path),
	});
}

/* A pid namespace whose cgroup tells nothing is somebody's container all the same. */
static int container_of_namespace(struct grouping *io_grouping, uint64_t pid_ns,
				  const char *membership)
{
	struct survey *survey = io_grouping->survey;
	autofree char *id = mem_format("pidns-%llu", (unsigned long long)pid_ns);
	int found = find_container(survey, ENGINE_UNKNOWN, id);

	if (found != SURVEY_NONE || !pid_ns)
		return found;
	return add_container(survey, &(struct survey_container){
		.engine = ENGINE_UNKNOWN,
		.id = arena_text(&survey->arena, id),
		.membership = membership ? arena_text(&survey->arena, membership) : NULL,
		.pid_ns = pid_ns,
	});
}

/* By the cgroup alone. In v1 trees a zombie is shown in the root; it stays with its parent. */
static int look_at_cgroup(struct grouping *io_grouping, int at)
{
	const struct survey_process *process = &io_grouping->survey->process[at];
	int parent = process->parent;
	char name[64], text[SURVEY_FILE_SIZE];
	int found;

	snprintf(name, sizeof(name), "%d/cgroup", (int)process->status.pid);
	if (survey_read_file(io_grouping->proc_fd, name, text) < 0)
		*text = '\0';
	if (strcmp(text, io_grouping->last) == 0)
		found = io_grouping->last_container;
	else
		found = container_of(io_grouping, text);
	memcpy(io_grouping->last, text, strlen(text) + 1);
	io_grouping->last_container = found;
	if (found == SURVEY_NONE && survey_is_zombie(process) && parent != SURVEY_NONE)
		return io_grouping->survey->process[parent].container;
	return found;
}

static bool is_shared(const struct grouping *grouping, uint64_t pid_ns)
{
	for (size_t i = 0; i < grouping->shared_count; i++)
		if (grouping->shared[i] == pid_ns)
			return true;
	return false;
}

/* Another container lives in the namespace as well, as in a pod that shares it. */
static void note_sharing(struct grouping *io_grouping, uint64_t pid_ns, int container)
{
	struct survey *survey = io_grouping->survey;

	if (!pid_ns || container == SURVEY_NONE || is_shared(io_grouping, pid_ns))
		return;
	if (!survey->container[container].pid_ns)
		survey->container[container].pid_ns = pid_ns;
	for (size_t i = 0; i < survey->container_count; i++) {
		if ((int)i == container || survey->container[i].pid_ns != pid_ns)
			continue;
		io_grouping->shared = arena_grow(&survey->arena, io_grouping->shared,
						 io_grouping->shared_count, sizeof(uint64_t));
		io_grouping->shared[io_grouping->shared_count++] = pid_ns;
		return;
	}
}

static bool is_as_deep_as_parent(const struct survey *survey, int at)
{
	const struct survey_process *process = &survey->process[at];

	return process->parent != SURVEY_NONE &&
	       survey->process[process->parent].status.level_count == process->status.level_count;
}

static void take_listed(int at, size_t folder, void *data)
{
	struct grouping *grouping = data;

	if (grouping->survey->process[at].status.level_count > 1)
		return;
	if (folder != grouping->last_folder)
		grouping->folder_container = SURVEY_NONE;
	grouping->last_folder = folder;
	/* Who has gone in the meantime cannot be asked; the next one can. */
	if (grouping->folder_container == SURVEY_NONE)
		grouping->folder_container = look_at_cgroup(grouping, at);
	grouping->listed[at] = grouping->folder_container;
}

static int container_on_machine(struct grouping *io_grouping, int at)
{
	const struct survey_process *process = &io_grouping->survey->process[at];

	if (!io_grouping->listed)
		return look_at_cgroup(io_grouping, at);
	/* The lists have no zombies. */
	if (survey_is_zombie(process) && process->parent != SURVEY_NONE)
		return io_grouping->survey->process[process->parent].container;
	return io_grouping->listed[at];
}

/* The parent has been grouped before. */
static void group_one(struct grouping *io_grouping, int at)
{
	struct survey *survey = io_grouping->survey;
	struct survey_process *process = &survey->process[at];

	if (process->status.level_count <= 1) {
		process->container = container_on_machine(io_grouping, at);
		return;
	}
	if (is_as_deep_as_parent(survey, at)) {
		process->pid_ns = survey->process[process->parent].pid_ns;
		process->container = survey->process[process->parent].container;
		return;
	}
	process->pid_ns = read_pid_ns(io_grouping->proc_fd, process->status.pid);
	process->container = look_at_cgroup(io_grouping, at);
	if (process->container == SURVEY_NONE)
		process->container = container_of_namespace(
			io_grouping, process->pid_ns,
			*io_grouping->last ? io_grouping->last : NULL);
	note_sharing(io_grouping, process->pid_ns, process->container);
}

static void regroup_shared(struct grouping *io_grouping)
{
	struct survey *survey = io_grouping->survey;

	for (size_t i = 0; io_grouping->shared_count && i < survey->count; i++) {
		struct survey_process *process = &survey->process[i];
		int found;

		if (!is_shared(io_grouping, process->pid_ns))
			continue;
		found = look_at_cgroup(io_grouping, (int)i);
		if (found != SURVEY_NONE)
			process->container = found;
	}
}

/* A dead process that was put in shows no cgroup of v1: it belongs to whom the namespace does. */
static void place_zombies(struct survey *io_survey)
{
	for (size_t i = 0; i < io_survey->count; i++) {
		struct survey_process *process = &io_survey->process[i];
		int init;

		if (process->status.level_count <= 1 || !survey_is_zombie(process) ||
		    is_as_deep_as_parent(io_survey, (int)i))
			continue;
		init = survey_init_of(io_survey, (int)i);
		if (init != SURVEY_NONE && io_survey->process[init].container != SURVEY_NONE)
			process->container = io_survey->process[init].container;
	}
}

/* --- the list --- */

static bool is_better_first(const struct survey *survey, int than, int at)
{
	const struct status *one, *other = &survey->process[at].status;

	if (than == SURVEY_NONE)
		return true;
	one = &survey->process[than].status;
	if (status_is_init(other) != status_is_init(one))
		return status_is_init(other);
	return status_is_init(other) && other->level_count < one->level_count;
}

static void count_member(struct survey *io_survey, int at)
{
	struct survey_process *process = &io_survey->process[at];
	struct survey_container *container;

	if (process->container == SURVEY_NONE)
		return;
	container = &io_survey->container[process->container];
	container->processes++;
	if (survey_is_zombie(process))
		container->zombies++;
	else
		container->threads += process->status.threads;
	if (is_better_first(io_survey, container->first, at))
		container->first = at;
}

static int compare(const void *a, const void *b)
{
	const struct survey_container *one = a, *other = b;

	if (one->engine != other->engine)
		return (int)one->engine - (int)other->engine;
	return strcmp(one->id, other->id);
}

/* Sorted, without those that nobody lives in, and the processes' indices with them. */
static void settle_list(struct survey *io_survey)
{
	size_t size = (io_survey->container_count + 1) * sizeof(int), kept = 0;
	autofree int *place = mem_new(size);

	for (size_t i = 0; i < io_survey->container_count; i++) {
		struct survey_container *container = &io_survey->container[i];

		if (container->first == SURVEY_NONE)
			continue;
		container->pid_ns = io_survey->process[container->first].pid_ns;
		io_survey->container[kept++] = *container;
	}
	io_survey->container_count = kept;
	if (kept)
		qsort(io_survey->container, kept, sizeof(*io_survey->container), compare);
	for (size_t i = 0; i < kept; i++)
		place[io_survey->process[io_survey->container[i].first].container] = (int)i;
	for (size_t i = 0; i < io_survey->count; i++)
		if (io_survey->process[i].container != SURVEY_NONE)
			io_survey->process[i].container = place[io_survey->process[i].container];
}

static void read_lists(struct grouping *io_grouping)
{
	struct survey *survey = io_grouping->survey;

	io_grouping->listed = arena_new(&survey->arena, (survey->count + 1) * sizeof(int));
	for (size_t i = 0; i < survey->count; i++)
		io_grouping->listed[i] = SURVEY_NONE;
	if (!survey_each_member(survey, take_listed, io_grouping))
		io_grouping->listed = NULL;
}

void survey_group(int proc_fd, struct survey *io_survey)
{
	autofree struct grouping *grouping = mem_new(sizeof(*grouping));

	*grouping = (struct grouping){ .survey = io_survey, .proc_fd = proc_fd,
				       .last_container = SURVEY_NONE };
	io_survey->pid_ns = read_pid_ns(proc_fd, getpid());
	read_lists(grouping);
	for (size_t i = 0; i < io_survey->count; i++) {
		int top = (int)i;

		if (io_survey->process[i].parent != SURVEY_NONE)
			continue;
		for (int at = top; at != SURVEY_NONE; at = survey_next(io_survey, top, at))
			group_one(grouping, at);
	}
	regroup_shared(grouping);
	place_zombies(io_survey);
	for (size_t i = 0; i < io_survey->count; i++)
		count_member(io_survey, (int)i);
	settle_list(io_survey);
}
