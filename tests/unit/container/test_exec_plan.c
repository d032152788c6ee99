// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/scope.h"
#include "container/exec_plan.h"

static char *words[] = { "ls", "-l", NULL };

static struct container_exec plain(void)
{
	return (struct container_exec){ .id = "c", .arguments = words };
}

/* A container's process with a bit of everything. */
static struct spec_process *read_own(struct arena *io_arena)
{
	static const char text[] =
		"{\"terminal\":true,\"user\":{\"uid\":5,\"gid\":6,\"additionalGids\":[7],\"umask\":7},"
		"\"args\":[\"init\"],\"env\":[\"A=1\"],\"cwd\":\"/srv\",\"noNewPrivileges\":true,"
		"\"apparmorProfile\":\"box\",\"selinuxLabel\":\"a:b:c\",\"oomScoreAdj\":11,"
		"\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"soft\":1,\"hard\":2}],"
		"\"capabilities\":{\"bounding\":[\"CAP_KILL\"],\"effective\":[\"CAP_KILL\"],"
		"\"permitted\":[\"CAP_KILL\"],\"inheritable\":[\"CAP_CHOWN\"]}}";
	struct spec_process *own = arena_new(io_arena, sizeof(*own));
	struct error err;

	CHECK_OK(spec_read_process("own", text, strlen(text), io_arena, own, &err), err);
	return own;
}

TEST(words_replace_the_program_and_nothing_else)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct spec_process *own = read_own(&arena), got;
	struct container_exec request = plain();
	struct error err;

	CHECK_OK(container_exec_plan(&request, own, &arena, &got, &err), err);
	CHECK_INT(got.args->count, 2);
	CHECK_STR(got.args->item[1], "-l");
	CHECK_TRUE(!got.args->item[2]);
	CHECK_INT(got.user->uid.value, 5);
	CHECK_INT(got.user->umask.value, 7);
	CHECK_STR(got.cwd, "/srv");
	CHECK_STR(got.env->item[0], "A=1");
	CHECK_STR(got.apparmor_profile, "box");
	CHECK_TRUE(got.no_new_privileges.value);
	CHECK_TRUE(!got.terminal.value);
	CHECK_STR(own->args->item[0], "init");
}

TEST(each_word_changes_its_own_part)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct spec_process *own = read_own(&arena), got;
	const char *env[] = { "A=2", "B=", NULL }, *groups[] = { "8", "9", NULL };
	struct container_exec request = plain();
	struct error err;

	request.user = "1000:1001";
	request.env = env;
	request.groups = groups;
	request.cwd = "/tmp";
	request.selinux_label = "d:e:f";
	request.has_terminal = true;
	CHECK_OK(container_exec_plan(&request, own, &arena, &got, &err), err);
	CHECK_INT(got.user->uid.value, 1000);
	CHECK_INT(got.user->gid.value, 1001);
	CHECK_INT(got.user->additional_gids->count, 3);
	CHECK_INT(got.user->additional_gids->item[0], 7);
	CHECK_INT(got.user->additional_gids->item[2], 9);
	CHECK_INT(got.env->count, 3);
	CHECK_STR(got.env->item[2], "B=");
	CHECK_STR(got.cwd, "/tmp");
	CHECK_STR(got.selinux_label, "d:e:f");
	CHECK_TRUE(got.terminal.value);
	CHECK_INT(own->user->uid.value, 5);
	CHECK_INT(own->env->count, 1);
}

/* S-28 */
TEST(user_is_a_strict_number)
{
	static const char *const bad[] = { "",    "x",	  "0x",	   "1000abc", "-1",   "+1",  " 1",
					   "1 ",  "1:",	  ":1",	   "1:2:3",   "1:-1", "1.0", "root",
					   "4294967295", "4294967296", "18446744073709551616" };
	autoclean(arena_clear) struct arena arena = { 0 };
	struct spec_process *own = read_own(&arena), got;
	struct container_exec request = plain();
	struct error err;

	for (size_t i = 0; i < countof(bad); i++) {
		autofree char *text = mem_format("--user: \"%s\" is not UID or UID:GID", bad[i]);

		request.user = bad[i];
		CHECK_ERROR(container_exec_plan(&request, own, &arena, &got, &err), err, EINVAL,
			    text);
	}
	request.user = "4294967294";
	CHECK_OK(container_exec_plan(&request, own, &arena, &got, &err), err);
	CHECK_INT(got.user->uid.value, 4294967294);
	CHECK_INT(got.user->gid.value, 6);
}

