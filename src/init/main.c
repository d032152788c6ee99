// SPDX-License-Identifier: 0BSD
/*
 * main - husk-init: PID 1 of a container
 *
 * All signals are blocked from the first line on and taken one by one with
 * rt_sigtimedwait(2), so that none is lost and no handler ever runs. One loop reaps whatever
 * there is; without an event it sleeps. There is no C library below this program, and it
 * allocates nothing.
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "init/bare/act.h"
#include "init/bare/file.h"
#include "init/bare/life.h"
#include "init/bare/say.h"
#include "init/bare/spawn.h"
#include "init/bare/start.h"
#include "init/bare/sys.h"
#include "init/bare/terminal.h"
#include "init/decide.h"
#include "init/option.h"
#include "init/orphan.h"
#include "init/report.h"
#include "init/text.h"

/* Reaped in one go before signals are looked at again: a storm of orphans delays no stop. */
enum { REAP_AT_ONCE = 256 };

enum { CODE_CANNOT_BEGIN = 125, PAGE = 4096 };

/* All that husk-init knows; a page that nobody writes to does not exist. */
static _Alignas(PAGE) struct life husk_init;

static int64_t now_ms(void)
{
	struct timespec now;

	sys_monotonic(&now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/*
 * kill(-1) in the machine's own namespace would end the machine. There, and nowhere else, the
 * second process is kthreadd; where somebody is number 2, /proc tells the namespaces apart.
 */
static bool owns_pid_namespace(pid_t own_pid)
{
	return own_pid == 1 && (sys_group_of(2) == -ESRCH || !file_is_first_pid_namespace());
}

/* ---- events */

static bool handle(struct life *io_life, const struct init_event *event)
{
	struct init_actions actions;
	bool is_over = false;

	init_decide(&io_life->state, event, &actions);
	for (int i = 0; i < actions.count; i++)
		is_over |= act_carry_out(io_life, &actions.item[i], event->now_ms);
	return is_over;
}

static void note_ended(struct life *io_life, pid_t pid, const struct init_event *event)
{
	const struct init_options *options = &io_life->options;

	io_life->facts.reaped++;
	init_orphan_forget(&io_life->orphans, pid);
	if (pid == io_life->main_pid && !io_life->state.has_main_ended) {
		io_life->facts.main_status = event->wait_status;
		io_life->facts.main_ended_ms = event->now_ms;
		say(options, SAY_INFO, "Main child ended with ",
		    init_exit_code(event->wait_status));
	} else {
		say(options, options->tells_orphans ? SAY_WARN : SAY_DEBUG,
		    "Reaped zombie process with pid=", pid);
	}
}

static enum init_event_kind main_event(int wait_status)
{
	if (WIFSTOPPED(wait_status))
		return INIT_EVENT_MAIN_STOPPED;
	return WIFCONTINUED(wait_status) ? INIT_EVENT_MAIN_CONTINUED : INIT_EVENT_MAIN_ENDED;
}

static bool take_change(struct life *io_life, pid_t pid, struct init_event *io_event)
{
	io_event->kind = main_event(io_event->wait_status);
	if (io_event->kind == INIT_EVENT_MAIN_ENDED)
		note_ended(io_life, pid, io_event);
	if (pid != io_life->main_pid || io_life->state.has_main_ended)
		return false;
	return handle(io_life, io_event);
}

/*
 * SIGCHLD does not queue: one of them may stand for any number of ends. @ret_is_done tells
 * whether all were seen.
 */
static bool reap(struct life *io_life, bool *ret_is_done)
{
	struct init_event event = { .now_ms = now_ms() };
	pid_t pid;

	*ret_is_done = false;
	for (int i = 0; i < REAP_AT_ONCE; i++) {
		pid = sys_wait(-1, &event.wait_status, WNOHANG | WUNTRACED | WCONTINUED);
		if (pid <= 0) {
			*ret_is_done = true;
			event.kind = pid == 0 ? INIT_EVENT_REAPED : INIT_EVENT_EMPTY;
			return handle(io_life, &event);
		}
		if (take_change(io_life, pid, &event))
			return true;
	}
	return false;
}

/* The signal that arrived; -EAGAIN when @until_ms came first. */
static int wait_for_signal(int64_t until_ms, siginfo_t *ret_info)
{
	const uint64_t all = SYS_SIGNALS_ALL;
	struct timespec left = { 0 };
	int64_t left_ms;

	if (until_ms == INIT_NEVER)
		return sys_signal_wait(&all, ret_info, NULL);
	left_ms = until_ms ? until_ms - now_ms() : 0;
	if (left_ms > 0)
		left = (struct timespec){ left_ms / 1000, left_ms % 1000 * 1000000 };
	return sys_signal_wait(&all, ret_info, &left);
}

/* Letting go of the terminal sends HUP and CONT to its foreground, in our name. */
static bool is_echo(const struct life *life, const siginfo_t *info)
{
	return life->options.place == INIT_OWN_SESSION && info->si_code == SI_USER &&
	       info->si_pid == life->own_pid;
}

static bool take_signal(struct life *io_life, const siginfo_t *info)
{
	struct init_event event = {
		.kind = INIT_EVENT_SIGNAL,
		.is_own = is_echo(io_life, info),
		.now_ms = now_ms(),
		.signal = {
			.number = info->si_signo,
			.code = info->si_code,
			.from_pid = info->si_pid,
			.from_uid = info->si_uid,
			.value = (uintptr_t)info->si_value.sival_ptr,
		},
	};

	return handle(io_life, &event);
}

static bool take_time(struct life *io_life)
{
	struct init_event event = { .kind = INIT_EVENT_TIME, .now_ms = now_ms() };

	return init_next_ms(&io_life->state) <= event.now_ms && handle(io_life, &event);
}

/* Children are looked at after SIGCHLD only, and as long as more may have ended. */
static void attend(struct life *io_life)
{
	bool is_over = false, is_done = false;

	while (!is_over) {
		siginfo_t info;
		int signal = wait_for_signal(is_done ? init_next_ms(&io_life->state) : 0, &info);

		if (signal > 0 && signal != SIGCHLD)
			is_over = take_signal(io_life, &info);
		else if (signal == -EAGAIN)
			is_over = take_time(io_life);
		if (!is_over && (signal == SIGCHLD || !is_done))
			is_over = reap(io_life, &is_done);
	}
}

/* ---- begin and end */

/* Whose parent ended before it could be asked for is not told of it: prctl(2). */
static void take_role(const struct life *life)
{
	const struct init_options *options = &life->options;

	/* Inherited as ignored it would let children vanish without a status. */
	sys_signal_default(SIGCHLD);
	if (options->parent_death_signal)
		sys_process_option(PR_SET_PDEATHSIG, (unsigned long)options->parent_death_signal);
	if (life->own_pid == 1)
		return;
	if (options->is_subreaper)
		sys_process_option(PR_SET_CHILD_SUBREAPER, 1);
	else if (options->manner == INIT_TINI)
		say(options, SAY_WARN,
		    "Tini is neither PID 1 nor a subreaper (-s): it reaps no orphans.", -1);
}

static void look_for_terminal(struct life *io_life)
{
	enum terminal_place place = terminal_find_place();

	if (io_life->options.place == INIT_OWN_SESSION) {
		terminal_leave();
	} else if (io_life->options.place == INIT_SAME_GROUP || place == TERMINAL_SHARED) {
		io_life->options.place = INIT_SAME_GROUP;
		io_life->state.shares_group = place != TERMINAL_NONE;
	} else {
		io_life->gave_terminal = place == TERMINAL_FOREGROUND;
		io_life->state.can_suspend = io_life->own_pid != 1;
	}
}

/* What init would hold on to without need: descriptors of others, a mount by its folder. */
static void let_go(const struct life *life)
{
	unsigned kept = life->report_fd < 0 ? 2 : (unsigned)life->report_fd;

	if (kept > 3)
		sys_close_range(3, kept - 1);
	sys_close_range(kept + 1, ~0U);
	/* There is always a root. */
	(void)sys_change_folder("/");
}

static int start(struct life *io_life, uint64_t given_mask, char **env)
{
	struct spawn spawn = {
		.options = &io_life->options,
		.env = env,
		.given_mask = given_mask,
		.own_pid = io_life->own_pid,
		.path = io_life->room,
	};
	int r;

	if (io_life->options.policy.is_pause)
		return 0;
	look_for_terminal(io_life);
	spawn.takes_terminal = io_life->gave_terminal;
	r = spawn_main(&spawn);
	if (r < 0)
		return r;
	io_life->main_pid = io_life->facts.main_pid = r;
	say(&io_life->options, SAY_INFO, "Spawned child process with pid ", r);
	return 0;
}

/* For husk-init itself. The drop-ins are as silent as those they stand for. */
static void say_last_words(struct life *io_life)
{
	struct init_text text = INIT_TEXT_IN(io_life->room);

	if (io_life->options.manner != INIT_NATIVE || io_life->options.policy.is_pause)
		return;
	io_life->facts.ended_ms = now_ms();
	if (io_life->options.verbosity > 0 || terminal_is(2)) {
		init_report_line(&io_life->facts, &text);
		say_bytes(2, text.data, text.size);
	}
	if (io_life->report_fd < 0)
		return;
	text.size = 0;
	init_report_json(&io_life->facts, &text);
	if (file_write(io_life->report_fd, io_life->options.report, &text) < 0)
		say(&io_life->options, SAY_WARN, "the report could not be written", -1);
}

static int run(struct life *io_life, uint64_t given_mask, char **env)
{
	const struct init_options *options = &io_life->options;
	int r;

	io_life->own_pid = sys_pid();
	io_life->owns_namespace = owns_pid_namespace(io_life->own_pid);
	io_life->state.policy = &options->policy;
	io_life->state.delayed = io_life->delayed;
	io_life->facts.started_ms = now_ms();
	io_life->report_fd = options->report ? file_open_folder(options->report) : -1;
	if (options->report && io_life->report_fd < 0) {
		say_exec_failed(options, options->report, -io_life->report_fd);
		return CODE_CANNOT_BEGIN;
	}
	take_role(io_life);
	r = start(io_life, given_mask, env);
	if (r < 0) {
		say_exec_failed(options, options->program[0], -r);
		return options->code_exec_failed;
	}
	let_go(io_life);
	init_decide_begin(&io_life->state, io_life->facts.started_ms);
	attend(io_life);
	if (io_life->gave_terminal)
		terminal_hand_to(sys_group_of(0));
	say_last_words(io_life);
	return io_life->facts.exit_code;
}

static _Noreturn void reply(const struct init_options *options, const struct init_text *text)
{
	say_bytes(options->reply_is_error ? 2 : 1, text->data, text->size);
	sys_exit(options->reply_code);
}

_Noreturn void start_main(char **argv, char **env)
{
	const uint64_t all = SYS_SIGNALS_ALL;
	struct init_text text = INIT_TEXT_IN(husk_init.room);
	uint64_t given_mask;

	sys_signal_mask(SIG_SETMASK, &all, &given_mask);
	if (init_option_parse(argv, env, &husk_init.options, &text) < 0)
		reply(&husk_init.options, &text);
	sys_exit(run(&husk_init, given_mask, env));
}
