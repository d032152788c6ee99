// SPDX-License-Identifier: GPL-2.0-or-later
/* manage - pause, resume, events, features, and the two commands that husk has not */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/version.h"
#include "container/event.h"
#include "container/feature.h"
#include "container/manage.h"

/* --- pause, resume --- */

int cmd_pause(struct context *io_context, int argc, char **argv, struct error *err)
{
	autostore struct store store = STORE_NONE;

	TRY(command_options(command_find("pause"), OPTION_MIXED, 1, 1, argc, argv, NULL, err));
	TRY(store_open(io_context->root, &store, err));
	if (container_pause(&store, argv[0], err) < 0)
		return error_wrap(err, "pause %s", argv[0]);
	return 0;
}

int cmd_resume(struct context *io_context, int argc, char **argv, struct error *err)
{
	autostore struct store store = STORE_NONE;

	TRY(command_options(command_find("resume"), OPTION_MIXED, 1, 1, argc, argv, NULL, err));
	TRY(store_open(io_context->root, &store, err));
	if (container_resume(&store, argv[0], err) < 0)
		return error_wrap(err, "resume %s", argv[0]);
	return 0;
}

/* --- events --- */

struct events_values {
	bool stats;
	struct maybe_int interval;
};

const struct option events_options[] = {
	{ "interval", 0, OPTION_DURATION, offsetof(struct events_values, interval), "TIME",
	  "between two lines of figures (default 5s)" },
	{ "stats", 0, OPTION_FLAG, offsetof(struct events_values, stats), NULL,
	  "the figures of now, once" },
	{ 0 },
};

static int print_stats(const struct store *store, const char *id, struct error *err)
{
	autotext struct text line = { 0 };

	TRY(container_event_stats(store, id, &line, err));
	fputs(text_get(&line), stdout);
	return 0;
}

int cmd_events(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct events_values values = { .interval = { true, 5000 } };
	autostore struct store store = STORE_NONE;
	int r;

	TRY(command_options(command_find("events"), OPTION_MIXED, 1, 1, argc, argv, &values, err));
	if (values.interval.value <= 0)
		return error_set(err, EINVAL, "events: --interval: must be greater than 0");
	TRY(store_open(io_context->root, &store, err));
	r = values.stats ? print_stats(&store, argv[0], err)
			 : container_event_follow(&store, argv[0], values.interval.value,
						  STDOUT_FILENO, err);
	return r < 0 ? error_wrap(err, "events %s", argv[0]) : 0;
}

/* --- features --- */

struct features_values {
	bool kernel;
};

const struct option features_options[] = {
	{ "kernel", 0, OPTION_FLAG, offsetof(struct features_values, kernel), NULL,
	  "what this kernel has, and what is lost without it" },
	{ 0 },
};

int cmd_features(struct context *io_context UNUSED, int argc, char **argv, struct error *err)
{
	struct features_values values = { 0 };
	autotext struct text text = { 0 };

	TRY(command_options(command_find("features"), OPTION_MIXED, 0, 0, argc, argv, &values,
			    err));
	if (values.kernel)
		container_feature_write_kernel(&text);
	else
		container_feature_write(HUSK_VERSION, &text);
	fputs(text_get(&text), stdout);
	return 0;
}

/* --- checkpoint, restore --- */

/*
 * An engine finds out what a runtime can do by leaving out an option's value and looking for the
 * words of the parser's complaint; so the options have to be known.
 */
const struct option checkpoint_options[] = {
	{ "bundle", 'b', OPTION_IGNORED, 0, NULL, NULL },
	{ "image-path", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "work-path", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "parent-path", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "console-socket", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "pid-file", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "status-fd", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "page-server", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "manage-cgroups-mode", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "empty-ns", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "lsm-profile", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "lsm-mount-context", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "network-lock", 0, OPTION_IGNORED, 0, NULL, NULL },
	{ "detach", 'd', OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "leave-running", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "tcp-established", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "tcp-skip-in-flight", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "tcp-close", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "link-remap", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "ext-unix-sk", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "shell-job", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "lazy-pages", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "file-locks", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "pre-dump", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "auto-dedup", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "no-subreaper", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "no-pivot", 0, OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ "help", 'h', OPTION_IGNORED_FLAG, 0, NULL, NULL },
	{ 0 },
};

static int not_supported(const char *name, int argc, char **argv, struct error *err)
{
	char no_values;

	TRY(option_parse(checkpoint_options, OPTION_MIXED, argc, argv, &no_values, err));
	return error_set(err, ENOTSUP, "%s is not supported", name);
}

int cmd_checkpoint(struct context *io_context UNUSED, int argc, char **argv, struct error *err)
{
	return not_supported("checkpoint", argc, argv, err);
}

int cmd_restore(struct context *io_context UNUSED, int argc, char **argv, struct error *err)
{
	return not_supported("restore", argc, argv, err);
}
