// SPDX-License-Identifier: GPL-2.0-or-later
/* ps_json - the same for programs: docs/schema/ps.schema.json says what each member means */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/scope.h"
#include "json/emit.h"
#include "json/string.h"
#include "signal/name.h"
#include "signal/set.h"
#include "view/ps_part.h"

enum { WORDS_SIZE = 1 << 20 };

static void add_maybe(const char *key, const struct maybe_uint *number, struct text *io_text)
{
	if (number->is_set)
		emit_number(key, (long long)number->value, io_text);
	else
		emit_null(key, io_text);
}

static void add_set(const char *key, uint64_t set, struct text *io_text)
{
	emit_key(key, io_text);
	emit_bracket('[', io_text);
	for (int signal = 1; set && signal <= SIGNAL_MAX; signal++)
		if (signal_set_has(set, signal)) {
			emit_item(io_text);
			string_quote(signal_name(signal), io_text);
		}
	emit_bracket(']', io_text);
}

static void add_signals(const struct status *s, struct text *io_text)
{
	emit_key("signals", io_text);
	emit_bracket('{', io_text);
	add_set("pending", s->pending, io_text);
	add_set("sharedPending", s->shared_pending, io_text);
	add_set("blocked", s->blocked, io_text);
	add_set("ignored", s->ignored, io_text);
	add_set("caught", s->caught, io_text);
	emit_bracket('}', io_text);
}

static void add_words(const struct status *status, struct text *io_text)
{
	autofree char *path = mem_format("/proc/%d/cmdline", (int)status->pid);
	autofree char *words = NULL;
	struct error ignored;
	size_t size = 0;

	emit_key("command", io_text);
	emit_bracket('[', io_text);
	if (file_read(AT_FDCWD, path, WORDS_SIZE, &words, &size, &ignored) < 0)
		size = 0;
	for (size_t at = 0; at < size; at += strlen(words + at) + 1) {
		emit_item(io_text);
		string_quote(words + at, io_text);
	}
	emit_bracket(']', io_text);
}

static void add_numbers(const struct status *s, struct text *io_text)
{
	emit_key("numbers", io_text);
	emit_bracket('[', io_text);
	for (size_t i = 0; i < s->level_count; i++) {
		emit_item(io_text);
		text_add(io_text, "%d", (int)s->level[i]);
	}
	emit_bracket(']', io_text);
}

static void add_parent(const struct survey *survey, int at, struct text *io_text)
{
	static const char *const kinds[] = {
		[PS_PARENT_SEEN] = "seen",
		[PS_PARENT_OUTSIDE] = "outside",
		[PS_PARENT_HIDDEN] = "hidden",
		[PS_PARENT_KERNEL] = "kernel",
	};
	const struct status *own = &survey->process[at].status;

	emit_key("parent", io_text);
	emit_bracket('{', io_text);
	emit_number("pid", own->parent_pid, io_text);
	emit_number("inner", survey_inner_parent(survey, at), io_text);
	emit_string("kind", kinds[ps_parent_kind(survey, at)], io_text);
	emit_bool("orphan", ps_is_orphan(survey, at), io_text);
	emit_bracket('}', io_text);
}

static void add_end(const struct ps_zombie *zombie, struct text *io_text)
{
	bool is_signal = zombie->has_end && WIFSIGNALED(zombie->wait_status);

	if (zombie->has_end && !is_signal)
		emit_number("exitStatus", WEXITSTATUS(zombie->wait_status), io_text);
	else
		emit_null("exitStatus", io_text);
	emit_string("signal", is_signal ? signal_name(WTERMSIG(zombie->wait_status)) : NULL,
		    io_text);
}

static void add_reaper(const struct survey *survey, const struct ps_zombie *zombie,
		       struct text *io_text)
{
	const struct status *reaper;

