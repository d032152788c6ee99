// SPDX-License-Identifier: GPL-2.0-or-later
/* look - the commands that look and change nothing: explain */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/options.h"
#include "container/control.h"
#include "proc/ns.h"
#include "signal/name.h"
#include "signal/set.h"
#include "view/explain.h"

/* --- which process: PID, ID, ID:NUMBER, ID:NAME --- */

static int find_first(const struct context *context, const char *id,
		      struct facts_request *io_request, struct error *err)
{
	autostore struct store store = STORE_NONE;
	autorecord struct record record = { 0 };
	enum record_status status;

	TRY(store_open(context->root, &store, err));
	TRY(container_look(&store, id, &record, &status, err));
	if (status == RECORD_STOPPED || !record.pid.value)
		return error_set(err, ESRCH, "container \"%s\" has no process: it is %s", id,
				 record_status_name(status));
	io_request->pid = (pid_t)record.pid.value;
	io_request->start_time = record.start_time.value;
	return 0;
}

static int find_within(const char *word, struct facts_request *io_request, struct error *err)
{
	autoclose int ns_fd = proc_ns_open(io_request->pid, "pid", err);
	long long number;
	int pid;

	TRY(ns_fd);
	if (text_number(word, 1, INT32_MAX, &number) == 0)
		pid = proc_ns_find_pid(ns_fd, (pid_t)number, err);
	else
		pid = proc_ns_find_name(ns_fd, word, err);
	TRY(pid);
	io_request->pid = pid;
	io_request->start_time = 0;
	return 0;
}

static int find_process(const struct context *context, const char *target,
			struct facts_request *io_request, struct error *err)
{
	const char *colon = strchr(target, ':');
	autofree char *id = mem_text(target);
	long long pid;

	if (text_number(target, 1, INT32_MAX, &pid) == 0) {
		io_request->pid = (pid_t)pid;
		return 0;
	}
	if (strspn(target, "0123456789") == strlen(target))
		return error_set(err, EINVAL, "\"%s\" is not the number of a process", target);
	id[strcspn(id, ":")] = '\0';
	TRY(find_first(context, id, io_request, err));
	return colon ? find_within(colon + 1, io_request, err) : 0;
}

/* --- explain --- */

struct explain_values {
	const char *from, *format;
	bool verify, yes;
};

const struct option explain_options[] = {
	{ "from", 0, OPTION_TEXT, offsetof(struct explain_values, from), "WHO",
	  "sends it: inside, outside (of the target's pid namespace), or a PID" },
	{ "format", 'f', OPTION_TEXT, offsetof(struct explain_values, format), "text|json",
	  "how to print" },
	{ "verify", 0, OPTION_FLAG, offsetof(struct explain_values, verify), NULL,
	  "send the signal, and show what the kernel did with it" },
	{ "yes", 'y', OPTION_FLAG, offsetof(struct explain_values, yes), NULL,
	  "do not ask before --verify sends" },
	{ 0 },
};

static int read_from(const char *from, struct facts_request *io_request, struct error *err)
{
	long long pid;

	if (!from)
		return 0;
	if (strcmp(from, "inside") == 0)
		io_request->from = FACTS_FROM_INSIDE;
	else if (strcmp(from, "outside") == 0)
		io_request->from = FACTS_FROM_OUTSIDE;
	else if (text_number(from, 1, INT32_MAX, &pid) == 0)
		io_request->from = FACTS_FROM_PID;
	else
		return error_set(err, EINVAL, "--from: \"%s\" is not inside, outside or a PID",
				 from);
	if (io_request->from == FACTS_FROM_PID)
		io_request->sender_pid = (pid_t)pid;
	return 0;
}

static int read_signals(int count, char **words, uint64_t *ret_signals, struct error *err)
{
	*ret_signals = 0;
	for (int i = 0; i < count; i++) {
		int signal;

		if (signal_parse(words[i], &signal) < 0)
			return error_set(err, EINVAL, "\"%s\" is not a signal", words[i]);
		*ret_signals |= signal_set_of(signal);
	}
	return 0;
}

