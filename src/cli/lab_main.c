// SPDX-License-Identifier: GPL-2.0-or-later
/* lab_main - the program husk-lab: list, run, ask, show */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/lab.h"
#include "lab/question.h"
#include "lab/report.h"
#include "lab/report_json.h"
#include "lab/run.h"

enum { EXIT_REFUTED = 1, EXIT_ERROR = 2, EXIT_NOT_HERE = 77 };
enum { DEFAULT_TIMEOUT_MS = 60000, REPEAT_MAX = 1000000, ANSWERS_MAX = 3 };

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_MARKDOWN };

struct job {
	struct lab_values values;
	enum format format;
	int timeout_ms, repeat;
	size_t count; /* of the results */
	struct run_result *results;
};

static int find(const char *word, const struct experiment **ret_experiment, struct error *err)
{
	*ret_experiment = lab_find(word);
	if (*ret_experiment)
		return 0;
	return error_set(err, EINVAL, "\"%s\" is no experiment; `husk lab list` names them", word);
}

static void print(const struct text *text)
{
	fwrite(text_get(text), 1, text->size, stdout);
}

/* --- list, show --- */

static int do_list(struct job *io_job, int words UNUSED, char **argv UNUSED,
		   struct error *err UNUSED)
{
	autotext struct text text = { 0 };

	(io_job->format == FORMAT_JSON ? report_json_list : report_list)(&text);
	print(&text);
	return 0;
}

static int do_show(struct job *io_job UNUSED, int words UNUSED, char **argv, struct error *err)
{
	const struct experiment *experiment;
	autotext struct text text = { 0 };

	TRY(find(argv[0], &experiment, err));
	report_experiment(experiment, &text);
	print(&text);
	return 0;
}

/* --- ask --- */

static int find_number(const char *word, const struct question **ret_question, struct error *err)
{
	long long number;

	if (text_number(word, 0, INT32_MAX, &number) < 0)
		return 0;
	*ret_question = question_find((int)number);
	return *ret_question ? 1 : error_set(err, EINVAL, "there is no question %s", word);
}

static int do_ask(struct job *io_job, int words, char **argv, struct error *err)
{
	const struct question *found[ANSWERS_MAX];
	autotext struct text text = { 0 }, asked = { 0 };
	int count = words == 1 ? find_number(argv[0], found, err) : 0;

	TRY(count);
	for (int i = 0; i < words; i++)
		text_add(&asked, "%s ", argv[i]);
	if (count == 0)
		count = (int)question_search(text_get(&asked), found, ANSWERS_MAX);
	if (count == 0)
		return error_set(err, ENOENT, "no question has any of these words");
	if (io_job->format == FORMAT_JSON)
		report_json_questions(found, (size_t)count, &text);
	for (int i = 0; io_job->format != FORMAT_JSON && i < count; i++) {
		text_add(&text, "%s", i ? "\n" : "");
		report_question(found[i], &text);
	}
	print(&text);
	return 0;
}

/* --- run --- */

/* On a terminal, where nothing else tells that something is going on. */
static void show_progress(const struct experiment *experiment, size_t at, size_t all)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (experiment)
		fprintf(stderr, "\r\033[K%zu of %zu: %s", at + 1, all, experiment->name);
	else
		fprintf(stderr, "\r\033[K");
}

/* The last result of one experiment, or the first that is not confirmed. */
static int run_repeated(const struct job *job, const struct experiment *experiment,
			struct run_result *ret_result, struct error *err)
{
	for (int i = 0;; i++) {
		TRY(run_experiment(experiment, job->timeout_ms, ret_result, err));
		if (ret_result->finding.verdict != LAB_CONFIRMED && i > 0)
			fprintf(stderr, "husk: lab: %s: confirmed %d times before\n",
				experiment->name, i);
		if (ret_result->finding.verdict != LAB_CONFIRMED || i + 1 == job->repeat)
			return 0;
		run_clear(ret_result);
	}
}

