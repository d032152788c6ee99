// SPDX-License-Identifier: 0BSD
/*
 * number - text_number of base/text.h, which needs no C library: husk-init has none
 */
#include <stdbool.h>

#include "base/text.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Counts downwards: the lowest number has no positive twin. */
static int count_down(const char *digits, bool is_negative, long long *ret_number)
{
	long long number = 0;
	bool fits = true;

	for (; is_digit(*digits); digits++)
		fits = fits && !__builtin_mul_overflow(number, 10, &number) &&
		       !__builtin_sub_overflow(number, *digits - '0', &number);
	if (*digits)
		return -EINVAL;
	if (!fits || (!is_negative && __builtin_sub_overflow(0, number, &number)))
		return -ERANGE;
	*ret_number = number;
	return 0;
}

int text_number(const char *text, long long min, long long max, long long *ret_number)
{
	bool is_negative = min < 0 && *text == '-';
	long long number;

	if (!is_digit(text[is_negative]))
		return -EINVAL;
	TRY(count_down(text + is_negative, is_negative, &number));
	if (number < min || number > max)
		return -ERANGE;
	*ret_number = number;
	return 0;
}
