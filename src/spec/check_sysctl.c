// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "spec/check.h"
#include "spec/sysctl.h"

static int check_setting(const struct check *check, const struct spec *spec,
			 const struct json_pair *pair)
{
	autofree char *what = mem_format("sysctl[\"%s\"]", json_show(pair->key).text);
	autofree char *path = spec_sysctl_path(pair->key);
	int type;

	if (!path)
		return check_fail(check, "%s: is not a name of a setting", what);
	if (strcmp(path, "kernel/hostname") == 0)
		return check_fail(check, "%s: is to be given as hostname", what);
	type = spec_sysctl_namespace(path);
	if (type < 0)
		return check_fail(check, "%s: belongs to no namespace, so it is the host's", what);
	if (strcmp(path, "kernel/domainname") == 0 && spec->domainname &&
	    strcmp(pair->value, spec->domainname) != 0)
		return check_fail(check, "%s: is not the same as domainname", what);
	return check_namespace(check, spec, (enum spec_namespace_type)type, what);
}

int check_sysctl(const struct check *check, const struct spec *spec)
{
	const struct json_pairs *list = spec->linux_part->sysctl;

	for (size_t i = 0; list && i < list->count; i++)
		TRY(check_setting(check, spec, &list->item[i]));
	return 0;
}
