// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/variant.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "test.h"

static int parse(const char *text, struct text *io_signature, struct text *io_words,
		 struct error *err)
{
	text_clear(io_signature);
	text_clear(io_words);
	return cgroup_variant_parse(text, io_signature, io_words, err);
}

TEST(value_is_a_signature_and_words)
{
	static const struct {
		const char *text, *signature, *words;
	} rows[] = {
		{ "'SIGTERM'", "s", "SIGTERM\n" },
		{ "\"it's\"", "s", "it's\n" },
		{ "'a\\'b\\\\c\\nd'", "s", "a'b\\\\c\\nd\n" },
		{ "''", "s", "\n" },
		{ "true", "b", "1\n" },
		{ " false ", "b", "0\n" },
		{ "boolean true", "b", "1\n" },
		{ "5", "i", "5\n" },
		{ "-5", "i", "-5\n" },
		{ "0x1F", "i", "31\n" },
		{ "1.5", "d", "1.5\n" },
		{ "2e3", "d", "2000\n" },
		{ "double 2", "d", "2\n" },
		{ "byte 255", "y", "255\n" },
		{ "int16 -32768", "n", "-32768\n" },
		{ "uint16 65535", "q", "65535\n" },
		{ "int32 7", "i", "7\n" },
		{ "uint32 4294967295", "u", "4294967295\n" },
		{ "int64 -9223372036854775808", "x", "-9223372036854775808\n" },
		{ "uint64 18446744073709551615", "t", "18446744073709551615\n" },
		{ "@t 5", "t", "5\n" },
		{ "string 'x'", "s", "x\n" },
		{ "objectpath '/a'", "o", "/a\n" },
		{ "signature 'as'", "g", "as\n" },
		{ "['a', 'b']", "as", "2\na\nb\n" },
		{ "[['a'],['b','c']]", "aas", "2\n1\na\n2\nb\nc\n" },
		{ "@as []", "as", "0\n" },
		{ "@as ['a']", "as", "1\na\n" },
		{ "[uint64 1, 2]", NULL, NULL },
		{ "('a', true)", "(sb)", "a\n1\n" },
		{ "('a',)", "(s)", "a\n" },
		{ "[('/dev/sda', uint64 5)]", "a(st)", "1\n/dev/sda\n5\n" },
		{ "@(sb) ('a', true)", "(sb)", "a\n1\n" },
		{ "b'ab'", "ay", "3\n97\n98\n0\n" },
	};
	autotext struct text signature = { 0 }, words = { 0 };
	struct error err;

	for (size_t i = 0; i < countof(rows); i++) {
		if (!rows[i].words) {
			CHECK_INT(parse(rows[i].text, &signature, &words, &err), -EINVAL);
			continue;
		}
		CHECK_OK(parse(rows[i].text, &signature, &words, &err), err);
		CHECK_STR(text_get(&signature), rows[i].signature);
		CHECK_STR(text_get(&words), rows[i].words);
	}
}

TEST(what_is_no_value_is_said_with_its_place)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "", "at 0: this is no value" },
		{ "SIGTERM", "at 0: this is no value" },
		{ "truely", "at 0: this is no value" },
		{ "'a", "at 2: the end of the string is missing" },
		{ "'a\\x'", "at 3: this escape is not known" },
		{ "'a\\", "at 3: this escape is not known" },
		{ "'a' 'b'", "at 4: more follows behind the value" },
		{ "5x", "at 1: more follows behind the value" },
		{ "uint64 -1", "at 7: the number is out of the range of its type" },
		{ "byte 256", "at 5: the number is out of the range of its type" },
		{ "2147483648", "at 0: the number is out of the range of its type" },
		{ "uint64 18446744073709551616",
		  "at 7: the number is out of the range of its type" },
		{ "uint64", "at 6: a number is missing" },
		{ "-", "at 0: a number is missing" },
		{ "double x", "at 7: a number is missing" },
		{ "string 5", "at 7: a string in quotes is missing" },
		{ "boolean 5", "at 8: true or false is missing" },
		{ "[]", "at 2: an empty array says its type, as \"@as []\"" },
		{ "@as", "at 3: this is no value" },
		{ "@as 5", "at 5: the value is not of the type that was said" },
		{ "@as [true]", "at 10: the value is not of the type that was said" },
		{ "['a' 'b']", "at 5: \",\" or \"]\" is missing" },
		{ "['a', true]", "at 10: the elements of an array are of one type" },
		{ "['a'", "at 4: \",\" or \"]\" is missing" },
		{ "()", "at 2: a structure without members" },
		{ "('a'", "at 4: \",\" or \")\" is missing" },
		{ "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "at 16: too many brackets" },
		{ "<'a'>", "at 0: this is no value" },
	};
	autotext struct text signature = { 0 }, words = { 0 };
	struct error err;

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_ERROR(parse(rows[i].text, &signature, &words, &err), err, EINVAL,
			    rows[i].error);
}

/* Whatever is cut off, there is an end and no value. */
TEST(no_beginning_of_a_value_is_one)
{
	static const char whole[] = "[('/dev/\\'a', uint64 5, @as [], [true], b'x', -1.5)]";
	autotext struct text signature = { 0 }, words = { 0 };
	char text[sizeof(whole)];
	struct error err;

	CHECK_OK(parse(whole, &signature, &words, &err), err);
	for (size_t size = 0; size < strlen(whole); size++) {
		memcpy(text, whole, size);
		text[size] = '\0';
		CHECK_INT(parse(text, &signature, &words, &err), -EINVAL);
	}
}
