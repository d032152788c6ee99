// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tables - where each property of config.json lies in struct spec
 *
 * One table per JSON object, with type, range and words; both reading and writing go by
 * them. What a table cannot say (one property against another) is in check.h. Properties
 * of other systems (windows, solaris, vm, zos, freebsd, commandLine) have no row and are
 * passed over, as are unknown ones. Source: runtime-spec 1.3, config.md and config-linux.md.
 */
#ifndef HUSK_SPEC_TABLES_H
#define HUSK_SPEC_TABLES_H

#include "json/bind.h"

/* The id 2^32-1 means "leave as it is" to setuid(2) and chown(2), so nobody can have it. */
#define SPEC_ID_MAX (UINT32_MAX - 1)

extern const struct json_table spec_id_mapping_table;
extern const struct json_table spec_process_table;
extern const struct json_table spec_linux_table;
extern const struct json_table spec_resources_table;
extern const struct json_table spec_seccomp_table;

#endif
