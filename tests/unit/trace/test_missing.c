// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "test.h"
#include "trace/missing.h"

enum { PERFMON = 38, BPF = 39, SYS_ADMIN = 21 };
static const uint64_t both = 1ULL << PERFMON | 1ULL << BPF;

TEST(one_reason_is_named_and_what_works_without)
{
	static const struct {
		struct missing_facts facts;
		int code, result;
		const char *reason;
	} rows[] = {
		{ { .has_types = true }, -EPERM, -EPERM, "it takes CAP_BPF and CAP_PERFMON;" },
		{ { .has_types = true, .effective = 1ULL << BPF }, -EPERM, -EPERM,
		  "it takes CAP_BPF and CAP_PERFMON;" },
		{ { .has_types = true, .effective = both, .is_in_namespace = true }, -EPERM, -EPERM,
		  "user namespace" },
		{ { .has_types = true, .effective = both, .is_locked = true }, -EINVAL, -EPERM,
		  "locked down" },
		{ { .has_types = true, .effective = both }, -EACCES, -EPERM, "policy" },
		{ { .effective = both }, -ESRCH, -ENOTSUP, "CONFIG_DEBUG_INFO_BTF" },
		{ { .has_types = true, .effective = 1ULL << SYS_ADMIN }, -ESRCH, -ENOTSUP,
		  "tracepoints" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct error err;

		CHECK_INT(missing_judge(&rows[i].facts, rows[i].code, "load it", &err),
			  rows[i].result);
		CHECK_TRUE(strstr(err.text, rows[i].reason) != NULL);
		CHECK_TRUE(strstr(err.text, "trace --read work without it") != NULL);
	}
}

TEST(another_error_stays_what_it_is)
{
	struct missing_facts facts = { .has_types = true, .effective = both };
	struct error err;

	CHECK_ERROR(missing_judge(&facts, -ENOMEM, "load it", &err), err, ENOMEM,
		    "load it: cannot allocate memory");
	CHECK_ERROR(missing_judge(&facts, -EINVAL, "load it", &err), err, EINVAL,
		    "load it: invalid argument");
}
