// SPDX-License-Identifier: GPL-2.0-or-later
#include "signal/name.h"

#include <ctype.h>
#include <signal.h>
#include <string.h>

#include "base/scope.h"
#include "test.h"

TEST(names_and_numbers_are_read)
{
	static const struct {
		const char *text;
		int signal;
	} rows[] = {
		{ "TERM", SIGTERM },	 { "SIGTERM", SIGTERM }, { "sigterm", SIGTERM },
		{ "term", SIGTERM },	 { "SigTerm", SIGTERM }, { "15", 15 },
		{ "1", 1 },		 { "64", 64 },		 { "32", 32 },
		{ "33", 33 },		 { "CLD", SIGCHLD },	 { "IOT", SIGABRT },
		{ "POLL", SIGIO },	 { "RTMIN", 34 },	 { "SIGRTMIN", 34 },
		{ "RTMIN+0", 34 },	 { "rtmin+3", 37 },	 { "SIGRTMIN+30", 64 },
		{ "RTMAX", 64 },	 { "SIGRTMAX-0", 64 },	 { "RTMAX-30", 34 },
		{ "sigrtmax-1", 63 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		int signal = 0;

		CHECK_INT(signal_parse(rows[i].text, &signal), 0);
		CHECK_INT(signal, rows[i].signal);
	}
}

TEST(anything_else_is_refused_and_nothing_is_set)
{
	static const char *const rows[] = {
		"",	    "0",	"65",	      "-9",	    "+9",	 " 9",
		"9 ",	    "9x",	"0x9",	      "SIG",	    "SIG9",	 "SIGSIGTERM",
		"TERMS",    "TER",	" TERM",      "RTMIN+",	    "RTMIN+31",	 "RTMIN-1",
		"RTMAX+1",  "RTMAX-31", "RTMIN+-1",   "RTMIN3",	    "RTMIN+1x",	 "RTMIN++1",
		"RTMINI",   "RT",	"RTMAX-",     "4294967305", "99999999999999999999",
	};

	for (size_t i = 0; i < countof(rows); i++) {
		int signal = -7;

		CHECK_INT(signal_parse(rows[i], &signal), -EINVAL);
		CHECK_INT(signal, -7);
	}
}

TEST(every_signal_has_a_name_that_is_read_back)
{
	for (int i = 1; i <= SIGNAL_MAX; i++) {
		char lower[32] = "";
		int signal = 0;

		for (size_t c = 0; signal_name(i)[c]; c++)
			lower[c] = (char)tolower(signal_name(i)[c]);
		CHECK_INT(signal_parse(signal_name(i), &signal), 0);
		CHECK_INT(signal, i);
		CHECK_INT(signal_parse(lower, &signal), 0);
		CHECK_INT(signal, i);
	}
	CHECK_TRUE(signal_name(0) == NULL);
	CHECK_TRUE(signal_name(-1) == NULL);
	CHECK_TRUE(signal_name(65) == NULL);
}

TEST(names_are_those_of_the_kernel)
{
	CHECK_STR(signal_name(SIGTERM), "SIGTERM");
	CHECK_STR(signal_name(SIGABRT), "SIGABRT");
	CHECK_STR(signal_name(SIGIO), "SIGIO");
	CHECK_STR(signal_name(32), "32");
	CHECK_STR(signal_name(34), "SIGRTMIN");
	CHECK_STR(signal_name(37), "SIGRTMIN+3");
	CHECK_STR(signal_name(63), "SIGRTMIN+29");
	CHECK_STR(signal_name(64), "SIGRTMAX");
}
