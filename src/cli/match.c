// SPDX-License-Identifier: GPL-2.0-or-later
/* match - the containers whose ids match a regular expression, for kill and delete */
#include <errno.h>
#include <regex.h>

#include "base/log.h"
#include "cli/command.h"
#include "state/store.h"

static void release(regex_t *expression)
{
	regfree(expression);
}

static int compile(const char *pattern, regex_t *ret_expression, struct error *err)
{
	char reason[128];
	int r = regcomp(ret_expression, pattern, REG_EXTENDED | REG_NOSUB);

	if (r == 0)
		return 0;
	regerror(r, ret_expression, reason, sizeof(reason));
	/* Nothing was compiled, but it will be freed. */
	*ret_expression = (regex_t){ 0 };
	return error_set(err, EINVAL, "--regex: \"%s\": %s", pattern, reason);
}

int command_each_match(const struct store *store, const char *pattern, command_visit *visit,
		       void *data, struct error *err)
{
	autoclean(release) regex_t expression = { 0 };
	autoclean(store_ids_clear) struct store_ids ids = { 0 };
	struct error first = { 0 };

	TRY(compile(pattern, &expression, err));
	TRY(store_list(store, &ids, err));
	for (size_t i = 0; i < ids.count; i++) {
		if (regexec(&expression, ids.item[i], 0, NULL, 0) != 0 ||
		    visit(store, ids.item[i], data, err) >= 0)
			continue;
		error_wrap(err, "%s", ids.item[i]);
		if (first.code)
			log_warning("%s", err->text);
		else
			first = *err;
	}
	*err = first;
	return -first.code;
}
