// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/scope.h"
#include "container/plan.h"

/* The default configuration without a terminal, changed by @change. */
static int plan(void (*change)(struct spec *io_spec), struct container_request *io_request,
		struct error *err)
{
	struct container_plan made = CONTAINER_PLAN_NONE;
	struct spec spec = { 0 };
	autotext struct text text = { 0 };
	int r;

	log_open(-1, false, LOG_ERROR);
	spec_default(&spec);
	spec.process->terminal = (struct maybe_bool){ true, false };
	if (change)
		change(&spec);
	spec_write(&spec, &text);
	spec_clear(&spec);
	io_request->id = "test";
	io_request->config_text = text_get(&text);
	r = container_plan_make(io_request, "/nonexistent/test", &made, err);
	container_plan_clear(&made);
	return r;
}

TEST(default_configuration_can_be_planned)
{
	struct container_request request = { 0 };
	struct error err;

	if (geteuid() != 0)
		SKIP("needs root: the default configuration has no user namespace");
	CHECK_OK(plan(NULL, &request, &err), err);
}

static void set_terminal(struct spec *io_spec)
{
	io_spec->process->terminal.value = true;
}

TEST(terminal_needs_somebody_who_takes_it)
{
	struct container_request request = { 0 };
	struct error err;

	CHECK_ERROR(plan(set_terminal, &request, &err), err, EINVAL,
		    "config.json: process.terminal: needs --console-socket, or run in the "
		    "foreground");
}

TEST(console_socket_needs_a_terminal)
{
	struct container_request request = { .console_socket = "/x" };
	struct error err;

	CHECK_ERROR(plan(NULL, &request, &err), err, EINVAL,
		    "--console-socket: config.json has no process.terminal");
}

static void set_bad_init(struct spec *io_spec)
{
	spec_add_annotation(io_spec, "org.husk.init", "yes");
}

TEST(unknown_value_of_our_own_annotation_is_refused)
{
	struct container_request request = { 0 };
	struct error err;

	if (geteuid() != 0)
		SKIP("needs root: the default configuration has no user namespace");
	CHECK_ERROR(plan(set_bad_init, &request, &err), err, EINVAL,
		    "config.json: annotations[\"org.husk.init\"]: \"yes\" is neither true, nor "
		    "false, nor options of husk-init");
}

TEST(missing_bundle_is_named)
{
	struct container_request request = { .id = "x", .bundle = "/nonexistent/bundle" };
	struct container_plan made;
	struct error err;

	CHECK_ERROR(container_plan_make(&request, "/x", &made, &err), err, ENOENT,
		    "bundle /nonexistent/bundle: no such file or directory");
	container_plan_clear(&made);
}