/* 1 when any is refuted; else 0 when any is confirmed. */
static int exit_status(const struct job *job)
{
	int status = EXIT_NOT_HERE;

	for (size_t i = 0; i < job->count; i++) {
		if (job->results[i].finding.verdict == LAB_REFUTED)
			return EXIT_REFUTED;
		if (job->results[i].finding.verdict == LAB_CONFIRMED)
			status = 0;
	}
	return status;
}

static void print_tally(const struct job *job)
{
	size_t counts[LAB_NOT_HERE + 1] = { 0 };

	for (size_t i = 0; i < job->count; i++)
		counts[job->results[i].finding.verdict]++;
	printf("%zu confirmed, %zu refuted, %zu not observable here\n", counts[LAB_CONFIRMED],
	       counts[LAB_REFUTED], counts[LAB_NOT_HERE]);
}

static void print_markdown(const struct job *job)
{
	autotext struct text text = { 0 };
	struct utsname machine;

	uname(&machine);
	printf("# The questions and their experiments\n\n"
	       "Made by `husk lab run all --format markdown`, here on Linux %.*s, %s.\n"
	       "The verdicts stand in the order of the experiments.\n\n",
	       (int)strspn(machine.release, "0123456789."), machine.release, machine.machine);
	report_markdown(job->results, job->count, &text);
	print(&text);
	printf("\n");
	print_tally(job);
}

static void print_results(const struct job *job)
{
	autotext struct text text = { 0 };

	if (job->format == FORMAT_MARKDOWN) {
		print_markdown(job);
		return;
	}
	if (job->format == FORMAT_JSON)
		report_json_results(job->results, job->count, &text);
	else if (job->count == 1)
		report_result(&job->results[0], &text);
	print(&text);
	if (job->format == FORMAT_TEXT && job->count > 1)
		print_tally(job);
}

/* With several each line comes when it is known, not all at the end. */
static void print_line(const struct run_result *result)
{
	autotext struct text text = { 0 };

	report_line(result, &text);
	print(&text);
	fflush(stdout);
}

static int run_one(struct job *io_job, const struct experiment *experiment, size_t all,
		   struct error *err)
{
	struct run_result *result = &io_job->results[io_job->count];
	int r;

	show_progress(experiment, io_job->count, all);
	r = run_repeated(io_job, experiment, result, err);
	show_progress(NULL, 0, 0);
	if (r < 0)
		return error_wrap(err, "%s", experiment->name);
	io_job->count++;
	if (all > 1 && io_job->format == FORMAT_TEXT)
		print_line(result);
	return 0;
}

static int choose(int words, char **argv, const struct experiment **ret_chosen, struct error *err)
{
	if (words > 1 || strcmp(argv[0], "all") != 0) {
		for (int i = 0; i < words; i++)
			TRY(find(argv[i], &ret_chosen[i], err));
		return words;
	}
	for (words = 0; lab_list[words]; words++)
		ret_chosen[words] = lab_list[words];
	return words;
}

static size_t list_size(void)
{
	size_t count = 0;

	while (lab_list[count])
		count++;
	return count;
}

static int do_run(struct job *io_job, int words, char **argv, struct error *err)
{
	size_t most = list_size() + (size_t)words;
	autofree const struct experiment **chosen = mem_new(most * sizeof(*chosen));
	autofree struct run_result *results = mem_new(most * sizeof(*results));
	int count = choose(words, argv, chosen, err), r = 0;

	TRY(count);
	io_job->results = results;
	for (int i = 0; i < count && r >= 0; i++)
		r = run_one(io_job, chosen[i], (size_t)count, err);
	if (r >= 0)
		print_results(io_job);
	r = r >= 0 ? exit_status(io_job) : r;
	for (size_t i = 0; i < io_job->count; i++)
		run_clear(&results[i]);
	return r;
}

/* --- words --- */

