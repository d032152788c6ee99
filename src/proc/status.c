// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/status.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"

/* Groups: has up to 65536 numbers. */
enum { STATUS_SIZE = 1 << 20 };

typedef bool parse_function(const char *value, void *ret_member);

static bool parse_name(const char *value, void *ret_member)
{
	snprintf(ret_member, STATUS_NAME_SIZE, "%.*s", (int)strcspn(value, "\n"), value);
	return true;
}

static bool parse_char(const char *value, void *ret_member)
{
	*(char *)ret_member = *value;
	return *value > ' ';
}

/* All processes of a machine are read this way: sscanf(3) would take longer than the kernel. */
static bool parse_number(const char *value, int base, uint64_t *ret_number)
{
	char *end;

	*ret_number = strtoull(value, &end, base);
	return end != value;
}

static bool parse_pid(const char *value, void *ret_member)
{
	char *end;

	*(pid_t *)ret_member = (pid_t)strtol(value, &end, 10);
	return end != value;
}

static bool parse_count(const char *value, void *ret_member)
{
	uint64_t number;
	bool is_number = parse_number(value, 10, &number);

	*(unsigned int *)ret_member = (unsigned int)number;
	return is_number;
}

static bool parse_flag(const char *value, void *ret_member)
{
	*(bool *)ret_member = *value == '1';
	return *value == '0' || *value == '1';
}

static bool parse_set(const char *value, void *ret_member)
{
	return parse_number(value, 16, ret_member);
}

static bool parse_ids(const char *value, void *ret_member)
{
	struct status_ids *ids = ret_member;
	uint32_t *const order[] = { &ids->real, &ids->effective, &ids->saved, &ids->fs };

	for (size_t i = 0; i < countof(order); i++) {
		char *end;

		*order[i] = (uint32_t)strtoul(value, &end, 10);
		if (end == value)
			return false;
		value = end;
	}
	return true;
}

/* Both kinds of switches count for one thing: has the thread run in between. */
static bool parse_switches(const char *value, void *ret_member)
{
	uint64_t count;

	if (!parse_number(value, 10, &count))
		return false;
	*(uint64_t *)ret_member += count;
	return true;
}

static bool parse_queue(const char *value, void *ret_member)
{
	struct status *status = ret_member;

	return sscanf(value, "%" SCNu64 "/%" SCNu64, &status->queue_used,
		      &status->queue_limit) == 2;
}

static bool parse_levels(const char *value, void *ret_member)
{
	struct status *status = ret_member;

	status->level_count = 0;
	while (status->level_count < STATUS_LEVELS_MAX && (*value == '\t' || *value == ' ')) {
		char *end;

		status->level[status->level_count] = (pid_t)strtol(value, &end, 10);
		if (end == value)
			break;
		status->level_count++;
		value = end;
	}
	return status->level_count > 0;
}

#define MEMBER(member) offsetof(struct status, member)
#define FIELD(field, parse, offset) { field, sizeof(field) - 1, parse, offset }

/* NStgid and not NSpid: of a thread the process's numbers are wanted. */
static const struct row {
	const char *field;
	size_t size;
	parse_function *parse;
	size_t offset;
} rows[] = {
	FIELD("Name", parse_name, MEMBER(name)),
	FIELD("State", parse_char, MEMBER(state)),
	FIELD("Tgid", parse_pid, MEMBER(tgid)),
	FIELD("Pid", parse_pid, MEMBER(pid)),
	FIELD("PPid", parse_pid, MEMBER(parent_pid)),
	FIELD("TracerPid", parse_pid, MEMBER(tracer_pid)),
	FIELD("Uid", parse_ids, MEMBER(uid)),
	FIELD("Gid", parse_ids, MEMBER(gid)),
	FIELD("NStgid", parse_levels, 0),
	FIELD("NSpgid", parse_pid, MEMBER(group)),
	FIELD("NSsid", parse_pid, MEMBER(session)),
	FIELD("Kthread", parse_flag, MEMBER(is_kernel_thread)),
	FIELD("CoreDumping", parse_flag, MEMBER(is_dumping)),
	FIELD("Threads", parse_count, MEMBER(threads)),
	FIELD("SigQ", parse_queue, 0),
	FIELD("SigPnd", parse_set, MEMBER(pending)),
	FIELD("ShdPnd", parse_set, MEMBER(shared_pending)),
	FIELD("SigBlk", parse_set, MEMBER(blocked)),
	FIELD("SigIgn", parse_set, MEMBER(ignored)),
	FIELD("SigCgt", parse_set, MEMBER(caught)),
	FIELD("CapInh", parse_set, MEMBER(inheritable)),
	FIELD("CapPrm", parse_set, MEMBER(permitted)),
	FIELD("CapEff", parse_set, MEMBER(effective)),
	FIELD("CapBnd", parse_set, MEMBER(bounding)),
	FIELD("CapAmb", parse_set, MEMBER(ambient)),
	FIELD("NoNewPrivs", parse_flag, MEMBER(no_new_privs)),
	FIELD("Seccomp", parse_count, MEMBER(seccomp)),
	FIELD("voluntary_ctxt_switches", parse_switches, MEMBER(switches)),
	FIELD("nonvoluntary_ctxt_switches", parse_switches, MEMBER(switches)),
};

