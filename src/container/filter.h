// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * filter - the seccomp program of a configuration: compiled, kept from before, or given
 *
 * Annotations, as other runtimes have them:
 *
 *	run.oci.seccomp_bpf_data            the program itself, struct sock_filter in Base64
 *	run.oci.seccomp_fail_unknown_syscall a name that libseccomp does not know is an error
 *	run.oci.seccomp.receiver            the listener's socket where there is no listenerPath;
 *	                                    so is RUN_OCI_SECCOMP_RECEIVER in the environment
 */
#ifndef HUSK_CONTAINER_FILTER_H
#define HUSK_CONTAINER_FILTER_H

#include "base/error.h"
#include "guard/seccomp.h"
#include "spec/spec.h"

struct container_filter {
	struct guard_seccomp_program program; /* without instructions: no filter */
	const char *listener; /* borrowed: who gets the listener; NULL when there is none to give */
	char *key;	      /* it was compiled now, and is to be kept under this key */
};

/**
 * container_filter_plan - what is to be loaded
 *
 * @root_fd: the state root, where compiled programs are kept; -1: there is none yet.
 *
 * Makes nothing. Returns 0; -EINVAL and the other errors of guard_seccomp_compile, the JSON path
 * in the text. Released with container_filter_clear.
 */
MUST_USE int container_filter_plan(const struct spec *spec, int root_fd,
				   struct container_filter *ret_filter, struct error *err);

/* Keeps what was compiled, once the state root is there. That it cannot is only a debug line. */
void container_filter_keep(struct container_filter *io_filter, int root_fd);

void container_filter_clear(struct container_filter *io_filter);

#endif
