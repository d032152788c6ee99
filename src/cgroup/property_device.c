// SPDX-License-Identifier: GPL-2.0-or-later
/* property_device - cgroup_property_add_devices */
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdbool.h>

#include "cgroup/property.h"
#include "cgroup/words.h"

/* systemd has a list of what is allowed; a refusal can only be what nothing has allowed before. */
static bool is_list(const struct device_policy *policy)
{
	bool has_allowed = false;

	if (policy->allow)
		return false;
	for (size_t i = 0; i < policy->count; i++) {
		const struct device_rule *rule = &policy->rule[i];

		if (!rule->allow && has_allowed)
			return false;
		if (rule->allow && rule->major == DEVICE_ANY && rule->minor != DEVICE_ANY)
			return false;
		has_allowed |= rule->allow;
	}
	return true;
}

/* "/dev/char/1:3" is one device, "char-136" a major number, "char-*" all. */
static void add_place(char type, const struct device_rule *rule, struct text *io_words)
{
	const char *class = type == 'b' ? "block" : "char";

	if (rule->major == DEVICE_ANY)
		cgroup_words_format(io_words, "%s-*", class);
	else if (rule->minor == DEVICE_ANY)
		cgroup_words_format(io_words, "%s-%" PRId64, class, rule->major);
	else
		cgroup_words_format(io_words, "/dev/%s/%" PRId64 ":%" PRId64, class, rule->major,
				    rule->minor);
}

/* systemd keeps one access for each place: that of all our rules for it. */
static unsigned int access_of(char type, const struct device_rule *rule,
			      const struct device_policy *policy)
{
	unsigned int access = 0;

	for (size_t i = 0; i < policy->count; i++) {
		const struct device_rule *other = &policy->rule[i];

		if (other->allow && (other->type == type || other->type == 'a') &&
		    other->major == rule->major && other->minor == rule->minor)
			access |= other->access;
	}
	return access;
}

static void add_rule(char type, const struct device_rule *rule, const struct device_policy *policy,
		     struct text *io_words)
{
	unsigned int access = access_of(type, rule, policy);

	cgroup_words_add(io_words, "DeviceAllow");
	cgroup_words_add(io_words, "a(ss)");
	cgroup_words_add(io_words, "1");
	add_place(type, rule, io_words);
	cgroup_words_format(io_words, "%s%s%s", access & BPF_DEVCG_ACC_READ ? "r" : "",
			    access & BPF_DEVCG_ACC_WRITE ? "w" : "",
			    access & BPF_DEVCG_ACC_MKNOD ? "m" : "");
}

void cgroup_property_add_devices(const struct device_policy *policy, struct text *io_words)
{
	if (!is_list(policy))
		return;
	cgroup_words_property(io_words, "DevicePolicy", "s", "strict");
	for (size_t i = 0; i < policy->count; i++) {
		const struct device_rule *rule = &policy->rule[i];

		if (rule->allow && rule->type != 'c')
			add_rule('b', rule, policy, io_words);
		if (rule->allow && rule->type != 'b')
			add_rule('c', rule, policy, io_words);
	}
}
