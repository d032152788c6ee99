// SPDX-License-Identifier: GPL-2.0-or-later
/* name - what everything is called that outlives the process of an experiment */
#ifndef HUSK_LAB_NAME_H
#define HUSK_LAB_NAME_H

#include <sys/types.h>

/* Once in the keeper; everything below it inherits the name. */
void name_set(pid_t keeper);

/* "husk-lab-NUMBER". For observe(). */
const char *name_get(void);

#endif
