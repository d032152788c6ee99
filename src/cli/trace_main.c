// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_main - the program husk-trace: what to record, how to show it */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/trace.h"
#include "container/control.h"
#include "signal/name.h"
#include "signal/set.h"
#include "trace/journal_read.h"
#include "trace/kind.h"
#include "trace/layer_tell.h"
#include "trace/recorder.h"
#include "trace/show.h"
#include "trace/words.h"
#include "view/why.h"

enum { DEFAULT_RING = 16 << 20, LEAST_RING = 1 << 16, DEFAULT_KEEP = 4 };

/* The kernel does not let us record, or cannot; 1 is for every other error. */
enum { EXIT_REFUSED = 2 };

struct job {
	struct trace_values values;
	struct show_filter filter;
	const struct render *render; /* NULL: a journal */
	struct scope scope;
	uint32_t layers; /* bits, 1 << enum event_layer_name */
	char **command;
	int64_t wall_offset_ns;
	uint64_t begin_ns;
	bool is_open; /* false: nothing has been written yet */
	FILE *out;    /* NULL for a journal */
	struct show show;
	struct journal *journal;
	struct journal_sum sum;
	struct story story; /* open while something is recorded */
};

/* --- words --- */

static int read_signals(const char *list, uint64_t *ret_signals, struct error *err)
{
	autofree char *copy = mem_text(list);
	char *rest = copy, *word;
	int signal;

	*ret_signals = 0;
	while ((word = strsep(&rest, ","))) {
		if (signal_parse(word, &signal) < 0)
			return error_set(err, EINVAL, "--signals: \"%s\" is not a signal", word);
		*ret_signals |= signal_set_of(signal);
	}
	return 0;
}

static int read_kinds(const char *list, uint32_t *ret_kinds, struct error *err)
{
	autofree char *copy = mem_text(list);
	char *rest = copy, *word;

	/* What is recorded at all is said in any case. */
	*ret_kinds = 1U << EVENT_LAYER;
	while ((word = strsep(&rest, ","))) {
		int kind = kind_parse(word);

		if (kind < 0)
			return error_set(err, EINVAL, "--kinds: \"%s\" is not a kind of event",
					 word);
		*ret_kinds |= 1U << kind;
	}
	return 0;
}

/* Each switch and each interrupt: so many that only a picture shows them unasked. */
#define RARELY_WANTED (1U << EVENT_SCHED | 1U << EVENT_IRQ)

static int read_layers(const char *list, uint32_t *ret_layers, struct error *err)
{
	autofree char *copy = mem_text(list);
	char *rest = copy, *word;

	*ret_layers = 0;
	while ((word = strsep(&rest, ","))) {
		int layer = layer_find(word);

		if (strcmp(word, "all") == 0)
			*ret_layers |= (1U << EVENT_LAYERS) - 1;
		else if (layer < 0)
			return error_set(err, EINVAL, "--with: \"%s\" is not one of syscalls, "
					 "sched, irq, extras and all", word);
		else
			*ret_layers |= 1U << layer;
	}
	return 0;
}

static int check_ring(struct maybe_int *io_bytes, struct error *err)
{
	int64_t bytes = io_bytes->is_set ? io_bytes->value : DEFAULT_RING;

	if (bytes < LEAST_RING || bytes > INT32_MAX || bytes & (bytes - 1))
		return error_set(err, EINVAL, "--buffer: %lld bytes are not a power of two from "
				 "64K on", (long long)bytes);
	io_bytes->value = bytes;
	return 0;
}

