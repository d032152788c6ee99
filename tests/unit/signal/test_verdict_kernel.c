// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rows of the matrix against the kernel that runs here.
 *
 * Each row gets a pid namespace of its own. A target answers every byte on a pipe with how
 * often its handler ran: the kernel serves all signals that may act before it lets a program
 * go on, so an answer means that nothing more comes of the signal.
 *
 * HUSK_TEST_ROWS=N takes N rows (default 320, at most 1280), HUSK_TEST_SEED=N the same ones
 * again.
 */
#include "signal/verdict.h"

#include <errno.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/sys.h"
#include "signal/name.h"
#include "matrix.h"

enum { READ_END, WRITE_END };

/* What the kernel has behind sigaction(2); the C library hides two signals from callers. */
struct kernel_action {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

/* The pipes of one row; every process of it has them all. */
struct stage {
	int ready[2], ping[2], pong[2], go[2], done[2];
	pid_t init_pid;	  /* of the namespace, as the test sees it */
	pid_t target_pid; /* the same */
};

static volatile sig_atomic_t handled;

static void count_signal(int signal UNUSED)
{
	handled++;
}

static void raw_action(int signal, struct kernel_action *action)
{
	/* KILL and STOP answer EINVAL, which is what the row has too. */
	(void)syscall(SYS_rt_sigaction, signal, action, NULL, 8);
}

/* The restorer of the C library is taken from a handler that it has set itself. */
static void catch_signal(int signal)
{
	struct sigaction library = { .sa_handler = count_signal };
	struct kernel_action action = { 0 };

	sigaction(SIGUSR1, &library, NULL);
	syscall(SYS_rt_sigaction, SIGUSR1, NULL, &action, 8);
	if (signal != SIGUSR1) {
		library.sa_handler = SIG_DFL;
		sigaction(SIGUSR1, &library, NULL);
	}
	raw_action(signal, &action);
}

static void set_disposition(const struct matrix_row *row)
{
	uint64_t set = signal_set_of(row->signal);
	struct kernel_action ignore = { .handler = SIG_IGN };

	if (strstr(row->disposition, "blocked"))
		syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
	if (strstr(row->disposition, "caught"))
		catch_signal(row->signal);
	else if (matrix_is(row->disposition, "ignored"))
		raw_action(row->signal, &ignore);
}

static void start_clean(void)
{
	uint64_t none = 0;

	/* No core file: what is dumped is not looked at. */
	prctl(PR_SET_DUMPABLE, 0);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		sys_reset_signal(signal);
}

static char wait_byte(int fd)
{
	char byte = 0;

	while (read(fd, &byte, 1) < 0 && errno == EINTR)
		;
	return byte;
}

static void send_byte(int fd, char byte)
{
	while (write(fd, &byte, 1) < 0 && errno == EINTR)
		;
}

static NORETURN void be_target(const struct matrix_row *row, const struct stage *stage)
{
	/* A job of its parent's: in an orphaned group the stop signals of a terminal do nothing. */
	setpgid(0, 0);
	set_disposition(row);
	/* The test is to see the end of the pipe when this process has died. */
	close(stage->ping[WRITE_END]);
	send_byte(stage->ready[WRITE_END], 'r');
	for (;;) {
		wait_byte(stage->ping[READ_END]);
		send_byte(stage->pong[WRITE_END], (char)('0' + handled));
	}
}

static NORETURN void be_sender(const struct matrix_row *row, const struct stage *stage,
			       pid_t target_pid)
{
	close(stage->pong[WRITE_END]);
	send_byte(stage->ready[WRITE_END], 'r');
	wait_byte(stage->go[READ_END]);
	kill(target_pid, row->signal);
	send_byte(stage->done[WRITE_END], 'd');
	/* It must not end: its SIGCHLD would be one more signal for an init under test. */
	for (;;)
		pause();
}

static NORETURN void be_init(const struct matrix_row *row, const struct stage *stage)
{
	pid_t pid;

	start_clean();
	pid = fork();
	if (matrix_is(row->target, "ns_init")) {
		if (pid == 0)
			be_sender(row, stage, 1);
		be_target(row, stage);
	}
	if (pid == 0)
		be_target(row, stage);
	be_sender(row, stage, pid);
}

/* The only child of the namespace's init, as the test numbers it. */
static pid_t only_child(pid_t pid)
{
	char name[64];
	int child = 0;
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	file = fopen(name, "r");
	if (file) {
		if (fscanf(file, "%d", &child) != 1)
			child = 0;
		fclose(file);
	}
	return child;
}

static void open_stage(const struct matrix_row *row, struct stage *ret_stage)
{
	struct clone_args args = { .flags = CLONE_NEWPID, .exit_signal = SIGCHLD };
	struct stage *s = ret_stage;

	CHECK_INT(pipe(s->ready) | pipe(s->ping) | pipe(s->pong) | pipe(s->go) | pipe(s->done), 0);
	fflush(NULL);
	s->init_pid = sys_clone3(&args);
	if (s->init_pid == 0)
		be_init(row, s);
	close(s->pong[WRITE_END]);
	wait_byte(s->ready[READ_END]);
	wait_byte(s->ready[READ_END]);
	s->target_pid = matrix_is(row->target, "ns_init") ? s->init_pid : only_child(s->init_pid);
}

static void close_stage(struct stage *io_stage)
{
	int *pipes[] = { io_stage->ready, io_stage->ping, io_stage->go, io_stage->done };

	kill(io_stage->init_pid, SIGKILL);
	waitpid(io_stage->init_pid, NULL, 0);
	close(io_stage->pong[READ_END]);
	for (size_t i = 0; i < countof(pipes); i++) {
		close(pipes[i][READ_END]);
		close(pipes[i][WRITE_END]);
	}
}

/* The value of one line of the target's status file, or "". */
static void read_status(pid_t pid, const char *field, char ret_value[64])
{
	char name[64], line[256];
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/status", (int)pid);
	*ret_value = '\0';
	file = fopen(name, "r");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		if (text_begins(line, field))
			sscanf(line + strlen(field), " %63s", ret_value);
	fclose(file);
}

/* What killed it: the last field of its stat file, while nobody has reaped it. */
static int exit_signal(pid_t pid)
{
	char name[64];
	autofree char *text = NULL;
	struct error err;

	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	CHECK_OK(file_read(AT_FDCWD, name, 4096, &text, NULL, &err), err);
	return atoi(strrchr(text, ' ') + 1) & 0x7f;
}

struct observed {
	enum verdict_outcome outcome;
	int exit_signal;
};

static struct observed look_at_end(const struct stage *stage, int signal)
{
	struct observed seen = { VERDICT_TERMINATE, 0 };
	char state[64] = "";

