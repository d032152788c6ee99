// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bpf.h>

#include "base/scope.h"
#include "cgroup/property.h"
#include "test.h"

enum {
	READ = BPF_DEVCG_ACC_READ,
	WRITE = BPF_DEVCG_ACC_WRITE,
	MKNOD = BPF_DEVCG_ACC_MKNOD,
};

static const char *devices_of(bool allow, struct device_rule *rules, size_t count,
			      struct text *io_words)
{
	struct device_policy policy = { .allow = allow, .count = count, .rule = rules };

	text_clear(io_words);
	cgroup_property_add_devices(&policy, io_words);
	return text_get(io_words);
}

/* E-06 */
TEST(allowed_devices_are_a_strict_list)
{
	struct device_rule rules[] = {
		{ true, 'c', 1, 3, READ | WRITE, NULL },
		{ true, 'b', 8, DEVICE_ANY, READ, NULL },
		{ true, 'a', DEVICE_ANY, DEVICE_ANY, MKNOD, NULL },
	};
	autotext struct text words = { 0 };

	CHECK_STR(devices_of(false, rules, countof(rules), &words),
		  "DevicePolicy\ns\nstrict\n"
		  "DeviceAllow\na(ss)\n1\n/dev/char/1:3\nrw\n"
		  "DeviceAllow\na(ss)\n1\nblock-8\nr\n"
		  "DeviceAllow\na(ss)\n1\nblock-*\nm\n"
		  "DeviceAllow\na(ss)\n1\nchar-*\nm\n");
}

/* E-06: systemd keeps only the last access for a place. */
TEST(rules_for_one_device_are_added_up)
{
	struct device_rule rules[] = {
		{ true, 'c', 1, 3, READ, NULL },
		{ true, 'c', 1, 3, WRITE, NULL },
	};
	autotext struct text words = { 0 };

	CHECK_STR(devices_of(false, rules, countof(rules), &words),
		  "DevicePolicy\ns\nstrict\n"
		  "DeviceAllow\na(ss)\n1\n/dev/char/1:3\nrw\n"
		  "DeviceAllow\na(ss)\n1\n/dev/char/1:3\nrw\n");
}

/* E-06 */
TEST(what_is_no_such_list_is_left_to_our_own_rules)
{
	struct device_rule taken_back[] = {
		{ true, 'c', 1, DEVICE_ANY, READ, NULL },
		{ false, 'c', 1, 3, READ, NULL },
	};
	struct device_rule any_major[] = { { true, 'c', DEVICE_ANY, 3, READ, NULL } };
	autotext struct text words = { 0 };

	CHECK_STR(devices_of(true, NULL, 0, &words), "");
	CHECK_STR(devices_of(false, taken_back, countof(taken_back), &words), "");
	CHECK_STR(devices_of(false, any_major, countof(any_major), &words), "");
}

TEST(refusal_before_the_first_allowed_device_changes_nothing)
{
	struct device_rule rules[] = {
		{ false, 'c', 1, 3, READ, NULL },
		{ true, 'c', 1, 3, READ, NULL },
	};
	autotext struct text words = { 0 };

	CHECK_STR(devices_of(false, rules, countof(rules), &words),
		  "DevicePolicy\ns\nstrict\nDeviceAllow\na(ss)\n1\n/dev/char/1:3\nr\n");
}
