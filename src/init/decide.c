// SPDX-License-Identifier: 0BSD
#include "init/decide.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* asm-generic/siginfo.h: what the terminal sends has it, and hardly anything else. */
enum { CODE_KERNEL = 0x80 };

int init_exit_code(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static struct init_action *add(struct init_actions *io_actions, enum init_action_kind kind)
{
	struct init_action *action = &io_actions->item[io_actions->count++];

	memset(action, 0, sizeof(*action));
	action->kind = kind;
	return action;
}

static void send(struct init_actions *io_actions, const struct init_signal *signal,
		 enum init_target target)
{
	struct init_action *action = add(io_actions, INIT_DO_SEND);

	action->signal = *signal;
	action->target = target;
}

static void send_plain(struct init_actions *io_actions, int number, enum init_target target)
{
	send(io_actions, &(struct init_signal){ .number = number }, target);
}

static bool is_stop_death(int exit_code)
{
	return exit_code == 128 + SIGTERM || exit_code == 128 + SIGINT ||
	       exit_code == 128 + SIGKILL;
}

static void end(const struct init_state *state, struct init_actions *io_actions, int exit_code)
{
	const struct init_policy *policy = state->policy;
	bool succeeded = policy->stop_is_success && state->was_stop_asked &&
			 is_stop_death(exit_code);

	add(io_actions, INIT_DO_END)->exit_code =
		succeeded ? 0 : policy->exit_map[exit_code & 255];
}

/* A main child that the terminal has stopped would hear of it only after the grace. */
static void stop_all(struct init_state *io_state, const struct init_signal *signal,
		     int64_t deadline_ms, struct init_actions *io_actions)
{
	io_state->phase = INIT_STOPPING;
	io_state->deadline_ms = deadline_ms;
	/* An orphan has its signal now, and is not to get another. */
	io_state->orphan_look_ms = INIT_NEVER;
	send(io_actions, signal, INIT_TO_ALL);
	if (io_state->is_main_stopped)
		send_plain(io_actions, SIGCONT, INIT_TO_GROUP);
}

/*
 * A second stop signal is not passed on: some programs take it for "abort now".
 */
static void pass_on(struct init_state *io_state, const struct init_signal *signal,
		    int64_t arrived_ms, struct init_actions *io_actions)
{
	const struct init_rule *rule = &io_state->policy->rule[signal->number];

	if (rule->stops) {
		io_state->was_stop_asked |= !io_state->has_main_ended;
		if (io_state->phase <= INIT_WAITING)
			stop_all(io_state, signal, arrived_ms + io_state->policy->grace_ms,
				 io_actions);
	} else if (rule->target == INIT_TO_ALL) {
		send(io_actions, signal, INIT_TO_ALL);
	} else if (io_state->has_main_ended) {
		return;
	} else if (signal->number == SIGCONT && io_state->is_main_stopped) {
		add(io_actions, INIT_DO_RESUME);
	} else {
		send(io_actions, signal, rule->target);
	}
}

/* A signal that is waiting already takes the second of its kind in, as a pending one does. */
static void delay(struct init_state *io_state, const struct init_signal *signal, int64_t now_ms)
{
	struct init_delayed *slot = &io_state->delayed[signal->number];

	if (slot->due_ms)
		return;
	*slot = (struct init_delayed){
		.signal = *signal,
		.arrived_ms = now_ms,
		.due_ms = now_ms + io_state->policy->rule[signal->number].delay_ms,
	};
	io_state->delayed_count++;
}

static bool is_terminal_stop(int number)
{
	return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

static void on_signal(struct init_state *io_state, const struct init_event *event,
		      struct init_actions *io_actions)
{
	const struct init_policy *policy = io_state->policy;
	struct init_signal signal = event->signal;

	if (event->is_own || signal.number < 1 || signal.number > SIGNAL_MAX)
		return;
	if (io_state->shares_group && signal.code == CODE_KERNEL)
		return;
	signal.arrived_as = signal.number;
	signal.number = policy->rule[signal.number].becomes;
	if (signal.number && policy->is_pause) {
		if (policy->rule[signal.number].stops)
			end(io_state, io_actions, 0);
	} else if (signal.number && policy->rule[signal.number].delay_ms) {
		delay(io_state, &signal, event->now_ms);
	} else if (signal.number) {
		pass_on(io_state, &signal, event->now_ms, io_actions);
	}
	if (policy->suspends_itself && is_terminal_stop(event->signal.number))
		add(io_actions, INIT_DO_SUSPEND)->signal.number = SIGSTOP;
}

static void on_main_ended(struct init_state *io_state, const struct init_event *event,
			  struct init_actions *io_actions)
{
	const struct init_policy *policy = io_state->policy;

	io_state->has_main_ended = true;
	io_state->is_main_stopped = false;
	io_state->exit_code = init_exit_code(event->wait_status);
	if (!policy->ends_with_main)
		return;
	if (policy->farewell)
		send_plain(io_actions, policy->farewell, INIT_TO_GROUP);
	end(io_state, io_actions, io_state->exit_code);
}

static void on_main_stopped(struct init_state *io_state, int number,
			    struct init_actions *io_actions)
{
	io_state->is_main_stopped = true;
	if (io_state->can_suspend && is_terminal_stop(number))
		add(io_actions, INIT_DO_SUSPEND)->signal.number = number;
}

/* Only when others are left: a main child that was alone needs no further word. */
static void on_reaped(struct init_state *io_state, int64_t now_ms,
		      struct init_actions *io_actions)
{
	if (io_state->phase == INIT_KILLING) {
		/* Who was a grandchild may have become a child that nobody killed. */
		send_plain(io_actions, SIGKILL, INIT_TO_ALL);
	} else if (io_state->phase == INIT_RUNNING && io_state->has_main_ended) {
		if (io_state->policy->waits_for_all)
			io_state->phase = INIT_WAITING;
		else
			stop_all(io_state, &(struct init_signal){ .number = SIGTERM },
				 now_ms + io_state->policy->end_grace_ms, io_actions);
	}
}

static bool pass_on_delayed(struct init_state *io_state, int64_t now_ms,
			    struct init_actions *io_actions)
{
	for (int number = 1; io_state->delayed_count && number <= SIGNAL_MAX; number++) {
		struct init_delayed *slot = &io_state->delayed[number];

		if (!slot->due_ms || slot->due_ms > now_ms)
			continue;
		slot->due_ms = 0;
		io_state->delayed_count--;
		pass_on(io_state, &slot->signal, slot->arrived_ms, io_actions);
		return true;
	}
	return false;
}

static void on_deadline(struct init_state *io_state, int64_t now_ms,
			struct init_actions *io_actions)
{
	if (io_state->phase == INIT_STOPPING) {
		io_state->phase = INIT_KILLING;
		io_state->deadline_ms = now_ms + INIT_KILL_WAIT_MS;
		send_plain(io_actions, SIGKILL, INIT_TO_ALL);
	} else {
		end(io_state, io_actions,
		    io_state->has_main_ended ? io_state->exit_code : 128 + SIGKILL);
	}
}

static int64_t orphan_interval_ms(const struct init_policy *policy)
{
	int64_t quarter = policy->orphan_timeout_ms / 4;

	return quarter < INIT_ORPHAN_LOOK_MS ? INIT_ORPHAN_LOOK_MS : quarter;
}

/* One thing per event: what is still due comes with the next one, at once. */
static void on_time(struct init_state *io_state, int64_t now_ms, struct init_actions *io_actions)
{
	if (pass_on_delayed(io_state, now_ms, io_actions))
		return;
	if (io_state->phase >= INIT_STOPPING && io_state->deadline_ms <= now_ms) {
		on_deadline(io_state, now_ms, io_actions);
	} else if (io_state->orphan_look_ms <= now_ms) {
		io_state->orphan_look_ms = now_ms + orphan_interval_ms(io_state->policy);
		add(io_actions, INIT_DO_LOOK);
	}
}

void init_decide_begin(struct init_state *io_state, int64_t now_ms)
{
	const struct init_policy *policy = io_state->policy;

	io_state->orphan_look_ms =
		policy->orphan_timeout_ms ? now_ms + orphan_interval_ms(policy) : INIT_NEVER;
}

void init_decide(struct init_state *io_state, const struct init_event *event,
		 struct init_actions *ret_actions)
{
	ret_actions->count = 0;
	switch (event->kind) {
	case INIT_EVENT_SIGNAL:
		on_signal(io_state, event, ret_actions);
		break;
	case INIT_EVENT_MAIN_ENDED:
		on_main_ended(io_state, event, ret_actions);
		break;
	case INIT_EVENT_MAIN_STOPPED:
		on_main_stopped(io_state, WSTOPSIG(event->wait_status), ret_actions);
		break;
	case INIT_EVENT_MAIN_CONTINUED:
		io_state->is_main_stopped = false;
		break;
	case INIT_EVENT_REAPED:
		on_reaped(io_state, event->now_ms, ret_actions);
		break;
	case INIT_EVENT_EMPTY:
		if (io_state->has_main_ended)
			end(io_state, ret_actions, io_state->exit_code);
		break;
	case INIT_EVENT_TIME:
		on_time(io_state, event->now_ms, ret_actions);
		break;
	}
}

int64_t init_next_ms(const struct init_state *state)
{
	int64_t next = state->orphan_look_ms;

	if (state->phase >= INIT_STOPPING && state->deadline_ms < next)
		next = state->deadline_ms;
	for (int number = 1; state->delayed_count && number <= SIGNAL_MAX; number++) {
		const struct init_delayed *slot = &state->delayed[number];

		if (slot->due_ms && slot->due_ms < next)
			next = slot->due_ms;
	}
	return next;
}
