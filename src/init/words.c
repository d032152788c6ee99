// SPDX-License-Identifier: 0BSD
#include "init/words.h"

#include <stddef.h>
#include <string.h>

void init_words_begin(struct init_words *ret_words, char **io_argv,
		      const struct init_flag *flags, bool permutes)
{
	char **first = io_argv + (*io_argv != NULL);

	*ret_words = (struct init_words){
		.flags = flags,
		.permutes = permutes,
		.operands = first,
		.from = first,
		.to = first,
	};
}

static int take_value(struct init_words *io_words, const struct init_flag *flag, char *attached)
{
	io_words->value = NULL;
	if (!flag->has_value)
		return attached ? INIT_WORDS_UNKNOWN : flag->key;
	io_words->value = attached ? attached : *io_words->from;
	if (!io_words->value)
		return INIT_WORDS_NO_VALUE;
	io_words->from += !attached;
	return flag->key;
}

static int next_letter(struct init_words *io_words)
{
	const struct init_flag *flag = io_words->flags;
	char letter = *io_words->letters++;
	char *rest = *io_words->letters ? io_words->letters : NULL;

	while (flag->key && flag->key != letter)
		flag++;
	if (!flag->key || !letter) {
		io_words->letters = NULL;
		return INIT_WORDS_UNKNOWN;
	}
	if (!flag->has_value) {
		io_words->letters = rest;
		return flag->key;
	}
	io_words->letters = NULL;
	return take_value(io_words, flag, rest);
}

/* NULL for none, and for the beginning of more than one. */
static const struct init_flag *find_name(const struct init_flag *flags, const char *name,
					 size_t size)
{
	const struct init_flag *found = NULL;
	int count = 0;

	for (const struct init_flag *flag = flags; flag->key; flag++) {
		if (!flag->name[0] || strncmp(flag->name, name, size) != 0)
			continue;
		if (strlen(flag->name) == size)
			return flag;
		found = flag;
		count++;
	}
	return count == 1 ? found : NULL;
}

static int next_name(struct init_words *io_words, char *name)
{
	const struct init_flag *flag;
	size_t size = 0;

	while (name[size] && name[size] != '=')
		size++;
	flag = find_name(io_words->flags, name, size);
	if (!flag)
		return INIT_WORDS_UNKNOWN;
	return take_value(io_words, flag, name[size] ? name + size + 1 : NULL);
}

static int end(struct init_words *io_words)
{
	while (*io_words->from)
		*io_words->to++ = *io_words->from++;
	*io_words->to = NULL;
	return INIT_WORDS_END;
}

static bool is_operand(const char *word)
{
	return word[0] != '-' || word[1] == '\0';
}

int init_words_next(struct init_words *io_words)
{
	if (io_words->letters)
		return next_letter(io_words);
	while (io_words->permutes && *io_words->from && is_operand(*io_words->from))
		*io_words->to++ = *io_words->from++;
	if (!*io_words->from || is_operand(*io_words->from))
		return end(io_words);

	io_words->word = *io_words->from++;
	if (strcmp(io_words->word, "--") == 0)
		return end(io_words);
	if (io_words->word[1] == '-')
		return next_name(io_words, io_words->from[-1] + 2);
	io_words->letters = io_words->from[-1] + 1;
	return next_letter(io_words);
}
