// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * signal - sets of signals that hold what they are told to
 *
 * musl keeps three real-time signals for itself, 32 to 34, where glibc keeps two: it leaves them
 * out of a full set, refuses to add them and hides them in the mask that it returns. To husk 34 is
 * a signal like others: it is forwarded, and a mask is given back as it was found.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As many as the kernel knows, in the one word of them that it reads. */
enum { LAST_SIGNAL = 64, KERNEL_SIGSET_BYTES = 8 };

static int is_refused(int signal)
{
	return signal < 1 || signal > LAST_SIGNAL || signal == 32 || signal == 33;
}

static int change(sigset_t *io_set, int signal, int is_in)
{
	unsigned long bits_per_word = 8 * sizeof(*io_set->__bits);
	unsigned long *word, bit;

	if (is_refused(signal)) {
		errno = EINVAL;
		return -1;
	}
	word = &io_set->__bits[(unsigned long)(signal - 1) / bits_per_word];
	bit = 1UL << (unsigned long)(signal - 1) % bits_per_word;
	*word = is_in ? *word | bit : *word & ~bit;
	return 0;
}

int sigaddset(sigset_t *io_set, int signal)
{
	return change(io_set, signal, 1);
}

int sigdelset(sigset_t *io_set, int signal)
{
	return change(io_set, signal, 0);
}

int sigfillset(sigset_t *io_set)
{
	sigemptyset(io_set);
	for (int signal = 1; signal <= LAST_SIGNAL; signal++)
		if (!is_refused(signal))
			change(io_set, signal, 1);
	return 0;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *ret_old)
{
	if (ret_old)
		sigemptyset(ret_old);
	return (int)syscall(SYS_rt_sigprocmask, how, set, ret_old, KERNEL_SIGSET_BYTES);
}
