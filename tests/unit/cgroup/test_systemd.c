// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/systemd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/scope.h"
#include "test.h"

/* A script in the place of husk-systemd. */
struct fixture {
	char path[sizeof("/tmp/husk-systemd-XXXXXX")];
	struct cgroup_unit unit;
};

static void set_up(struct fixture *f, const char *script)
{
	autoclose int fd = -1;
	struct error err;

	*f = (struct fixture){ .path = "/tmp/husk-systemd-XXXXXX" };
	fd = mkstemp(f->path);
	CHECK_TRUE(fd >= 0);
	CHECK_OK(fd_write_all(fd, script, strlen(script), &err), err);
	CHECK_INT(fchmod(fd, 0700), 0);
	f->unit = (struct cgroup_unit){ .name = (char *)"a.scope", .helper = f->path };
}

static void tear_down(struct fixture *f)
{
	CHECK_INT(unlink(f->path), 0);
}

/* The request comes back as the text of an error, its ends of line as blanks. */
#define ECHO "#!/bin/sh\necho error 7 $(cat)\n"

TEST(request_has_verb_bus_limit_and_unit)
{
	struct fixture f;
	struct error err;

	set_up(&f, ECHO);
	CHECK_ERROR(cgroup_systemd_stop(&f.unit, &err), err, 7,
		    "systemd cgroup manager: stop system 25000 a.scope");
	f.unit.is_user = true;
	CHECK_ERROR(cgroup_systemd_attach(&f.unit, 42, &err), err, 7,
		    "systemd cgroup manager: attach user 25000 a.scope 42");
	CHECK_ERROR(cgroup_systemd_set(&f.unit, "TasksMax\nt\n5\n", &err), err, 7,
		    "systemd cgroup manager: set user 25000 a.scope TasksMax t 5");
	tear_down(&f);
}

TEST(nothing_to_set_asks_nobody)
{
	struct fixture f;
	struct error err;

	set_up(&f, ECHO);
	CHECK_OK(cgroup_systemd_set(&f.unit, "", &err), err);
	tear_down(&f);
}

TEST(answer_is_what_follows_ok)
{
	struct fixture f;
	struct error err;

	set_up(&f, "#!/bin/sh\necho ok /user.slice/x\n");
	CHECK_ERROR(cgroup_systemd_start(&f.unit, "", "/other/a.scope", &err), err, EBADMSG,
		    "systemd cgroup manager: a.scope is at \"/user.slice/x\", and not at "
		    "\"/other/a.scope\"");
	CHECK_OK(cgroup_systemd_start(&f.unit, "", "/user.slice/x", &err), err);
	tear_down(&f);
}

TEST(place_comes_with_the_state_of_the_unit)
{
	static const struct {
		const char *script, *state, *root;
	} rows[] = {
		{ "#!/bin/sh\necho 'ok free /user.slice/x'\n", NULL, "/user.slice/x" },
		{ "#!/bin/sh\necho 'ok free '\n", NULL, "" },
		{ "#!/bin/sh\necho 'ok free /'\n", NULL, "" },
		{ "#!/bin/sh\necho 'ok active /a b'\n", "active", "/a b" },
	};
	autoclean(arena_clear) struct arena arena = { 0 };
	struct fixture f;
	struct error err;
	char *root;

	for (size_t i = 0; i < countof(rows); i++) {
		set_up(&f, rows[i].script);
		CHECK_OK(cgroup_systemd_locate(&f.unit, &arena, &root, &err), err);
		CHECK_STR(root, rows[i].root);
		CHECK_STR(f.unit.state ? f.unit.state : "", rows[i].state ? rows[i].state : "");
		tear_down(&f);
	}
	set_up(&f, "#!/bin/sh\necho ok here\n");
	CHECK_ERROR(cgroup_systemd_locate(&f.unit, &arena, &root, &err), err, EBADMSG,
		    "systemd cgroup manager: husk-systemd says: here");
	tear_down(&f);
}

TEST(program_that_gives_no_answer_is_an_error)
{
	static const struct {
		const char *script, *error;
	} rows[] = {
		{ "#!/bin/sh\nexit 3\n",
		  "systemd cgroup manager: husk-systemd ended with status 3: " },
		{ "#!/bin/sh\necho no idea; exit 1\n",
		  "systemd cgroup manager: husk-systemd ended with status 1: no idea" },
		{ "#!/bin/sh\necho error much\n",
		  "systemd cgroup manager: husk-systemd says: much" },
		{ "#!/bin/sh\nkill -9 $$\n",
		  "systemd cgroup manager: husk-systemd ended with status 137: " },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct fixture f;
		struct error err;

		set_up(&f, rows[i].script);
		CHECK_ERROR(cgroup_systemd_stop(&f.unit, &err), err, EBADMSG, rows[i].error);
		tear_down(&f);
	}
}

TEST(missing_program_is_an_error)
{
	struct cgroup_unit unit = { .name = (char *)"a.scope" };
	struct error err;

	CHECK_ERROR(cgroup_systemd_stop(&unit, &err), err, ENOTSUP,
		    "systemd cgroup manager: husk-systemd is not installed");
}
