// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/option.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>

#include "base/scope.h"
#include "base/text.h"

/*
 * One row per word, sorted. The access-time policy is one field of three values, not bits: who
 * sets a value clears all of MOUNT_ATTR__ATIME, who takes one back ("nostrictatime") clears
 * that value alone. MOUNT_ATTR_RELATIME is 0 and the kernel's default, so that "norelatime" has
 * nothing to say. "silent" and "loud" are about the kernel's log, where a file system context
 * (fsopen(2)) writes nothing. "iversion" is data: only file systems know it by name.
 */
static const struct option {
	const char *word;
	struct mount_change top, below, super;
	unsigned int orders;
	unsigned long propagation;
} options[] = {
	{ "async", .super.clear = MS_SYNCHRONOUS },
	{ "atime", .top.clear = MOUNT_ATTR_NOATIME },
	{ "bind", .orders = MOUNT_ORDER_BIND },
	{ "copy-symlink", .orders = MOUNT_ORDER_COPY_SYMLINK },
	{ .word = "defaults" },
	{ "dest-nofollow", .orders = MOUNT_ORDER_TARGET_NOFOLLOW },
	{ "dev", .top.clear = MOUNT_ATTR_NODEV },
	{ "diratime", .top.clear = MOUNT_ATTR_NODIRATIME },
	{ "dirsync", .super.set = MS_DIRSYNC },
	{ "exec", .top.clear = MOUNT_ATTR_NOEXEC },
	{ "idmap", .orders = MOUNT_ORDER_IDMAP },
	{ "lazytime", .super.set = MS_LAZYTIME },
	{ .word = "loud" },
	{ "mand", .super.set = MS_MANDLOCK },
	{ "noatime", .top = { MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME } },
	{ "nodev", .top.set = MOUNT_ATTR_NODEV },
	{ "nodiratime", .top.set = MOUNT_ATTR_NODIRATIME },
	{ "noexec", .top.set = MOUNT_ATTR_NOEXEC },
	{ .word = "noiversion" },
	{ "nolazytime", .super.clear = MS_LAZYTIME },
	{ "nomand", .super.clear = MS_MANDLOCK },
	{ .word = "norelatime" },
	{ "nostrictatime", .top.clear = MOUNT_ATTR_STRICTATIME },
	{ "nosuid", .top.set = MOUNT_ATTR_NOSUID },
	{ "nosymfollow", .top.set = MOUNT_ATTR_NOSYMFOLLOW },
	{ "private", .propagation = MS_PRIVATE },
	{ "rasync", .super.clear = MS_SYNCHRONOUS },
	{ "ratime", .below.clear = MOUNT_ATTR_NOATIME },
	{ "rbind", .orders = MOUNT_ORDER_BIND | MOUNT_ORDER_RECURSIVE },
	{ "rdev", .below.clear = MOUNT_ATTR_NODEV },
	{ "rdiratime", .below.clear = MOUNT_ATTR_NODIRATIME },
	{ "rdirsync", .super.set = MS_DIRSYNC },
	{ "relatime", .top = { MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME } },
	{ "remount", .orders = MOUNT_ORDER_REMOUNT },
	{ "rexec", .below.clear = MOUNT_ATTR_NOEXEC },
	{ "ridmap", .orders = MOUNT_ORDER_IDMAP | MOUNT_ORDER_IDMAP_RECURSIVE },
	{ "rmand", .super.set = MS_MANDLOCK },
	{ "rnoatime", .below = { MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME } },
	{ "rnodev", .below.set = MOUNT_ATTR_NODEV },
	{ "rnodiratime", .below.set = MOUNT_ATTR_NODIRATIME },
	{ "rnoexec", .below.set = MOUNT_ATTR_NOEXEC },
	{ "rnomand", .super.clear = MS_MANDLOCK },
	{ .word = "rnorelatime" },
	{ "rnostrictatime", .below.clear = MOUNT_ATTR_STRICTATIME },
	{ "rnosuid", .below.set = MOUNT_ATTR_NOSUID },
	{ "rnosymfollow", .below.set = MOUNT_ATTR_NOSYMFOLLOW },
	{ "ro", .top.set = MOUNT_ATTR_RDONLY },
	{ "rprivate", .propagation = MS_PRIVATE | MS_REC },
	{ "rrelatime", .below = { MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME } },
	{ "rro", .below.set = MOUNT_ATTR_RDONLY },
	{ "rrw", .below.clear = MOUNT_ATTR_RDONLY },
	{ "rshared", .propagation = MS_SHARED | MS_REC },
	{ "rslave", .propagation = MS_SLAVE | MS_REC },
	{ "rstrictatime", .below = { MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME } },
	{ "rsuid", .below.clear = MOUNT_ATTR_NOSUID },
	{ "rsymfollow", .below.clear = MOUNT_ATTR_NOSYMFOLLOW },
	{ "rsync", .super.set = MS_SYNCHRONOUS },
	{ "runbindable", .propagation = MS_UNBINDABLE | MS_REC },
	{ "rw", .top.clear = MOUNT_ATTR_RDONLY },
	{ "shared", .propagation = MS_SHARED },
	{ .word = "silent" },
	{ "slave", .propagation = MS_SLAVE },
	{ "src-nofollow", .orders = MOUNT_ORDER_SOURCE_NOFOLLOW },
	{ "strictatime", .top = { MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME } },
	{ "suid", .top.clear = MOUNT_ATTR_NOSUID },
	{ "symfollow", .top.clear = MOUNT_ATTR_NOSYMFOLLOW },
	{ "sync", .super.set = MS_SYNCHRONOUS },
	{ "tmpcopyup", .orders = MOUNT_ORDER_COPY_UP },
	{ "tmpupper", .orders = MOUNT_ORDER_TMP_UPPER },
	{ "unbindable", .propagation = MS_UNBINDABLE },
};

