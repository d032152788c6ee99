// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_limit - which limit refuses the next fork, or will soon */
#include <inttypes.h>

#include "view/doctor_rule.h"

static uint64_t left_of(const struct doctor_limit *limit)
{
	return limit->used < limit->limit ? limit->limit - limit->used : 0;
}

/* The one that refuses first: the kernel asks all, and the smallest rest is used up first. */
static const struct doctor_limit *nearest(const struct doctor_facts *facts)
{
	const struct doctor_limit *best = NULL;

	for (size_t i = 0; i < facts->limit_count; i++)
		if (!best || left_of(&facts->limit[i]) < left_of(best))
			best = &facts->limit[i];
	return best;
}

static void show(const struct doctor_facts *facts, const struct doctor_limit *limit,
		 struct doctor_finding *io_finding)
{
	doctor_show(io_finding, limit->file, "%" PRIu64, limit->limit);
	doctor_show(io_finding, limit->source, "%" PRIu64 " in use", limit->used);
	if (facts->forks_refused.value && facts->refused_file)
		doctor_show(io_finding, facts->refused_file, "max %" PRIu64 " (forks refused so "
			    "far)",
			    facts->forks_refused.value);
	doctor_fix(io_finding, "%s", limit->raise);
	doctor_fix(io_finding, "look who uses them: husk ps %s", facts->id);
}

bool doctor_limit_reached(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_limit *limit = nearest(facts);

	if (!limit || left_of(limit) > 0)
		return false;
	doctor_say(io_finding, "%s is reached: %" PRIu64 " of %" PRIu64 " in use", limit->name,
		   limit->used, limit->limit);
	show(facts, limit, io_finding);
	return true;
}

/* At the growth between the two looks. "" when there is none. */
static const char *time_left(const struct doctor_facts *facts, const struct doctor_limit *limit,
			     struct doctor_finding *io_finding)
{
	uint64_t grown = limit->used > limit->used_before ? limit->used - limit->used_before : 0;
	uint64_t seconds;

	if (!grown || facts->interval_ms <= 0)
		return "";
	seconds = left_of(limit) * (uint64_t)facts->interval_ms / grown / 1000;
	if (seconds < 1)
		return "; at the present growth less than a second is left";
	return arena_format(io_finding->arena, "; at the present growth %" PRIu64 " s are left",
			    seconds);
}

bool doctor_limit_near(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_limit *limit = nearest(facts);

	/* Nine tenths are near. */
	if (!limit || left_of(limit) == 0 || limit->used < limit->limit - limit->limit / 10)
		return false;
	doctor_say(io_finding, "%s is near: %" PRIu64 " of %" PRIu64 " in use%s", limit->name,
		   limit->used, limit->limit, time_left(facts, limit, io_finding));
	show(facts, limit, io_finding);
	return true;
}

bool doctor_limit_refused(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_limit *limit = nearest(facts);
	struct doctor_finding ignored = { .arena = io_finding->arena };

	if (!facts->forks_refused.value || !facts->refused_file || (limit && left_of(limit) == 0) ||
	    doctor_limit_near(facts, &ignored))
		return false;
	doctor_say(io_finding, "%" PRIu64 " forks were refused; just now there is room again",
		   facts->forks_refused.value);
	doctor_show(io_finding, facts->refused_file, "max %" PRIu64, facts->forks_refused.value);
	if (facts->is_own)
		doctor_fix(io_finding, "raise the limit: husk update --pids-limit N %s",
			   facts->id);
	else
		doctor_fix(io_finding, "raise the limit, pids.max of the container: "
			   "--pids-limit of its engine");
	return true;
}
