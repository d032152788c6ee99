// SPDX-License-Identifier: GPL-2.0-or-later
/* oci - the commands of an OCI runtime, as engines and people call them */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/options.h"
#include "container/control.h"
#include "container/launch.h"
#include "container/self.h"
#include "container/session.h"
#include "signal/name.h"

/* --- create, run --- */

const struct option run_options[] = {
	{ "detach", 'd', OPTION_FLAG, offsetof(struct create_values, detach), NULL,
	  "return once the program runs" },
	{ "keep", 0, OPTION_FLAG, offsetof(struct create_values, keep), NULL,
	  "do not delete the container at its end" },
	/* create begins here: create_options */
	{ "bundle", 'b', OPTION_TEXT, offsetof(struct create_values, bundle), "DIR",
	  "the bundle's folder (default: the current one)" },
	{ "config", 'f', OPTION_TEXT, offsetof(struct create_values, config), "FILE",
	  "in the bundle (default config.json)" },
	{ "console-socket", 0, OPTION_TEXT, offsetof(struct create_values, console_socket), "PATH",
	  "UNIX socket that gets the terminal's master" },
	{ "pidfd-socket", 0, OPTION_TEXT, offsetof(struct create_values, pidfd_socket), "PATH",
	  "UNIX socket that gets a pidfd of the first process" },
	{ "pid-file", 'p', OPTION_TEXT, offsetof(struct create_values, pid_file), "FILE",
	  "where the process id is written" },
	{ "preserve-fds", 0, OPTION_COUNT, offsetof(struct create_values, preserve_fds), "N",
	  "keep N descriptors from 3 on open" },
	{ "init", 0, OPTION_FLAG, offsetof(struct create_values, init), NULL,
	  "husk-init as PID 1: reaps, forwards, stops all" },
	{ "no-pivot", 0, OPTION_FLAG, offsetof(struct create_values, no_pivot), NULL,
	  "move the root instead of pivot_root (a root on ramfs)" },
	{ "no-new-keyring", 0, OPTION_FLAG, offsetof(struct create_values, no_new_keyring), NULL,
	  "keep the caller's session keyring" },
	{ "no-subreaper", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ 0 },
};

enum cgroup_manager command_cgroup_manager(const struct context *context)
{
	const char *name = context->cgroup_manager;

	if (name && strcmp(name, "disabled") == 0)
		return CGROUP_MANAGER_DISABLED;
	if (context->systemd_cgroup || (name && strcmp(name, "systemd") == 0))
		return CGROUP_MANAGER_SYSTEMD;
	return CGROUP_MANAGER_FILES;
}

int command_check_kept(int count, struct error *err)
{
	/* What we have opened ourselves is closed by exec. */
	for (int fd = 3; fd < 3 + count; fd++)
		if (fcntl(fd, F_GETFD) != 0)
			return error_set(err, EBADF, "--preserve-fds: descriptor %d is not open", fd);
	return 0;
}

static int read_request(const struct context *context, struct create_values *values,
			const char *id, struct container_request *ret_request,
			struct error *err)
{
	*ret_request = (struct container_request){
		.id = id,
		.bundle = values->bundle ? values->bundle : ".",
		.config = values->config,
		.console_socket = values->console_socket,
		.pidfd_socket = values->pidfd_socket,
		.pid_file = values->pid_file,
		.preserve_fds = values->preserve_fds,
		.has_init = values->init,
		.no_pivot = values->no_pivot,
		.no_new_keyring = values->no_new_keyring,
		.cgroup_manager = command_cgroup_manager(context),
	};
	return command_check_kept(values->preserve_fds, err);
}

int cmd_create(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct create_values values = { 0 };
	struct container_request request;
	autostore struct store store = STORE_NONE;

	TRY(command_options(command_find("create"), OPTION_MIXED, 1, 1, argc, argv, &values, err));
	TRY(container_self_protect(io_context->argv, err));
	TRY(read_request(io_context, &values, argv[0], &request, err));
	TRY(store_open(io_context->root, &store, err));
	if (container_create(&store, &request, err) < 0)
		return error_wrap(err, "create %s", argv[0]);
	return 0;
}

int cmd_run(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct create_values values = { 0 };
	struct container_request request;
	struct container_run_options options;
	enum container_blame blame = BLAME_RUNTIME;
	autostore struct store store = STORE_NONE;
	int status;

	TRY(command_options(command_find("run"), OPTION_MIXED, 1, 1, argc, argv, &values, err));
	TRY(container_self_protect(io_context->argv, err));
	TRY(read_request(io_context, &values, argv[0], &request, err));
	TRY(store_open(io_context->root, &store, err));
	options = (struct container_run_options){ values.detach, values.keep };
	request.in_foreground = !values.detach;
	status = container_run(&store, &request, &options, &blame, err);
	if (status < 0) {
		io_context->error_status = (int)blame;
		return error_wrap(err, "run %s", argv[0]);
	}
	return status;
}

