// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ps - `husk ps`: the processes of containers, whoever runs them
 *
 * Engines call it with --format and one id, and get what runc gives them; everybody else gets the
 * trees, by name or all of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "view/find.h"
#include "view/ps.h"

struct ps_values {
	const char *format, *columns;
	bool all, json, threads;
};

const struct option ps_options[] = {
	{ "all", 'a', OPTION_FLAG, offsetof(struct ps_values, all), NULL,
	  "all containers of the machine; so it is without an ID too" },
	{ "columns", 'o', OPTION_TEXT, offsetof(struct ps_values, columns), "LIST",
	  "these columns, as in pid,nspid,state,args; a wrong one names all" },
	{ "threads", 'L', OPTION_FLAG, offsetof(struct ps_values, threads), NULL,
	  "a line for each thread" },
	{ "json", 0, OPTION_FLAG, offsetof(struct ps_values, json), NULL,
	  "everything, for machines; so is --format json without an ID" },
	{ "format", 'f', OPTION_TEXT, offsetof(struct ps_values, format), "table|json",
	  "with one ID, as runc has it: the table of ps -ef, or the numbers alone" },
	{ 0 },
};

/* Words of ps(1) that mean its full table, which engines write behind the ID. */
static bool is_full_table(const char *word)
{
	return strcmp(word, "-ef") == 0 || strcmp(word, "-e") == 0 || strcmp(word, "-f") == 0;
}

/* "ID -ef": they are no options of ours, and taken out. Returns how many words are left. */
static int take_ps_words(int argc, char **io_argv, bool *ret_is_table)
{
	int left = 0, plain = 0;

	*ret_is_table = false;
	for (int i = 0; i < argc; i++) {
		bool is_last = i == argc - 1;

		plain += *io_argv[i] != '-';
		/* -f with a word behind it is our own --format. */
		if (plain && is_full_table(io_argv[i]) &&
		    (strcmp(io_argv[i], "-f") != 0 || is_last || *io_argv[i + 1] == '-'))
			*ret_is_table = true;
		else
			io_argv[left++] = io_argv[i];
	}
	return left;
}

static int check_values(const struct ps_values *values, int words, struct error *err)
{
	if (values->format && strcmp(values->format, "json") != 0 &&
	    strcmp(values->format, "table") != 0)
		return error_set(err, EINVAL, "ps: --format: \"%s\" is not one of table, json",
				 values->format);
	if (values->all && words)
		return error_set(err, EINVAL, "ps: --all does not go with an ID");
	if (values->columns && (values->json || values->format))
		return error_set(err, EINVAL, "ps: --columns does not go with --json or --format");
	return 0;
}

static int find_targets(const struct survey *survey, char **words, int count, struct find *ret_find,
			struct error *err)
{
	for (int i = 0; i < count; i++)
		if (find_target(survey, words[i], &ret_find[i], err) < 0)
			return error_wrap(err, "ps");
	return 0;
}

/* Our own state folder only adds names: it may be missing, or somebody else's. */
static void name_own(const struct context *context, struct survey *io_survey)
{
	autostore struct store store = STORE_NONE;
	struct error ignored;

	if (store_open(context->root, &store, &ignored) == 0)
		find_name_own(&store, io_survey);
}

static int show(const struct context *context, const struct ps_values *values, char **words,
		int count, struct error *err)
{
	autosurvey struct survey survey = { 0 };
	autotext struct text text = { 0 };
	autofree struct find *target = mem_new(((size_t)count + 1) * sizeof(*target));
	struct ps_request request = { .survey = &survey, .target = target,
				      .target_count = (size_t)count,
				      .has_threads = values->threads };
	bool is_json = values->json || (values->format && strcmp(values->format, "json") == 0);
	unsigned int want = SURVEY_TIMES | SURVEY_COUNTS;

	if (values->columns && ps_parse_columns(values->columns, &request, err) < 0)
		return error_wrap(err, "ps");
	if (!is_json)
		want = ps_wants(&request);
	TRY(survey_read(want, &survey, err));
	name_own(context, &survey);
	TRY(find_targets(&survey, words, count, target, err));
	(is_json ? ps_json : ps_text)(&request, &text);
	fwrite(text_get(&text), 1, text.size, stdout);
	return 0;
}

int cmd_ps(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct ps_values values = { 0 };
	bool is_table;
	int words;

	argc = take_ps_words(argc, argv, &is_table);
	words = command_options(command_find("ps"), OPTION_MIXED, 0, -1, argc, argv, &values, err);
	TRY(words);
	TRY(check_values(&values, words, err));
	if (words == 1 && !values.json && (values.format || is_table))
		return command_ps_oci(io_context, values.format && *values.format == 'j', argv[0],
				      err);
	return show(io_context, &values, argv, words, err);
}
