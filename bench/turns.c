// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * turns - start commands in turns, and tell what each start took
 *
 *   turns [-n ROUNDS] [-w WARMUP] [-r] [-e] <COMMANDS
 *
 * One command a line: a label and its words, with tabs between them; {i} in a word is the
 * number of the round. Every round starts each of them once, so that what else the machine does
 * hits all alike; with -r the order moves on from round to round. A label that begins with "-"
 * is run and not told. The only word "@reap" starts nothing: it waits for one orphan, as we are
 * the subreaper of what we start. -e shows what the commands write to stderr.
 *
 * Told for each start that is not of the warm-up, in order, when all is done:
 *   LABEL <tab> wall us <tab> CPU us <tab> largest resident set KiB <tab> wait status
 * Wall clock from just before the spawn until the child is reaped; CPU of the child and of all it
 * waited for. A resident set below our own (static, 0.7 MiB) cannot be seen: a child begins as
 * a copy of us.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS_MAX = 64, WORDS_MAX = 96, LINE_MAX_BYTES = 8192 };

struct command {
	char *label;
	char *words[WORDS_MAX];
	int count;
};

struct result {
	const char *label;
	double wall_us, cpu_us;
	long rss_kib;
	int status;
};

static struct command commands[COMMANDS_MAX];
static int command_count;
static posix_spawn_file_actions_t actions;

static void fail(const char *what, const char *which)
{
	fprintf(stderr, "turns: %s %s: %s\n", what, which, strerror(errno));
	exit(2);
}

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double us_of(struct timeval time)
{
	return (double)time.tv_sec * 1e6 + (double)time.tv_usec;
}

static void read_commands(void)
{
	static char line[LINE_MAX_BYTES];

	while (fgets(line, sizeof(line), stdin)) {
		struct command *command = &commands[command_count];
		char *rest = strdup(line), *word;

		rest[strcspn(rest, "\n")] = '\0';
		command->label = strsep(&rest, "\t");
		while ((word = strsep(&rest, "\t")) && command->count < WORDS_MAX - 1)
			command->words[command->count++] = word;
		if (!command->count || word || ++command_count == COMMANDS_MAX) {
			errno = E2BIG;
			fail("read", command->label);
		}
	}
}

/* The word with the number in the place of each {i}; in a buffer of its own, or as it is. */
static char *fill_in(char *word, int number, char *room, size_t size)
{
	char *mark = strstr(word, "{i}");

	if (!mark)
		return word;
	snprintf(room, size, "%.*s%d%s", (int)(mark - word), word, number, mark + 3);
	return room;
}

static pid_t start(struct command *command, int number)
{
	static char rooms[WORDS_MAX][512];
	char *words[WORDS_MAX] = { NULL };
	pid_t pid;

	for (int i = 0; i < command->count; i++)
		words[i] = fill_in(command->words[i], number, rooms[i], sizeof(rooms[i]));
	errno = posix_spawnp(&pid, words[0], &actions, NULL, words, environ);
	if (errno)
		fail("start", words[0]);
	return pid;
}

static void take_turn(struct command *command, int number, struct result *ret_result)
{
	struct rusage usage;
	double begin = now_us();
	pid_t pid = -1;

	*ret_result = (struct result){ .label = command->label };
	if (strcmp(command->words[0], "@reap") != 0)
		pid = start(command, number);
	while (wait4(pid, &ret_result->status, 0, &usage) < 0)
		if (errno != EINTR)
			fail("wait for", command->label);
	ret_result->wall_us = now_us() - begin;
	ret_result->cpu_us = us_of(usage.ru_utime) + us_of(usage.ru_stime);
	ret_result->rss_kib = usage.ru_maxrss;
}

static void prepare(bool shows_errors)
{
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	if (!shows_errors)
		posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	/* Nobody would read what we tell. */
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	read_commands();
}

int main(int argc, char **argv)
{
	int rounds = 100, warm_up = 3, option;
	bool rotates = false, shows_errors = false;
	struct result *results, *next;

	while ((option = getopt(argc, argv, "n:w:re")) != -1) {
		switch (option) {
		case 'n': rounds = atoi(optarg); break;
		case 'w': warm_up = atoi(optarg); break;
		case 'r': rotates = true; break;
		case 'e': shows_errors = true; break;
		default: return 2;
		}
	}
	prepare(shows_errors);
	next = results = calloc((size_t)(rounds * command_count) + 1, sizeof(*results));
	for (int round = 0; round < warm_up + rounds; round++)
		for (int i = 0; i < command_count; i++) {
			int which = rotates ? (i + round) % command_count : i;

			take_turn(&commands[which], round, next);
			next += round >= warm_up;
		}
	for (struct result *r = results; r < next; r++)
		if (r->label[0] != '-')
			printf("%s\t%.1f\t%.0f\t%ld\t%d\n", r->label, r->wall_us, r->cpu_us,
			       r->rss_kib, r->status);
	return 0;
}
