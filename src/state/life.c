// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/life.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/fd.h"
#include "base/listing.h"
#include "base/text.h"
#include "state/folder.h"
#include "state/private.h"
#include "state/record.h"

static const char file_name[] = "life.jsonl";
static const char past_folder[] = ".past";

enum { FILE_MAX = 1 << 20 };

/* In the names of past stories. 2^64 nanoseconds, the year 2554, are 20 digits. */
enum { NUMBER_DIGITS = 21 };
#define LAST_NUMBER UINT64_MAX

static const struct json_word kind_words[] = {
	{ "created", LIFE_CREATED },	     { "started", LIFE_STARTED },
	{ "signal", LIFE_SIGNAL },	     { "stop", LIFE_STOP },
	{ "grace-over", LIFE_GRACE_OVER },   { "out-of-memory", LIFE_OUT_OF_MEMORY },
	{ "ended", LIFE_ENDED },	     { "traced", LIFE_TRACED },
	{ "deleted", LIFE_DELETED },
	{ NULL, 0 },
};

static const struct json_word certainty_words[] = {
	{ "seen", LIFE_SEEN },
	{ "recorded", LIFE_RECORDED },
	{ "inferred", LIFE_INFERRED },
	{ NULL, 0 },
};

static const struct json_field actor_fields[] = {
	JSON_FIELD_STRING(struct life_actor, command, "command"),
	JSON_FIELD_UINT(struct life_actor, pid, "pid"),
	JSON_FIELD_UINT(struct life_actor, uid, "uid"),
	JSON_FIELD_UINT(struct life_actor, parent_pid, "parentPid"),
	JSON_FIELD_STRING(struct life_actor, parent_name, "parentName"),
};
static const struct json_table actor_table = JSON_TABLE(struct life_actor, actor_fields);

static const struct json_field counters_fields[] = {
	JSON_FIELD_UINT(struct life_counters, oom_kills, "oomKills"),
	JSON_FIELD_UINT(struct life_counters, pids_refused, "pidsRefused"),
	JSON_FIELD_UINT(struct life_counters, memory_peak_bytes, "memoryPeakBytes"),
	JSON_FIELD_UINT(struct life_counters, pids_peak, "pidsPeak"),
};
static const struct json_table counters_table =
	JSON_TABLE(struct life_counters, counters_fields);

static const struct json_field end_fields[] = {
	JSON_FIELD_INT(struct life_end, exit_code, "exitCode"),
	JSON_FIELD_INT(struct life_end, signal, "signal"),
	JSON_FIELD_BOOL(struct life_end, has_core, "coreDumped"),
};
static const struct json_table end_table = JSON_TABLE(struct life_end, end_fields);

static const struct json_field sender_fields[] = {
	JSON_FIELD_UINT(struct life_sender, pid, "pid"),
	JSON_FIELD_STRING(struct life_sender, name, "name"),
};
static const struct json_table sender_table = JSON_TABLE(struct life_sender, sender_fields);

static const struct json_field event_fields[] = {
	JSON_FIELD_STRING(struct life_event, time, "time"),
	JSON_FIELD_UINT(struct life_event, boot_ms, "bootMs"),
	JSON_FIELD_ENUM(struct life_event, kind, "kind", kind_words, .is_required = true),
	JSON_FIELD_ENUM(struct life_event, certainty, "certainty", certainty_words),
	JSON_FIELD_UINT(struct life_event, pid, "pid"),
	JSON_FIELD_UINT(struct life_event, start_time, "startTime"),
	JSON_FIELD_STRING(struct life_event, signal, "signal"),
	JSON_FIELD_BOOL(struct life_event, to_all, "toAll"),
	JSON_FIELD_STRING(struct life_event, outcome, "outcome"),
	JSON_FIELD_STRING(struct life_event, rule, "rule"),
	JSON_FIELD_INT(struct life_event, timeout_ms, "timeoutMs"),
	JSON_FIELD_OBJECT(struct life_event, by, "by", actor_table),
	JSON_FIELD_OBJECT(struct life_event, counters, "counters", counters_table),
	JSON_FIELD_OBJECT(struct life_event, end, "end", end_table),
	JSON_FIELD_OBJECT(struct life_event, sender, "sender", sender_table),
	JSON_FIELD_STRING(struct life_event, source, "source"),
	JSON_FIELD_STRING(struct life_event, note, "note"),
};
const struct json_table life_event_table = JSON_TABLE(struct life_event, event_fields);

static const char *word_of(const struct json_word *words, int value)
{
	for (; words->word; words++)
		if (words->value == value)
			return words->word;
	return "?";
}

const char *life_kind_name(enum life_kind kind)
{
	return word_of(kind_words, (int)kind);
}

const char *life_certainty_name(enum life_certainty certainty)
{
	return word_of(certainty_words, (int)certainty);
}

