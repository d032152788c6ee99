// SPDX-License-Identifier: GPL-2.0-or-later
/* The runner, with experiments that do wrong in every way. */
#include "lab/run.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/child.h"
#include "test.h"

/* The kernel fills in only so many bits of a sigset_t. */
enum { PATIENCE_MS = 600000, SIGNALS = 64 };

struct note {
	int value;
	pid_t left_behind;
};

static void check_value(const void *observation, struct finding *io_finding)
{
	const struct note *note = observation;

	finding_must(io_finding, note->value != 2, "it is two");
	finding_may(io_finding, note->value != 3, "it is three");
	finding_say(io_finding, "it is %d", note->value);
}

static int note_one(void *ret_observation, struct error *err UNUSED)
{
	((struct note *)ret_observation)->value = 1;
	return 0;
}

static int note_two(void *ret_observation, struct error *err UNUSED)
{
	((struct note *)ret_observation)->value = 2;
	return 0;
}

static int note_three(void *ret_observation, struct error *err UNUSED)
{
	((struct note *)ret_observation)->value = 3;
	return 0;
}

static int cannot(void *ret_observation UNUSED, struct error *err)
{
	return error_set(err, ENOTSUP, "needs a moon");
}

static int crash(void *ret_observation UNUSED, struct error *err UNUSED)
{
	raise(SIGKILL);
	return 0;
}

static int sleep_on(void *ret_observation UNUSED, struct error *err UNUSED)
{
	return child_sleep(NULL);
}

/* Ignores what it can, in a session of its own. */
static int hide(void *data)
{
	struct note *note = data;

	setsid();
	for (int number = 1; number < NSIG; number++)
		child_handle(number, SIG_IGN, 0);
	note->left_behind = getpid();
	return child_sleep(NULL);
}

static int leave_one_behind(void *ret_observation, struct error *err)
{
	struct note *note = ret_observation;

	TRY(child_start(hide, note, 0, err));
	while (!*(volatile pid_t *)&note->left_behind)
		child_rest();
	return 0;
}

static struct run_result run(int (*observe)(void *, struct error *), int tries, int timeout_ms)
{
	struct experiment experiment = { .name = "example", .size = sizeof(struct note),
					 .observe = observe, .check = check_value,
					 .tries = tries };
	struct run_result result;
	struct error err;

	CHECK_OK(run_experiment(&experiment, timeout_ms, &result, &err), err);
	return result;
}

TEST(observation_reaches_the_check)
{
	struct run_result result = run(note_one, 0, PATIENCE_MS);

	CHECK_INT(result.finding.verdict, LAB_CONFIRMED);
	CHECK_STR(result.finding.text, "it is 1");
	CHECK_INT(((struct note *)result.observation)->value, 1);
	CHECK_INT(result.tries, 1);
	run_clear(&result);
}

TEST(wrong_prediction_is_refuted_at_once)
{
	struct run_result result = run(note_two, 5, PATIENCE_MS);

	CHECK_INT(result.finding.verdict, LAB_REFUTED);
	CHECK_STR(result.finding.text, "it is two");
	CHECK_INT(result.tries, 1);
	run_clear(&result);
}

TEST(what_is_not_seen_is_tried_again_and_then_given_up)
{
	struct run_result result = run(note_three, 3, PATIENCE_MS);

	CHECK_INT(result.finding.verdict, LAB_NOT_HERE);
	CHECK_STR(result.finding.text, "not seen in 3 tries: it is three");
	CHECK_INT(result.tries, 3);
	run_clear(&result);
}

TEST(reason_why_it_cannot_be_observed_is_told)
{
	struct run_result result = run(cannot, 0, PATIENCE_MS);

	CHECK_INT(result.finding.verdict, LAB_NOT_HERE);
	CHECK_STR(result.finding.text, "needs a moon");
	CHECK_TRUE(!result.observation);
	run_clear(&result);
}

TEST(experiment_that_dies_is_no_success)
{
	struct run_result result = run(crash, 0, PATIENCE_MS);

	CHECK_INT(result.finding.verdict, LAB_REFUTED);
	CHECK_STR(result.finding.text, "its process ended before its time: SIGKILL");
	run_clear(&result);
}

TEST(deadline_ends_one_that_hangs)
{
	struct run_result result = run(sleep_on, 0, 1);

	CHECK_INT(result.finding.verdict, LAB_NOT_HERE);
	CHECK_TRUE(strstr(result.finding.text, "its time was over"));
	run_clear(&result);
}

TEST(process_left_behind_is_gone_when_the_run_is_over)
{
	struct run_result result = run(leave_one_behind, 0, PATIENCE_MS);
	pid_t pid = ((struct note *)result.observation)->left_behind;

	CHECK_TRUE(pid > 0);
	CHECK_INT(kill(pid, 0), -1);
	CHECK_INT(errno, ESRCH);
	run_clear(&result);
}

TEST(caller_keeps_its_children_and_its_mask)
{
	struct run_result result;
	sigset_t before, after;

	sigprocmask(SIG_SETMASK, NULL, &before);
	result = run(note_one, 0, PATIENCE_MS);
	sigprocmask(SIG_SETMASK, NULL, &after);
	CHECK_INT(memcmp(&before, &after, SIGNALS / 8), 0);
	CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
	CHECK_INT(errno, ECHILD);
	run_clear(&result);
}
