// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * feature - what this runtime can do, as the specification has it (features.md), and what
 * this kernel lets it do
 */
#ifndef HUSK_CONTAINER_FEATURE_H
#define HUSK_CONTAINER_FEATURE_H

#include "base/text.h"

/*
 * The features object, indented. Facts of the program, except for
 * linux.seccomp.supportedFlags, which the kernel is asked for. @version: of husk.
 */
void container_feature_write(const char *version, struct text *io_text);

/* A table for people: each kernel feature that husk uses, found or not, and what is lost. */
void container_feature_write_kernel(struct text *io_text);

#endif
