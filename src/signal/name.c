// SPDX-License-Identifier: 0BSD
#include "signal/name.h"

#include <signal.h>
#include <strings.h>

#include "base/scope.h"
#include "base/text.h"

/*
 * The first row of a number is its name, a later one another word for it. Numbers differ
 * between architectures, so the constants are the kernel headers'.
 */
static const struct word {
	char name[11];
	unsigned char signal;
} words[] = {
	{ "SIGHUP", SIGHUP },
	{ "SIGINT", SIGINT },
	{ "SIGQUIT", SIGQUIT },
	{ "SIGILL", SIGILL },
	{ "SIGTRAP", SIGTRAP },
	{ "SIGABRT", SIGABRT },
	{ "SIGIOT", SIGIOT },
	{ "SIGBUS", SIGBUS },
	{ "SIGFPE", SIGFPE },
	{ "SIGKILL", SIGKILL },
	{ "SIGUSR1", SIGUSR1 },
	{ "SIGSEGV", SIGSEGV },
	{ "SIGUSR2", SIGUSR2 },
	{ "SIGPIPE", SIGPIPE },
	{ "SIGALRM", SIGALRM },
	{ "SIGTERM", SIGTERM },
#ifdef SIGSTKFLT
	{ "SIGSTKFLT", SIGSTKFLT },
#endif
	{ "SIGCHLD", SIGCHLD },
	{ "SIGCLD", SIGCHLD },
	{ "SIGCONT", SIGCONT },
	{ "SIGSTOP", SIGSTOP },
	{ "SIGTSTP", SIGTSTP },
	{ "SIGTTIN", SIGTTIN },
	{ "SIGTTOU", SIGTTOU },
	{ "SIGURG", SIGURG },
	{ "SIGXCPU", SIGXCPU },
	{ "SIGXFSZ", SIGXFSZ },
	{ "SIGVTALRM", SIGVTALRM },
	{ "SIGPROF", SIGPROF },
	{ "SIGWINCH", SIGWINCH },
	{ "SIGIO", SIGIO },
	{ "SIGPOLL", SIGIO },
	{ "SIGPWR", SIGPWR },
	{ "SIGSYS", SIGSYS },
};

/* Indexed from 32: the two numbers of the C library, then the real-time range. */
static const char realtime[][12] = {
	"32",	       "33",	      "SIGRTMIN",    "SIGRTMIN+1",  "SIGRTMIN+2",  "SIGRTMIN+3",
	"SIGRTMIN+4",  "SIGRTMIN+5",  "SIGRTMIN+6",  "SIGRTMIN+7",  "SIGRTMIN+8",  "SIGRTMIN+9",
	"SIGRTMIN+10", "SIGRTMIN+11", "SIGRTMIN+12", "SIGRTMIN+13", "SIGRTMIN+14", "SIGRTMIN+15",
	"SIGRTMIN+16", "SIGRTMIN+17", "SIGRTMIN+18", "SIGRTMIN+19", "SIGRTMIN+20", "SIGRTMIN+21",
	"SIGRTMIN+22", "SIGRTMIN+23", "SIGRTMIN+24", "SIGRTMIN+25", "SIGRTMIN+26", "SIGRTMIN+27",
	"SIGRTMIN+28", "SIGRTMIN+29", "SIGRTMAX",
};

enum { REALTIME_FIRST = 32, REALTIME_SPAN = SIGNAL_MAX - SIGNAL_REALTIME_MIN };

static const char *skip_prefix(const char *text, const char *prefix, size_t size)
{
	return strncasecmp(text, prefix, size) == 0 ? text + size : text;
}

/* "RTMIN", "RTMIN+3", "RTMAX-1": @start is what @sign counts away from. */
static int parse_realtime(const char *text, int start, char sign, int *ret_signal)
{
	long long steps = 0;

	text += sizeof("RTMIN") - 1;
	if (*text && (*text != sign || text_number(text + 1, 0, REALTIME_SPAN, &steps) < 0))
		return -EINVAL;
	*ret_signal = start + (sign == '+' ? (int)steps : -(int)steps);
	return 0;
}

int signal_parse(const char *text, int *ret_signal)
{
	const char *name = skip_prefix(text, "SIG", 3);
	long long number;

	if (text_number(text, 1, SIGNAL_MAX, &number) == 0) {
		*ret_signal = (int)number;
		return 0;
	}
	if (strncasecmp(name, "RTMIN", 5) == 0)
		return parse_realtime(name, SIGNAL_REALTIME_MIN, '+', ret_signal);
	if (strncasecmp(name, "RTMAX", 5) == 0)
		return parse_realtime(name, SIGNAL_MAX, '-', ret_signal);
	for (size_t i = 0; i < countof(words); i++) {
		if (strcasecmp(words[i].name + 3, name) != 0)
			continue;
		*ret_signal = words[i].signal;
		return 0;
	}
	return -EINVAL;
}

const char *signal_name(int signal)
{
	if (signal >= REALTIME_FIRST && signal <= SIGNAL_MAX)
		return realtime[signal - REALTIME_FIRST];
	for (size_t i = 0; i < countof(words); i++)
		if (words[i].signal == signal)
			return words[i].name;
	return NULL;
}
