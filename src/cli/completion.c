// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/completion.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/scope.h"
#include "cli/command.h"
#include "cli/completion_bash.h"
#include "cli/completion_fish.h"
#include "cli/completion_zsh.h"
#include "cli/options.h"
#include "signal/name.h"
#include "state/store.h"

enum { LAST_NAMED_SIGNAL = 31 };

/* Where on the line the last word stands. */
struct place {
	const struct option *options; /* that may stand here; NULL: behind "--" */
	const struct option *wanting; /* the last word is this one's value */
	const struct command *command;
	const char *root;
	int operands, program_at; /* of the command; the program's index, or -1 */
	bool is_unknown;
};

/* What is offered: words that begin with @start, @before in front of each. */
struct offer {
	const struct place *place;
	const char *before, *start;
	int before_size;
	struct text *io_text;
};

static void offer_word(const struct offer *offer, const char *word, const char *meaning)
{
	if (!text_begins(word, offer->start))
		return;
	text_add(offer->io_text, "%.*s%s", offer->before_size, offer->before, word);
	if (meaning)
		text_add(offer->io_text, "\t%.*s", (int)strcspn(meaning, "\n"), meaning);
	text_add(offer->io_text, "\n");
}

/* --- what a word of a usage line stands for --- */

static void offer_ids(const struct offer *offer)
{
	autostore struct store store = STORE_NONE;
	autoclean(store_ids_clear) struct store_ids ids = { 0 };
	struct error ignored;

	if (store_open(offer->place->root, &store, &ignored) < 0 ||
	    store_list(&store, &ids, &ignored) < 0)
		return;
	for (size_t i = 0; i < ids.count; i++)
		offer_word(offer, ids.item[i], NULL);
}

/* Without SIG in front unless that is what has been typed. */
static void offer_signals(const struct offer *offer)
{
	size_t cut = *offer->start && text_begins(offer->start, "SIG") ? 0 : strlen("SIG");

	for (int signal = 1; signal <= LAST_NAMED_SIGNAL; signal++)
		offer_word(offer, signal_name(signal) + cut, NULL);
}

static void offer_commands(const struct offer *offer)
{
	for (const struct command *command = commands; command->name; command++)
		if (command->summary)
			offer_word(offer, command->name, command->summary);
	offer_word(offer, "help", "show the manual page of a command");
}

static void offer_files(const struct offer *offer)
{
	text_add(offer->io_text, ":files\n");
}

static void offer_folders(const struct offer *offer)
{
	text_add(offer->io_text, ":folders\n");
}

static const struct kind {
	const char *word;
	void (*offer)(const struct offer *offer);
} kinds[] = {
	{ "ID", offer_ids },	     { "TARGET", offer_ids },	   { "SIGNAL", offer_signals },
	{ "SIG", offer_signals },    { "FILE", offer_files },	   { "PATH", offer_files },
	{ "DIR", offer_folders },    { "FOLDER", offer_folders },  { "COMMAND", offer_commands },
};

/* "[ID|PID...]" is an ID or a PID; "text|json" is these two words. */
static void offer_meant(const struct offer *offer, const char *usage, int size)
{
	autofree char *copy = mem_format("%.*s", size, usage);
	char *rest = copy + strspn(copy, "["), *word;

	rest[strcspn(rest, "[]:.=")] = '\0';
	while ((word = strsep(&rest, "|"))) {
		if (islower((unsigned char)*word) || isdigit((unsigned char)*word))
			offer_word(offer, word, NULL);
		for (size_t i = 0; i < countof(kinds); i++)
			if (strcmp(kinds[i].word, word) == 0)
				kinds[i].offer(offer);
	}
}

static bool has_ending(const char *usage, int size, const char *ending)
{
	int length = (int)strlen(ending);

	return size >= length && strncmp(usage + size - length, ending, (size_t)length) == 0;
}

/* The part of a usage line that the next operand belongs to; NULL when none may follow. */
static const char *find_operand(const struct place *place, int *ret_size)
{
	const char *at = place->command->operands, *last = at;
	int index = place->operands, size = 0;

	for (; *at; at += strspn(at, " ")) {
		last = at;
		size = (int)strcspn(at, " ");
		at += size;
		/* "--", and "ID|--": what follows must stand behind a "--", and then at once. */
		if (has_ending(last, size, "--") && (!place->options || size == 2))
			continue;
		if (index-- == 0 || has_ending(last, size, "--"))
			break;
	}
	*ret_size = size;
	if (index == -1 || has_ending(last, size, "...") || has_ending(last, size, "...]"))
		return last;
	return NULL;
}

