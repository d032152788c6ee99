// SPDX-License-Identifier: GPL-2.0-or-later
/* commands - the registry's rows; to add a command is one row here and its function */
#include "cli/command.h"
#include "cli/lab.h"
#include "cli/options.h"
#include "cli/trace.h"

#define PROGRAMS_STATUS(own) \
	"Exit status: the program's, 128 + n when signal n ended it; 127 when it is not there,\n" \
	"126 when it cannot be executed; " #own " for an error of husk."

const struct command commands[] = {
	{ "box", "-- PROGRAM [ARG...]",
	  "run a program in a fresh container, no image needed\n" PROGRAMS_STATUS(1),
	  COMMAND_BOX, box_options, cmd_box },
	{ "run", "ID", "create a container, start it, wait for its end\n" PROGRAMS_STATUS(1),
	  COMMAND_OCI, run_options, cmd_run },
	{ "create", "ID", "create a container and stop before its program", COMMAND_OCI,
	  create_options, cmd_create },
	{ "start", "ID", "let a created container's program run", COMMAND_OCI, NULL, cmd_start },
	{ "state", "ID", "print what a container is doing, as JSON", COMMAND_OCI, NULL, cmd_state },
	{ "kill", "ID [SIGNAL]", "send a signal to the container's first process", COMMAND_OCI,
	  kill_options, cmd_kill },
	{ "exec", "ID PROGRAM [ARG...]",
	  "run one more program in a container\n" PROGRAMS_STATUS(255), COMMAND_OCI, exec_options,
	  cmd_exec },
	{ "delete", "ID...", "remove stopped containers", COMMAND_OCI, delete_options, cmd_delete },
	{ "pause", "ID", "stop all processes of a container for a while", COMMAND_OCI, NULL,
	  cmd_pause },
	{ "resume", "ID", "let the processes of a paused container go on", COMMAND_OCI, NULL,
	  cmd_resume },
	{ "update", "ID", "change the limits of a container", COMMAND_OCI, update_options,
	  cmd_update },
	{ "mounts", "add|remove ID FILE", "mount or unmount in a running container", COMMAND_OCI,
	  NULL, cmd_mounts },
	{ "events", "ID", "print figures and memory shortages of a container, as JSON lines",
	  COMMAND_OCI, events_options, cmd_events },
	{ "list", "", "list the containers", COMMAND_OCI, list_options, cmd_list },
	{ "features", "", "print what this runtime can do, as JSON", COMMAND_OCI,
	  features_options, cmd_features },
	{ "checkpoint", "ID", NULL, COMMAND_OCI, checkpoint_options, cmd_checkpoint },
	{ "restore", "ID", NULL, COMMAND_OCI, checkpoint_options, cmd_restore },
	{ "spec", "", "write a default config.json", COMMAND_OCI, spec_options, cmd_spec },
	{ "stop", "ID...", "end containers: a signal, a grace, then SIGKILL", COMMAND_LIFE,
	  stop_options, cmd_stop },
	{ "wait", "ID", "wait for a container's end and print its exit status", COMMAND_LIFE, NULL,
	  cmd_wait },
	{ "why", "ID", "tell how a container died, and who did it", COMMAND_LIFE, why_options,
	  cmd_why },
	{ "ps", "[ID|PID...]", "show the processes of containers: numbers, trees, zombies",
	  COMMAND_VIEW, ps_options, cmd_ps },
	{ "top", "", "the containers of the machine, living", COMMAND_VIEW, top_options, cmd_top },
	{ "explain", "TARGET [SIG...]",
	  "say what a signal will do to PID, ID or ID:PROCESS, and why\n"
	  "Exit status: 0; 1 for an error, and when --verify saw another outcome.",
	  COMMAND_VIEW, explain_options, cmd_explain },
	{ "doctor", "[ID|PID]",
	  "find what is wrong with a container, and what to do\n"
	  "Exit status: 0 nothing found, 1 warnings, 2 problems, 3 an error of its own.",
	  COMMAND_VIEW, doctor_options, cmd_doctor },
	{ "trace", "ID|PID|-- PROGRAM",
	  "record signals, births and deaths, as the kernel decides them\n"
	  "Exit status: the program's; 0 without one; 2 when recording is not possible. A part of\n"
	  "--with that is not here is said first, and changes none of that (docs/trace-layers.md).",
	  COMMAND_VIEW, trace_options, cmd_trace },
	{ "lab", "list|run|ask|show",
	  "answer questions about the kernel by experiments on it\n"
	  "\n"
	  "  list           all experiments\n"
	  "  run NAME|all   do experiments on this kernel\n"
	  "  ask WORDS|N    find one of the numbered questions, and its answer\n"
	  "  show NAME      what an experiment asks and does, without doing it\n"
	  "\n"
	  "Exit status of run: 0 confirmed, 1 refuted, 77 not observable here, 2 an error.",
	  COMMAND_VIEW, lab_options, cmd_lab },
	{ "help", "[COMMAND]", NULL, COMMAND_VIEW, NULL, cmd_help },
	{ "completion", "bash|zsh|fish", NULL, COMMAND_VIEW, NULL, cmd_completion },
	{ 0 },
};
