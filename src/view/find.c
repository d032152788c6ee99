// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/find.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "base/text.h"
#include "signal/name.h"
#include "spec/spec.h"
#include "state/record.h"

static bool is_called(const struct survey_container *container, const char *word)
{
	return strcmp(container->id, word) == 0 ||
	       (container->name && strcmp(container->name, word) == 0);
}

static int find_whole(const struct survey *survey, const char *word)
{
	for (size_t i = 0; i < survey->container_count; i++)
		if (is_called(&survey->container[i], word))
			return (int)i;
	return SURVEY_NONE;
}

/* The first that begins so; all of them are told in @io_names. */
static int find_short(const struct survey *survey, const char *word, struct text *io_names,
		      size_t *ret_count)
{
	int found = SURVEY_NONE;

	*ret_count = 0;
	for (size_t i = 0; i < survey->container_count; i++) {
		if (!text_begins(survey->container[i].id, word))
			continue;
		if (found == SURVEY_NONE)
			found = (int)i;
		text_add(io_names, "%s%s", *ret_count ? ", " : "", survey->container[i].id);
		++*ret_count;
	}
	return found;
}

static int find_process(const struct survey *survey, const char *word, struct find *ret_find,
			struct error *err)
{
	long long pid;
	int found;

	if (text_number(word, 1, INT32_MAX, &pid) < 0)
		return error_set(err, EINVAL, "\"%s\" is not the number of a process", word);
	found = survey_find(survey, (pid_t)pid);
	if (found == SURVEY_NONE)
		return error_set(err, ESRCH, "process %lld: %s", pid, error_words(ESRCH));
	*ret_find = (struct find){ FIND_PROCESS, found };
	return 0;
}

/* "-1" is meant as one, though it is none. */
static bool is_number(const char *word)
{
	word += *word == '-';
	return *word && !word[strspn(word, "0123456789")];
}

int find_target(const struct survey *survey, const char *word, struct find *ret_find,
		struct error *err)
{
	autotext struct text names = { 0 };
	int found = find_whole(survey, word);
	size_t count = 1;

	if (!*word)
		return error_set(err, EINVAL, "\"\" is neither a PID nor a container");
	if (found == SURVEY_NONE && is_number(word))
		return find_process(survey, word, ret_find, err);
	if (found == SURVEY_NONE)
		found = find_short(survey, word, &names, &count);
	if (count > 1)
		return error_set(err, EEXIST, "\"%s\" is the beginning of several: %s", word,
				 text_get(&names));
	if (found == SURVEY_NONE)
		return error_set(err, ENOENT, "no container \"%s\" runs here", word);
	*ret_find = (struct find){ FIND_CONTAINER, found };
	return 0;
}

/* --- husk's own --- */

static void read_stop_signal(const struct record *record, struct survey_container *io_container)
{
	const char *text = spec_find_annotation(record->annotations, SPEC_STOP_SIGNAL_ANNOTATION);
	int signal;

	if (text && signal_parse(text, &signal) == 0 && signal)
		io_container->stop_signal = signal;
}

/* In a folder of its own choice, which no path tells of, its counters are found by the record. */
static void count(const struct record *record, size_t container, struct survey *io_survey)
{
	const struct record_trees *trees = record->cgroup ? record->cgroup->trees : NULL;
	struct cgroup cgroup = { .mode = CGROUP_MODE_V1 };

	if (!trees || !trees->count || io_survey->container[container].has_stat)
		return;
	if (record->cgroup->mode && strcmp(record->cgroup->mode, "unified") == 0)
		cgroup.mode = CGROUP_MODE_V2;
	cgroup.tree = arena_new(&io_survey->arena, trees->count * sizeof(*cgroup.tree));
	for (size_t i = 0; i < trees->count; i++)
		cgroup.tree[cgroup.count++] = (struct cgroup_tree){
			trees->item[i].controllers,
			trees->item[i].mount_point,
			trees->item[i].folder,
		};
	survey_count(&cgroup, container, io_survey);
}

static void name_one(const struct store *store, const char *id, struct survey *io_survey)
{
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	autorecord struct record record = { 0 };
	struct survey_container *container;
	struct error ignored;
	int at;

	if (store_find(store, id, &entry, &ignored) < 0 ||
	    record_read(&entry, &record, &ignored) < 0 || !record.pid.value ||
	    record_status(&record, &entry) == RECORD_STOPPED)
		return;
	at = survey_find(io_survey, (pid_t)record.pid.value);
	if (at == SURVEY_NONE || io_survey->process[at].container == SURVEY_NONE)
		return;
	container = &io_survey->container[io_survey->process[at].container];
	read_stop_signal(&record, container);
	if (container->engine == ENGINE_UNKNOWN) {
		container->engine = ENGINE_HUSK;
		container->id = arena_text(&io_survey->arena, id);
	} else if (strcmp(container->id, id) != 0) {
		container->name = arena_text(&io_survey->arena, id);
	}
	if (io_survey->want & SURVEY_COUNTS)
		count(&record, (size_t)io_survey->process[at].container, io_survey);
}

void find_name_own(const struct store *store, struct survey *io_survey)
{
	autoclean(store_ids_clear) struct store_ids ids = { 0 };
	struct error ignored;

	/* Others' containers are shown all the same. */
	if (store_list(store, &ids, &ignored) < 0)
		return;
	for (size_t i = 0; i < ids.count; i++)
		name_one(store, ids.item[i], io_survey);
}
