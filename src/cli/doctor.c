// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor - what is wrong with a container, or with a bundle before it runs */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/options.h"
#include "container/init.h"
#include "container/subject.h"
#include "view/doctor.h"
#include "view/find.h"

/* The worst finding is the exit status, so husk's own errors need another one. */
enum { OWN_ERROR = 3, DEFAULT_INTERVAL_MS = 500, CONFIG_MAX = 16 << 20 };

struct doctor_values {
	bool all, list, init;
	const char *bundle, *format;
	struct maybe_int interval;
};

const struct option doctor_options[] = {
	{ "all", 'a', OPTION_FLAG, offsetof(struct doctor_values, all), NULL,
	  "every container of the machine, of any engine" },
	{ "bundle", 'b', OPTION_TEXT, offsetof(struct doctor_values, bundle), "DIR",
	  "a bundle, before it runs" },
	{ "init", 0, OPTION_FLAG, offsetof(struct doctor_values, init), NULL,
	  "it will run with --init (with --bundle)" },
	{ "interval", 0, OPTION_DURATION, offsetof(struct doctor_values, interval), "TIME",
	  "between the two looks (default 500ms)" },
	{ "format", 'f', OPTION_TEXT, offsetof(struct doctor_values, format), "text|json",
	  "how to print" },
	{ "list", 0, OPTION_FLAG, offsetof(struct doctor_values, list), NULL,
	  "print the rules, as a table" },
	{ 0 },
};

/* --- the reports --- */

struct reports {
	size_t count;
	struct doctor_report *item;
	struct arena arena;
};

static void clear(struct reports *io_reports)
{
	for (size_t i = 0; i < io_reports->count; i++)
		doctor_clear(&io_reports->item[i]);
	arena_clear(&io_reports->arena);
}

static struct doctor_report *add(struct reports *io_reports)
{
	io_reports->item = arena_grow(&io_reports->arena, io_reports->item, io_reports->count,
				      sizeof(*io_reports->item));
	return &io_reports->item[io_reports->count];
}

static int print(const struct reports *reports, const char *format)
{
	enum doctor_severity worst = DOCTOR_CLEAN;
	autotext struct text text = { 0 };

	for (size_t i = 0; i < reports->count; i++) {
		enum doctor_severity severity = doctor_worst(&reports->item[i]);

		worst = severity > worst ? severity : worst;
	}
	if (strcmp(format, "json") == 0)
		doctor_json(reports->item, reports->count, &text);
	for (size_t i = 0; i < reports->count && strcmp(format, "json") != 0; i++) {
		if (i > 0 && reports->item[i - 1].finding_count + reports->item[i].finding_count)
			text_add(&text, "\n");
		doctor_text(&reports->item[i], &text);
	}
	fputs(text.size ? text_get(&text) : "no container runs here\n", stdout);
	return (int)worst;
}

/* --- a configuration --- */

static void judge_spec(const char *id, const struct spec *spec, bool is_init_asked,
		       struct reports *io_reports)
{
	struct doctor_bundle bundle = { .id = id, .spec = spec };
	struct container_init init;
	struct error err;

	if (container_init_plan(spec, is_init_asked, &io_reports->arena, &init, &err) < 0)
		bundle.init_error = err.text;
	else
		bundle.is_init_wanted = init.is_wanted;
	doctor_spec(&bundle, add(io_reports));
	io_reports->count++;
}

static int judge_bundle(const struct doctor_values *values, struct reports *io_reports,
			struct error *err)
{
	autofree char *path = mem_format("%s/config.json", values->bundle);
	autofree char *text = NULL;
	struct spec spec = { 0 };
	size_t size;

	TRY(file_read(AT_FDCWD, path, CONFIG_MAX, &text, &size, err));
	TRY(spec_read(path, text, size, &spec, err));
	judge_spec(values->bundle, &spec, values->init, io_reports);
	spec_clear(&spec);
	return 0;
}

/* --- what runs --- */

/* The program of a created container is not there yet: its configuration is. */
static int judge_own(const struct subject *subject, const struct doctor_looks *looks,
		     struct reports *io_reports, struct error *err)
{
	const struct record *record = &subject->record;
	const struct doctor_request request = {
		.id = record->id,
		.pid = (pid_t)record->pid.value,
		.start_time = record->start_time.value,
		.is_own = true,
		.is_container = true,
		.stop_text = spec_find_annotation(record->annotations, SPEC_STOP_SIGNAL_ANNOTATION),
	};
	struct spec spec = { 0 };

