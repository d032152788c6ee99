// SPDX-License-Identifier: GPL-2.0-or-later
/* tree_new - new file systems: fsopen(2), or mount(2) where the data is too long for it */
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include "base/path.h"
#include "base/text.h"
#include "mount/tree.h"

/* fsconfig(2) copies at most 256 bytes of a value, the 0 byte included. */
enum { VALUE_MAX = 255 };

/* Flags of a superblock, and what fsconfig(2) calls them. */
static const struct super_flag {
	unsigned long flag;
	const char *set, *clear;
} super_flags[] = {
	{ MS_RDONLY, "ro", "rw" },
	{ MS_SYNCHRONOUS, "sync", "async" },
	{ MS_DIRSYNC, "dirsync", NULL },
	{ MS_MANDLOCK, "mand", "nomand" },
	{ MS_LAZYTIME, "lazytime", "nolazytime" },
};

/* Flags of a mount, and what mount(2) calls them. */
static const struct attribute_flag {
	uint64_t attribute;
	unsigned long flag;
} attribute_flags[] = {
	{ MOUNT_ATTR_RDONLY, MS_RDONLY },	    { MOUNT_ATTR_NOSUID, MS_NOSUID },
	{ MOUNT_ATTR_NODEV, MS_NODEV },		    { MOUNT_ATTR_NOEXEC, MS_NOEXEC },
	{ MOUNT_ATTR_NOATIME, MS_NOATIME },	    { MOUNT_ATTR_STRICTATIME, MS_STRICTATIME },
	{ MOUNT_ATTR_NODIRATIME, MS_NODIRATIME },   { MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW },
};

/*
 * The context keeps what the kernel had to say, one message a read, errors as "e TEXT".
 * Without a message read(2) fails.
 */
static void read_reason(int context_fd, char *ret_reason, size_t size)
{
	char message[256];
	ssize_t n;

	*ret_reason = '\0';
	while ((n = read(context_fd, message, sizeof(message) - 1)) > 0) {
		message[n] = '\0';
		message[strcspn(message, "\n")] = '\0';
		if (text_begins(message, "e ")) {
			strncpy(ret_reason, message + 2, size - 1);
			ret_reason[size - 1] = '\0';
		}
	}
}

static int context_error(int context_fd, const char *what, const char *word, struct error *err)
{
	int code = errno;
	char reason[256];

	read_reason(context_fd, reason, sizeof(reason));
	if (*reason)
		return error_set(err, code, "%s%s: %s (%s)", what, word, error_words(code), reason);
	return error_set(err, code, "%s%s: %s", what, word, error_words(code));
}

static int give_word(int context_fd, const char *word, struct error *err)
{
	const char *value = strchr(word, '=');
	char key[VALUE_MAX + 1] = "";
	size_t size = value ? (size_t)(value - word) : 0;
	int r;

	if (size >= sizeof(key))
		return error_set(err, EINVAL, "option %s is too long", word);
	memcpy(key, word, size);
	r = value ? fsconfig(context_fd, FSCONFIG_SET_STRING, key, value + 1, 0) :
		    fsconfig(context_fd, FSCONFIG_SET_FLAG, word, NULL, 0);
	return r < 0 ? context_error(context_fd, "option ", word, err) : 0;
}

static int give_all(int context_fd, const struct mount_new *what, struct error *err)
{
	for (size_t i = 0; i < countof(super_flags); i++) {
		const struct super_flag *flag = &super_flags[i];

		if (what->super.set & flag->flag)
			TRY(give_word(context_fd, flag->set, err));
		if (what->super.clear & flag->flag && flag->clear)
			TRY(give_word(context_fd, flag->clear, err));
	}
	for (size_t i = 0; i < what->data_count; i++)
		TRY(give_word(context_fd, what->data[i], err));
	return 0;
}

int mount_tree_new(const struct mount_new *what, struct error *err)
{
	uint64_t attributes = what->attributes & ~(uint64_t)MOUNT_ATTR_NOSYMFOLLOW;
	autoclose int context_fd = fsopen(what->type, FSOPEN_CLOEXEC);
	int fd;

	if (context_fd < 0)
		return error_sys(err, "file system type \"%s\"", what->type);
	if (what->source &&
	    fsconfig(context_fd, FSCONFIG_SET_STRING, "source", what->source, 0) < 0)
		return context_error(context_fd, "source ", what->source, err);
	TRY(give_all(context_fd, what, err));
	if (fsconfig(context_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return context_error(context_fd, what->type, "", err);
	fd = fsmount(context_fd, FSMOUNT_CLOEXEC, (unsigned int)attributes);
	return fd < 0 ? context_error(context_fd, "fsmount", "", err) : fd;
}

int mount_tree_reconfigure(const struct mount_new *what, int target_fd, struct error *err)
{
	autoclose int context_fd = fspick(target_fd, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC);

	if (context_fd < 0)
		return error_sys(err, "fspick");
	TRY(give_all(context_fd, what, err));
	if (fsconfig(context_fd, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0)
		return context_error(context_fd, "remount", "", err);
	return 0;
}

bool mount_tree_is_too_long(const struct mount_new *what)
{
	for (size_t i = 0; i < what->data_count; i++) {
		const char *value = strchr(what->data[i], '=');

		if (strlen(value ? value + 1 : what->data[i]) > VALUE_MAX)
			return true;
	}
	return false;
}

static unsigned long mount_flags(const struct mount_new *what)
{
	unsigned long flags = (unsigned long)what->super.set;

	for (size_t i = 0; i < countof(attribute_flags); i++)
		if (what->attributes & attribute_flags[i].attribute)
			flags |= attribute_flags[i].flag;
	return flags;
}

int mount_tree_mount(const struct mount_new *what, int target_fd, int proc_fd, struct error *err)
{
	autotext struct text data = { 0 };
	char name[MOUNT_TREE_NAME_SIZE];

	for (size_t i = 0; i < what->data_count; i++)
		text_add(&data, "%s%s", i ? "," : "", what->data[i]);
	TRY(mount_tree_name(proc_fd, target_fd, name, err));
	if (mount(what->source, name, what->type, mount_flags(what), text_get(&data)) < 0)
		return error_sys(err, "%s", what->type);
	/* At a root ".." is the root again, but now with what is mounted on it. */
	return path_open_in(target_fd, "..", O_PATH, err);
}