	if (zombie->reaper == SURVEY_NONE) {
		emit_null("reaper", io_text);
		return;
	}
	reaper = &survey->process[zombie->reaper].status;
	emit_key("reaper", io_text);
	emit_bracket('{', io_text);
	emit_number("pid", reaper->pid, io_text);
	emit_string("name", reaper->name, io_text);
	emit_bool("init", status_is_init(reaper), io_text);
	emit_bool("stopped", zombie->is_reaper_stopped, io_text);
	emit_bool("waiting", zombie->is_waiting, io_text);
	emit_string("sigchld", ps_catch_name(zombie->on_child), io_text);
	emit_bracket('}', io_text);
}

static void add_zombie(const struct survey *survey, int at, struct text *io_text)
{
	struct ps_zombie zombie;

	if (!survey_is_zombie(&survey->process[at])) {
		emit_null("zombie", io_text);
		return;
	}
	ps_read_zombie(survey, at, &zombie);
	emit_key("zombie", io_text);
	emit_bracket('{', io_text);
	add_maybe("ageMs", &(struct maybe_uint){ zombie.has_age, zombie.age_ms }, io_text);
	emit_string("ageBasis", zombie.has_age ? "inferred" : NULL, io_text);
	add_end(&zombie, io_text);
	add_reaper(survey, &zombie, io_text);
	emit_bracket('}', io_text);
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static void add_thread(pid_t pid, pid_t tid, struct text *io_text)
{
	struct status status;
	struct error gone;

	if (status_read(pid, tid, &status, &gone) < 0)
		return;
	emit_item(io_text);
	emit_bracket('{', io_text);
	emit_number("tid", tid, io_text);
	emit_string("name", status.name, io_text);
	emit_string("state", (char[]){ status.state, '\0' }, io_text);
	add_signals(&status, io_text);
	emit_bracket('}', io_text);
}

static void add_threads(const struct status *own, struct text *io_text)
{
	autofree char *path = mem_format("/proc/%d/task", (int)own->pid);
	autoclean(close_folder) DIR *folder = opendir(path);
	struct dirent *entry;
	long long tid;

	emit_key("threadList", io_text);
	emit_bracket('[', io_text);
	while (folder && (entry = readdir(folder)))
		if (text_number(entry->d_name, 1, INT32_MAX, &tid) == 0)
			add_thread(own->pid, (pid_t)tid, io_text);
	emit_bracket(']', io_text);
}

static void add_stop(const struct survey *survey, int at, struct text *io_text)
{
	const struct survey_process *process = &survey->process[at];
	int signal = ps_stop_signal(survey, at);

	emit_key("stopSignal", io_text);
	emit_bracket('{', io_text);
	emit_string("name", signal_name(signal), io_text);
	emit_string("caught", ps_catch_name(ps_catch_of(&process->status, signal)), io_text);
	emit_bracket('}', io_text);
}

static void add_process(const struct ps_request *request, const struct ps_row *row,
			struct text *io_text)
{
	const struct survey_process *process = &request->survey->process[row->at];
	const struct status *s = &process->status;

	emit_item(io_text);
	emit_bracket('{', io_text);
	emit_number("pid", s->pid, io_text);
	add_numbers(s, io_text);
	emit_bool("init", status_is_init(s), io_text);
	add_parent(request->survey, row->at, io_text);
	emit_number("depth", (long long)row->depth, io_text);
	emit_string("name", s->name, io_text);
	add_words(s, io_text);
	emit_string("state", (char[]){ s->state, '\0' }, io_text);
	emit_number("uid", s->uid.effective, io_text);
	emit_number("threads", s->threads, io_text);
	emit_number("startTicks", (long long)process->start_time, io_text);
	emit_number("cpuTicks", (long long)process->cpu_ticks, io_text);
	add_signals(s, io_text);
	add_stop(request->survey, row->at, io_text);
	add_zombie(request->survey, row->at, io_text);
	if (request->has_threads)
		add_threads(s, io_text);
	emit_bracket('}', io_text);
}

static void add_rows(const struct ps_request *request, const struct ps_rows *rows,
		     struct text *io_text)
{
	emit_key("processes", io_text);
	emit_bracket('[', io_text);
	for (size_t i = 0; i < rows->count; i++)
		add_process(request, &rows->row[i], io_text);
	emit_bracket(']', io_text);
}

static void add_counts(const struct survey_container *container, struct text *io_text)
{
	const struct cgroup_stat *stat = &container->stat;

	emit_key("cgroup", io_text);
	emit_bracket('{', io_text);
	emit_string("folder", container->folder, io_text);
	add_maybe("tasks", &stat->pids_current, io_text);
	add_maybe("tasksLimit", &stat->pids_limit, io_text);
	add_maybe("tasksRefused", &stat->pids_refused, io_text);
	add_maybe("tasksUnlisted", &container->unlisted, io_text);
	add_maybe("memoryBytes", &stat->memory_current_bytes, io_text);
	add_maybe("memoryLimitBytes", &stat->memory_limit_bytes, io_text);
	add_maybe("memoryPeakBytes", &stat->memory_peak_bytes, io_text);
	add_maybe("oomKills", &stat->oom_kills, io_text);
	add_maybe("cpuNs", &stat->cpu_ns, io_text);
	add_maybe("throttledNs", &stat->throttled_ns, io_text);
	emit_bracket('}', io_text);
}

static void add_container(const struct ps_request *request, int index, struct text *io_text)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	const struct survey_container *container = &request->survey->container[index];
	const struct survey *survey = request->survey;
	uint64_t pid_ns = container->pid_ns;
	struct ps_rows rows;

	if (survey->process[container->first].status.level_count <= 1)
		pid_ns = survey->pid_ns;
	emit_item(io_text);
	emit_bracket('{', io_text);
	emit_string("engine", engine_name(container->engine), io_text);
	emit_string("id", container->id, io_text);
	emit_string("name", container->name, io_text);
	emit_string("pod", container->pod, io_text);
	emit_number("pidNamespace", (long long)pid_ns, io_text);
	emit_number("first", survey->process[container->first].status.pid, io_text);
	emit_number("zombies", (long long)container->zombies, io_text);
	emit_number("threads", (long long)container->threads, io_text);
	add_counts(container, io_text);
	ps_rows_of_container(survey, index, &arena, &rows);
	add_rows(request, &rows, io_text);
	emit_bracket('}', io_text);
}

