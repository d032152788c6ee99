// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/store.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/listing.h"
#include "base/mem.h"
#include "state/folder.h"
#include "state/lock.h"
#include "state/private.h"
#include "state/root.h"

#define ID_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-."

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, TRIES_MAX = 1000 };

int store_open(const char *root, struct store *ret_store, struct error *err)
{
	autostore struct store store = STORE_NONE;

	if (root && !*root)
		return error_set(err, EINVAL, "state root: the path is empty");
	if (root) {
		store.root = mem_text(root);
	} else {
		struct state_caller caller = state_root_caller();

		TRY(state_root_default(&caller, &store.root, &store.is_sticky, err));
	}
	store.folder_fd = state_root_open(store.root, err);
	if (store.folder_fd < 0 && store.folder_fd != -ENOENT)
		return store.folder_fd;
	if (store.folder_fd < 0)
		store.folder_fd = -1;
	*ret_store = store;
	store = (struct store)STORE_NONE;
	return 0;
}

void store_close(struct store *io_store)
{
	scope_close(&io_store->folder_fd);
	free(io_store->root);
	*io_store = (struct store)STORE_NONE;
}

int store_check_id(const char *id, struct error *err)
{
	size_t size = strlen(id);

	if (size == 0)
		return error_set(err, EINVAL, "invalid container ID format: it is empty");
	if (size > NAME_MAX)
		return error_set(err, EINVAL, "invalid container ID format: longer than %d",
				 NAME_MAX);
	if (*id == '.' || strspn(id, ID_LETTERS) != size)
		return error_set(err, EINVAL,
				 "invalid container ID format: letters, digits and \"_+-.\" "
				 "are allowed, no dot first");
	return 0;
}

static int does_not_exist(const char *id, struct error *err)
{
	return error_set(err, ENOENT, "container \"%s\" does not exist", id);
}

static void set_entry(struct store_entry *ret_entry, int store_fd, int folder_fd, const char *id)
{
	*ret_entry = (struct store_entry){
		.store_fd = store_fd,
		.folder_fd = folder_fd,
		.id = mem_text(id),
	};
}

