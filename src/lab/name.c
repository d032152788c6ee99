// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/name.h"

#include <stdio.h>

static char name[32] = "husk-lab-0";

void name_set(pid_t keeper)
{
	snprintf(name, sizeof(name), "husk-lab-%d", keeper);
}

const char *name_get(void)
{
	return name;
}
