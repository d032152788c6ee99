// SPDX-License-Identifier: GPL-2.0-or-later
#include "signal/set.h"

#include <signal.h>
#include <string.h>

#include "signal/name.h"

#define BIT(signal) (1ULL << ((signal) - 1))

enum { SET_DIGITS = 16 };

/* signal(7), "Standard signals"; SIG_KERNEL_*_MASK in include/linux/signal.h. */
static const uint64_t groups[] = {
	[SIGNAL_GROUP_ONLY] = BIT(SIGKILL) | BIT(SIGSTOP),
	[SIGNAL_GROUP_STOP] = BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU),
	[SIGNAL_GROUP_IGNORE] = BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGURG) | BIT(SIGWINCH),
	[SIGNAL_GROUP_CORE] = BIT(SIGQUIT) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGABRT) |
			      BIT(SIGFPE) | BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGSYS) |
			      BIT(SIGXCPU) | BIT(SIGXFSZ),
	[SIGNAL_GROUP_FAULT] = BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGFPE) |
			       BIT(SIGTRAP) | BIT(SIGSYS),
};

uint64_t signal_set_of(int signal)
{
	return signal >= 1 && signal <= SIGNAL_MAX ? BIT(signal) : 0;
}

bool signal_set_has(uint64_t set, int signal)
{
	return set & signal_set_of(signal);
}

uint64_t signal_set_group(enum signal_group group)
{
	return groups[group];
}

int signal_set_parse(const char *text, uint64_t *ret_set)
{
	size_t digits = strspn(text, "0123456789abcdefABCDEF");

	if (digits == 0 || digits > SET_DIGITS || text[digits])
		return -EINVAL;
	*ret_set = strtoull(text, NULL, 16);
	return 0;
}

/* Without "SIG", which would stand in front of every word of a list. */
static const char *short_name(int signal)
{
	const char *name = signal_name(signal);

	return text_begins(name, "SIG") ? name + 3 : name;
}

/* The last of the real-time signals that follow @first without a gap. */
static int end_of_run(uint64_t set, int first)
{
	int last = first;

	while (first >= SIGNAL_QUEUED_MIN && signal_set_has(set, last + 1))
		last++;
	return last;
}

void signal_set_format(uint64_t set, struct text *io_text)
{
	const char *gap = "";

	if (set == 0 || set == UINT64_MAX) {
		text_add(io_text, "%s", set ? "all" : "none");
		return;
	}
	for (int signal = 1; signal <= SIGNAL_MAX; signal++) {
		int last = end_of_run(set, signal);

		if (!signal_set_has(set, signal))
			continue;
		text_add(io_text, "%s%s", gap, short_name(signal));
		gap = " ";
		if (last - signal >= 2) {
			text_add(io_text, "..%s", short_name(last));
			signal = last;
		}
	}
}
