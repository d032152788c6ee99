// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store - one folder per container below the state root, its lock, and the listing
 *
 * The root is opened once and everything goes through descriptors; an id is used as one
 * path component only. A container is busy while somebody holds the flock(2) on its folder.
 *
 * How a folder comes and goes, so that a husk killed at any moment leaves nothing half made:
 *
 *	create	mkdir ".half/RANDOM", lock it, rename it to the id unless that exists. Nobody
 *		sees a folder that is not locked by its maker.
 *	remove	with the lock held: rename the id to ".half/RANDOM", then empty and remove it.
 *		The id is free at once.
 *	sweep	every create and delete removes what lies in ".half" and nobody holds a lock
 *		on: its maker or remover is dead. Containers that live are not looked at, so a
 *		create costs the same however many there are.
 *
 * What a dead husk can leave is a visible folder without a lock, perhaps without a record:
 * store_find, store_lock and store_remove get rid of it.
 *
 * The lock belongs to the open folder, and a forked child shares it. store_entry_close
 * releases it for all; when the parent is killed it ends with the last child that has the
 * descriptor open.
 */
#ifndef HUSK_STATE_STORE_H
#define HUSK_STATE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/scope.h"

/* The root is made by the first store_create; until then folder_fd may be -1. */
struct store {
	int folder_fd;
	char *root;
	bool is_sticky;
};

struct store_entry {
	int store_fd;  /* borrowed from the struct store */
	int folder_fd; /* the container's folder, open for *at calls; carries the lock */
	bool is_locked;
	char *id;
};

struct store_ids {
	size_t count;
	char **item;
};

/* Owners: autoclean(store_close) struct store store = STORE_NONE; */
#define STORE_NONE { .folder_fd = -1 }
#define STORE_ENTRY_NONE { .store_fd = -1, .folder_fd = -1 }

#define autostore autoclean(store_close)
#define autoentry autoclean(store_entry_close)

/**
 * store_open - the state root, by --root or by default
 *
 * @root: a path, or NULL for the default: /run/husk for root in the initial user namespace
 *        and for a root without XDG_RUNTIME_DIR; else $XDG_RUNTIME_DIR/husk, with the sticky
 *        bit so that cleaners of temporary files keep off.
 *
 * A root that does not exist yet is an empty store; nothing is made before store_create.
 *
 * Returns 0; -EINVAL for "" and "/"; -ENOENT when an ordinary user has no XDG_RUNTIME_DIR;
 * -EPERM when the root belongs to somebody else than root and us, or others may write to it.
 */
MUST_USE int store_open(const char *root, struct store *ret_store, struct error *err);

void store_close(struct store *io_store);

/**
 * store_check_id - is this the id of a container
 *
 * [A-Za-z0-9_+-][A-Za-z0-9_+.-]*, at most 255 characters.
 * Returns 0, or -EINVAL: "invalid container ID format: ...".
 */
MUST_USE int store_check_id(const char *id, struct error *err);

/**
 * store_create - take an id: its folder, new, empty, mode 0700, locked by us
 *
 * Makes the root (0700) if it is missing, and sweeps.
 * Returns 0; -EINVAL for a bad id; -EEXIST: "container with given ID already exists: ...".
 */
MUST_USE int store_create(struct store *io_store, const char *id, struct store_entry *ret_entry,
			  struct error *err);

/**
 * store_find - the folder of a container, not locked
 *
 * Returns 0; -EINVAL for a bad id; -ENOENT: "container "X" does not exist"; -EPERM when the folder
 * belongs to somebody else than root and us, or others may write to it.
 */
MUST_USE int store_find(const struct store *store, const char *id, struct store_entry *ret_entry,
			struct error *err);

/**
 * store_lock - be the only one who changes this container
 *
 * @timeout_ms: how long to wait for another one; 0: not at all.
 *
 * Returns 0, at once when it is locked by us already; -EBUSY, the text naming who holds it;
 * -ENOENT when the container was removed in the meantime.
 */
MUST_USE int store_lock(struct store_entry *io_entry, int timeout_ms, struct error *err);

/* Lets others in. Does nothing when it is not locked by us. */
void store_unlock(struct store_entry *io_entry);

/* True when somebody holds the lock: we, or another process. */
bool store_is_locked(const struct store_entry *entry);

/**
 * store_remove - the container's folder with everything in it, at most one folder deep
 *
 * The lock must be held by us. The id is free when this returns, also with an error: that is
 * then about something left in ".half", which later creates and deletes try again to remove.
 * The entry stays to be closed.
 */
MUST_USE int store_remove(struct store_entry *io_entry, struct error *err);

/* Takes away what killed creates and deletes have left half made. What cannot go stays. */
void store_sweep(const struct store *store);

/* Also unlocks. */
void store_entry_close(struct store_entry *io_entry);

/**
 * store_list - the ids of all containers, sorted
 *
 * Hidden folders, files and names that are no id are passed over. store_ids_clear frees it.
 */
MUST_USE int store_list(const struct store *store, struct store_ids *ret_ids, struct error *err);

void store_ids_clear(struct store_ids *io_ids);

#endif
