// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seccomp_default - the system call filter of a container that brought none
 */
#ifndef HUSK_SPEC_SECCOMP_DEFAULT_H
#define HUSK_SPEC_SECCOMP_DEFAULT_H

#include "spec/spec.h"

/**
 * spec_default_seccomp - set linux.seccomp to the default profile
 *
 * Everything is denied with EPERM but the calls that ordinary programs make. Calls that
 * hang on a capability are allowed only when it is in process.capabilities.bounding; so
 * are namespaces by clone(2) and unshare(2), which need CAP_SYS_ADMIN there. clone3(2)
 * has its flags in memory, where a filter cannot look: without CAP_SYS_ADMIN it
 * answers ENOSYS, and C libraries take clone.
 *
 * Memory is the spec's. linux is made when there is none.
 */
void spec_default_seccomp(struct spec *io_spec);

#endif