static int compare(const void *word, const void *option)
{
	return strcmp(word, ((const struct option *)option)->word);
}

static void change(const struct mount_change *by, struct mount_change *io)
{
	io->set = (io->set & ~by->clear) | by->set;
	io->clear = (io->clear & ~by->set) | by->clear;
}

/* A later word for the whole tree ends what earlier ones said of the top alone. */
static void forget(const struct mount_change *later, struct mount_change *io)
{
	uint64_t flags = later->set | later->clear;

	io->set &= ~flags;
	io->clear &= ~flags;
}

static void add_data(const char *word, struct arena *io_arena, struct mount_options *io)
{
	io->data = arena_grow(io_arena, io->data, io->data_count, sizeof(*io->data));
	io->data[io->data_count++] = word;
}

static void add_propagation(unsigned long flags, struct arena *io_arena, struct mount_options *io)
{
	io->propagation = arena_grow(io_arena, io->propagation, io->propagation_count,
				     sizeof(*io->propagation));
	io->propagation[io->propagation_count++] = flags;
}

/* "idmap=..." and "ridmap=...": the only words with a value that are not data. */
static bool parse_idmap(const char *word, struct mount_options *io)
{
	bool is_recursive = text_begins(word, "ridmap=");

	if (!is_recursive && !text_begins(word, "idmap="))
		return false;
	io->orders |= MOUNT_ORDER_IDMAP | (is_recursive ? MOUNT_ORDER_IDMAP_RECURSIVE : 0);
	io->idmap = strchr(word, '=') + 1;
	return true;
}

void mount_option_parse(const char *word, struct arena *io_arena, struct mount_options *io_options)
{
	const struct option *o = bsearch(word, options, countof(options), sizeof(*o), compare);

	if (!o) {
		if (!parse_idmap(word, io_options))
			add_data(word, io_arena, io_options);
		return;
	}
	change(&o->top, &io_options->top);
	change(&o->below, &io_options->below);
	forget(&o->below, &io_options->top);
	change(&o->super, &io_options->super);
	io_options->orders |= o->orders;
	if (o->propagation)
		add_propagation(o->propagation, io_arena, io_options);
}

const char *mount_option_word(size_t i)
{
	return i < countof(options) ? options[i].word : NULL;
}