/* --- start, state, kill, delete --- */

int cmd_start(struct context *io_context, int argc, char **argv, struct error *err)
{
	autostore struct store store = STORE_NONE;

	TRY(command_options(command_find("start"), OPTION_MIXED, 1, 1, argc, argv, NULL, err));
	TRY(store_open(io_context->root, &store, err));
	if (container_start(&store, argv[0], err) < 0)
		return error_wrap(err, "start %s", argv[0]);
	return 0;
}

int cmd_state(struct context *io_context, int argc, char **argv, struct error *err)
{
	autostore struct store store = STORE_NONE;
	autorecord struct record record = { 0 };
	autotext struct text text = { 0 };
	enum record_status status;

	TRY(command_options(command_find("state"), OPTION_MIXED, 1, 1, argc, argv, NULL, err));
	TRY(store_open(io_context->root, &store, err));
	if (container_look(&store, argv[0], &record, &status, err) < 0)
		return error_wrap(err, "state %s", argv[0]);
	record_state_json(&record, status, JSON_INDENTED, &text);
	printf("%s\n", text_get(&text));
	return 0;
}

struct kill_values {
	bool all, regex;
	const char *session;
};

const struct option kill_options[] = {
	{ "all", 'a', OPTION_FLAG, offsetof(struct kill_values, all), NULL,
	  "to every process of the container" },
	{ "regex", 'r', OPTION_FLAG, offsetof(struct kill_values, regex), NULL,
	  "to every container whose ID matches; stopped ones are passed over" },
	{ "exec", 0, OPTION_TEXT, offsetof(struct kill_values, session), "SESSION",
	  "to every process of one exec, by its name in husk exec --list" },
	{ 0 },
};

static int kill_match(const struct store *store, const char *id, void *options,
		      struct error *err)
{
	const char *ignored_by;
	int r = container_kill(store, id, options, &ignored_by, err);

	return r == -ESRCH ? 0 : r;
}

static int kill_session(const struct store *store, const char *id, const char *session,
			int signal, struct error *err)
{
	int r = container_session_kill(store, id, session, signal, err);

	return r < 0 ? error_wrap(err, "kill %s", id) : 0;
}

int cmd_kill(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct kill_values values = { 0 };
	autostore struct store store = STORE_NONE;
	struct container_kill_options options;
	const char *word = "TERM", *ignored_by;
	int words = command_options(command_find("kill"), OPTION_MIXED, 1, 2, argc, argv, &values,
				    err);

	TRY(words);
	if (words == 2)
		word = argv[1];
	options.to_all = values.all;
	if (signal_parse(word, &options.signal) < 0)
		return error_set(err, EINVAL, "kill %s: \"%s\" is not a signal", argv[0], word);
	if (values.session && (values.all || values.regex))
		return error_set(err, EINVAL, "kill %s: --exec: does not go with --all or --regex",
				 argv[0]);
	TRY(store_open(io_context->root, &store, err));
	if (values.session)
		return kill_session(&store, argv[0], values.session, options.signal, err);
	if (values.regex)
		return command_each_match(&store, argv[0], kill_match, &options, err);
	if (container_kill(&store, argv[0], &options, &ignored_by, err) < 0)
		return error_wrap(err, "kill %s", argv[0]);
	/* For a person; an engine's logs stay as they are. */
	if (ignored_by && isatty(STDERR_FILENO))
		fprintf(stderr, "husk: note: nothing will come of %s: %s\n",
			signal_name(options.signal), ignored_by);
	return 0;
}

struct delete_values {
	bool force, regex;
};

const struct option delete_options[] = {
	{ "force", 'f', OPTION_FLAG, offsetof(struct delete_values, force), NULL,
	  "kill it first; an ID that does not exist is no error" },
	{ "regex", 'r', OPTION_FLAG, offsetof(struct delete_values, regex), NULL,
	  "every container whose ID matches the regular expression" },
	{ 0 },
};

static int delete_match(const struct store *store, const char *id, void *data, struct error *err)
{
	const struct delete_values *values = data;

	return container_delete(store, id, values->force, err);
}