/*
 * "Pid:\t12": the row of the field and where its value stands; NULL for other lines. The kernel
 * writes its lines in the order of the table, so the search goes on where the last one ended.
 */
static const struct row *find_row(const char *line, size_t *io_next, const char **ret_value)
{
	for (size_t tried = 0; tried < countof(rows); tried++) {
		size_t i = (*io_next + tried) % countof(rows);
		size_t size = rows[i].size;

		if (*line != *rows[i].field || strncmp(line, rows[i].field, size) != 0 ||
		    !strchr(":\n", line[size]))
			continue;
		*ret_value = line + size + (line[size] == ':');
		*io_next = i + 1;
		return &rows[i];
	}
	return NULL;
}

static int parse_line(const char *line, size_t *io_next, struct status *io_status,
		      struct error *err)
{
	const char *value;
	const struct row *row = find_row(line, io_next, &value);

	if (!row)
		return 0;
	/* A name may begin with a blank of its own. */
	if (row->parse == parse_name)
		value += *value == '\t';
	else if (row->parse != parse_levels)
		value += strspn(value, " \t");
	if (!row->parse(value, (char *)io_status + row->offset))
		return error_set(err, EBADMSG, "%s: not a value of a status file", row->field);
	return 0;
}

int status_parse(const char *text, struct status *ret_status, struct error *err)
{
	struct status status = { 0 };

	size_t next = 0;

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		TRY(parse_line(line, &next, &status, err));
	}
	if (!status.state || !status.pid)
		return error_set(err, EBADMSG, "not the text of a status file");
	*ret_status = status;
	return 0;
}

/* A missing folder is a missing process only if the kernel says so too: hidepid hides some. */
static bool is_gone(pid_t pid, int error)
{
	return error == -ESRCH || (error == -ENOENT && kill(pid, 0) < 0 && errno == ESRCH);
}

int status_read_text(pid_t pid, pid_t tid, char **ret_text, struct error *err)
{
	char name[64];
	int r = -ESRCH;

	if (pid > 0) {
		snprintf(name, sizeof(name), "/proc/%d/task/%d/status", (int)pid, (int)tid);
		r = file_read(AT_FDCWD, name, STATUS_SIZE, ret_text, NULL, err);
	}
	if (r < 0 && (pid <= 0 || is_gone(pid, r)))
		return error_set(err, ESRCH, "process %d: %s", (int)pid, error_words(ESRCH));
	return r;
}

int status_read(pid_t pid, pid_t tid, struct status *ret_status, struct error *err)
{
	autofree char *text = NULL;

	TRY(status_read_text(pid, tid, &text, err));
	return status_parse(text, ret_status, err);
}

char *status_find_line(const char *text, const char *field)
{
	size_t size = strlen(field);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, field, size) == 0 && line[size] == ':')
			return mem_format("%.*s", (int)strcspn(line, "\n"), line);
	}
	return NULL;
}

bool status_is_init(const struct status *status)
{
	return status->level_count > 0 && status->level[status->level_count - 1] == 1;
}
