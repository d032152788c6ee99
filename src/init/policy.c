// SPDX-License-Identifier: 0BSD
#include "init/policy.h"

#include <signal.h>

#include "base/scope.h"

void init_policy_clear(struct init_policy *ret_policy)
{
	*ret_policy = (struct init_policy){ 0 };
	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		ret_policy->rule[signal].becomes = (uint8_t)(signal == SIGCHLD ? 0 : signal);
	for (size_t code = 0; code < countof(ret_policy->exit_map); code++)
		ret_policy->exit_map[code] = (uint8_t)code;
}
