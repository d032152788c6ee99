// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * words - the words that config.json may use where it has a choice, for `features`
 *
 * Each list ends with a row without word. What is not in a list is refused by spec_read.
 */
#ifndef HUSK_SPEC_WORDS_H
#define HUSK_SPEC_WORDS_H

#include "json/bind.h"

extern const struct json_word spec_namespace_words[];	/* linux.namespaces[].type */
extern const struct json_word spec_memory_mode_words[]; /* linux.memoryPolicy.mode */
extern const struct json_word spec_memory_flag_words[]; /* linux.memoryPolicy.flags */
extern const struct json_word spec_action_words[];	/* linux.seccomp.syscalls[].action */
extern const struct json_word spec_operator_words[];	/* linux.seccomp.syscalls[].args[].op */
extern const struct json_word spec_filter_flag_words[]; /* linux.seccomp.flags */

#endif