/* -EAGAIN: a sweeper came between mkdir and flock; another name has better luck. */
static int make_locked(int half_fd, char *ret_name, struct error *err)
{
	autoclose int folder_fd = -1;

	state_folder_random_name(ret_name);
	if (mkdirat(half_fd, ret_name, 0700) < 0)
		return errno == EEXIST ? -EAGAIN : error_sys(err, "mkdir %s", ret_name);
	folder_fd = openat(half_fd, ret_name, FOLDER);
	if (folder_fd < 0)
		return errno == ENOENT ? -EAGAIN : error_sys(err, "open %s", ret_name);
	if (flock(folder_fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : error_sys(err, "flock %s", ret_name);
	return fd_take(&folder_fd);
}

static int try_create(int half_fd, int store_fd, const char *id, struct error *err)
{
	char name[STATE_RANDOM_SIZE];
	autoclose int folder_fd = make_locked(half_fd, name, err);
	int reason;

	if (folder_fd < 0)
		return folder_fd;
	if (renameat2(half_fd, name, store_fd, id, RENAME_NOREPLACE) == 0)
		return fd_take(&folder_fd);
	reason = errno;
	/* Locked by a sweeper first and removed; then what we have locked is no longer there. */
	if (reason == ENOENT)
		return -EAGAIN;
	unlinkat(half_fd, name, AT_REMOVEDIR);
	errno = reason;
	return reason == EEXIST ? error_set(err, EEXIST,
					    "container with given ID already exists: %s", id)
				: error_sys(err, "rename %s to %s", name, id);
}

int store_create(struct store *io_store, const char *id, struct store_entry *ret_entry,
		 struct error *err)
{
	int folder_fd = -EAGAIN;
	autoclose int half_fd = -1;

	TRY(store_check_id(id, err));
	if (io_store->folder_fd < 0) {
		int r = state_root_make(io_store->root, io_store->is_sticky, err);

		TRY(r);
		io_store->folder_fd = r;
	}
	half_fd = state_folder_open_half(io_store->folder_fd, true, err);
	if (half_fd < 0)
		return error_wrap(err, "state root %s", io_store->root);
	state_folder_sweep(half_fd);
	for (int i = 0; folder_fd == -EAGAIN && i < TRIES_MAX; i++)
		folder_fd = try_create(half_fd, io_store->folder_fd, id, err);
	if (folder_fd == -EAGAIN)
		return error_set(err, EAGAIN, "state root %s: %s", io_store->root,
				 error_words(EAGAIN));
	TRY(folder_fd);
	set_entry(ret_entry, io_store->folder_fd, folder_fd, id);
	ret_entry->is_locked = true;
	return 0;
}

int store_find(const struct store *store, const char *id, struct store_entry *ret_entry,
	       struct error *err)
{
	autoclose int folder_fd = -1;

	TRY(store_check_id(id, err));
	if (store->folder_fd < 0)
		return does_not_exist(id, err);
	folder_fd = openat(store->folder_fd, id, FOLDER);
	if (folder_fd < 0 && errno == ENOENT)
		return does_not_exist(id, err);
	if (folder_fd < 0)
		return error_sys(err, "container \"%s\": open %s/%s", id, store->root, id);
	if (state_private_check(folder_fd, err) < 0)
		return error_wrap(err, "container \"%s\": state folder %s/%s", id, store->root, id);
	set_entry(ret_entry, store->folder_fd, fd_take(&folder_fd), id);
	return 0;
}

int store_lock(struct store_entry *io_entry, int timeout_ms, struct error *err)
{
	if (io_entry->is_locked)
		return 0;
	if (state_lock_take(io_entry->folder_fd, timeout_ms, err) < 0)
		return error_wrap(err, "container \"%s\"", io_entry->id);
	/* Whoever had it before may have removed the container, and a new one have the id. */
	if (!state_folder_is_named(io_entry->folder_fd, io_entry->store_fd, io_entry->id)) {
		state_lock_release(io_entry->folder_fd);
		return does_not_exist(io_entry->id, err);
	}
	io_entry->is_locked = true;
	return 0;
}

void store_unlock(struct store_entry *io_entry)
{
	if (io_entry->is_locked)
		state_lock_release(io_entry->folder_fd);
	io_entry->is_locked = false;
}

bool store_is_locked(const struct store_entry *entry)
{
	return entry->is_locked || state_lock_is_held(entry->folder_fd);
}

void store_sweep(const struct store *store)
{
	struct error ignored;
	autoclose int half_fd = -1;

	if (store->folder_fd < 0)
		return;
	half_fd = state_folder_open_half(store->folder_fd, false, &ignored);
	if (half_fd >= 0)
		state_folder_sweep(half_fd);
}

int store_remove(struct store_entry *io_entry, struct error *err)
{
	char name[STATE_RANDOM_SIZE];
	autoclose int half_fd = -1;
	int r;

	if (!io_entry->is_locked)
		return error_set(err, EINVAL, "container \"%s\" is not locked", io_entry->id);
	half_fd = state_folder_open_half(io_entry->store_fd, true, err);
	if (half_fd < 0)
		return error_wrap(err, "container \"%s\"", io_entry->id);
	state_folder_random_name(name);
	if (renameat(io_entry->store_fd, io_entry->id, half_fd, name) < 0)
		return error_sys(err, "container \"%s\": rename its folder", io_entry->id);
	r = state_folder_remove(io_entry->folder_fd, half_fd, name, err);
	return r < 0 ? error_wrap(err, "container \"%s\": folder %s", io_entry->id, name) : 0;
}

void store_entry_close(struct store_entry *io_entry)
{
	store_unlock(io_entry);
	scope_close(&io_entry->folder_fd);
	free(io_entry->id);
	*io_entry = (struct store_entry)STORE_ENTRY_NONE;
}

static bool is_container(int store_fd, const struct dirent64 *entry)
{
	struct error ignored;
	struct stat found;

	if (store_check_id(entry->d_name, &ignored) < 0)
		return false;
	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(store_fd, entry->d_name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(found.st_mode);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int store_list(const struct store *store, struct store_ids *ret_ids, struct error *err)
{
	autoclean(store_ids_clear) struct store_ids ids = { 0 };
	autolisting struct listing list = listing_open(store->folder_fd, ".");
	const struct dirent64 *entry;

	/* A root that nobody has made yet holds no container. */
	if (list.fd < 0 && store->folder_fd >= 0)
		return error_sys(err, "list state root %s", store->root);
	while ((entry = listing_next_entry(&list))) {
		if (!is_container(store->folder_fd, entry))
			continue;
		ids.item = mem_grow(ids.item, (ids.count + 1) * sizeof(*ids.item));
		ids.item[ids.count++] = mem_text(entry->d_name);
	}
	if (ids.count > 0)
		qsort(ids.item, ids.count, sizeof(*ids.item), by_name);
	*ret_ids = ids;
	ids = (struct store_ids){ 0 };
	return 0;
}

void store_ids_clear(struct store_ids *io_ids)
{
	for (size_t i = 0; i < io_ids->count; i++)
		free(io_ids->item[i]);
	free(io_ids->item);
	*io_ids = (struct store_ids){ 0 };
}