	/* The pipe closes on the way to death, a moment before the process is a zombie. */
	while (*state != 'Z')
		read_status(stage->target_pid, "State:", state);
	seen.exit_signal = exit_signal(stage->target_pid);
	if (signal_set_has(signal_set_group(SIGNAL_GROUP_CORE), signal))
		seen.outcome = VERDICT_CORE;
	return seen;
}

static struct observed look_at_living(const struct stage *stage, int signal, char answer)
{
	uint64_t pending = 0;
	char value[64];

	read_status(stage->target_pid, "ShdPnd:", value);
	CHECK_INT(signal_set_parse(value, &pending), 0);
	if (answer != '0')
		return (struct observed){ VERDICT_HANDLER, 0 };
	return (struct observed){ signal_set_has(pending, signal) ? VERDICT_PENDING
								   : VERDICT_IGNORED, 0 };
}

/* It answers, or it is dead, or it is stopped: one of them comes. */
static struct observed observe(const struct stage *stage, int signal)
{
	struct pollfd answer = { .fd = stage->pong[READ_END], .events = POLLIN };
	char state[64], byte;

	send_byte(stage->ping[WRITE_END], 'p');
	for (;;) {
		if (poll(&answer, 1, 1) > 0)
			break;
		read_status(stage->target_pid, "State:", state);
		if (*state == 'T')
			return (struct observed){ VERDICT_STOP, 0 };
	}
	if (!(answer.revents & POLLIN))
		return look_at_end(stage, signal);
	byte = wait_byte(stage->pong[READ_END]);
	return look_at_living(stage, signal, byte);
}

static struct observed run_row(const struct matrix_row *row)
{
	struct stage stage;
	struct observed seen;

	open_stage(row, &stage);
	if (matrix_is(row->sender, "parent_ns")) {
		kill(stage.target_pid, row->signal);
	} else {
		send_byte(stage.go[WRITE_END], 'g');
		wait_byte(stage.done[READ_END]);
	}
	seen = observe(&stage, row->signal);
	close_stage(&stage);
	return seen;
}

static bool is_as_said(const struct matrix_row *row)
{
	struct verdict said = matrix_verdict(row);
	struct observed seen = run_row(row);
	bool is_dead = seen.outcome == VERDICT_TERMINATE || seen.outcome == VERDICT_CORE;

	if (seen.outcome == verdict_now(&said) &&
	    seen.exit_signal == (is_dead ? row->signal : 0))
		return true;
	print_error("line %d: %s, %s, %s from %s: the kernel did %s (%d), the rule says %s (%s)\n",
		    row->number, signal_name(row->signal), row->disposition, row->target,
		    row->sender, verdict_outcome_name(seen.outcome), seen.exit_signal,
		    verdict_outcome_name(verdict_now(&said)), said.step[0]->id);
	return false;
}

static unsigned int number_from(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);
	long long number;

	return text && text_number(text, 0, UINT32_MAX, &number) == 0 ? (unsigned int)number
								      : otherwise;
}

/* The first @count of a random order. */
static void shuffle(struct matrix_row *io_rows, size_t count, unsigned int seed)
{
	for (size_t i = 0; i < count; i++) {
		size_t other = i + (size_t)rand_r(&seed) % (MATRIX_ROWS - i);
		struct matrix_row row = io_rows[i];

		io_rows[i] = io_rows[other];
		io_rows[other] = row;
	}
}

TEST(living_kernel_does_what_the_rule_says)
{
	unsigned int seed = number_from("HUSK_TEST_SEED", (unsigned int)time(NULL));
	unsigned int count = number_from("HUSK_TEST_ROWS", 320);
	autofree struct matrix_row *rows = NULL;
	int wrong = 0;

	if (geteuid() != 0)
		SKIP("needs root");
	if (count > MATRIX_ROWS)
		count = MATRIX_ROWS;
	NOTE("%u rows of %u held against this kernel: HUSK_TEST_SEED=%u", count, MATRIX_ROWS, seed);
	rows = matrix_read();
	shuffle(rows, count, seed);
	for (size_t i = 0; i < count; i++)
		if (!is_as_said(&rows[i]))
			wrong++;
	CHECK_INT(wrong, 0);
}
