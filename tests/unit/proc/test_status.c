// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/status.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scope.h"
#include "signal/set.h"
#include "test.h"

static const char whole[] =
	"Name:\ta \\n b\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t41\nNgid:\t0\nPid:\t42\n"
	"PPid:\t7\nTracerPid:\t9\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t4294967295\nFDSize:\t64\n"
	"Groups:\t1 2 3 \nNStgid:\t41\t12\t1\nNSpid:\t42\t13\t2\nNSpgid:\t40\t11\t0\n"
	"NSsid:\t39\t0\t0\nKthread:\t1\n"
	"CoreDumping:\t1\nThreads:\t3\nSigQ:\t2/96365\nSigPnd:\t0000000000000001\n"
	"ShdPnd:\t0000000000000002\nSigBlk:\tfffffffe3ffbfa07\nSigIgn:\t0000000000001000\n"
	"SigCgt:\t0000000180004002\nCapInh:\t0000000000000001\nCapPrm:\t0000000000000002\n"
	"CapEff:\t000001ffffffffff\nCapBnd:\t0000000000000004\nCapAmb:\t0000000000000008\n"
	"NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\nvoluntary_ctxt_switches:\t150\n"
	"nonvoluntary_ctxt_switches:\t4\n";

TEST(every_wanted_line_is_read)
{
	struct status s;
	struct error err;

	CHECK_OK(status_parse(whole, &s, &err), err);
	CHECK_STR(s.name, "a \\n b");
	CHECK_INT(s.state, 'S');
	CHECK_INT(s.tgid, 41);
	CHECK_INT(s.pid, 42);
	CHECK_INT(s.parent_pid, 7);
	CHECK_INT(s.tracer_pid, 9);
	CHECK_INT(s.uid.real * 1000 + s.uid.effective * 100 + s.uid.saved * 10 + s.uid.fs, 1234);
	CHECK_INT(s.gid.fs, UINT32_MAX);
	CHECK_INT(s.level_count, 3);
	CHECK_INT(s.level[1], 12);
	CHECK_INT(s.group, 40);
	CHECK_INT(s.session, 39);
	CHECK_TRUE(s.is_kernel_thread);
	CHECK_TRUE(s.is_dumping);
	CHECK_INT(s.threads, 3);
	CHECK_INT(s.queue_used, 2);
	CHECK_INT(s.queue_limit, 96365);
	CHECK_TRUE(s.pending == 1 && s.shared_pending == 2);
	CHECK_TRUE(s.blocked == 0xfffffffe3ffbfa07);
	CHECK_TRUE(s.ignored == 0x1000 && s.caught == 0x180004002);
	CHECK_TRUE(s.inheritable == 1 && s.permitted == 2 && s.bounding == 4 && s.ambient == 8);
	CHECK_TRUE(s.effective == 0x1ffffffffff);
	CHECK_TRUE(s.no_new_privs);
	CHECK_INT(s.seccomp, 2);
	CHECK_INT(s.switches, 154);
}

TEST(init_is_who_has_number_one_in_its_own_namespace)
{
	struct status s;
	struct error err;

	CHECK_OK(status_parse(whole, &s, &err), err);
	CHECK_TRUE(status_is_init(&s));
	CHECK_OK(status_parse("State:\tS\nPid:\t1\nNStgid:\t1\t7\n", &s, &err), err);
	CHECK_TRUE(!status_is_init(&s));
	CHECK_OK(status_parse("State:\tS\nPid:\t1\n", &s, &err), err);
	CHECK_TRUE(!status_is_init(&s));
}

TEST(name_keeps_its_blanks_and_colons)
{
	struct status s;
	struct error err;

	CHECK_OK(status_parse("Name:\t Pid:\t9\nState:\tR\nPid:\t5\n", &s, &err), err);
	CHECK_STR(s.name, " Pid:\t9");
	CHECK_INT(s.pid, 5);
}

TEST(name_is_never_taken_for_another_line)
{
	struct status s;
	struct error err;

	CHECK_OK(status_parse("Name:\tPPid:\t9\nState:\tR\nPid:\t5\nPPid:\t4\n", &s, &err), err);
	CHECK_STR(s.name, "PPid:\t9");
	CHECK_INT(s.parent_pid, 4);
}

TEST(lines_in_another_order_are_found_as_well)
{
	struct status s;
	struct error err;

	CHECK_OK(status_parse("SigQ:\t1/2\nUmask:\t0\nPid:\t5\nState:\tR\nName:\tx\n", &s, &err),
		 err);
	CHECK_STR(s.name, "x");
	CHECK_INT(s.pid, 5);
	CHECK_INT(s.queue_limit, 2);
}

TEST(text_that_is_no_status_file_is_refused)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "", "not the text of a status file" },
		{ "word", "not the text of a status file" },
		{ "Name:\tx\nState:\tS\n", "not the text of a status file" },
		{ "State:\tS\nPid:\tx\n", "Pid: not a value of a status file" },
		{ "State:\tS\nPid:\t1\nSigBlk:\t\n", "SigBlk: not a value of a status file" },
		{ "State:\tS\nPid:\t1\nSigQ:\t7\n", "SigQ: not a value of a status file" },
		{ "State:\tS\nPid:\t1\nUid:\t1\t2\n", "Uid: not a value of a status file" },
		{ "State:\t\nPid:\t1\n", "State: not a value of a status file" },
		{ "State:\tS\nPid:\t1\nNStgid:\n", "NStgid: not a value of a status file" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct status s;
		struct error err;

		CHECK_ERROR(status_parse(rows[i].text, &s, &err), err, EBADMSG, rows[i].expected);
	}
}

TEST(more_levels_than_the_kernel_has_do_no_harm)
{
	autotext struct text text = { 0 };
	struct status s;
	struct error err;

	text_add(&text, "State:\tS\nPid:\t1\nNStgid:");
	for (int i = 0; i < 100; i++)
		text_add(&text, "\t%d", i);
	CHECK_OK(status_parse(text_get(&text), &s, &err), err);
	CHECK_INT(s.level_count, STATUS_LEVELS_MAX);
}

TEST(line_is_found_by_its_whole_field)
{
	autofree char *pid = status_find_line(whole, "Pid");
	autofree char *seccomp = status_find_line(whole, "Seccomp");
	autofree char *none = status_find_line(whole, "Sec");

	CHECK_STR(pid, "Pid:\t42");
	CHECK_STR(seccomp, "Seccomp:\t2");
	CHECK_TRUE(!none);
}

TEST(own_mask_is_read_back)
{
	struct status s;
	struct error err;
	sigset_t set, before;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, &before);
	signal(SIGUSR1, SIG_IGN);
	CHECK_OK(status_read(getpid(), getpid(), &s, &err), err);
	signal(SIGUSR1, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	CHECK_TRUE(signal_set_has(s.blocked, SIGUSR2));
	CHECK_TRUE(signal_set_has(s.ignored, SIGUSR1));
	CHECK_INT(s.pid, getpid());
	CHECK_INT(s.uid.effective, geteuid());
	CHECK_INT(s.level[0], getpid());
}

TEST(dead_pid_is_no_such_process)
{
	autofree char *expected = NULL;
	struct status s;
	struct error err;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	expected = mem_format("process %d: no such process", pid);
	CHECK_ERROR(status_read(pid, pid, &s, &err), err, ESRCH, expected);
	CHECK_ERROR(status_read(0, 0, &s, &err), err, ESRCH, "process 0: no such process");
	CHECK_ERROR(status_read(-1, -1, &s, &err), err, ESRCH, "process -1: no such process");
}
