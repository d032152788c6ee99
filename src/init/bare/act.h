// SPDX-License-Identifier: 0BSD
/*
 * act - carry out what was decided
 */
#ifndef HUSK_INIT_BARE_ACT_H
#define HUSK_INIT_BARE_ACT_H

#include <stdbool.h>
#include <stdint.h>

#include "init/bare/life.h"

/* True when it is time to leave, with facts.exit_code. @at_ms: when the event came. */
bool act_carry_out(struct life *io_life, const struct init_action *action, int64_t at_ms);

#endif
