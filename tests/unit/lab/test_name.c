// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/name.h"

#include "test.h"

TEST(holds_the_number_of_the_keeper)
{
	name_set(4194304);
	CHECK_STR(name_get(), "husk-lab-4194304");
}