	if (subject->status == RECORD_CREATED) {
		TRY(container_subject_read_config(subject, &spec, err));
		judge_spec(record->id, &spec, record->has_init.value, io_reports);
		spec_clear(&spec);
		return 0;
	}
	if (subject->status != RECORD_RUNNING && subject->status != RECORD_PAUSED)
		return error_set(err, ESRCH, "container \"%s\" is %s%s", record->id,
				 record_status_name(subject->status),
				 subject->status == RECORD_STOPPED
					 ? ": `husk why` tells how it ended" : "");
	TRY(doctor_read(&request, looks, add(io_reports), err));
	io_reports->count++;
	return 0;
}

static int judge_other(const char *id, pid_t pid, const struct doctor_looks *looks,
		       struct reports *io_reports, struct error *err)
{
	const struct doctor_request request = { .id = id, .pid = pid };

	TRY(doctor_read(&request, looks, add(io_reports), err));
	io_reports->count++;
	return 0;
}

/* A container of this state folder by its id; else anything that runs. */
static int judge_word(const struct store *store, const char *word,
		      struct doctor_looks *io_looks, struct reports *io_reports,
		      struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;
	const struct survey *survey = &io_looks->after;
	struct find found;
	int at;

	if (container_subject_find(store, word, &subject, err) == 0)
		return judge_own(&subject, io_looks, io_reports, err);
	find_name_own(store, &io_looks->after);
	TRY(find_target(survey, word, &found, err));
	at = found.kind == FIND_PROCESS ? found.index : survey->container[found.index].first;
	return judge_other(word, survey->process[at].status.pid, io_looks, io_reports, err);
}

static int judge_container(const struct store *store, const struct survey_container *container,
			   const struct doctor_looks *looks, struct reports *io_reports,
			   struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;
	const char *id = container->name ? container->name : container->id;

	if (container->engine == ENGINE_HUSK &&
	    container_subject_find(store, id, &subject, err) == 0)
		return judge_own(&subject, looks, io_reports, err);
	return judge_other(id, looks->after.process[container->first].status.pid, looks, io_reports,
			   err);
}

/* Containers that end while they are looked at are passed over, and no other spoils the rest. */
static void judge_all(const struct store *store, struct doctor_looks *io_looks,
		      struct reports *io_reports, struct error *err)
{
	find_name_own(store, &io_looks->after);
	for (size_t i = 0; i < io_looks->after.container_count; i++) {
		int r = judge_container(store, &io_looks->after.container[i], io_looks, io_reports,
					err);

		if (r < 0 && r != -ESRCH && r != -ENOENT)
			log_warning("doctor %s: %s", io_looks->after.container[i].id, err->text);
	}
}

static int judge_running(const struct context *context, const struct doctor_values *values,
			 const char *word, struct reports *io_reports, struct error *err)
{
	autostore struct store store = STORE_NONE;
	autolooks struct doctor_looks looks = { 0 };

	TRY(store_open(context->root, &store, err));
	TRY(doctor_looks_read(values->interval.value, &looks, err));
	if (!values->all)
		return judge_word(&store, word, &looks, io_reports, err);
	judge_all(&store, &looks, io_reports, err);
	return 0;
}

/* --- the command --- */

static int check_values(const struct doctor_values *values, int words, struct error *err)
{
	if (strcmp(values->format, "text") != 0 && strcmp(values->format, "json") != 0)
		return error_set(err, EINVAL, "doctor: --format: \"%s\" is not one of text, json",
				 values->format);
	if (values->interval.value <= 0)
		return error_set(err, EINVAL, "doctor: --interval: must be greater than 0");
	if (values->init && !values->bundle)
		return error_set(err, EINVAL, "doctor: --init goes with --bundle only");
	if (words + values->all + (values->bundle != NULL) != 1)
		return error_set(err, EINVAL,
				 "doctor: one of these is wanted: ID, PID, --all, --bundle DIR");
	return 0;
}

int cmd_doctor(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct doctor_values values = { .format = "text",
					.interval = { true, DEFAULT_INTERVAL_MS } };
	autoclean(clear) struct reports reports = { 0 };
	autotext struct text list = { 0 };
	const char *name;
	int words, r;

	io_context->error_status = OWN_ERROR;
	words = command_options(command_find("doctor"), OPTION_MIXED, 0, 1, argc, argv, &values,
				err);
	TRY(words);
	if (values.list) {
		doctor_list(&list);
		fputs(text_get(&list), stdout);
		return 0;
	}
	TRY(check_values(&values, words, err));
	name = values.bundle ? values.bundle : values.all ? "--all" : argv[0];
	r = values.bundle ? judge_bundle(&values, &reports, err)
			  : judge_running(io_context, &values, argv[0], &reports, err);
	return r < 0 ? error_wrap(err, "doctor %s", name) : print(&reports, values.format);
}