static uint64_t boot_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_full(int fd, const struct life_event *event)
{
	int kind = event->kind.value;
	struct stat file;

	return (kind == LIFE_SIGNAL || kind == LIFE_OUT_OF_MEMORY || kind == LIFE_TRACED) &&
	       fstat(fd, &file) == 0 && file.st_size > FILE_MAX;
}

/*
 * @creation: O_CREAT or 0. The file is made once. A line that comes too late, when the container is
 * being removed, must not make it anew in a folder that is to be empty.
 */
static int open_story(const struct store_entry *entry, int creation, struct error *err)
{
	return state_private_open_to_append(entry->folder_fd, file_name, creation, err);
}

int life_open(const struct store_entry *entry, struct error *err)
{
	return open_story(entry, 0, err);
}

int life_append(int fd, const struct life_event *event, struct error *err)
{
	struct life_event full = *event;
	struct arena arena = { 0 };
	autotext struct text line = { 0 };
	int r;

	if (is_full(fd, event))
		return 0;
	if (!full.time)
		full.time = record_time_now(&arena);
	if (!full.boot_ms.is_set)
		full.boot_ms = (struct maybe_uint){ true, boot_ms() };
	json_write(&life_event_table, &full, JSON_COMPACT, &line);
	text_add(&line, "\n");
	r = fd_write_all(fd, line.data, line.size, err);
	arena_clear(&arena);
	return r < 0 ? error_wrap(err, "%s", file_name) : 0;
}

int life_add(const struct store_entry *entry, const struct life_event *event, struct error *err)
{
	autoclose int fd = open_story(entry, event->kind.value == LIFE_CREATED ? O_CREAT : 0, err);

	if (fd == -ENOENT)
		return 0;
	TRY(fd);
	return life_append(fd, event, err);
}

/* A line that was cut by a full disk or a kill tells nothing, and takes nothing with it. */
static void parse_line(const char *line, size_t size, struct life *io_life)
{
	struct life_event event = { 0 };
	struct error ignored;

	if (json_read(file_name, line, size, &life_event_table, &io_life->arena, &event,
		      &ignored) < 0)
		return;
	io_life->event = arena_grow(&io_life->arena, io_life->event, io_life->count,
				    sizeof(*io_life->event));
	io_life->event[io_life->count++] = event;
}

/* A recorder writes what it has seen a moment after it was. Equal times keep their order. */
static void sort(struct life *io_life)
{
	for (size_t i = 1; i < io_life->count; i++) {
		struct life_event moved = io_life->event[i];
		size_t to = i;

		while (to > 0 && io_life->event[to - 1].boot_ms.value > moved.boot_ms.value) {
			io_life->event[to] = io_life->event[to - 1];
			to--;
		}
		io_life->event[to] = moved;
	}
}

static void parse(const char *data, struct life *io_life)
{
	for (const char *line = data; *line;) {
		size_t size = strcspn(line, "\n");

		parse_line(line, size, io_life);
		line += size + (line[size] == '\n');
	}
	sort(io_life);
}

static int read_from(int folder_fd, const char *name, const char *id, struct life *ret_life,
		     struct error *err)
{
	autofree char *data = NULL;
	int r = state_private_read(folder_fd, name, &data, NULL, err);

	*ret_life = (struct life){ 0 };
	ret_life->id = arena_text(&ret_life->arena, id);
	if (r < 0)
		return r;
	parse(data, ret_life);
	return 0;
}

/* Our last line has left the offset behind itself (open(2), O_APPEND). */
int life_read_on(int fd, struct life *ret_life, struct error *err)
{
	autofree char *data = NULL;

	*ret_life = (struct life){ 0 };
	TRY(fd_read_all(fd, STATE_PRIVATE_MAX, &data, NULL, err));
	parse(data, ret_life);
	return 0;
}

int life_read(const struct store_entry *entry, struct life *ret_life, struct error *err)
{
	int r = read_from(entry->folder_fd, file_name, entry->id, ret_life, err);

	return r == -ENOENT ? 0 : r;
}

void life_clear(struct life *io_life)
{
	arena_clear(&io_life->arena);
	*io_life = (struct life){ 0 };
}

/* --- the past: files "NANOSECONDS-ID", so that names sort by the order of the ends --- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names, oldest first. */
static size_t list_past(int past_fd, struct arena *io_arena, char ***ret_names)
{
	autolisting struct listing list = listing_open(past_fd, ".");
	const char *name;
	char **names = NULL;
	size_t count = 0;

	while ((name = listing_next(&list))) {
		if (*name == '.')
			continue;
		names = arena_grow(io_arena, names, count, sizeof(*names));
		names[count++] = arena_text(io_arena, name);
	}
	if (count)
		qsort(names, count, sizeof(*names), compare_names);
	*ret_names = names;
	return count;
}

struct past {
	size_t count;
	char oldest[NAME_MAX + 1], newest[NAME_MAX + 1];
};

