// SPDX-License-Identifier: GPL-2.0-or-later
/* box - `husk box`: from words to a configuration to a run */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"
#include "cli/command.h"
#include "cli/options.h"
#include "container/box.h"
#include "container/launch.h"
#include "container/self.h"

struct box_values {
	struct maybe_int pids, memory, cpus;
	bool init, tty;
	const char *net, *workdir, *user, *hostname, *rootfs, *keep_bundle, *seccomp, *name;
	struct option_texts env, readable, writable;
};

const struct option box_options[] = {
	{ "pids", 0, OPTION_NUMBER, offsetof(struct box_values, pids), "N",
	  "at most N processes and threads" },
	{ "memory", 'm', OPTION_SIZE, offsetof(struct box_values, memory), "SIZE",
	  "at most this much memory (64M)" },
	{ "cpus", 0, OPTION_DECIMAL, offsetof(struct box_values, cpus), "N",
	  "at most this much processor time (1.5)" },
	{ "init", 0, OPTION_FLAG, offsetof(struct box_values, init), NULL,
	  "husk-init as PID 1: reaps, forwards, stops all" },
	{ "net", 0, OPTION_TEXT, offsetof(struct box_values, net), "none|host",
	  "network (default none)" },
	{ "env", 'e', OPTION_TEXTS, offsetof(struct box_values, env), "NAME[=VALUE]",
	  "set a variable, or pass it on" },
	{ "workdir", 'w', OPTION_TEXT, offsetof(struct box_values, workdir), "DIR",
	  "working folder (default: the caller's)" },
	{ "user", 'u', OPTION_TEXT, offsetof(struct box_values, user), "UID[:GID]",
	  "user in the box (default 0)" },
	{ "ro", 0, OPTION_TEXTS, offsetof(struct box_values, readable), "DIR[:TARGET]",
	  "show a folder, read-only" },
	{ "rw", 0, OPTION_TEXTS, offsetof(struct box_values, writable), "DIR[:TARGET]",
	  "show a folder; what is written there stays" },
	{ "hostname", 0, OPTION_TEXT, offsetof(struct box_values, hostname), "NAME",
	  "host name (default box)" },
	{ "rootfs", 0, OPTION_TEXT, offsetof(struct box_values, rootfs), "DIR",
	  "another root than this machine's" },
	{ "seccomp", 0, OPTION_TEXT, offsetof(struct box_values, seccomp), "default|none",
	  "system call filter" },
	{ "tty", 't', OPTION_FLAG, offsetof(struct box_values, tty), NULL,
	  "a terminal (default when 0, 1 and 2 are one)" },
	{ "name", 0, OPTION_TEXT, offsetof(struct box_values, name), "ID",
	  "the container's ID (default box-RANDOM)" },
	{ "keep-bundle", 0, OPTION_TEXT, offsetof(struct box_values, keep_bundle), "DIR",
	  "write the bundle to DIR and keep it, for husk run" },
	{ 0 },
};

static int choose(const char *option, const char *value, const char *first, const char *second,
		  struct error *err)
{
	if (!value || strcmp(value, first) == 0)
		return 0;
	if (strcmp(value, second) == 0)
		return 1;
	return error_set(err, EINVAL, "--%s: \"%s\" is not one of %s, %s", option, value, first,
			 second);
}

static int read_box(const struct box_values *values, char **arguments,
		    struct container_box *ret_box, struct error *err)
{
	int network = choose("net", values->net, "none", "host", err);
	int seccomp = choose("seccomp", values->seccomp, "default", "none", err);

	TRY(network);
	TRY(seccomp);
	*ret_box = (struct container_box){
		.arguments = arguments,
		.pids = values->pids,
		.memory_bytes = values->memory,
		.cpu_thousandths = values->cpus,
		.has_init = values->init,
		.has_terminal = values->tty || (isatty(0) && isatty(1) && isatty(2)),
		.has_host_network = network == 1,
		.has_seccomp = seccomp == 0,
		.hostname = values->hostname,
		.user = values->user,
		.working_folder = values->workdir,
		.rootfs = values->rootfs,
		.env = values->env.item,
		.writable = values->writable.item,
		.readable = values->readable.item,
	};
	return 0;
}

static int keep_bundle(const char *folder, const struct text *config, struct error *err)
{
	autoclose int fd = -1;

	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return error_sys(err, "--keep-bundle: mkdir %s", folder);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_sys(err, "--keep-bundle: open %s", folder);
	if (mkdirat(fd, "rootfs", 0755) < 0 && errno != EEXIST)
		return error_sys(err, "--keep-bundle: mkdir %s/rootfs", folder);
	return file_replace(fd, "config.json", 0644, config->data, config->size, err);
}

static int write_config(const struct container_box *box, struct text *io_config,
			struct error *err)
{
	autoclean(spec_clear) struct spec spec = { 0 };

	TRY(container_box_spec(box, &spec, err));
	spec_write(&spec, io_config);
	text_add(io_config, "\n");
	return 0;
}

static int run(struct context *io_context, const struct box_values *values, char **arguments,
	       struct error *err)
{
	autofree char *name = values->name ? mem_text(values->name) : container_box_name();
	autotext struct text config = { 0 };
	autostore struct store store = STORE_NONE;
	struct container_run_options options = { 0 };
	enum container_blame blame = BLAME_RUNTIME;
	struct container_box box;
	struct container_request request;
	int status;

	TRY(read_box(values, arguments, &box, err));
	TRY(write_config(&box, &config, err));
	if (values->keep_bundle)
		TRY(keep_bundle(values->keep_bundle, &config, err));
	request = (struct container_request){
		.id = name,
		.bundle = values->keep_bundle,
		.config_text = values->keep_bundle ? NULL : text_get(&config),
		.in_foreground = true,
		.cgroup_manager = command_cgroup_manager(io_context),
	};
	TRY(store_open(io_context->root, &store, err));
	status = container_run(&store, &request, &options, &blame, err);
	if (status < 0)
		io_context->error_status = (int)blame;
	return status;
}

int cmd_box(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct box_values values = { 0 };
	int words = command_options(command_find("box"), OPTION_FIRST, 1, -1, argc, argv, &values,
				    err);
	int status;

	TRY(words);
	TRY(container_self_protect(io_context->argv, err));
	argv[words] = NULL;
	status = run(io_context, &values, argv, err);
	return status < 0 ? error_wrap(err, "box") : status;
}
