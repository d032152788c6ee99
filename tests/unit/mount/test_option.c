// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/mount.h>

#include "base/scope.h"
#include "mount/option.h"
#include "test.h"

#define autoarena autoclean(arena_clear)

/* Words separated by blanks. */
static struct mount_options parse(const char *words, struct arena *io_arena)
{
	struct mount_options options = { 0 };
	char *rest = arena_text(io_arena, words), *word;

	while ((word = strsep(&rest, " ")))
		if (*word)
			mount_option_parse(word, io_arena, &options);
	return options;
}

static const struct flags {
	const char *words;
	uint64_t top_set, top_clear, below_set, below_clear;
} flags[] = {
	{ "defaults", 0, 0, 0, 0 },
	{ "silent loud norelatime noiversion rnorelatime", 0, 0, 0, 0 },
	{ "ro", MOUNT_ATTR_RDONLY, 0, 0, 0 },
	{ "ro rw", 0, MOUNT_ATTR_RDONLY, 0, 0 },
	{ "rw ro", MOUNT_ATTR_RDONLY, 0, 0, 0 },
	{ "nosuid nodev noexec",
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 0, 0, 0 },
	{ "nosuid suid nodev dev noexec exec", 0,
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 0, 0 },
	{ "noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME & ~MOUNT_ATTR_NOATIME, 0, 0 },
	{ "nodiratime", MOUNT_ATTR_NODIRATIME, 0, 0, 0 },
	{ "nodiratime diratime", 0, MOUNT_ATTR_NODIRATIME, 0, 0 },
	{ "nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0, 0, 0 },
	{ "nosymfollow symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW, 0, 0 },
	{ "rro", 0, 0, MOUNT_ATTR_RDONLY, 0 },
	{ "rro rrw", 0, 0, 0, MOUNT_ATTR_RDONLY },
	{ "ro rrw", 0, 0, 0, MOUNT_ATTR_RDONLY },
	{ "rro rw", 0, MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY, 0 },
	{ "rnosuid rnodev rnoexec rnosymfollow rnodiratime", 0, 0,
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSYMFOLLOW |
		  MOUNT_ATTR_NODIRATIME, 0 },
	{ "rsuid rdev rexec rsymfollow rdiratime", 0, 0, 0,
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSYMFOLLOW |
		  MOUNT_ATTR_NODIRATIME },
	{ "rbind idmap tmpcopyup shared size=1m", 0, 0, 0, 0 },
};

/* O-01..O-03, O-08, O-11, O-12, O-15..O-18, O-26 */
TEST(last_of_contradicting_words_wins_flag_by_flag)
{
	for (size_t i = 0; i < countof(flags); i++) {
		struct arena arena autoarena = { 0 };
		struct mount_options o = parse(flags[i].words, &arena);
		uint64_t atime = MOUNT_ATTR_NOATIME; /* whether named in clear too does not count */

		CHECK_INT(o.top.set, flags[i].top_set);
		CHECK_INT(o.top.clear & ~atime, flags[i].top_clear);
		CHECK_INT(o.below.set, flags[i].below_set);
		CHECK_INT(o.below.clear & ~atime, flags[i].below_clear);
	}
}

/* What the field holds in the end; the kernel is given all of it. */
static const struct atime {
	const char *words;
	uint64_t value;
} atimes[] = {
	{ "noatime", MOUNT_ATTR_NOATIME },
	{ "noatime strictatime", MOUNT_ATTR_STRICTATIME },
	{ "strictatime noatime", MOUNT_ATTR_NOATIME },
	{ "noatime relatime", MOUNT_ATTR_RELATIME },
	{ "noatime atime", MOUNT_ATTR_RELATIME },
	{ "strictatime atime", MOUNT_ATTR_STRICTATIME },
	{ "noatime nostrictatime", MOUNT_ATTR_NOATIME },
	{ "strictatime nostrictatime", MOUNT_ATTR_RELATIME },
};

/* O-08 */
TEST(access_time_policy_is_one_field)
{
	for (size_t i = 0; i < countof(atimes); i++) {
		struct arena arena autoarena = { 0 };
		struct mount_options o = parse(atimes[i].words, &arena);

		CHECK_INT(o.top.set & MOUNT_ATTR__ATIME, atimes[i].value);
		CHECK_TRUE((o.top.set | o.top.clear) & MOUNT_ATTR__ATIME);
	}
}

/* O-17 */
TEST(recursive_access_time_ends_what_was_said_of_the_top)
{
	struct arena arena autoarena = { 0 };
	struct mount_options o = parse("noatime rstrictatime", &arena);

	CHECK_INT(o.top.set, 0);
	CHECK_INT(o.top.clear, 0);
	CHECK_INT(o.below.set, MOUNT_ATTR_STRICTATIME);
	o = parse("rnoatime ratime rrelatime rnostrictatime", &arena);
	CHECK_INT(o.below.set, 0);
	CHECK_INT(o.below.clear, MOUNT_ATTR__ATIME);
}

/* O-04, O-05, O-10, O-21 */
TEST(superblock_words_are_no_flags_of_the_mount)
{
	struct arena arena autoarena = { 0 };
	struct mount_options o = parse("sync dirsync mand lazytime async nomand", &arena);

	CHECK_INT(o.super.set, MS_DIRSYNC | MS_LAZYTIME);
	CHECK_INT(o.super.clear, MS_SYNCHRONOUS | MS_MANDLOCK);
	CHECK_INT(o.top.set, 0);
	o = parse("rsync rdirsync rmand nolazytime rasync rnomand", &arena);
	CHECK_INT(o.super.set, MS_DIRSYNC);
	CHECK_INT(o.super.clear, MS_SYNCHRONOUS | MS_MANDLOCK | MS_LAZYTIME);
}

/* O-13, O-14 */
TEST(propagation_words_keep_number_and_order)
{
	struct arena arena autoarena = { 0 };
	struct mount_options o = parse("rslave shared rprivate unbindable slave", &arena);
	unsigned long expected[] = { MS_SLAVE | MS_REC, MS_SHARED, MS_PRIVATE | MS_REC,
				     MS_UNBINDABLE, MS_SLAVE };

	CHECK_INT(o.propagation_count, countof(expected));
	for (size_t i = 0; i < countof(expected); i++)
		CHECK_INT(o.propagation[i], expected[i]);
}

static const struct orders {
	const char *words;
	unsigned int orders;
	const char *idmap;
} orders[] = {
	{ "bind", MOUNT_ORDER_BIND, NULL },
	{ "rbind", MOUNT_ORDER_BIND | MOUNT_ORDER_RECURSIVE, NULL },
	{ "remount", MOUNT_ORDER_REMOUNT, NULL },
	{ "tmpcopyup", MOUNT_ORDER_COPY_UP, NULL },
	{ "tmpupper", MOUNT_ORDER_TMP_UPPER, NULL },
	{ "copy-symlink", MOUNT_ORDER_COPY_SYMLINK, NULL },
	{ "src-nofollow dest-nofollow",
	  MOUNT_ORDER_SOURCE_NOFOLLOW | MOUNT_ORDER_TARGET_NOFOLLOW, NULL },
	{ "idmap", MOUNT_ORDER_IDMAP, NULL },
	{ "ridmap", MOUNT_ORDER_IDMAP | MOUNT_ORDER_IDMAP_RECURSIVE, NULL },
	{ "idmap=uids=0-1-2", MOUNT_ORDER_IDMAP, "uids=0-1-2" },
	{ "ridmap=x", MOUNT_ORDER_IDMAP | MOUNT_ORDER_IDMAP_RECURSIVE, "x" },
};

/* O-06, O-07, O-19, O-20, O-22..O-24 */
TEST(orders_to_the_runtime_are_not_data)
{
	for (size_t i = 0; i < countof(orders); i++) {
		struct arena arena autoarena = { 0 };
		struct mount_options o = parse(orders[i].words, &arena);

		CHECK_INT(o.orders, orders[i].orders);
		CHECK_INT(o.data_count, 0);
		if (orders[i].idmap)
			CHECK_STR(o.idmap, orders[i].idmap);
		else
			CHECK_TRUE(o.idmap == NULL);
	}
}

/* O-09, O-25, M-05 */
TEST(unknown_words_are_data_in_their_order)
{
	struct arena arena autoarena = { 0 };
	struct mount_options o = parse("size=64k ro mode=755 RO iversion nosuid uid=1", &arena);
	const char *expected[] = { "size=64k", "mode=755", "RO", "iversion", "uid=1" };

	CHECK_INT(o.data_count, countof(expected));
	for (size_t i = 0; i < countof(expected); i++)
		CHECK_STR(o.data[i], expected[i]);
}

TEST(words_are_listed_sorted_and_once)
{
	size_t i = 0;

	for (; mount_option_word(i + 1); i++)
		CHECK_TRUE(strcmp(mount_option_word(i), mount_option_word(i + 1)) < 0);
	CHECK_TRUE(i > 60);
	CHECK_TRUE(mount_option_word(i + 1) == NULL);
}

TEST(every_listed_word_is_known)
{
	for (size_t i = 0; mount_option_word(i); i++) {
		struct arena arena autoarena = { 0 };
		struct mount_options o = parse(mount_option_word(i), &arena);

		CHECK_INT(o.data_count, 0);
	}
}
