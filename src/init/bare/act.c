// SPDX-License-Identifier: 0BSD
#include "init/bare/act.h"

#include <errno.h>
#include <string.h>

#include "init/bare/say.h"
#include "init/bare/sys.h"
#include "init/bare/tasks.h"
#include "init/bare/terminal.h"

/* linux/pidfd.h, since Linux 6.9; unknown to older headers. */
enum { TO_PROCESS_GROUP = 1 << 2 };

/* ---- to others */

static void fill_info(const struct init_signal *signal, siginfo_t *ret_info)
{
	memset(ret_info, 0, sizeof(*ret_info));
	ret_info->si_signo = signal->number;
	ret_info->si_code = signal->code;
	ret_info->si_pid = signal->from_pid;
	ret_info->si_uid = signal->from_uid;
	ret_info->si_value.sival_ptr = (void *)(uintptr_t)signal->value;
}

static bool has_value(const struct init_signal *signal)
{
	return signal->code == SI_QUEUE || signal->code == SI_MESGQ;
}

static bool queue_to_group(pid_t leader, const siginfo_t *info)
{
	int fd = sys_pidfd_open(leader), r;

	if (fd < 0)
		return false;
	r = sys_pidfd_send_signal(fd, info->si_signo, info, TO_PROCESS_GROUP);
	sys_close(fd);
	return r == 0;
}

/* The value of sigqueue(3) goes along where the kernel has a way. */
static void send_to_main(const struct life *life, const struct init_signal *signal, bool to_group)
{
	siginfo_t info;

	if (has_value(signal)) {
		fill_info(signal, &info);
		if (to_group ? queue_to_group(life->main_pid, &info)
			     : sys_signal_queue(life->main_pid, signal->number, &info) == 0)
			return;
	}
	/* A child that has left its group is still meant; one that was reaped is nobody. */
	if (to_group && sys_kill(-life->main_pid, signal->number) != -ESRCH)
		return;
	if (!life->state.has_main_ended)
		sys_kill(life->main_pid, signal->number);
}

static void send_to_all(const struct life *life, int signal)
{
	if (life->owns_namespace)
		sys_kill(-1, signal);
	else if (tasks_are_known())
		tasks_signal_descendants(signal);
	else if (!life->state.has_main_ended)
		sys_kill(-life->main_pid, signal);
}

static void note_sent(struct life *io_life, const struct init_action *action, int64_t at_ms)
{
	struct init_facts *facts = &io_life->facts;
	int number = action->signal.number;

	if (action->signal.arrived_as && !io_life->options.policy.rule[number].stops) {
		facts->forwarded[number]++;
	} else if (action->target == INIT_TO_ALL && number == SIGKILL) {
		facts->killed_ms = facts->killed_ms ? facts->killed_ms : at_ms;
	} else if (action->target == INIT_TO_ALL && action->signal.arrived_as) {
		facts->stop = action->signal;
		facts->stop_ms = at_ms;
	} else if (action->target == INIT_TO_ALL) {
		facts->asked_ms = at_ms;
	}
}

/* Errors mean that it has just ended or may not be signalled: neither is ours to report. */
static void send(struct life *io_life, const struct init_action *action, int64_t at_ms)
{
	bool is_alone = io_life->options.place == INIT_SAME_GROUP || io_life->state.shares_group;

	note_sent(io_life, action, at_ms);
	say(&io_life->options, SAY_DEBUG, "Passing on signal ", action->signal.number);
	if (action->target == INIT_TO_ALL)
		send_to_all(io_life, action->signal.number);
	else
		send_to_main(io_life, &action->signal,
			     action->target == INIT_TO_GROUP && !is_alone);
}

/* ---- the terminal */

static void resume(const struct life *life)
{
	if (terminal_find_place() == TERMINAL_FOREGROUND)
		terminal_hand_to(life->main_pid);
	sys_kill(-life->main_pid, SIGCONT);
}

/*
 * The whole job, for a shell waits until all of it has stopped. By the terminal's signal
 * itself: the kernel passes it over where nobody could continue us.
 */
static void suspend(int signal)
{
	uint64_t mask = SYS_SIGNAL_BIT(signal);

	if (signal == SIGSTOP) {
		sys_kill(sys_pid(), SIGSTOP);
		return;
	}
	sys_signal_default(signal);
	sys_signal_mask(SIG_UNBLOCK, &mask, NULL);
	sys_kill(0, signal);
	sys_signal_mask(SIG_BLOCK, &mask, NULL);
}

/* ---- orphans */

struct look {
	struct life *life;
	int64_t at_ms;
};

static void look_at(void *argument, pid_t pid, pid_t parent_pid)
{
	const struct look *look = argument;
	struct life *io_life = look->life;
	const struct init_policy *policy = &io_life->options.policy;
	int signal;

	if (parent_pid != io_life->own_pid || pid == io_life->main_pid)
		return;
	signal = init_orphan_see(&io_life->orphans, pid, look->at_ms, policy->orphan_timeout_ms,
				 policy->grace_ms);
	if (signal)
		sys_kill(pid, signal);
}

bool act_carry_out(struct life *io_life, const struct init_action *action, int64_t at_ms)
{
	struct look look = { .life = io_life, .at_ms = at_ms };

	switch (action->kind) {
	case INIT_DO_SEND:
		send(io_life, action, at_ms);
		return false;
	case INIT_DO_RESUME:
		resume(io_life);
		return false;
	case INIT_DO_SUSPEND:
		suspend(action->signal.number);
		return false;
	case INIT_DO_LOOK:
		tasks_visit(look_at, &look);
		return false;
	case INIT_DO_END:
		io_life->facts.exit_code = action->exit_code;
		return true;
	}
	return false;
}