static const struct verb {
	const char *name, *operands, *help;
	int least, most; /* operands; -1: any number */
	int (*act)(struct job *io_job, int words, char **argv, struct error *err);
} verbs[] = {
	{ "list", "", "all experiments", 0, 0, do_list },
	{ "run", "NAME...|all", "do experiments on this kernel", 1, -1, do_run },
	{ "ask", "WORDS|N", "find one of the numbered questions, and its answer", 1, -1, do_ask },
	{ "show", "NAME", "what an experiment asks and does, without doing it", 1, 1, do_show },
};

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < countof(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int choose_format(struct job *io_job, const struct verb *verb, struct error *err)
{
	static const char *const names[] = { "text", "json", "markdown" };
	const char *word = io_job->values.format ? io_job->values.format : "text";
	size_t count = verb->act == do_run ? 3 : verb->act == do_show ? 1 : 2;

	for (size_t i = 0; i < count; i++)
		if (strcmp(word, names[i]) == 0) {
			io_job->format = (enum format)i;
			return 0;
		}
	return error_set(err, EINVAL, "--format: \"%s\" is nothing that lab %s can write", word,
			 verb->name);
}

static int check_numbers(struct job *io_job, struct error *err)
{
	const struct lab_values *values = &io_job->values;

	io_job->repeat = values->repeat.is_set ? (int)values->repeat.value : 1;
	if (values->repeat.is_set &&
	    (values->repeat.value < 1 || values->repeat.value > REPEAT_MAX))
		return error_set(err, EINVAL, "--repeat: not a number from 1 to %d", REPEAT_MAX);
	io_job->timeout_ms = values->timeout.is_set ? (int)values->timeout.value
						    : DEFAULT_TIMEOUT_MS;
	if (values->timeout.is_set && (values->timeout.value < 1 ||
				       values->timeout.value > INT32_MAX))
		return error_set(err, EINVAL, "--timeout: not a time from 1ms to 24 days");
	return 0;
}

static void print_help(void)
{
	printf("usage: husk lab [OPTION...] VERB\n\n"
	       "questions about the kernel, answered by experiments on this one\n\n");
	for (size_t i = 0; i < countof(verbs); i++)
		printf("  %-5s %-14s %s\n", verbs[i].name, verbs[i].operands, verbs[i].help);
	printf("\n");
	option_print(lab_options);
	printf("\nExit status of run: 0 confirmed, %d refuted, %d not observable here, "
	       "%d an error.\nOf several: %d when one is refuted, else 0 when one is confirmed.\n",
	       EXIT_REFUTED, EXIT_NOT_HERE, EXIT_ERROR, EXIT_REFUTED);
}

static int run_verb(struct job *io_job, int words, char **argv, struct error *err)
{
	const struct verb *verb = find_verb(argv[0]);

	if (!verb)
		return error_set(err, EINVAL, "\"%s\" is not one of list, run, ask, show", argv[0]);
	words--;
	if (words < verb->least)
		return error_set(err, EINVAL, "%s is missing: husk lab %s %s", verb->operands,
				 verb->name, verb->operands);
	if (verb->most >= 0 && words > verb->most)
		return error_set(err, EINVAL, "too many arguments, beginning with \"%s\"",
				 argv[1 + verb->most]);
	TRY(choose_format(io_job, verb, err));
	TRY(check_numbers(io_job, err));
	return verb->act(io_job, words, argv + 1, err);
}

int main(int argc, char **argv)
{
	struct job job = { 0 };
	struct error err;
	int r;

	log_open(-1, false, LOG_ERROR);
	r = option_parse(lab_options, OPTION_MIXED, argc - 1, argv + 1, &job.values, &err);
	if (r == 0 || (r > 0 && job.values.help)) {
		print_help();
		return job.values.help ? 0 : EXIT_ERROR;
	}
	if (r > 0)
		r = run_verb(&job, r, argv + 1, &err);
	if (r >= 0 && (fflush(stdout) != 0 || ferror(stdout)))
		r = error_sys(&err, "write");
	if (r >= 0)
		return r;
	(void)error_wrap(&err, "lab");
	log_line(LOG_ERROR, "%s", err.text);
	return EXIT_ERROR;
}
