// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/words.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>

#include "guard/seccomp_known.h"
#include "signal/name.h"
#include "signal/set.h"
#include "trace/kind.h"

void words_numbers(const struct model_process *process, struct text *io_text)
{
	uint32_t inner = model_inner(process);

	text_add(io_text, "%u", process->pid);
	if (inner && inner != process->pid)
		text_add(io_text, "/%u", inner);
}

void words_name(const char *name, struct text *io_text)
{
	for (; *name; name++)
		text_add(io_text, "%c", *name >= 0x20 && *name < 0x7f ? *name : '?');
}

void words_process(const struct model_process *process, struct text *io_text)
{
	words_numbers(process, io_text);
	if (!process->name[0])
		return;
	text_add(io_text, " ");
	words_name(process->name, io_text);
}

void words_container(const struct model_process *process, struct text *io_text)
{
	if (process->container)
		words_name(process->container->name, io_text);
}

void words_lost(const uint64_t *lost, struct text *io_text)
{
	uint64_t all = 0;
	const char *before = ": ";

	for (size_t kind = 0; kind < EVENT_KINDS; kind++)
		all += lost[kind];
	text_add(io_text, "%" PRIu64 " events lost", all);
	for (size_t kind = EVENT_NONE + 1; kind < EVENT_KINDS; kind++) {
		if (!lost[kind])
			continue;
		text_add(io_text, "%s%" PRIu64 " %s", before, lost[kind], kind_name(kind));
		before = ", ";
	}
}

void words_duration(uint64_t ns, struct text *io_text)
{
	if (ns < 1000000)
		text_add(io_text, "%u us", (unsigned int)(ns / 1000));
	else if (ns < 1000000000)
		text_add(io_text, "%.1f ms", (double)ns / 1e6);
	else
		text_add(io_text, "%.2f s", (double)ns / 1e9);
}

/* --- signals --- */

static const char *call_name(const struct model_signal *signal)
{
	switch (signal->code) {
	case SI_USER:
		return signal->flags & EVENT_SIGNAL_NO_INFO ? NULL : "kill";
	case SI_QUEUE:
		return "sigqueue";
	case SI_TKILL:
		return "tgkill";
	case SI_MESGQ:
		return "a message queue";
	case SI_ASYNCIO:
		return "asynchronous I/O";
	default:
		return NULL;
	}
}

static void add_sender(const char *before, const struct model_signal *signal, struct text *io_text)
{
	text_add(io_text, "%s", before);
	if (!signal->sender) {
		text_add(io_text, "an unknown process");
	} else if (signal->sender == signal->target) {
		text_add(io_text, "itself");
	} else {
		words_process(signal->sender, io_text);
		if (signal->sender->container == signal->target->container)
			return;
		text_add(io_text, " (");
		if (signal->sender->container)
			words_container(signal->sender, io_text);
		else
			text_add(io_text, "outside");
		text_add(io_text, ")");
	}
}

void words_source(const struct model_signal *signal, struct text *io_text)
{
	const char *call = call_name(signal);

	switch (signal->source) {
	case MODEL_BY_PROCESS:
		add_sender("from ", signal, io_text);
		if (call)
			text_add(io_text, " by %s", call);
		return;
	case MODEL_BY_CHILD:
		return add_sender("about its child ", signal, io_text);
	case MODEL_BY_TIMER:
		text_add(io_text, "from a timer");
		return;
	case MODEL_BY_FAULT:
		text_add(io_text, "from a fault of its own");
		return;
	case MODEL_BY_TERMINAL:
		text_add(io_text, "from the kernel");
		return;
	case MODEL_BY_INIT:
		return add_sender("from the kernel, since PID 1 has ended: ", signal, io_text);
	case MODEL_BY_CGROUP:
		return add_sender("from cgroup.kill, written to by ", signal, io_text);
	case MODEL_BY_PARENT:
		return add_sender("from the kernel, since its parent has ended: ", signal, io_text);
	case MODEL_BY_OOM:
		text_add(io_text, "from the kernel: out of memory");
		return;
	case MODEL_BY_KERNEL:
		text_add(io_text, "from the kernel");
		return;
	}
}

static bool is_nothing(enum verdict_outcome outcome)
{
	return outcome == VERDICT_IGNORED || outcome == VERDICT_DROPPED;
}

void words_verdict(const struct model_signal *signal, struct text *io_text)
{
	const struct verdict *verdict = &signal->verdict;
	const struct verdict_rule *now = verdict->step[0];
	const struct verdict_rule *end = verdict->step[verdict->step_count - 1];

	text_add(io_text, "%s", now->outcome == VERDICT_CONTINUE
					? "continues" : verdict_outcome_name(now->outcome));
	/* A signal that has made its target run has not been without effect. */
	if (end != now && !(now->outcome == VERDICT_CONTINUE && is_nothing(end->outcome)))
		text_add(io_text, ", then %s", verdict_outcome_name(end->outcome));
	text_add(io_text, " [%s]", now->id);
	if (verdict->result == VERDICT_RESULT_LOSE_INFO)
		text_add(io_text, ", without its sender: the queue is full");
}

void words_call(int number, struct text *io_text)
{
	autofree char *name = guard_seccomp_known_call(number);

	if (name)
		text_add(io_text, "%s", name);
	else
		text_add(io_text, "system call %d", number);
}

/* --- ends --- */

int words_status(uint32_t code)
{
	return WIFSIGNALED((int)code) ? 128 + WTERMSIG((int)code) : WEXITSTATUS((int)code);
}

void words_end(uint32_t code, struct text *io_text)
{
	int signal = WTERMSIG((int)code);

	if (!WIFSIGNALED((int)code)) {
		text_add(io_text, "exit %d", WEXITSTATUS((int)code));
		return;
	}
	text_add(io_text, "killed by %s%s", signal_name(signal) ? signal_name(signal) : "a signal",
		 WCOREDUMP((int)code) ? " (core dumped)" : "");
}

/* A signal that was to end it, and did not; the last one before its death. */
static const struct model_signal *find_failed(const struct model_process *process)
{
	static const int asks[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP };
	const struct model_signal *found = NULL;

	for (size_t i = 0; i < countof(asks); i++) {
		const struct model_signal *sent = process->refused[asks[i]];

		if (sent && (!found || sent->time_ns > found->time_ns))
			found = sent;
	}
	return found;
}

static void add_failed(const struct model_process *process, struct text *io_text)
{
	const struct model_signal *failed = find_failed(process);

	if (!failed)
		return;
	text_add(io_text, " ");
	words_duration(process->end_ns - failed->time_ns, io_text);
	text_add(io_text, " before, %s ", signal_name(failed->signal));
	words_source(failed, io_text);
	text_add(io_text, " had come to nothing: %s [%s]", failed->verdict.step[0]->text,
		 failed->verdict.step[0]->id);
}

void words_obituary(const struct model_process *process, uint64_t end_ns, struct text *io_text)
{
	uint64_t until = process->end_ns ? process->end_ns : end_ns;

	words_process(process, io_text);
	if (process->container) {
		text_add(io_text, " in ");
		words_container(process, io_text);
	}
	text_add(io_text, process->end_ns ? " lived " : " has been living ");
	words_duration(until > process->start_ns ? until - process->start_ns : 0, io_text);
	if (!process->end_ns) {
		text_add(io_text, ".");
		return;
	}
	text_add(io_text, ": ");
	words_end(process->exit_code, io_text);
	if (process->killer) {
		text_add(io_text, " ");
		words_source(process->killer, io_text);
	}
	text_add(io_text, ", exit status %d.", words_status(process->exit_code));
	add_failed(process, io_text);
}