static int check_files(struct trace_values *io_values, bool is_journal, struct error *err)
{
	if (io_values->keep.is_set && !io_values->size.is_set)
		return error_set(err, EINVAL, "--keep goes with --size");
	if (!io_values->size.is_set)
		return 0;
	if (!is_journal)
		return error_set(err, EINVAL, "--size is for a journal: -o FILE without --format");
	if (io_values->size.value < JOURNAL_LIMIT_MIN)
		return error_set(err, EINVAL, "--size: less than 64K");
	if (!io_values->keep.is_set)
		io_values->keep.value = DEFAULT_KEEP;
	if (io_values->keep.value < 1 || io_values->keep.value > JOURNAL_KEEP_MAX)
		return error_set(err, EINVAL, "--keep: not from 1 to %d", JOURNAL_KEEP_MAX);
	return 0;
}

static int choose_format(struct job *io_job, struct error *err)
{
	const struct trace_values *values = &io_job->values;
	const char *format = values->format ? values->format : "text";

	if (values->out && !values->format && !values->read)
		return 0;
	io_job->render = render_find(format);
	if (!io_job->render)
		return error_set(err, EINVAL, "--format: \"%s\" is not one of %s", format,
				 render_names());
	return 0;
}

/* --- who --- */

static int find_container(const char *root, const char *id, struct scope *ret_scope,
			  struct error *err)
{
	autostore struct store store = STORE_NONE;
	autorecord struct record record = { 0 };
	enum record_status status;

	TRY(store_open(root, &store, err));
	TRY(container_look(&store, id, &record, &status, err));
	if (status == RECORD_STOPPED || !record.pid.value)
		return error_set(err, ESRCH, "container \"%s\" has no process: it is %s", id,
				 record_status_name(status));
	return scope_of_process((uint32_t)record.pid.value, ret_scope, err);
}

static int find_target(struct job *io_job, const char *word, struct error *err)
{
	long long pid;

	if (text_number(word, 1, INT32_MAX, &pid) == 0)
		return scope_of_process((uint32_t)pid, &io_job->scope, err);
	if (strspn(word, "0123456789-") == strlen(word))
		return error_set(err, EINVAL, "\"%s\" is not the number of a process", word);
	return find_container(io_job->values.root, word, &io_job->scope, err);
}

static int choose_scope(struct job *io_job, int words, char **argv, struct error *err)
{
	const struct trace_values *values = &io_job->values;
	int asked = words + values->all + !!values->cgroup + !!io_job->command + !!values->read;

	if (asked > 1)
		return error_set(err, EINVAL, "one of ID, PID, --cgroup, --all, --read and "
				 "-- PROGRAM, not several");
	if (!asked)
		return error_set(err, EINVAL, "nothing to trace: give ID, PID, --cgroup FOLDER, "
				 "--all or -- PROGRAM");
	io_job->scope.all = values->all;
	if (values->cgroup)
		return scope_of_cgroup(values->cgroup, &io_job->scope, err) < 0
			       ? error_wrap(err, "--cgroup") : 0;
	return words ? find_target(io_job, argv[0], err) : 0;
}

/* "--" and what follows it is the program. */
static int cut_command(struct job *io_job, int argc, char **argv, struct error *err)
{
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		io_job->command = argv + i + 1;
		if (i + 1 == argc)
			return error_set(err, EINVAL, "the program is missing after --");
		return i;
	}
	return argc;
}

static int read_words(struct job *io_job, int argc, char **argv, struct error *err)
{
	struct trace_values *values = &io_job->values;
	int words = cut_command(io_job, argc, argv, err);

	TRY(words);
	words = option_parse(trace_options, OPTION_MIXED, words, argv, values, err);
	TRY(words);
	if (values->help)
		return 0;
	if (words > 1)
		return error_set(err, EINVAL, "too many arguments, beginning with \"%s\"", argv[1]);
	TRY(check_ring(&values->buffer, err));
	TRY(choose_format(io_job, err));
	TRY(check_files(values, !io_job->render, err));
	if (values->signals)
		TRY(read_signals(values->signals, &io_job->filter.signals, err));
	if (values->kinds)
		TRY(read_kinds(values->kinds, &io_job->filter.kinds, err));
	else
		io_job->filter.kinds = ~(io_job->render == &render_chrome ? 0U : RARELY_WANTED);
	if (values->with && values->read)
		return error_set(err, EINVAL, "--with is for recording, and a journal is one");
	if (values->with)
		TRY(read_layers(values->with, &io_job->layers, err));
	io_job->filter.min_latency_ns = (uint64_t)values->min_latency.value * 1000000;
	return choose_scope(io_job, words, argv, err);
}

