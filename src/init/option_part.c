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
	{ "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 }, { "h", 60 * 60 * 1000 },
};

int init_option_duration(const char *text, int64_t *ret_ms)
{
	const int64_t most = 1000000000; /* a million times this is still far from overflow */
	const char *at = text;
	int64_t number = 0;

	for (; *at >= '0' && *at <= '9' && number <= most; at++)
		number = 10 * number + (*at - '0');
	if (at == text || number > most)
		return -EINVAL;
	for (size_t i = 0; i < countof(units); i++) {
		if (strcmp(at, units[i].word) != 0)
			continue;
		*ret_ms = number * units[i].ms;
		return 0;
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