/* Every container that goes comes by here, so the names are neither kept nor sorted. */
static void look_at_past(int past_fd, struct past *ret_past)
{
	autolisting struct listing list = listing_open(past_fd, ".");
	const char *name;

	*ret_past = (struct past){ 0 };
	while ((name = listing_next(&list))) {
		if (*name == '.')
			continue;
		if (ret_past->count == 0 || strcmp(name, ret_past->oldest) < 0)
			strcpy(ret_past->oldest, name);
		if (strcmp(name, ret_past->newest) > 0)
			strcpy(ret_past->newest, name);
		ret_past->count++;
	}
}

static int open_past_folder(int root_fd, struct error *err)
{
	autoclose int fd = openat(root_fd, past_folder,
				  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return error_sys(err, "open %s", past_folder);
	if (state_private_check(fd, err) < 0)
		return error_wrap(err, "%s", past_folder);
	return fd_take(&fd);
}

/*
 * Later than all that are kept, also when the clock was set back since: otherwise a new story would
 * be the first to be forgotten, and an old one be told for it.
 */
static char *next_name(const char *newest, const char *id)
{
	struct timespec now;
	uint64_t last = strtoull(newest, NULL, 10), number;

	clock_gettime(CLOCK_REALTIME, &now);
	number = (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
	/* The last one may be nobody's; more digits than that do not sort. */
	if (last >= number && last < LAST_NUMBER)
		number = last + 1;
	return mem_format("%0*" PRIu64 "-%s", NUMBER_DIGITS, number, id);
}

int life_keep(const struct store_entry *entry, struct error *err)
{
	autoclose int past_fd = -1;
	autofree char *name = NULL;
	struct past past;

	if (mkdirat(entry->store_fd, past_folder, 0700) < 0 && errno != EEXIST)
		return error_sys(err, "mkdir %s", past_folder);
	past_fd = open_past_folder(entry->store_fd, err);
	TRY(past_fd);
	look_at_past(past_fd, &past);
	name = next_name(past.newest, entry->id);
	if (renameat(entry->folder_fd, file_name, past_fd, name) < 0)
		return errno == ENOENT ? 0 : error_sys(err, "keep %s", file_name);
	/* One has to go for the new one; more where several came at once and chose the same. */
	for (size_t others = past.count; others >= LIFE_PAST_MAX; others--) {
		unlinkat(past_fd, past.oldest, 0);
		if (others > LIFE_PAST_MAX)
			look_at_past(past_fd, &past);
	}
	return 0;
}

static const char *id_of(const char *name)
{
	const char *dash = strchr(name, '-');

	return dash ? dash + 1 : "";
}

static int open_past(const struct store *store)
{
	struct error ignored;

	return store->folder_fd < 0 ? -1 : open_past_folder(store->folder_fd, &ignored);
}

size_t life_list_past(const struct store *store, struct arena *io_arena, char ***ret_ids)
{
	autoclose int past_fd = open_past(store);
	char **names = NULL;
	size_t count = past_fd < 0 ? 0 : list_past(past_fd, io_arena, &names);

	*ret_ids = arena_new(io_arena, (count + 1) * sizeof(**ret_ids));
	for (size_t i = 0; i < count; i++)
		(*ret_ids)[i] = (char *)id_of(names[count - 1 - i]);
	return count;
}

int life_find_past(const struct store *store, const char *id, struct life *ret_life,
		   struct error *err)
{
	autoclose int past_fd = open_past(store);
	struct arena arena = { 0 };
	char **names = NULL;
	size_t count = past_fd < 0 ? 0 : list_past(past_fd, &arena, &names);
	int r = error_set(err, ENOENT, "container \"%s\" does not exist", id);

	*ret_life = (struct life){ 0 };
	while (count-- > 0)
		if (strcmp(id_of(names[count]), id) == 0) {
			r = read_from(past_fd, names[count], id, ret_life, err);
			break;
		}
	arena_clear(&arena);
	return r;
}

static bool is_story_of(int past_fd, const char *name, uint64_t pid, uint64_t start_time)
{
	autolife struct life life = { 0 };
	struct error ignored;

	if (read_from(past_fd, name, id_of(name), &life, &ignored) < 0)
		return false;
	for (size_t i = 0; i < life.count; i++)
		if (life.event[i].kind.value == LIFE_STARTED && life.event[i].pid.value == pid &&
		    life.event[i].start_time.value == start_time)
			return true;
	return false;
}

int life_open_past(const struct store *store, uint64_t pid, uint64_t start_time,
		   struct error *err)
{
	autoclose int past_fd = open_past(store);
	autoclean(arena_clear) struct arena arena = { 0 };
	char **names = NULL;
	size_t count = past_fd < 0 ? 0 : list_past(past_fd, &arena, &names);
	size_t end = count > LIFE_PAST_LOOK ? count - LIFE_PAST_LOOK : 0;

	while (count > end) {
		if (!is_story_of(past_fd, names[--count], pid, start_time))
			continue;
		return state_private_open_to_append(past_fd, names[count], 0, err);
	}
	return error_set(err, ENOENT, "no story of process %lu", (unsigned long)pid);
}