/* --- out --- */

static const char *out_name(const struct job *job)
{
	return job->values.out ? job->values.out : "stdout";
}

static int open_file(struct job *io_job, struct error *err)
{
	const char *path = io_job->values.out;

	io_job->out = path ? fopen(path, "we") : stdout;
	return io_job->out ? 0 : error_sys(err, "open %s", path);
}

static void tell_life(const struct life *life, struct text *io_text)
{
	struct why why = why_find(life);

	why_summary(life, &why, io_text);
}

/* A journal keeps all for later, so only the stories of what it is about need the joins now. */
static bool has_show(const struct job *job)
{
	return job->render || (job->story.is_open && !job->scope.all);
}

/* With the first event, so that nothing is written for a recording that could not be made. */
static int open_out(struct job *io_job, struct error *err)
{
	struct render_request request = { .wall_offset_ns = io_job->wall_offset_ns };
	struct journal_request journal = {
		.path = io_job->values.out,
		.wall_offset_ns = io_job->wall_offset_ns,
		.begin_ns = io_job->begin_ns,
		.limit_bytes = (uint64_t)io_job->values.size.value,
		.keep = (uint32_t)io_job->values.keep.value,
	};

	if (!io_job->render)
		TRY(journal_create(&journal, &io_job->journal, err));
	else
		TRY(open_file(io_job, err));
	io_job->is_open = true;
	request.out = io_job->out;
	request.tell_life = tell_life;
	request.has_colour = io_job->out && isatty(fileno(io_job->out)) && !getenv("NO_COLOR");
	if (!has_show(io_job))
		return 0;
	show_begin(&io_job->show, io_job->render, &io_job->filter, request);
	io_job->show.story = &io_job->story;
	return 0;
}

/* Who writes a journal reads it later, and wants to know now. */
static void say_layer(const struct event_layer *report)
{
	autotext struct text line = { 0 };

	layer_tell_state(report, &line);
	fprintf(stderr, "husk: %s\n", text_get(&line));
}

static int take(void *data, const struct event_head *event, struct error *err)
{
	struct job *job = data;

	if (!job->is_open)
		TRY(open_out(job, err));
	if (!job->render && event->kind == EVENT_LAYER)
		say_layer((const void *)event);
	if (!job->render)
		TRY(journal_write(job->journal, event, err));
	return has_show(job) ? show_take(&job->show, event, err) : 0;
}

/* Whoever reads a pipe sees what has happened so far. */
static void rest(void *data)
{
	struct job *job = data;

	if (job->out)
		fflush(job->out);
	if (job->journal)
		journal_flush(job->journal);
}

/* The last words, and the end of the file. */
static int close_out(struct job *io_job, struct error *err)
{
	bool is_bad;

	if (!io_job->is_open)
		TRY(open_out(io_job, err));
	if (has_show(io_job))
		show_end(&io_job->show);
	if (!io_job->render)
		return journal_close(&io_job->journal, &io_job->sum, err);
	is_bad = fflush(io_job->out) != 0 || ferror(io_job->out);
	if (io_job->out != stdout)
		is_bad |= fclose(io_job->out) != 0;
	return is_bad ? error_sys(err, "write %s", out_name(io_job)) : 0;
}

static int read_events(struct job *io_job, struct journal_reader *reader, struct error *err)
{
	uint64_t event[JOURNAL_EVENT_MAX / sizeof(uint64_t)];
	int r;

	while ((r = journal_read_next(reader, event, err)) > 0) {
		r = take(io_job, (const struct event_head *)event, err);
		if (r < 0)
			return error_wrap(err, "%s", io_job->values.read);
	}
	return r;
}

