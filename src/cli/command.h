// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * command - the registry: one row per command of `husk`
 *
 * Dispatch, --help and completions are made from these rows.
 */
#ifndef HUSK_CLI_COMMAND_H
#define HUSK_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "cgroup/driver.h"
#include "cli/option.h"

/* The options before the command, and what a command hands back besides its result. */
struct context {
	const char *root, *log, *log_format, *log_level, *rootless, *cgroup_manager;
	bool debug, systemd_cgroup, help, version;
	char **argv;	  /* of the whole call */
	int error_status; /* exit status when the command fails; 1 unless it says otherwise */
};

enum command_group { COMMAND_BOX, COMMAND_OCI, COMMAND_LIFE, COMMAND_VIEW };

struct command {
	const char *name;
	const char *operands; /* for the usage line */
	/* One line; what follows it is for the command's own --help. NULL: it is not listed. */
	const char *summary;
	enum command_group group;
	const struct option *options; /* NULL: none */
	/* Returns the exit status, or a negative errno with @err filled. */
	int (*run)(struct context *io_context, int argc, char **argv, struct error *err);
};

/* Ends with a row without name. */
extern const struct command commands[];

/* The row, or NULL. */
const struct command *command_find(const char *name);

/**
 * command_options - parse a command's options and check the number of its operands
 *
 * @most: the largest number of operands, or -1 for any.
 * Returns the number of operands; -EINVAL: "ID is missing", "too many arguments".
 */
MUST_USE int command_options(const struct command *command, enum option_order order, int least,
			     int most, int argc, char **io_argv, void *ret_values,
			     struct error *err);

/* True when --help or -h is among the options of the command; then it was printed. */
bool command_help(const struct command *command, int argc, char **argv);

/* `husk --help`, on stdout. */
void command_print_overview(void);

/* `husk COMMAND --help`, on stdout. */
void command_print_help(const struct command *command);

struct store;
struct text;

/* What is done to one container; returns 0 or a negative errno with @err filled. */
typedef int command_visit(const struct store *store, const char *id, void *data,
			  struct error *err);

/**
 * command_each_match - @visit every container whose id matches, anywhere in it
 *
 * @pattern: an extended regular expression, regex(7).
 *
 * All are visited. Returns 0, also when none matches; the first error, the container's id in
 * front; later ones are warnings. -EINVAL for a pattern that is none. (match.c)
 */
MUST_USE int command_each_match(const struct store *store, const char *pattern,
				command_visit *visit, void *data, struct error *err);

/**
 * command_run_helper - go on as a program of husk's own, with the same words
 *
 * @name: "husk-trace"; container_self_open_helper says where it is looked for. The state folder
 *        goes along as --root.
 *
 * Returns only when that fails. (helper.c)
 */
MUST_USE int command_run_helper(const struct context *context, const char *name, int argc,
				char **argv, struct error *err);

/* oci.c */
enum cgroup_manager command_cgroup_manager(const struct context *context);
/*
 * Were @count descriptors from 3 on open at the start? One that was not would be taken by one of
 * our own, and handed on.
 */
MUST_USE int command_check_kept(int count, struct error *err);
int cmd_create(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_start(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_run(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_state(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_kill(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_delete(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_list(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_spec(struct context *io_context, int argc, char **argv, struct error *err);
/* life.c */
int cmd_stop(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_wait(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_why(struct context *io_context, int argc, char **argv, struct error *err);
/* look.c */
int cmd_explain(struct context *io_context, int argc, char **argv, struct error *err);
/* doctor.c */
int cmd_doctor(struct context *io_context, int argc, char **argv, struct error *err);
/* manage.c */
int cmd_pause(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_resume(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_events(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_features(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_checkpoint(struct context *io_context, int argc, char **argv, struct error *err);
int cmd_restore(struct context *io_context, int argc, char **argv, struct error *err);
/* update.c */
int cmd_update(struct context *io_context, int argc, char **argv, struct error *err);
/* mounts.c */
int cmd_mounts(struct context *io_context, int argc, char **argv, struct error *err);
/* exec.c */
int cmd_exec(struct context *io_context, int argc, char **argv, struct error *err);
/* session.c: `exec --list`; @words are its operands, @format may be NULL */
MUST_USE int command_list_sessions(const struct context *context, char *const *words, int count,
				   const char *format, struct error *err);
/* ps.c */
int cmd_ps(struct context *io_context, int argc, char **argv, struct error *err);
/* ps_oci.c: the numbers of a container's processes as JSON, or the table of ps -ef */
MUST_USE int command_ps_oci(const struct context *context, bool is_json, const char *id,
			    struct error *err);
/* The words of a process as it has them now; a kernel thread and a zombie have none but @name. */
void command_add_words(struct text *io_text, pid_t pid, const char *name);
/* top.c */
int cmd_top(struct context *io_context, int argc, char **argv, struct error *err);
/* help.c */
/* What husk is, in as many lines as it has faces: `husk` alone, on stdout. */
void command_print_faces(void);
int cmd_help(struct context *io_context, int argc, char **argv, struct error *err);
/* completion.c */
int cmd_completion(struct context *io_context, int argc, char **argv, struct error *err);
/* trace.c */
int cmd_trace(struct context *io_context, int argc, char **argv, struct error *err);
/* lab.c */
int cmd_lab(struct context *io_context, int argc, char **argv, struct error *err);
/* box.c */
int cmd_box(struct context *io_context, int argc, char **argv, struct error *err);

#endif
