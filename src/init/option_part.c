// SPDX-License-Identifier: 0BSD
#include "init/option_part.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/scope.h"
#include "init/words.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "1.5" as 1500; NULL when no digit is at the beginning. */
static const char *read_thousandths(const char *at, int64_t *ret_number)
{
	const int64_t most = 1000000000; /* as hours in milliseconds, times a thousand, it fits */
	int64_t number = 0;

	if (!is_digit(*at))
		return NULL;
	for (; is_digit(*at) && number <= most; at++)
		number = 10 * number + (*at - '0');
	if (number > most)
		return NULL;
	number *= 1000;
	if (*at == '.' && is_digit(at[1]))
		for (int worth = 100; is_digit(*++at); worth /= 10)
			number += (int64_t)worth * (*at - '0');
	*ret_number = number;
	return at;
}

/* Milliseconds of the unit; 0 when it is none. */
static int read_unit(const char **io_at)
{
	switch (*(*io_at)++) {
	case 'h':
		return 60 * 60 * 1000;
	case 'm':
		if (**io_at != 's')
			return 60 * 1000;
		++*io_at;
		return 1;
	default:
		return (*io_at)[-1] == 's' ? 1000 : 0;
	}
}

int init_option_duration(const char *text, int64_t *ret_ms)
{
	bool is_first = true;
	int64_t number, sum = 0;
	int ms;

	for (; is_first || *text; is_first = false) {
		text = read_thousandths(text, &number);
		if (!text)
			return -EINVAL;
		ms = is_first && !*text ? 1000 : read_unit(&text);
		if (!ms || __builtin_add_overflow(sum, number * ms / 1000, &sum))
			return -EINVAL;
	}
	*ret_ms = sum;
	return 0;
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