/* Beside what is shown, which may be for a machine. */
static void print_notes(const char *notes)
{
	for (size_t size; *notes; notes += size) {
		size = strcspn(notes, "\n") + 1;
		fputs("husk: ", stderr);
		fwrite(notes, 1, size, stderr);
	}
}

static int read_journal(struct job *io_job, struct error *err)
{
	struct journal_reader *reader;
	struct journal_head head;
	struct error ignored;
	int r;

	TRY(journal_read_open(io_job->values.read, &reader, &head, err));
	io_job->wall_offset_ns = head.wall_offset_ns;
	r = read_events(io_job, reader, err);
	print_notes(journal_read_notes(reader));
	journal_read_close(&reader);
	/* What was good in it has been shown, and has its last words. */
	if (r < 0 && io_job->is_open)
		(void)close_out(io_job, &ignored);
	return r < 0 ? r : close_out(io_job, err);
}

/* On the terminal, whatever has been written where; what stdout tells itself it tells alone. */
static void print_summary(const struct job *job, const struct recorder_result *result)
{
	autotext struct text lost = { 0 };

	words_lost(result->lost, &lost);
	if (!job->render)
		fprintf(stderr, "husk: %llu events recorded, %.0f KiB in %llu file%s; %s\n",
			(unsigned long long)job->sum.events, (double)job->sum.bytes / 1024,
			(unsigned long long)job->sum.files, job->sum.files == 1 ? "" : "s",
			text_get(&lost));
	else if (job->values.out)
		fprintf(stderr, "husk: %s\n", text_get(&lost));
}

static struct load_request programs_of(const struct job *job)
{
	return (struct load_request){
		.ring_bytes = (uint64_t)job->values.buffer.value,
		.layers = job->layers,
		.tells_switches = job->filter.kinds & 1U << EVENT_SCHED,
		.tells_interrupts = job->filter.kinds & 1U << EVENT_IRQ,
	};
}

static int live(struct job *io_job, struct error *err)
{
	struct recorder_request request = {
		.scope = &io_job->scope,
		.programs = programs_of(io_job),
		.duration_ms = io_job->values.duration.value,
		.command = io_job->command,
		.take = take,
		.rest = rest,
		.data = io_job,
	};
	struct recorder_result result;
	struct error ignored;
	int r;

	io_job->begin_ns = recorder_now_ns();
	io_job->wall_offset_ns = recorder_wall_offset_ns();
	story_open(io_job->values.root, io_job->wall_offset_ns, &io_job->story);
	r = recorder_run(&request, &result, err);
	if (r < 0 && io_job->is_open)
		(void)close_out(io_job, &ignored);
	else if (r >= 0)
		r = close_out(io_job, err);
	story_close(&io_job->story);
	if (r < 0)
		return r;
	print_summary(io_job, &result);
	return result.status;
}

static void print_help(void)
{
	printf("usage: husk trace [OPTION...] ID|PID|-- PROGRAM [ARG...]\n\n"
	       "record signals, births and deaths of processes, as the kernel decides them\n\n");
	option_print(trace_options);
	printf("\nExit status: the program's; 0 without one; %d when recording is not possible.\n",
	       EXIT_REFUSED);
}

int main(int argc, char **argv)
{
	struct job job = { 0 };
	struct error err;
	int r;

	log_open(-1, false, LOG_WARNING);
	r = read_words(&job, argc - 1, argv + 1, &err);
	if (r >= 0 && job.values.help)
		print_help();
	else if (r >= 0)
		r = job.values.read ? read_journal(&job, &err) : live(&job, &err);
	if (r >= 0)
		return r;
	(void)error_wrap(&err, "trace");
	log_line(LOG_ERROR, "%s", err.text);
	return r == -EPERM || r == -ENOTSUP ? EXIT_REFUSED : 1;
}