/* S-26, CM-21 */
TEST(added_capability_is_never_inheritable)
{
	const char *caps[] = { "CAP_NET_RAW", "CAP_CHOWN", NULL };
	autoclean(arena_clear) struct arena arena = { 0 };
	struct spec_process *own = read_own(&arena), got;
	struct container_exec request = plain();
	struct error err;

	request.capabilities = caps;
	CHECK_OK(container_exec_plan(&request, own, &arena, &got, &err), err);
	CHECK_INT(got.capabilities->bounding->count, 3);
	CHECK_INT(got.capabilities->effective->count, 3);
	CHECK_STR(got.capabilities->permitted->item[1], "CAP_NET_RAW");
	CHECK_INT(got.capabilities->inheritable->count, 1);
	CHECK_INT(got.capabilities->ambient->count, 1);
	CHECK_STR(got.capabilities->ambient->item[0], "CAP_CHOWN");
	CHECK_TRUE(!own->capabilities->ambient);
}

TEST(word_that_is_wrong_is_named)
{
	const char *env[] = { "NAME", NULL }, *groups[] = { "-5", NULL };
	char *none[] = { NULL };
	autoclean(arena_clear) struct arena arena = { 0 };
	struct spec_process *own = read_own(&arena), got;
	const struct {
		struct container_exec request;
		const char *text;
	} rows[] = {
		{ { .arguments = words, .env = env }, "--env: number 1 is not NAME=VALUE" },
		{ { .arguments = words, .groups = groups },
		  "--additional-gids: \"-5\" is not a GID" },
		{ { .arguments = words, .cwd = "tmp" }, "--cwd: \"tmp\" is not absolute" },
		{ { .arguments = none }, "a program is missing" },
		{ { .arguments = words, .has_terminal = true, .is_detached = true },
		  "a detached process with a terminal needs --console-socket" },
		{ { .arguments = words, .console_socket = "/s" },
		  "--console-socket: the process has no terminal (--tty)" },
		{ { .arguments = words, .process = "f" }, "--process: does not go with a program" },
		{ { .process = "f", .no_new_privileges = true },
		  "--process: does not go with --no-new-privs" },
	};
	struct error err;

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_ERROR(container_exec_plan(&rows[i].request, own, &arena, &got, &err), err,
			    EINVAL, rows[i].text);
}

static void plan_by_text(const char *text, const struct spec_process *own, struct arena *io_arena,
			 struct spec_process *ret_process)
{
	char path[] = "/tmp/husk-unit-XXXXXX";
	autoclose int fd = mkostemp(path, O_CLOEXEC);
	struct container_exec request = { .process = path };
	struct error err;

	CHECK_OK(fd_write_all(fd, text, strlen(text), &err), err);
	CHECK_OK(container_exec_plan(&request, own, io_arena, ret_process, &err), err);
	unlink(path);
}

TEST(file_takes_from_the_container_what_it_leaves_out)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct spec_process *own = read_own(&arena), got;

	plan_by_text("{\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"a\"],\"cwd\":\"/\"}", own, &arena,
		     &got);
	CHECK_STR(got.apparmor_profile, "box");
	CHECK_STR(got.selinux_label, "a:b:c");
	CHECK_TRUE(got.capabilities == own->capabilities);
	CHECK_TRUE(got.rlimits == own->rlimits);
	CHECK_INT(got.oom_score_adj.value, 11);
	CHECK_INT(got.user->uid.value, 0);
	CHECK_TRUE(!got.user->additional_gids);
	CHECK_TRUE(!got.env);
	CHECK_TRUE(!got.no_new_privileges.value);
	CHECK_TRUE(!got.terminal.value);
}

TEST(file_decides_what_it_has)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct spec_process *own = read_own(&arena), got;

	plan_by_text("{\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"a\"],\"cwd\":\"/\",\"oomScoreAdj\":0,"
		     "\"capabilities\":{},\"rlimits\":[],\"apparmorProfile\":\"unconfined\"}",
		     own, &arena, &got);
	CHECK_INT(got.oom_score_adj.value, 0);
	CHECK_TRUE(!got.capabilities->bounding);
	CHECK_INT(got.rlimits->count, 0);
	CHECK_STR(got.apparmor_profile, "unconfined");
}

TEST(container_without_a_process_has_defaults)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct container_exec request = plain();
	struct spec_process got;
	struct error err;

	CHECK_OK(container_exec_plan(&request, NULL, &arena, &got, &err), err);
	CHECK_STR(got.cwd, "/");
	CHECK_TRUE(!got.capabilities);
	CHECK_INT(got.user->uid.value, 0);
}