int cmd_delete(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct delete_values values = { 0 };
	autostore struct store store = STORE_NONE;
	int words = command_options(command_find("delete"), OPTION_MIXED, 1, -1, argc, argv,
				    &values, err);
	struct error first = { 0 };

	TRY(words);
	TRY(store_open(io_context->root, &store, err));
	if (values.regex && words > 1)
		return error_set(err, EINVAL, "delete: --regex takes one expression");
	if (values.regex)
		return command_each_match(&store, argv[0], delete_match, &values, err);
	for (int i = 0; i < words; i++) {
		if (container_delete(&store, argv[i], values.force, err) >= 0)
			continue;
		error_wrap(err, "delete %s", argv[i]);
		if (first.code)
			log_warning("%s", err->text);
		else
			first = *err;
	}
	*err = first;
	return -first.code;
}

/* --- list --- */

struct list_values {
	const char *format;
	bool quiet;
};

const struct option list_options[] = {
	{ "format", 'f', OPTION_TEXT, offsetof(struct list_values, format), "table|json",
	  "how to print" },
	{ "quiet", 'q', OPTION_FLAG, offsetof(struct list_values, quiet), NULL, "IDs only" },
	{ 0 },
};

static void add_row(struct text *io_text, const struct record *record, enum record_status status)
{
	long long pid = status == RECORD_STOPPED ? 0 : (long long)record->pid.value;

	text_add(io_text, "%-24s %-8lld %-9s %-40s %-31s %s\n", record->id, pid,
		 record_status_name(status), record->bundle, record->created,
		 record->owner ? record->owner : "");
}

static void add_container(const struct store *store, const char *id, bool is_json,
			  struct text *io_text)
{
	autorecord struct record record = { 0 };
	enum record_status status;
	struct error err;

	/* Deleted since it was listed, or its maker died: others want to be seen all the same. */
	if (container_look(store, id, &record, &status, &err) < 0) {
		log_debug("list: %s: %s", id, err.text);
		return;
	}
	if (is_json) {
		text_add(io_text, "%s", io_text->size > 1 ? "," : "");
		record_state_json(&record, status, JSON_COMPACT, io_text);
	} else {
		add_row(io_text, &record, status);
	}
}

int cmd_list(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct list_values values = { .format = "table" };
	autostore struct store store = STORE_NONE;
	autoclean(store_ids_clear) struct store_ids ids = { 0 };
	autotext struct text text = { 0 };
	bool is_json;

	TRY(command_options(command_find("list"), OPTION_MIXED, 0, 0, argc, argv, &values, err));
	is_json = strcmp(values.format, "json") == 0;
	if (!is_json && strcmp(values.format, "table") != 0)
		return error_set(err, EINVAL, "list: --format: \"%s\" is not one of table, json",
				 values.format);
	TRY(store_open(io_context->root, &store, err));
	TRY(store_list(&store, &ids, err));
	if (is_json)
		text_add(&text, "[");
	else if (!values.quiet)
		text_add(&text, "%-24s %-8s %-9s %-40s %-31s %s\n", "ID", "PID", "STATUS",
			 "BUNDLE", "CREATED", "OWNER");
	for (size_t i = 0; i < ids.count; i++) {
		if (values.quiet)
			text_add(&text, "%s\n", ids.item[i]);
		else
			add_container(&store, ids.item[i], is_json, &text);
	}
	printf("%s%s", text_get(&text), is_json ? "]\n" : "");
	return 0;
}

/* --- spec --- */

struct spec_values {
	const char *bundle;
	bool rootless;
};

const struct option spec_options[] = {
	{ "bundle", 'b', OPTION_TEXT, offsetof(struct spec_values, bundle), "DIR",
	  "the bundle's folder (default: the current one)" },
	{ "rootless", 0, OPTION_FLAG, offsetof(struct spec_values, rootless), NULL,
	  "for an ordinary user, who becomes root inside" },
	{ 0 },
};

int cmd_spec(struct context *io_context UNUSED, int argc, char **argv, struct error *err)
{
	struct spec_values values = { .bundle = "." };
	autoclean(spec_clear) struct spec spec = { 0 };
	autotext struct text text = { 0 };
	autofree char *path = NULL;
	autoclose int fd = -1;

	TRY(command_options(command_find("spec"), OPTION_MIXED, 0, 0, argc, argv, &values, err));
	spec_default(&spec);
	if (values.rootless)
		spec_make_rootless(&spec, geteuid(), getegid());
	spec_write(&spec, &text);
	text_add(&text, "\n");
	path = mem_format("%s/config.json", values.bundle);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_sys(err, "spec: create %s", path);
	return fd_write_all(fd, text.data, text.size, err);
}