static int check_values(const struct explain_values *values, uint64_t signals, struct error *err)
{
	if (strcmp(values->format, "text") != 0 && strcmp(values->format, "json") != 0)
		return error_set(err, EINVAL, "--format: \"%s\" is not one of text, json",
				 values->format);
	if (!values->verify)
		return 0;
	if (values->from)
		return error_set(err, EINVAL, "--verify sends from here: it does not go with --from");
	if (!signals || signals & (signals - 1))
		return error_set(err, EINVAL, "--verify takes one SIGNAL");
	return 0;
}

/* A signal may end the process, so a person is asked and a script has to say so. */
static int confirm(const struct explain_values *values, int signal, const struct facts *facts,
		   struct error *err)
{
	char answer[16] = "";

	if (values->yes)
		return 0;
	if (!isatty(STDIN_FILENO))
		return error_set(err, EPERM, "--verify sends %s to process %d: add --yes",
				 signal_name(signal), (int)facts->task.pid);
	fprintf(stderr, "Send %s to process %d (%s)? [y/N] ", signal_name(signal),
		(int)facts->task.pid, facts->task.name);
	if (!fgets(answer, sizeof(answer), stdin) || (*answer != 'y' && *answer != 'Y'))
		return error_set(err, ECANCELED, "nothing was sent");
	return 0;
}

static int only_signal(uint64_t signals)
{
	return __builtin_ctzll(signals) + 1;
}

static int verify(const struct explain_values *values, uint64_t signals,
		  const struct facts *facts, struct verify_seen *ret_seen, struct error *err)
{
	int signal = only_signal(signals);
	struct verdict verdict = verdict_reach(signal, &facts->target, &facts->sender);

	TRY(confirm(values, signal, facts, err));
	TRY(verify_send(facts, &verdict, ret_seen, err));
	return verify_agrees(ret_seen, &verdict) ? 0 : 1;
}

static void add_signals(uint64_t signals, const struct facts *facts,
			const struct verify_seen *seen, struct text *io_text)
{
	for (int signal = 1; signal <= SIGNAL_MAX; signal++) {
		if (!signal_set_has(signals, signal))
			continue;
		text_add(io_text, "%s", io_text->size ? "\n" : "");
		explain_signal(facts, signal, seen, io_text);
	}
}

static void print(const struct explain_values *values, uint64_t signals,
		  const struct facts *facts, const struct verify_seen *seen)
{
	autotext struct text text = { 0 };

	if (strcmp(values->format, "json") == 0)
		explain_json(facts, signals ? signals : UINT64_MAX, seen, &text);
	else if (signals)
		add_signals(signals, facts, seen, &text);
	else
		explain_table(facts, &text);
	printf("%s", text_get(&text));
}

static int explain(const struct explain_values *values, const struct facts_request *request,
		   uint64_t signals, struct error *err)
{
	autofacts struct facts facts = { 0 };
	autoclean(verify_seen_clear) struct verify_seen seen = { 0 };
	int status = 0;

	TRY(facts_read(request, &facts, err));
	if (values->verify)
		status = verify(values, signals, &facts, &seen, err);
	TRY(status);
	print(values, signals, &facts, values->verify ? &seen : NULL);
	return status;
}

int cmd_explain(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct explain_values values = { .format = "text" };
	struct facts_request request = { .from = FACTS_FROM_CALLER };
	int words = command_options(command_find("explain"), OPTION_MIXED, 1, -1, argc, argv,
				    &values, err);
	uint64_t signals;
	int r;

	TRY(words);
	TRY(read_from(values.from, &request, err));
	TRY(read_signals(words - 1, argv + 1, &signals, err));
	TRY(check_values(&values, signals, err));
	request.signals = signals ? signals : UINT64_MAX;
	r = find_process(io_context, argv[0], &request, err);
	if (r == 0)
		r = explain(&values, &request, signals, err);
	return r < 0 ? error_wrap(err, "explain %s", argv[0]) : r;
}
