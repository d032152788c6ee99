// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/seccomp_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/scope.h"

#define FOLDER ".cache"
#define SUBFOLDER "seccomp"

/* FILES_MAX: engines use a handful of profiles; one per set of capabilities at worst. */
enum { NAME_SIZE = 16 + 1, FILE_MAX = 1 << 20, FILES_MAX = 64 };

/* To be counted up when the instructions for a profile change. */
static const char magic[8] = "HuskBPF1";

/* In front of the key and the instructions. The checksum is over all but itself. */
struct header {
	char magic[sizeof(magic)];
	uint32_t key_size, count;
	uint64_t needs_notify;
	uint64_t checksum;
};

/* FNV-1a with 64 bits: against accidents, not against an enemy. */
static uint64_t hash(uint64_t start, const void *data, size_t size)
{
	const unsigned char *byte = data;

	for (size_t i = 0; i < size; i++)
		start = (start ^ byte[i]) * 0x100000001b3U;
	return start;
}

#define HASH_START 0xcbf29ce484222325U

static uint64_t checksum(const struct header *header, const void *rest, size_t size)
{
	uint64_t sum = hash(HASH_START, header, offsetof(struct header, checksum));

	return hash(sum, rest, size);
}

static void name_of(const char *key, char *ret_name)
{
	snprintf(ret_name, NAME_SIZE, "%016" PRIx64,
		 hash(HASH_START, key, strlen(key)));
}

void guard_seccomp_cache_key(const struct spec_seccomp *seccomp, struct text *io_key)
{
	autofree char *library = guard_seccomp_library_version();
	struct spec_seccomp rules = *seccomp;
	struct utsname kernel = { 0 };

	/* It cannot fail. */
	(void)uname(&kernel);
	rules.flags = NULL;
	rules.listener_path = rules.listener_metadata = NULL;
	text_add(io_key, "libseccomp %s\n%s %s %s\n", library, kernel.release, kernel.version,
		 kernel.machine);
	spec_write_seccomp(&rules, io_key);
}

/* --- read --- */

static int none(struct error *err)
{
	return error_set(err, ENOENT, "no filter is kept");
}

/* @kind: S_IFREG or S_IFDIR */
static bool is_ours(int fd, mode_t kind)
{
	struct stat file;

	return fstat(fd, &file) == 0 && (file.st_mode & S_IFMT) == kind &&
	       file.st_uid == geteuid() && !(file.st_mode & (S_IWGRP | S_IWOTH));
}

/* @data: the file, @size bytes. Its program is behind the key. */
static bool is_for(const char *key, const char *data, size_t size, struct header *ret_header)
{
	size_t key_size = strlen(key);

	if (size < sizeof(*ret_header) + key_size)
		return false;
	memcpy(ret_header, data, sizeof(*ret_header));
	return memcmp(ret_header->magic, magic, sizeof(magic)) == 0 &&
	       ret_header->key_size == key_size && ret_header->count <= BPF_MAXINSNS &&
	       size == sizeof(*ret_header) + key_size +
			       ret_header->count * sizeof(struct sock_filter) &&
	       memcmp(data + sizeof(*ret_header), key, key_size) == 0 &&
	       checksum(ret_header, data + sizeof(*ret_header), size - sizeof(*ret_header)) ==
		       ret_header->checksum;
}

int guard_seccomp_cache_find(int root_fd, const char *key,
			     struct guard_seccomp_program *ret_program, struct error *err)
{
	autofree char *data = NULL, *path = NULL;
	autoclose int fd = -1;
	char name[NAME_SIZE];
	struct header header;
	size_t size;

	name_of(key, name);
	path = mem_format(FOLDER "/" SUBFOLDER "/%s", name);
	fd = path_open_real_in(root_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, err);
	if (fd < 0 || !is_ours(fd, S_IFREG) || fd_read_all(fd, FILE_MAX, &data, &size, err) < 0 ||
	    !is_for(key, data, size, &header))
		return none(err);
	TRY(guard_seccomp_take_code(data + sizeof(header) + header.key_size,
				    header.count * sizeof(struct sock_filter), ret_program, err));
	ret_program->needs_notify = header.needs_notify;
	return 0;
}

/* --- write --- */

/* A folder of @dir_fd, made if it is missing. No link is followed. */
static int make_folder(int dir_fd, const char *name, struct error *err)
{
	autoclose int fd = -1;

	if (mkdirat(dir_fd, name, 0700) < 0 && errno != EEXIST)
		return error_sys(err, "mkdir %s", name);
	fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_sys(err, "open %s", name);
	return is_ours(fd, S_IFDIR) ? fd_take(&fd)
				    : error_set(err, EPERM, "%s: not ours alone", name);
}

static void close_list(DIR **list)
{
	if (*list)
		closedir(*list);
}

static size_t each_file(DIR *list, bool is_removed)
{
	struct dirent *entry;
	size_t count = 0;

	rewinddir(list);
	while ((entry = readdir(list))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		count++;
		if (is_removed)
			unlinkat(dirfd(list), entry->d_name, 0);
	}
	return count;
}

static void make_room(int folder_fd)
{
	autoclose int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclean(close_list) DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (!list)
		return;
	fd_take(&fd);
	if (each_file(list, false) >= FILES_MAX)
		each_file(list, true);
}

int guard_seccomp_cache_save(int root_fd, const char *key,
			     const struct guard_seccomp_program *program, struct error *err)
{
	struct header header = {
		.key_size = (uint32_t)strlen(key),
		.count = (uint32_t)program->count,
		.needs_notify = program->needs_notify,
	};
	autotext struct text file = { 0 };
	autoclose int above_fd = -1, folder_fd = -1;
	char name[NAME_SIZE];

	memcpy(header.magic, magic, sizeof(magic));
	text_add_bytes(&file, &header, sizeof(header));
	text_add_bytes(&file, key, header.key_size);
	text_add_bytes(&file, program->filter, program->count * sizeof(*program->filter));
	header.checksum = checksum(&header, file.data + sizeof(header),
				   file.size - sizeof(header));
	memcpy(file.data, &header, sizeof(header));
	name_of(key, name);
	above_fd = make_folder(root_fd, FOLDER, err);
	TRY(above_fd);
	folder_fd = make_folder(above_fd, SUBFOLDER, err);
	TRY(folder_fd);
	make_room(folder_fd);
	return file_replace(folder_fd, name, 0600, file.data, file.size, err);
}
