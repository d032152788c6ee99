// SPDX-License-Identifier: GPL-2.0-or-later
/* facts_sender - who sends: what it may do to the target, and whether the two see each other */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/sys.h"
#include "proc/ns.h"
#include "view/facts_part.h"

/* What a user id without a place in the reader's user namespace is shown as. */
enum { UNMAPPED_UID = 65534 };

/* --- do they see each other --- */

/* The target lives in the outermost pid namespace. */
static bool is_outermost(const struct facts *facts)
{
	bool is_beside_us = facts->status.level_count == 1;
	struct error err;
	autoclose int fd = proc_ns_open(is_beside_us ? getpid() : facts->task.pid, "pid", &err);

	return fd >= 0 && proc_ns_is_first(fd);
}

static void compare_namespaces(struct facts *io_facts)
{
	struct verdict_sender *sender = &io_facts->sender;
	struct error err;
	autoclose int own_fd = proc_ns_open(io_facts->sender_pid, "pid", &err);
	autoclose int target_fd = own_fd < 0 ? -1 : proc_ns_open(io_facts->task.pid, "pid", &err);

	if (target_fd < 0) {
		facts_add_gap(io_facts, "how the two pid namespaces lie in each other: %s",
			      err.text);
		return;
	}
	sender->sees_target = proc_ns_holds(own_fd, target_fd);
	sender->is_seen = proc_ns_holds(target_fd, own_fd);
}

/*
 * /proc lists a process's numbers from the reader's namespace inwards. Who has only one of
 * them lives in the reader's own namespace: it sees all that /proc shows, and all of that
 * sees it only from there. Two inner ones have to be compared.
 */
static void read_sight(struct facts *io_facts, const struct status *own)
{
	struct verdict_sender *sender = &io_facts->sender;
	bool is_outer = own->level_count == 1, is_target_outer = io_facts->status.level_count == 1;

	if (!is_outer && !is_target_outer) {
		compare_namespaces(io_facts);
		return;
	}
	sender->sees_target = is_outer;
	sender->is_seen = is_target_outer;
}

/* --- may it --- */

static bool is_unmapped(uid_t uid)
{
	struct error err;
	autoclose int fd = uid == UNMAPPED_UID ? proc_ns_open(getpid(), "user", &err) : -1;

	return fd >= 0 && !proc_ns_is_first(fd);
}

/* Two ids that both have no place here look alike and need not be one. */
static void check_mapped(struct facts *io_facts)
{
	struct verdict_target *target = &io_facts->target;

	if (!is_unmapped(target->uid) && !is_unmapped(target->saved_uid))
		return;
	facts_add_gap(io_facts, "the target's user id: it has no place in this user namespace");
	target->uid = target->saved_uid = (uid_t)-1;
}

static bool has_cap_kill(const struct status *status)
{
	return status->effective >> CAP_KILL & 1;
}

static void read_capability(struct facts *io_facts, const struct status *own)
{
	struct error err;
	autoclose int own_fd = proc_ns_open(io_facts->sender_pid, "user", &err);
	autoclose int target_fd = own_fd < 0 ? -1 : proc_ns_open(io_facts->task.pid, "user", &err);

	if (target_fd >= 0)
		io_facts->sender.has_cap_kill = proc_ns_has_capability(
			own_fd, target_fd, has_cap_kill(own), own->uid.effective);
	else if (own_fd >= 0 && proc_ns_is_first(own_fd))
		io_facts->sender.has_cap_kill = has_cap_kill(own);
	else if (has_cap_kill(own))
		facts_add_gap(io_facts, "whether CAP_KILL counts for the target: %s", err.text);
}

/*
 * Signal 0 asks the kernel for permission and does nothing else. What it refuses though the
 * ids allow it, a security module has refused.
 */
static void ask_kernel(struct facts *io_facts)
{
	struct error err;
	autoclose int target_fd = task_open(io_facts->task.pid, io_facts->task.start_time, &err);

	if (target_fd < 0)
		return;
	io_facts->sender.is_held_back = sys_pidfd_send_signal(target_fd, 0) < 0 && errno == EPERM;
	if (io_facts->sender.is_held_back)
		facts_add_line(io_facts, &(struct facts_line){
			FACT_SECURITY, 0, "kill(2)", "signal 0: Operation not permitted", NULL });
}

/* --- who it is --- */

static void add_lines(struct facts *io_facts, const char *text)
{
	autofree char *file = mem_format("/proc/%d/status", (int)io_facts->sender_pid);
	static const struct {
		const char *field;
		enum verdict_fact fact;
	} fields[] = {
		{ "NStgid", FACT_SIGHT }, { "Uid", FACT_RIGHTS }, { "CapEff", FACT_RIGHTS },
	};

	for (size_t i = 0; i < countof(fields); i++) {
		autofree char *line = status_find_line(text, fields[i].field);

		if (line)
			facts_add_line(io_facts, &(struct facts_line){
				fields[i].fact, 0, file, line, "of the sender" });
	}
}

static int read_known(pid_t pid, struct facts *io_facts, struct error *err)
{
	struct verdict_sender *sender = &io_facts->sender;
	autofree char *text = NULL;
	struct status own;
	struct task task;

	TRY(status_read(pid, pid, &own, err));
	pid = own.tgid;
	TRY(status_read_text(pid, pid, &text, err));
	TRY(status_parse(text, &own, err));
	TRY(task_read(pid, &task, err));
	io_facts->sender_pid = pid;
	snprintf(io_facts->sender_name, sizeof(io_facts->sender_name), "%s", task.name);
	sender->is_same_process = pid == io_facts->task.pid;
	sender->is_same_session = task.session == io_facts->task.session && task.session != 0;
	sender->uid = own.uid.real;
	sender->effective_uid = own.uid.effective;
	read_sight(io_facts, &own);
	check_mapped(io_facts);
	read_capability(io_facts, &own);
	add_lines(io_facts, text);
	return 0;
}

/* Somebody who may: the question is what the namespaces make of it. */
static void assume(struct facts *io_facts, bool is_seen, const char *text)
{
	io_facts->sender = (struct verdict_sender){
		.sees_target = true,
		.is_seen = is_seen,
		.uid = io_facts->target.uid,
		.effective_uid = io_facts->target.uid,
	};
	facts_add_line(io_facts, &(struct facts_line){ FACT_SIGHT, 0, "(assumed)", text, NULL });
}

int facts_read_sender(const struct facts_request *request, struct facts *io_facts,
		      struct error *err)
{
	switch (request->from) {
	case FACTS_FROM_INSIDE:
		assume(io_facts, true, "a sender in the target's own pid namespace");
		return 0;
	case FACTS_FROM_OUTSIDE:
		if (is_outermost(io_facts))
			return error_set(err, EINVAL, "process %d lives in the outermost pid "
					 "namespace: nobody is outside of it",
					 (int)io_facts->task.pid);
		assume(io_facts, false, "a sender in a pid namespace around the target's");
		return 0;
	case FACTS_FROM_PID:
		if (read_known(request->sender_pid, io_facts, err) < 0)
			return error_wrap(err, "--from");
		return 0;
	case FACTS_FROM_CALLER:
		break;
	}
	TRY(read_known(getpid(), io_facts, err));
	ask_kernel(io_facts);
	return 0;
}
