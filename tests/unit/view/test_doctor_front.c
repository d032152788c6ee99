// SPDX-License-Identifier: GPL-2.0-or-later
#include "ward.h"

/* A chain of processes: each row is a command line, cut at blanks, and the parent of the next. */
struct chain {
	const char *line[4];
	const char *rules;
};

struct words {
	char text[128];
	const char *item[16];
};

static void split(const char *line, struct words *ret_words)
{
	size_t count = 0;
	char *rest = ret_words->text;

	snprintf(ret_words->text, sizeof(ret_words->text), "%s", line);
	while ((ret_words->item[count] = strsep(&rest, " ")))
		count++;
}

static void build(const struct chain *chain, struct words *ret_words, struct ward *ret_ward)
{
	ward_set(ret_ward);
	ret_ward->facts.process_count = 0;
	for (size_t i = 0; i < countof(chain->line) && chain->line[i]; i++) {
		split(chain->line[i], &ret_words[i]);
		ward_add(ret_ward, i ? 99 + (pid_t)i : 5, ret_words[i].item);
		/* Only the last one, the program, has a handler. */
		ret_ward->scene[i].facts.target.caught =
			i + 1 == countof(chain->line) || !chain->line[i + 1]
				? signal_set_of(SIGTERM) : 0;
	}
	ret_ward->facts.main = &ret_ward->process[ret_ward->process[0].role == ROLE_INIT];
}

TEST(each_chain_has_its_fault)
{
	static const struct chain chains[] = {
		{ { "web" }, "" },
		{ { "husk-init -- web", "web" }, "" },
		{ { "/sbin/tini -- web", "web" }, "" },
		{ { "/bin/sh -c web", "web" }, "shell-in-front" },
		{ { "-bash -c x", "sh -c web", "web" }, "shell-in-front" },
		{ { "busybox sh -c x", "web" }, "shell-in-front" },
		{ { "husk-init -- sh -c x", "sh -c x", "web" }, "" },
		{ { "tini -- sh -c x", "sh -c x", "web" }, "shell-below-init" },
		{ { "tini -g -- sh -c x", "sh -c x", "web" }, "" },
		{ { "catatonit sh -c x", "sh -c x", "web" }, "shell-below-init" },
		{ { "dumb-init sh -c x", "sh -c x", "web" }, "" },
		{ { "dumb-init -c sh -c x", "sh -c x", "web" }, "shell-below-init" },
		{ { "npm start", "sh -c x", "node server.js" }, "wrapper-in-front" },
		{ { "node /usr/bin/npm start", "node server.js" }, "wrapper-in-front" },
		{ { "node server.js", "worker" }, "deaf-to-stop" },
		{ { "go run .", "web" }, "wrapper-in-front" },
		{ { "tini -- yarn start", "yarn start", "web" }, "wrapper-in-front" },
		{ { "sh -c x", "npm start", "web" }, "wrapper-in-front" },
		{ { "tini -- dumb-init web", "dumb-init web", "web" }, "two-inits" },
		{ { "tini -- s6-svscan /x", "s6-svscan /x" }, "two-inits" },
		{ { "sh -c x", "tini -- web", "web" }, "init-not-first" },
		{ { "systemd", "journald" }, "" },
		/* A shell that waits for a person has no child. */
		{ { "husk-init -- sh", "sh" }, "" },
	};

	for (size_t i = 0; i < countof(chains); i++) {
		struct words words[4];
		autoward struct ward w;

		build(&chains[i], words, &w);
		CHECK_STR(ward_rules(&w), chains[i].rules);
	}
}

TEST(signal_path_is_evidence)
{
	static const struct chain chain = { { "sh -c x", "web" }, NULL };
	struct words words[4];
	autoward struct ward w;

	build(&chain, words, &w);
	ward_rules(&w);
	CHECK_SAYS(&w, "sh (process 100, 1 in the container): gets and throws away SIGTERM");
	CHECK_SAYS(&w, "web (process 101, 2 in the container): never sees SIGTERM");
	CHECK_SAYS(&w, "sh -c 'exec web ...'");
	CHECK_SAYS(&w, "/proc/100/cmdline: sh -c x");
}

TEST(shell_with_a_trap_is_left_alone)
{
	static const struct chain chain = { { "sh -c x", "web" }, NULL };
	struct words words[4];
	autoward struct ward w;

	build(&chain, words, &w);
	w.scene[0].facts.target.caught = signal_set_of(SIGTERM);
	CHECK_STR(ward_rules(&w), "");
}

TEST(nobody_hears_kill_so_nobody_is_in_its_way)
{
	static const struct chain chain = { { "sh -c x", "web" }, NULL };
	struct words words[4];
	autoward struct ward w;

	build(&chain, words, &w);
	doctor_set_stop("KILL", &w.facts);
	CHECK_STR(ward_rules(&w), "stop-signal-unfit");
}

TEST(init_of_an_inner_container_is_in_its_place)
{
	static const struct chain chain = { { "web", "tini -- inner" }, NULL };
	struct words words[4];
	autoward struct ward w;

	build(&chain, words, &w);
	w.scene[0].facts.target.caught = signal_set_of(SIGTERM);
	CHECK_STR(ward_rules(&w), "init-not-first");
	w.process[1].number = 1;
	CHECK_STR(ward_rules(&w), "");
}

TEST(dead_child_is_none)
{
	static const struct chain chain = { { "sh -c x", "web" }, NULL };
	struct words words[4];
	autoward struct ward w;

	build(&chain, words, &w);
	w.process[1].state = 'Z';
	CHECK_STR(ward_rules(&w), "deaf-to-stop");
}

TEST(circle_of_parents_ends)
{
	static const struct chain chain = { { "sh -c x", "web" }, NULL };
	struct words words[4];
	autoward struct ward w;

	build(&chain, words, &w);
	w.process[0].parent_pid = w.process[1].pid;
	CHECK_STR(ward_rules(&w), "shell-in-front");
}
