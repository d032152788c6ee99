// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "test.h"

enum { MAKERS = 8, ROUNDS = 60 };

/* A state root in a new folder, with everything below it gone at the end. */
struct place {
	char folder[64];
	struct store store;
};

static void remove_below(const char *folder)
{
	autofree char *command = mem_format("rm -rf -- %s", folder);

	CHECK_INT(system(command), 0);
}

static void leave(struct place *io_place)
{
	store_close(&io_place->store);
	remove_below(io_place->folder);
}

static void enter(struct place *ret_place)
{
	autofree char *root = NULL;
	struct error err;

	*ret_place = (struct place){ .folder = "/tmp/husk-store-XXXXXX", .store = STORE_NONE };
	CHECK_TRUE(mkdtemp(ret_place->folder) != NULL);
	root = mem_format("%s/state/root", ret_place->folder);
	CHECK_OK(store_open(root, &ret_place->store, &err), err);
}

#define PLACE(name)                                                        \
	autoclean(leave) struct place name = { .store = STORE_NONE };      \
	enter(&name)

static int count_in(const char *path)
{
	DIR *list = opendir(path);
	struct dirent *entry;
	int count = 0;

	while (list && (entry = readdir(list)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
			 strcmp(entry->d_name, ".half") != 0;
	if (list)
		closedir(list);
	return count;
}

/* Names in the root, and of what is half made or half removed. */
static int count_names(const struct store *store)
{
	autofree char *half = mem_format("%s/.half", store->root);

	return count_in(store->root) + count_in(half);
}

static void put_file(int folder_fd, const char *name)
{
	autoclose int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	CHECK_TRUE(fd >= 0);
}

/* Ends the whole test program when it is not as it must be: for forked children. */
static pid_t start_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static int await_child(pid_t pid)
{
	int status;

	CHECK_INT(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(ids_are_letters_digits_and_some_signs)
{
	static const struct {
		const char *id;
		int result;
	} rows[] = {
		{ "web", 0 },	      { "a", 0 },	 { "A_b+c.d-9", 0 },
		{ "-x", 0 },	      { "+", 0 },	 { "_", 0 },
		{ "", -EINVAL },      { ".", -EINVAL },	 { "..", -EINVAL },
		{ ".a", -EINVAL },    { "a/b", -EINVAL }, { "/", -EINVAL },
		{ "a b", -EINVAL },   { "a\nb", -EINVAL }, { "a\xc3\xa9", -EINVAL },
		{ "a:b", -EINVAL },   { "a@b", -EINVAL }, { "../x", -EINVAL },
	};
	char longest[257];
	struct error err;

	for (size_t i = 0; i < countof(rows); i++) {
		CHECK_INT(store_check_id(rows[i].id, &err), rows[i].result);
		if (rows[i].result < 0)
			CHECK_TRUE(strstr(err.text, "invalid container ID format") == err.text);
	}
	memset(longest, 'a', sizeof(longest));
	longest[256] = '\0';
	CHECK_INT(store_check_id(longest, &err), -EINVAL);
	longest[255] = '\0';
	CHECK_OK(store_check_id(longest, &err), err);
}

TEST(the_root_folder_and_an_empty_path_are_refused)
{
	static const char *const roots[] = { "", "/", "//", "/.", "/tmp/.." };
	autostore struct store store = STORE_NONE;
	struct error err;

	for (size_t i = 0; i < countof(roots); i++)
		CHECK_INT(store_open(roots[i], &store, &err), -EINVAL);
	CHECK_INT(store.folder_fd, -1);
}

TEST(a_root_that_others_may_write_to_is_refused)
{
	static const mode_t modes[] = { 0777, 0770, 01777, 0702, 0720 };
	PLACE(place);
	struct error err;
	autostore struct store store = STORE_NONE;

	for (size_t i = 0; i < countof(modes); i++) {
		CHECK_INT(chmod(place.folder, modes[i]), 0);
		CHECK_INT(store_open(place.folder, &store, &err), -EPERM);
	}
	CHECK_INT(chmod(place.folder, 0755), 0);
	CHECK_OK(store_open(place.folder, &store, &err), err);
}

TEST(a_root_that_belongs_to_somebody_else_is_refused)
{
	PLACE(place);
	struct error err;
	autostore struct store store = STORE_NONE;

	if (geteuid() != 0)
		SKIP("needs root");
	CHECK_INT(chown(place.folder, 4711, 0), 0);
	CHECK_INT(store_open(place.folder, &store, &err), -EPERM);
	CHECK_TRUE(strstr(err.text, "owned by user 4711") != NULL);
}

TEST(a_missing_root_is_an_empty_store_and_stays_missing)
{
	PLACE(place);
	autoclean(store_ids_clear) struct store_ids ids = { 0 };
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	struct error err;

	CHECK_OK(store_list(&place.store, &ids, &err), err);
	CHECK_INT(ids.count, 0);
	CHECK_ERROR(store_find(&place.store, "web", &entry, &err), err, ENOENT,
		    "container \"web\" does not exist");
	CHECK_INT(access(place.store.root, F_OK), -1);
}

TEST(create_makes_the_root_and_a_locked_folder_for_us_alone)
{
	PLACE(place);
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	struct stat found;
	struct error err;

	CHECK_OK(store_create(&place.store, "web", &entry, &err), err);
	CHECK_TRUE(entry.is_locked);
	CHECK_STR(entry.id, "web");
	CHECK_INT(stat(place.store.root, &found), 0);
	CHECK_INT(found.st_mode & 07777, 0700);
	CHECK_INT(fstat(entry.folder_fd, &found), 0);
	CHECK_INT(found.st_mode & 07777, 0700);
	CHECK_INT(count_names(&place.store), 1);
}

/* LC-03 */
TEST(an_id_in_use_is_refused_and_its_folder_untouched)
{
	PLACE(place);
	autoentry struct store_entry first = STORE_ENTRY_NONE;
	autoentry struct store_entry second = STORE_ENTRY_NONE;
	struct error err;

	CHECK_OK(store_create(&place.store, "web", &first, &err), err);
	put_file(first.folder_fd, "state.json");
	CHECK_ERROR(store_create(&place.store, "web", &second, &err), err, EEXIST,
		    "container with given ID already exists: web");
	CHECK_INT(faccessat(first.folder_fd, "state.json", F_OK, 0), 0);
	CHECK_INT(count_names(&place.store), 1);
}

/* LC-09 */
TEST(remove_frees_the_id_at_once_with_all_that_was_in_it)
{
	PLACE(place);
	struct error err;

	for (int i = 0; i < 3; i++) {
		autoentry struct store_entry entry = STORE_ENTRY_NONE;

		CHECK_OK(store_create(&place.store, "web", &entry, &err), err);
		put_file(entry.folder_fd, "state.json");
		CHECK_INT(symlinkat("/etc/passwd", entry.folder_fd, "link"), 0);
		CHECK_INT(mkdirat(entry.folder_fd, "notify", 0700), 0);
		put_file(entry.folder_fd, "notify/a");
		CHECK_INT(symlinkat("/", entry.folder_fd, "notify/link"), 0);
		CHECK_OK(store_remove(&entry, &err), err);
		CHECK_INT(count_names(&place.store), 0);
	}
	CHECK_INT(access("/etc/passwd", F_OK), 0);
}

TEST(what_cannot_be_removed_is_out_of_the_way_and_the_id_is_free)
{
	PLACE(place);
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	autoentry struct store_entry again = STORE_ENTRY_NONE;
	struct error err;

	CHECK_OK(store_create(&place.store, "web", &entry, &err), err);
	CHECK_INT(mkdirat(entry.folder_fd, "a", 0700), 0);
	CHECK_INT(mkdirat(entry.folder_fd, "a/b", 0700), 0);
	CHECK_TRUE(store_remove(&entry, &err) < 0);
	CHECK_TRUE(strstr(err.text, "remove b") != NULL);
	CHECK_OK(store_create(&place.store, "web", &again, &err), err);
	CHECK_INT(count_names(&place.store), 2);
}

TEST(only_a_locked_container_can_be_removed)
{
	PLACE(place);
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	struct error err;

	CHECK_OK(store_create(&place.store, "web", &entry, &err), err);
	store_unlock(&entry);
	CHECK_INT(store_remove(&entry, &err), -EINVAL);
	CHECK_INT(count_names(&place.store), 1);
	CHECK_OK(store_lock(&entry, 0, &err), err);
	CHECK_OK(store_remove(&entry, &err), err);
}

TEST(a_second_lock_waits_no_longer_than_it_may_and_names_the_holder)
{
	PLACE(place);
	autoentry struct store_entry mine = STORE_ENTRY_NONE;
	autoentry struct store_entry other = STORE_ENTRY_NONE;
	autofree char *who = NULL;
	struct error err;

	CHECK_OK(store_create(&place.store, "web", &mine, &err), err);
	CHECK_OK(store_find(&place.store, "web", &other, &err), err);
	CHECK_TRUE(store_is_locked(&other));
	CHECK_INT(store_lock(&other, 0, &err), -EBUSY);
	CHECK_INT(store_lock(&other, 20, &err), -EBUSY);
	who = mem_format("(process %d)", getpid());
	CHECK_TRUE(strstr(err.text, "container \"web\": locked by ") == err.text);
	CHECK_TRUE(strstr(err.text, who) != NULL);

	store_unlock(&mine);
	CHECK_TRUE(!store_is_locked(&other));
	CHECK_OK(store_lock(&other, 0, &err), err);
	CHECK_OK(store_lock(&other, 0, &err), err);
}

TEST(unlock_lets_others_in_even_while_a_child_has_the_folder_open)
{
	PLACE(place);
	autoentry struct store_entry mine = STORE_ENTRY_NONE;
	autoentry struct store_entry other = STORE_ENTRY_NONE;
	struct error err;
	pid_t pid;

	CHECK_OK(store_create(&place.store, "web", &mine, &err), err);
	pid = start_child();
	if (pid == 0)
		for (;;)
			pause();
	store_entry_close(&mine);
	CHECK_OK(store_find(&place.store, "web", &other, &err), err);
	CHECK_OK(store_lock(&other, 0, &err), err);
	kill(pid, SIGKILL);
	await_child(pid);
}

TEST(a_lock_on_a_container_that_was_removed_says_so)
{
	PLACE(place);
	autoentry struct store_entry old = STORE_ENTRY_NONE;
	autoentry struct store_entry stale = STORE_ENTRY_NONE;
	autoentry struct store_entry next = STORE_ENTRY_NONE;
	struct error err;

	CHECK_OK(store_create(&place.store, "web", &old, &err), err);
	CHECK_OK(store_find(&place.store, "web", &stale, &err), err);
	CHECK_OK(store_remove(&old, &err), err);
	store_entry_close(&old);
	CHECK_INT(store_lock(&stale, 0, &err), -ENOENT);
	CHECK_OK(store_create(&place.store, "web", &next, &err), err);
	CHECK_ERROR(store_lock(&stale, 0, &err), err, ENOENT, "container \"web\" does not exist");
	CHECK_INT(store_remove(&stale, &err), -EINVAL);
}

TEST(the_list_is_sorted_and_has_containers_only)
{
	static const char *const made[] = { "web", "db", "_a", "10", "-x" };
	static const char *const listed[] = { "-x", "10", "_a", "db", "web" };
	PLACE(place);
	autoclean(store_ids_clear) struct store_ids ids = { 0 };
	struct error err;

	for (size_t i = 0; i < countof(made); i++) {
		autoentry struct store_entry entry = STORE_ENTRY_NONE;

		CHECK_OK(store_create(&place.store, made[i], &entry, &err), err);
	}
	put_file(place.store.folder_fd, "file");
	CHECK_INT(mkdirat(place.store.folder_fd, ".cache", 0700), 0);
	CHECK_INT(mkdirat(place.store.folder_fd, "no id", 0700), 0);
	CHECK_INT(symlinkat("web", place.store.folder_fd, "link"), 0);
	CHECK_OK(store_list(&place.store, &ids, &err), err);
	CHECK_INT(ids.count, countof(listed));
	for (size_t i = 0; i < countof(listed); i++)
		CHECK_STR(ids.item[i], listed[i]);
}

TEST(a_link_in_the_root_is_no_container)
{
	PLACE(place);
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	autoentry struct store_entry link = STORE_ENTRY_NONE;
	struct error err;

	CHECK_OK(store_create(&place.store, "web", &entry, &err), err);
	CHECK_INT(symlinkat("/tmp", place.store.folder_fd, "link"), 0);
	CHECK_INT(store_find(&place.store, "link", &link, &err), -ENOTDIR);
}

/* Puts one of a dead process and one of a living one, whose lock is returned. */
static int put_half_made(int root_fd)
{
	int living_fd;

	CHECK_INT(mkdirat(root_fd, ".half/0123456789abcdef", 0700), 0);
	CHECK_INT(mkdirat(root_fd, ".half/0123456789abcdef/notify", 0700), 0);
	CHECK_INT(mkdirat(root_fd, ".half/fedcba9876543210", 0700), 0);
	living_fd = openat(root_fd, ".half/fedcba9876543210", O_RDONLY | O_CLOEXEC);
	CHECK_INT(flock(living_fd, LOCK_EX), 0);
	return living_fd;
}

static void check_swept(int root_fd)
{
	CHECK_INT(faccessat(root_fd, ".half/0123456789abcdef", F_OK, 0), -1);
	CHECK_INT(faccessat(root_fd, ".half/fedcba9876543210", F_OK, 0), 0);
	CHECK_INT(faccessat(root_fd, ".half/keep", F_OK, 0), 0);
}

TEST(create_and_sweep_take_what_the_dead_left_and_spare_the_living)
{
	PLACE(place);
	autoentry struct store_entry first = STORE_ENTRY_NONE;
	autoentry struct store_entry second = STORE_ENTRY_NONE;
	autoclose int living_fd = -1;
	struct error err;
	int root_fd;

	CHECK_OK(store_create(&place.store, "a", &first, &err), err);
	root_fd = place.store.folder_fd;
	CHECK_INT(mkdirat(root_fd, ".half/keep", 0700), 0);
	living_fd = put_half_made(root_fd);
	CHECK_OK(store_create(&place.store, "b", &second, &err), err);
	check_swept(root_fd);

	CHECK_INT(unlinkat(root_fd, ".half/fedcba9876543210", AT_REMOVEDIR), 0);
	scope_close(&living_fd);
	living_fd = put_half_made(root_fd);
	store_sweep(&place.store);
	check_swept(root_fd);
}

TEST(the_folder_of_a_container_has_to_be_private)
{
	PLACE(place);
	autoentry struct store_entry entry = STORE_ENTRY_NONE;
	autoentry struct store_entry found = STORE_ENTRY_NONE;
	struct error err;

	CHECK_OK(store_create(&place.store, "web", &entry, &err), err);
	CHECK_INT(fchmod(entry.folder_fd, 0770), 0);
	CHECK_INT(store_find(&place.store, "web", &found, &err), -EPERM);
	CHECK_TRUE(strstr(err.text, "container \"web\": state folder ") == err.text);
	CHECK_TRUE(strstr(err.text, "/web: others may write to it, mode 0770: ") != NULL);
	CHECK_INT(fchmod(entry.folder_fd, 0750), 0);
	CHECK_OK(store_find(&place.store, "web", &found, &err), err);
}

/* In a child: the exit code says whether it won. The folder stays, without a lock. */
static NORETURN void try_to_win(const char *root, int start_fd)
{
	struct store store = STORE_NONE;
	struct store_entry entry = STORE_ENTRY_NONE;
	struct error err;
	char byte;
	int r;

	r = (int)read(start_fd, &byte, 1);
	if (r == 0)
		r = store_open(root, &store, &err);
	if (r == 0)
		r = store_create(&store, "web", &entry, &err);
	_exit(r == 0 ? 0 : -r);
}

/* LC-12 */
TEST(of_many_who_take_one_id_exactly_one_wins)
{
	for (int round = 0; round < ROUNDS; round++) {
		PLACE(place);
		pid_t makers[MAKERS];
		int start[2], winners = 0;

		CHECK_INT(pipe2(start, O_CLOEXEC), 0);
		for (int i = 0; i < MAKERS; i++) {
			makers[i] = start_child();
			if (makers[i] == 0) {
				close(start[1]);
				try_to_win(place.store.root, start[0]);
			}
		}
		close(start[0]);
		close(start[1]);
		for (int i = 0; i < MAKERS; i++) {
			int code = await_child(makers[i]);

			CHECK_TRUE(code == 0 || code == EEXIST);
			winners += code == 0;
		}
		CHECK_INT(winners, 1);
		CHECK_INT(count_names(&place.store), 1);
	}
}

/*
 * Creates and removes two ids in turn, with a marker file that must never be met by
 * another: what is made is new, and only its maker is in it.
 */
static NORETURN void storm(const char *root)
{
	autostore struct store store = STORE_NONE;
	struct error err;
	int r = store_open(root, &store, &err);

	for (int i = 0; r == 0 && i < 200; i++) {
		autoentry struct store_entry entry = STORE_ENTRY_NONE;
		autoclose int marker_fd = -1;

		r = store_create(&store, i % 2 ? "odd" : "even", &entry, &err);
		if (r == -EEXIST) {
			r = 0;
			continue;
		}
		if (r == 0)
			marker_fd = openat(entry.folder_fd, "marker",
					   O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (r == 0 && marker_fd < 0)
			r = -errno;
		if (r == 0)
			r = store_remove(&entry, &err);
	}
	_exit(-r);
}

TEST(a_storm_of_creates_and_removes_leaves_nothing)
{
	PLACE(place);
	pid_t makers[MAKERS];

	for (int i = 0; i < MAKERS; i++) {
		makers[i] = start_child();
		if (makers[i] == 0)
			storm(place.store.root);
	}
	for (int i = 0; i < MAKERS; i++)
		CHECK_INT(await_child(makers[i]), 0);
	CHECK_INT(count_names(&place.store), 0);
}

/* Killed at any moment: what is left can be listed, found, locked, removed; the rest is swept. */
TEST(a_storm_that_is_killed_leaves_what_can_be_removed)
{
	PLACE(place);
	autoclean(store_ids_clear) struct store_ids ids = { 0 };
	autostore struct store store = STORE_NONE;
	autoentry struct store_entry last = STORE_ENTRY_NONE;
	struct error err;

	for (int i = 0; i < 40; i++) {
		pid_t maker = start_child();

		if (maker == 0)
			storm(place.store.root);
		for (int n = 0; n < 20 * i; n++)
			sched_yield();
		kill(maker, SIGKILL);
		await_child(maker);
	}
	CHECK_OK(store_open(place.store.root, &store, &err), err);
	CHECK_OK(store_list(&store, &ids, &err), err);
	for (size_t i = 0; i < ids.count; i++) {
		autoentry struct store_entry entry = STORE_ENTRY_NONE;

		CHECK_OK(store_find(&store, ids.item[i], &entry, &err), err);
		CHECK_OK(store_lock(&entry, 0, &err), err);
		CHECK_OK(store_remove(&entry, &err), err);
	}
	CHECK_OK(store_create(&store, "last", &last, &err), err);
	CHECK_INT(count_names(&store), 1);
}
