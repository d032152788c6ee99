// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/survey.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/text.h"
#include "view/survey_part.h"

/* Fields of /proc/PID/stat, counted from the state, which is the third: proc(5). */
enum { STAT_USER_TIME = 11, STAT_KERNEL_TIME = 12, STAT_START_TIME = 19, STAT_FIELDS = 20 };

/* A process of a user with very many groups has a longer file. */
static int read_status(int proc_fd, pid_t pid, char *io_text, struct status *ret_status)
{
	struct error ignored;
	char name[64];
	int size;

	snprintf(name, sizeof(name), "%d/status", (int)pid);
	size = survey_read_file(proc_fd, name, io_text);
	if (size == -EFBIG)
		return status_read(pid, pid, ret_status, &ignored);
	return size < 0 ? size : status_parse(io_text, ret_status, &ignored);
}

/*
 * Two files of one process, read one after the other, are of the same one: a number is
 * not given out again before all others have had their turn.
 */
static bool read_times(int proc_fd, char *io_text, struct survey_process *io_process)
{
	uint64_t field[STAT_FIELDS];
	char name[64];
	char *at;

	snprintf(name, sizeof(name), "%d/stat", (int)io_process->status.pid);
	if (survey_read_file(proc_fd, name, io_text) < 0 || !(at = strrchr(io_text, ')')))
		return false;
	at += strspn(at, ") ");
	for (size_t i = 0; i < STAT_FIELDS; i++) {
		field[i] = strtoull(at, NULL, 10);
		at += strcspn(at, " ");
		at += *at == ' ';
	}
	io_process->cpu_ticks = field[STAT_USER_TIME] + field[STAT_KERNEL_TIME];
	io_process->start_time = field[STAT_START_TIME];
	return true;
}

/*
 * Right behind the status, while the kernel has the process at hand: both together cost less, and
 * are of one process. Those of the machine itself are in no container as a rule.
 */
static void read_words(int proc_fd, char *io_text, struct arena *io_arena,
		       struct survey_process *io_process)
{
	const struct status *status = &io_process->status;
	char name[64];
	int size;

	if (status->level_count <= 1 || status->state == 'Z')
		return;
	snprintf(name, sizeof(name), "%d/cmdline", (int)status->pid);
	size = survey_read_file(proc_fd, name, io_text);
	if (size <= 0)
		return;
	io_process->words = memcpy(arena_new(io_arena, (size_t)size), io_text, (size_t)size);
	io_process->words_size = (size_t)size;
}

static void add_process(int proc_fd, pid_t pid, unsigned int want, struct survey *io_survey)
{
	struct survey_process *process;
	char text[SURVEY_FILE_SIZE];

	io_survey->process =
		mem_grow_array(io_survey->process, io_survey->count, sizeof(*process));
	process = &io_survey->process[io_survey->count];
	process->parent = process->first_child = process->next = SURVEY_NONE;
	process->container = SURVEY_NONE;
	process->pid_ns = 0;
	process->words = NULL;
	if (read_status(proc_fd, pid, text, &process->status) < 0)
		return;
	process->has_times = want & SURVEY_TIMES && read_times(proc_fd, text, process);
	if (want & SURVEY_TIMES && !process->has_times)
		return;
	if (want & SURVEY_WORDS)
		read_words(proc_fd, text, &io_survey->arena, process);
	io_survey->count++;
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static int compare(const void *a, const void *b)
{
	const struct survey_process *one = a, *other = b;

	return one->status.pid - other->status.pid;
}

static bool is_in_order(const struct survey *survey)
{
	for (size_t i = 1; i < survey->count; i++)
		if (survey->process[i - 1].status.pid >= survey->process[i].status.pid)
			return false;
	return true;
}

static int read_processes(DIR *folder, unsigned int want, struct survey *io_survey,
			  struct error *err)
{
	struct dirent *entry;
	long long pid;

	while (errno = 0, (entry = readdir(folder)))
		if (text_number(entry->d_name, 1, INT32_MAX, &pid) == 0)
			add_process(dirfd(folder), (pid_t)pid, want, io_survey);
	if (errno)
		return error_sys(err, "read /proc");
	/* The kernel lists them so, but nobody has promised it. */
	if (!is_in_order(io_survey))
		qsort(io_survey->process, io_survey->count, sizeof(*io_survey->process), compare);
	return 0;
}

int survey_read(unsigned int want, struct survey *ret_survey, struct error *err)
{
	autosurvey struct survey survey = { 0 };
	autoclean(close_folder) DIR *folder = opendir("/proc");

	if (!folder)
		return error_sys(err, "open /proc");
	TRY(read_processes(folder, want, &survey, err));
	if (!survey.count)
		return error_set(err, ENOENT, "/proc shows no process: is it mounted?");
	survey_link(&survey);
	survey_group(dirfd(folder), &survey);
	survey.want = want;
	if (want & SURVEY_COUNTS)
		survey_read_stats(&survey);
	*ret_survey = survey;
	survey = (struct survey){ 0 };
	return 0;
}

void survey_clear(struct survey *io_survey)
{
	free(io_survey->process);
	arena_clear(&io_survey->arena);
	*io_survey = (struct survey){ 0 };
}
