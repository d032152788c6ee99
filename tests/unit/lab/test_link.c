// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/link.c"

#include <sched.h>

#include "test.h"

/* A head with the length, the data, and room up to 4 bytes. */
TEST(attribute_is_rounded_up_to_four_bytes)
{
	char buffer[16] = { 0 };
	struct rtattr head;

	CHECK_INT(link_nest(buffer, IFLA_IFNAME, "abcde", 5), 12);
	memcpy(&head, buffer, sizeof(head));
	CHECK_INT(head.rta_len, 9);
	CHECK_INT(head.rta_type, IFLA_IFNAME);
	CHECK_STR(buffer + sizeof(head), "abcde");
}

TEST(more_than_there_is_room_for_is_refused)
{
	char data[DATA_MAX + 1] = { 0 };
	struct error err;

	CHECK_ERROR(link_create("x", "ifb", data, sizeof(data), &err), err, EINVAL,
		    "device x: too much to tell");
}

TEST(device_of_no_kind_is_named_in_the_reason)
{
	struct error err;

	if (unshare(CLONE_NEWNET) < 0)
		SKIP("needs a network namespace of its own");
	CHECK_INT(link_create("x", "no-such-kind", NULL, 0, &err), -ENOTSUP);
	CHECK_INT(strncmp(err.text, "needs a network device of kind no-such-kind: ", 45), 0);
	CHECK_TRUE(link_set_up("x", &err) < 0);
}

TEST(device_is_made_in_the_own_network_only)
{
	struct error err;

	if (unshare(CLONE_NEWNET) < 0)
		SKIP("needs a network namespace of its own");
	if (link_create("husk-test", "veth", NULL, 0, &err) < 0)
		SKIP("needs devices of kind veth");
	CHECK_TRUE(if_nametoindex("husk-test"));
	CHECK_OK(link_set_up("husk-test", &err), err);
	CHECK_INT(unshare(CLONE_NEWNET), 0);
	CHECK_INT(if_nametoindex("husk-test"), 0);
}
