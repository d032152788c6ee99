// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/rights.h"

#include <linux/capability.h>
#include <stdint.h>
#include <unistd.h>

#include "base/log.h"
#include "guard/attribute.h"
#include "guard/cap.h"
#include "ns/ns.h"

static const uint64_t needed_at_the_end = UINT64_C(1) << CAP_KILL |
					  UINT64_C(1) << CAP_DAC_OVERRIDE;

int container_rights_conceal(bool has_placed, struct error *err)
{
	bool is_initial = false;

	if (!has_placed) {
		if (geteuid() != 0)
			return 0;
		TRY(ns_is_initial_user(&is_initial, err));
	}
	return has_placed || is_initial ? guard_attribute_forbid_dump(err) : 0;
}

void container_rights_give_up(void)
{
	struct error err;

	if (geteuid() == 0 && guard_cap_keep_only(needed_at_the_end, &err) < 0)
		log_debug("capabilities stay: %s", err.text);
}