static void add_tree(const struct ps_request *request, int top, struct text *io_text)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct ps_rows rows;

	emit_item(io_text);
	emit_bracket('{', io_text);
	emit_number("top", request->survey->process[top].status.pid, io_text);
	ps_rows_of_process(request->survey, top, &arena, &rows);
	add_rows(request, &rows, io_text);
	emit_bracket('}', io_text);
}

static void add_containers(const struct ps_request *request, struct text *io_text)
{
	size_t count = request->target_count ? request->target_count
					     : request->survey->container_count;

	emit_key("containers", io_text);
	emit_bracket('[', io_text);
	for (size_t i = 0; i < count; i++)
		if (!request->target_count)
			add_container(request, (int)i, io_text);
		else if (request->target[i].kind == FIND_CONTAINER)
			add_container(request, request->target[i].index, io_text);
	emit_bracket(']', io_text);
}

void ps_json(const struct ps_request *request, struct text *io_text)
{
	emit_bracket('{', io_text);
	emit_number("version", PS_JSON_VERSION, io_text);
	add_containers(request, io_text);
	emit_key("trees", io_text);
	emit_bracket('[', io_text);
	for (size_t i = 0; i < request->target_count; i++)
		if (request->target[i].kind == FIND_PROCESS)
			add_tree(request, request->target[i].index, io_text);
	emit_bracket(']', io_text);
	emit_bracket('}', io_text);
	text_add_bytes(io_text, "\n", 1);
}
