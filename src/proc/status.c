// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/status.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"

/* Groups: has up to 65536 numbers. */
enum { STATUS_SIZE = 1 << 20 };

typedef bool parse_function(const char *value, void *ret_member);

static bool parse_name(const char *value, void *ret_member)
{
	char *name = ret_member;
	size_t size = strcspn(value, "\n");

	if (size >= STATUS_NAME_SIZE)
		size = STATUS_NAME_SIZE - 1;
	memcpy(name, value, size);
	name[size] = '\0';
	return true;
}

static bool parse_char(const char *value, void *ret_member)
{
	*(char *)ret_member = *value;
	return *value > ' ';
}

static unsigned int digit_of(char byte)
{
	if (byte >= '0' && byte <= '9')
		return (unsigned int)(byte - '0');
	return byte >= 'a' && byte <= 'f' ? (unsigned int)(byte - 'a') + 10 : UINT_MAX;
}

/*
 * All processes of a machine are read this way: strtoull(3), which asks the locale, would take a
 * third of the time, and sscanf(3) more than the kernel. False: there is no digit.
 */
static bool take_number(const char **io_at, unsigned int base, uint64_t *ret_number)
{
	const char *at = *io_at, *begin;
	uint64_t number = 0;

	while (*at == ' ' || *at == '\t')
		at++;
	for (begin = at; digit_of(*at) < base; at++)
		number = number * base + digit_of(*at);
	*io_at = at;
	*ret_number = number;
	return at > begin;
}

static bool parse_pid(const char *value, void *ret_member)
{
	uint64_t number;
	bool is_number = take_number(&value, 10, &number);

	*(pid_t *)ret_member = (pid_t)number;
	return is_number;
}

static bool parse_count(const char *value, void *ret_member)
{
	uint64_t number;
	bool is_number = take_number(&value, 10, &number);

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
	return take_number(&value, 16, ret_member);
}

static bool parse_ids(const char *value, void *ret_member)
{
	struct status_ids *ids = ret_member;
	uint32_t *const order[] = { &ids->real, &ids->effective, &ids->saved, &ids->fs };

	for (size_t i = 0; i < countof(order); i++) {
		uint64_t id;

		if (!take_number(&value, 10, &id))
			return false;
		*order[i] = (uint32_t)id;
	}
	return true;
}

/* Both kinds of switches count for one thing: has the thread run in between. */
static bool parse_switches(const char *value, void *ret_member)
{
	uint64_t count;

	if (!take_number(&value, 10, &count))
		return false;
	*(uint64_t *)ret_member += count;
	return true;
}

static bool parse_queue(const char *value, void *ret_member)
{
	struct status *status = ret_member;

	return take_number(&value, 10, &status->queue_used) && *value++ == '/' &&
	       take_number(&value, 10, &status->queue_limit);
}

static bool parse_levels(const char *value, void *ret_member)
{
	struct status *status = ret_member;
	uint64_t number;

	status->level_count = 0;
	while (status->level_count < STATUS_LEVELS_MAX && take_number(&value, 10, &number))
		status->level[status->level_count++] = (pid_t)number;
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

static const char *next_line(const char *line)
{
	line = strchrnul(line, '\n');
	return line + (*line == '\n');
}

/* "Pid:\t12": where the value stands; NULL when no line from @line on is of that row. */
static const char *find_value(const char *line, const struct row *row)
{
	for (; *line; line = next_line(line))
		if (*line == *row->field && strncmp(line, row->field, row->size) == 0 &&
		    line[row->size] == ':')
			return line + row->size + 1;
	return NULL;
}

/* The kernel writes its lines in the order of the table: all are found in one walk. */
int status_parse(const char *text, struct status *ret_status, struct error *err)
{
	struct status status = { 0 };
	const char *at = text;

	for (size_t i = 0; i < countof(rows); i++) {
		const char *value = find_value(at, &rows[i]);

		if (!value)
			value = find_value(text, &rows[i]);
		if (!value)
			continue;
		at = next_line(value);
		/* One blank: a name may begin with one of its own. */
		value += *value == '\t';
		if (!rows[i].parse(value, (char *)&status + rows[i].offset))
			return error_set(err, EBADMSG, "%s: not a value of a status file",
					 rows[i].field);
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
