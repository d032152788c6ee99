// SPDX-License-Identifier: GPL-2.0-or-later
/* E15 realtime-order - which signals queue, and in which order they come out */
#include <signal.h>
#include <unistd.h>

#include "base/text.h"
#include "lab/lab.h"
#include "lab/need.h"
#include "proc/status.h"

enum { QUEUED = 6, STANDARD = 5, FIRST_VALUE = 100, DELIVERED = QUEUED + 1, SEEN_MOST = 16 };

/* Sent in this order, the values being 0, 1, 2 ... */
static const int offsets[QUEUED] = { 3, 1, 2, 0, 1, 3 };

struct came {
	int offset; /* from SIGRTMIN; -1 for SIGUSR1 */
	int value;
};

/* Lowest number first, in the order of sending within one; the standard one before them. */
static const struct came expected[DELIVERED] = {
	{ -1, FIRST_VALUE }, { 0, 3 }, { 1, 1 }, { 1, 4 }, { 2, 2 }, { 3, 0 }, { 3, 5 },
};

struct order {
	uint64_t pending;
	int masked_count, nested_count;
	struct came masked[SEEN_MOST]; /* a handler that blocks all others */
	struct came nested[SEEN_MOST]; /* one that blocks none: in the order of its last line */
};

/* Where the handler notes. */
static struct came *seen;
static volatile sig_atomic_t seen_count;

static void on_signal(int signal, siginfo_t *info, void *context UNUSED)
{
	if (seen_count < SEEN_MOST)
		seen[seen_count] = (struct came){ signal == SIGUSR1 ? -1 : signal - SIGRTMIN,
						  info->si_value.sival_int };
	seen_count++;
}

static void set_handlers(bool is_masked)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };

	if (is_masked)
		sigfillset(&action.sa_mask);
	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < QUEUED; i++)
		sigaction(SIGRTMIN + offsets[i], &action, NULL);
}

static int send_all(struct error *err)
{
	for (int i = 0; i < STANDARD; i++)
		if (sigqueue(getpid(), SIGUSR1, (union sigval){ FIRST_VALUE + i }) < 0)
			return error_sys(err, "sigqueue");
	for (int i = 0; i < QUEUED; i++)
		if (sigqueue(getpid(), SIGRTMIN + offsets[i], (union sigval){ i }) < 0)
			return error_sys(err, "sigqueue");
	return 0;
}

static int try_mask(bool is_masked, struct order *io_order, struct error *err)
{
	struct status status;
	sigset_t all, before;

	seen = is_masked ? io_order->masked : io_order->nested;
	seen_count = 0;
	set_handlers(is_masked);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	TRY(send_all(err));
	TRY(status_read(getpid(), getpid(), &status, err));
	io_order->pending = status.shared_pending;
	sigprocmask(SIG_SETMASK, &before, NULL);
	*(is_masked ? &io_order->masked_count : &io_order->nested_count) = seen_count;
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	TRY(need_queue(err));
	TRY(try_mask(true, ret_observation, err));
	TRY(try_mask(false, ret_observation, err));
	return need_queue(err);
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct order *order = observation;

	finding_must(io_finding,
		     order->masked_count == DELIVERED && order->nested_count == DELIVERED,
		     "%d and %d signals came, not %d", order->masked_count, order->nested_count,
		     DELIVERED);
	for (int i = 0; i < DELIVERED; i++) {
		const struct came *masked = &order->masked[i];
		const struct came *nested = &order->nested[DELIVERED - 1 - i];

		finding_must(io_finding, masked->offset == expected[i].offset &&
					 masked->value == expected[i].value,
			     "number %d to come was RTMIN%+d with %d", i + 1, masked->offset,
			     masked->value);
		/* Within one number the second is held back until the first is over. */
		finding_must(io_finding, nested->offset == expected[i].offset,
			     "with an empty mask number %d to run was RTMIN%+d", DELIVERED - i,
			     nested->offset);
	}
	finding_say(io_finding, "%d SIGUSR1 came as one, %d real-time signals came all, by number; "
		    "with an empty mask their handlers ran in reverse", STANDARD, QUEUED);
}

static void add_came(const struct came *came, int count, const char *who,
		     struct evidence *io_evidence)
{
	autotext struct text row = { 0 };

	for (int i = 0; i < count && i < SEEN_MOST; i++)
		if (came[i].offset < 0)
			text_add(&row, "%sUSR1:%d", i ? " " : "", came[i].value);
		else
			text_add(&row, "%s+%d:%d", i ? " " : "", came[i].offset, came[i].value);
	evidence_row(io_evidence, "%s|%s", who, text_get(&row));
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct order *order = observation;
	struct came sent[QUEUED];

	for (int i = 0; i < QUEUED; i++)
		sent[i] = (struct came){ offsets[i], i };
	evidence_table(io_evidence, "SIGUSR1 five times and six real-time signals, as +N:VALUE for "
				    "SIGRTMIN+N", "|");
	add_came(sent, QUEUED, "sent, after USR1:100 to USR1:104", io_evidence);
	add_came(order->masked, order->masked_count, "handlers that block all", io_evidence);
	add_came(order->nested, order->nested_count, "handlers that block none", io_evidence);
	evidence_row(io_evidence, "ShdPnd before|%016llx", (unsigned long long)order->pending);
}

const struct experiment lab_realtime_order = {
	.id = "E15",
	.name = "realtime-order",
	.question = "Are there 31 signals, and does the kernel keep each one that is sent?",
	.prediction = "There are 64. Of 1 to 31 the kernel keeps one of each number while it is "
		      "pending, the first. 32 to 64 are queued, all with their values: lowest "
		      "number first, in order within it. Handlers that block nothing stack up, so "
		      "they run in reverse.",
	.method = "Five SIGUSR1 and six real-time signals are sent while all are blocked, then let "
		  "in, under handlers with a full and with an empty mask.",
	.husk = "husk passes real-time signals on as well: kill and stop know RTMIN+n.",
	.read_on = "signal(7) \"Real-time signals\", sigqueue(3); kernel/signal.c: next_signal, "
		   "__send_signal_locked",
	.size = sizeof(struct order),
	.observe = observe,
	.check = check,
	.show = show,
};
