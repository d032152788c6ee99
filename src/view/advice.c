// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/advice.h"

#include <string.h>

#include "base/scope.h"
#include "signal/name.h"
#include "signal/set.h"

struct asked {
	int signal;
	const struct facts *facts;
};

/* --- words in braces --- */

static void add_pid(const struct asked *a, struct text *io_text)
{
	text_add(io_text, "%d", (int)a->facts->task.pid);
}

static void add_parent(const struct asked *a, struct text *io_text)
{
	text_add(io_text, "%d", (int)a->facts->task.parent_pid);
}

static void add_tracer(const struct asked *a, struct text *io_text)
{
	text_add(io_text, "%d", (int)a->facts->status.tracer_pid);
}

static void add_uid(const struct asked *a, struct text *io_text)
{
	text_add(io_text, "%u", (unsigned int)a->facts->status.uid.real);
}

static void add_signal(const struct asked *a, struct text *io_text)
{
	text_add(io_text, "%s", signal_name(a->signal));
}

static void add_caught(const struct asked *a, struct text *io_text)
{
	uint64_t caught = a->facts->target.caught;

	if (!caught) {
		text_add(io_text, "It has a handler for no signal at all.");
		return;
	}
	text_add(io_text, "It has handlers for: ");
	signal_set_format(caught, io_text);
	text_add(io_text, ".");
}

static void add_file(const struct asked *a, struct text *io_text)
{
	text_add(io_text, "%s", a->facts->freeze.file ? a->facts->freeze.file : "the freezer");
}

static const struct word {
	const char *name;
	void (*add)(const struct asked *asked, struct text *io_text);
} words[] = {
	{ "{pid}", add_pid },	    { "{parent}", add_parent }, { "{tracer}", add_tracer },
	{ "{uid}", add_uid },	    { "{signal}", add_signal }, { "{caught}", add_caught },
	{ "{file}", add_file },
};

static const struct word *find_word(const char *at)
{
	for (size_t i = 0; i < countof(words); i++)
		if (text_begins(at, words[i].name))
			return &words[i];
	return NULL;
}

static void fill(const char *template, const struct asked *asked, struct text *io_text)
{
	for (const char *at = template; *at; ) {
		const struct word *word = find_word(at);

		if (word) {
			word->add(asked, io_text);
			at += strlen(word->name);
		} else {
			text_add_bytes(io_text, at++, 1);
		}
	}
}

/* --- what to do, by rule --- */

static const struct row {
	const char *rule;
	const char *template;
} rows[] = {
	{ "out-of-sight", "Send it from the pid namespace of the target or from one around it." },
	{ "no-right", "Send it as user {uid} or as root." },
	{ "security-module",
	  "Send it from a process outside of the sandbox, or allow it in the sender's "
	  "profile." },
	{ "dying",
	  "If it is a zombie, no signal takes it away: its parent {parent} must "
	  "wait(2) for it, or end itself. In a container an init as PID 1 does so: "
	  "husk box --init, or the annotation org.husk.init." },
	{ "machine-init", "Use the ways of the service manager: shutdown, systemctl." },
	{ "init-from-inside",
	  "Send it from outside of the container: husk kill ID KILL, or kill -KILL "
	  "{pid} as its numbers are here." },
	{ "init-no-handler",
	  "Let the program set a handler for {signal}; or run it below an init that "
	  "passes the signal on: husk box --init, or the annotation org.husk.init; or "
	  "choose a stop signal that it handles. {caught} To end it now: husk kill ID "
	  "KILL." },
	{ "init-survives",
	  "Let the program set a handler for {signal}, or run it below an init: husk "
	  "box --init, or the annotation org.husk.init. {caught}" },
	{ "kernel-thread", "Nothing can be done from here, and nothing should be." },
	{ "set-to-ignore",
	  "If the program does not do that itself, it was started so: nohup, trap '' "
	  "in a shell, a parent that ignores the signal. Ignoring survives exec; let "
	  "the starter reset it." },
	{ "ignored-when-taken",
	  "If the program does not do that itself, it was started so: nohup, trap '' "
	  "in a shell, a parent that ignores the signal. Ignoring survives exec; let "
	  "the starter reset it." },
	{ "already-pending",
	  "Do not count standard signals. A program that gets one has to look for all "
	  "that may have happened; real-time signals (RTMIN and above) queue." },
	{ "queue-refuses",
	  "Find who leaves signals pending (SigQ in /proc/PID/status), or raise the "
	  "limit: ulimit -i." },
	{ "sender-lost",
	  "Find who leaves signals pending (SigQ in /proc/PID/status), or raise the "
	  "limit: ulimit -i." },
	{ "frozen-v1", "Thaw it: husk resume ID, or write THAWED to {file}." },
	{ "frozen-v2", "Thaw it: husk resume ID, or write 0 to {file}." },
	{ "stopped", "Let it run: kill -CONT {pid}. SIGKILL needs no SIGCONT." },
	{ "stopped-by-tracer", "Let process {tracer} continue or detach; or send SIGKILL." },
	{ "uninterruptible",
	  "See what it waits for: /proc/{pid}/stack and wchan. A file server that does "
	  "not answer, a slow disk and a driver are usual; the wait has to end by "
	  "itself." },
	{ "blocked",
	  "The program blocks it, for a while or for ever; a mask survives exec, so "
	  "its starter may have done it. SIGKILL and SIGSTOP cannot be blocked." },
	{ "orphaned-group", "Send SIGSTOP, which stops any process." },
	{ "continue-will-clear", "It is stopped as wanted; nothing is to be done." },
};

bool advice_add(const struct verdict_rule *rule, int signal, const struct facts *facts,
		struct text *io_text)
{
	const struct asked asked = { signal, facts };

	for (size_t i = 0; i < countof(rows); i++) {
		if (strcmp(rows[i].rule, rule->id) != 0)
			continue;
		fill(rows[i].template, &asked, io_text);
		return true;
	}
	return false;
}
