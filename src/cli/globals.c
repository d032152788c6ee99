// SPDX-License-Identifier: GPL-2.0-or-later
/* globals - the options before the command */
#include "cli/command.h"
#include "cli/options.h"

const struct option global_options[] = {
	{ "root", 0, OPTION_TEXT, offsetof(struct context, root), "DIR",
	  "where states are kept (default /run/husk or $XDG_RUNTIME_DIR/husk)" },
	{ "log", 0, OPTION_TEXT, offsetof(struct context, log), "FILE",
	  "also write errors to FILE" },
	{ "log-format", 0, OPTION_TEXT, offsetof(struct context, log_format), "text|json",
	  "of that file" },
	{ "log-level", 0, OPTION_TEXT, offsetof(struct context, log_level), "LEVEL",
	  "error, warning or debug" },
	{ "debug", 0, OPTION_FLAG, offsetof(struct context, debug), NULL,
	  "the same as --log-level debug" },
	{ "systemd-cgroup", 0, OPTION_FLAG, offsetof(struct context, systemd_cgroup), NULL,
	  "let systemd make the cgroup" },
	{ "cgroup-manager", 0, OPTION_TEXT, offsetof(struct context, cgroup_manager), "NAME",
	  "cgroupfs, systemd or disabled" },
	{ "rootless", 0, OPTION_TEXT, offsetof(struct context, rootless), "BOOL",
	  "true, false or auto; accepted, husk sees for itself" },
	{ "help", 'h', OPTION_FLAG, offsetof(struct context, help), NULL, "this text" },
	{ "version", 'v', OPTION_FLAG, offsetof(struct context, version), NULL,
	  "version, commit, specification" },
	{ 0 },
};
