// SPDX-License-Identifier: 0BSD
#include "init/option_part.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/scope.h"
#include "init/words.h"

static const struct unit {
	char word[4];
	int ms;
} units[] = {
	{ "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 }, { "h", 60 * 60 * 1000 },
};

/* "1.5" as 1500; NULL when no digit is at the beginning. */
static const char *read_thousandths(const char *text, int64_t *ret_number)
{
	const int64_t most = 1000000000; /* as hours in milliseconds, times a thousand, it fits */
	const char *at = text;
	int64_t number = 0;

	for (; *at >= '0' && *at <= '9' && number <= most; at++)
		number = 10 * number + (*at - '0');
	if (at == text || number > most)
		return NULL;
	number *= 1000;
	if (*at == '.' && at[1] >= '0' && at[1] <= '9') {
		at++;
		for (int worth = 100; *at >= '0' && *at <= '9'; at++, worth /= 10)
			number += (int64_t)(*at - '0') * worth;
	}
	*ret_number = number;
	return at;
}

static const char *read_unit(const char *text, int *ret_ms)
{
	for (size_t i = 0; i < countof(units); i++) {
		size_t size = strlen(units[i].word);

		if (strncmp(units[i].word, text, size) != 0)
			continue;
		*ret_ms = units[i].ms;
		return text + size;
	}
	return NULL;
}

int init_option_duration(const char *text, int64_t *ret_ms)
{
	int64_t number, sum = 0;
	const char *at = read_thousandths(text, &number);
	int ms;

	if (at && !*at) {
		*ret_ms = number;
		return 0;
	}
	while (at && (at = read_unit(at, &ms))) {
		if (__builtin_add_overflow(sum, number * ms / 1000, &sum))
			return -EINVAL;
		if (!*at) {
			*ret_ms = sum;
			return 0;
		}
		at = read_thousandths(at, &number);
	}
	return -EINVAL;
}

const char *init_option_env(char *const *env, const char *name)
{
	size_t size = strlen(name);

	for (; *env; env++)
		if (strncmp(*env, name, size) == 0 && (*env)[size] == '=')
			return *env + size + 1;
	return NULL;
}

int init_option_say(struct init_options *io_options, struct init_text *io_reply, int code,
		    const char *text)
{
	init_text_add(io_reply, text);
	io_options->reply_code = code;
	io_options->reply_is_error = false;
	return -EINVAL;
}

int init_option_refuse(struct init_options *io_options, struct init_text *io_reply, int code,
		       const char *text)
{
	init_option_say(io_options, io_reply, code, text);
	io_options->reply_is_error = true;
	return -EINVAL;
}

void init_option_blame(const struct init_words *words, int found, const char *name,
		       struct init_text *io_reply)
{
	bool is_long = words->word[1] == '-';
	char letter[] = { words->letters ? words->letters[-1] : words->word[1], '\0' };

	init_text_add(io_reply, name);
	init_text_add(io_reply, found == INIT_WORDS_NO_VALUE ? ": option requires an argument"
				: is_long		     ? ": unrecognized option"
							     : ": invalid option");
	init_text_add(io_reply, is_long ? " '" : " -- '");
	init_text_add(io_reply, is_long ? words->word : letter);
	init_text_add(io_reply, "'\n");
}