static bool is_program(const struct place *place)
{
	int size;
	const char *usage = find_operand(place, &size);

	return usage && size == 7 && text_begins(usage, "PROGRAM");
}

/* --- the words before the last one --- */

static void take_value(struct place *io_place, const char *value)
{
	if (!io_place->command && strcmp(io_place->wanting->name, "root") == 0)
		io_place->root = value;
	io_place->wanting = NULL;
}

static void take_option(struct place *io_place, const char *word)
{
	if (strcmp(word, "--") == 0) {
		io_place->options = NULL;
		return;
	}
	if (!io_place->command && text_begins(word, "--root="))
		io_place->root = word + strlen("--root=");
	io_place->wanting = option_wanting(io_place->options, word);
}

static void take_operand(struct place *io_place, const char *word, int index)
{
	static const struct option none[] = { { 0 } };

	if (io_place->command) {
		if (is_program(io_place))
			io_place->program_at = index;
		io_place->operands++;
		return;
	}
	io_place->command = command_find(word);
	if (!io_place->command)
		io_place->is_unknown = true;
	else
		io_place->options = io_place->command->options ? io_place->command->options : none;
}

static void find_place(int count, char **words, const char *root, struct place *ret_place)
{
	*ret_place = (struct place){ .options = global_options, .root = root, .program_at = -1 };
	for (int i = 0; i < count && ret_place->program_at < 0 && !ret_place->is_unknown; i++) {
		if (ret_place->wanting)
			take_value(ret_place, words[i]);
		else if (ret_place->options && words[i][0] == '-' && words[i][1])
			take_option(ret_place, words[i]);
		else
			take_operand(ret_place, words[i], i);
	}
}

/* --- the last word --- */

static void offer_options(const struct offer *offer)
{
	for (const struct option *option = offer->place->options; option->name; option++) {
		autofree char *word = mem_format("--%s", option->name);

		if (option->help)
			offer_word(offer, word, option->help);
	}
	if (offer->place->command)
		offer_word(offer, "--help", "usage and options");
}

static void offer_value(const struct offer *offer, const struct option *option)
{
	/* A new ID, as --name wants it, is none that is there. */
	if (option->value_name && strcmp(option->value_name, "ID") != 0)
		offer_meant(offer, option->value_name, (int)strlen(option->value_name));
}

/* "--net=h": the words of --net that begin with "h". */
static void offer_attached(struct offer *io_offer, const char *word)
{
	int size = (int)strcspn(word, "=");
	autofree char *name = mem_format("%.*s", size, word);
	const struct option *option = option_wanting(io_offer->place->options, name);

	io_offer->before = word;
	io_offer->before_size = size + 1;
	io_offer->start = word + size + 1;
	if (option)
		offer_value(io_offer, option);
}

static void offer_operand(const struct offer *offer, int index)
{
	int size;
	const char *usage;

	if (!offer->place->command) {
		offer_commands(offer);
		return;
	}
	if (is_program(offer->place)) {
		text_add(offer->io_text, ":program %d\n", index);
		return;
	}
	usage = find_operand(offer->place, &size);
	if (usage)
		offer_meant(offer, usage, size);
}

void completion_words(const char *root, int count, char **words, struct text *io_text)
{
	const char *last = words[count - 1];
	struct place place;
	struct offer offer = { .place = &place, .before = "", .start = last, .io_text = io_text };

	find_place(count - 1, words, root, &place);
	if (place.is_unknown)
		return;
	if (place.program_at >= 0)
		text_add(io_text, ":program %d\n", place.program_at);
	else if (place.wanting)
		offer_value(&offer, place.wanting);
	else if (place.options && text_begins(last, "--") && strchr(last, '='))
		offer_attached(&offer, last);
	else if (place.options && *last == '-')
		offer_options(&offer);
	else
		offer_operand(&offer, count - 1);
}

/* --- the command --- */

static const struct script {
	const char *shell, *text;
} scripts[] = {
	{ "bash", completion_bash },
	{ "zsh", completion_zsh },
	{ "fish", completion_fish },
};

int cmd_completion(struct context *io_context, int argc, char **argv, struct error *err)
{
	autotext struct text text = { 0 };

	if (argc > 1 && strcmp(argv[0], "words") == 0) {
		completion_words(io_context->root, argc - 1, argv + 1, &text);
		fputs(text_get(&text), stdout);
		return 0;
	}
	for (size_t i = 0; argc == 1 && i < countof(scripts); i++)
		if (strcmp(scripts[i].shell, argv[0]) == 0) {
			fputs(scripts[i].text, stdout);
			return 0;
		}
	return error_set(err, EINVAL, "completion: one of these is wanted: bash, zsh, fish");
}
