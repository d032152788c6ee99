// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/record.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "proc/task.h"
#include "test.h"

/* A store with one container "web" that we hold the lock of. */
struct place {
	char folder[64];
	struct store store;
	struct store_entry entry;
};

static void leave(struct place *io_place)
{
	autofree char *command = mem_format("rm -rf -- %s", io_place->folder);

	store_entry_close(&io_place->entry);
	store_close(&io_place->store);
	CHECK_INT(system(command), 0);
}

static void enter(struct place *ret_place)
{
	struct error err;

	*ret_place = (struct place){
		.folder = "/tmp/husk-record-XXXXXX",
		.store = STORE_NONE,
		.entry = STORE_ENTRY_NONE,
	};
	CHECK_TRUE(mkdtemp(ret_place->folder) != NULL);
	CHECK_OK(store_open(ret_place->folder, &ret_place->store, &err), err);
	CHECK_OK(store_create(&ret_place->store, "web", &ret_place->entry, &err), err);
}

#define PLACE(name)                                                                           \
	autoclean(leave) struct place name = { .store = STORE_NONE, .entry = STORE_ENTRY_NONE }; \
	enter(&name)

static void put(const struct place *place, const char *text)
{
	struct error err;

	CHECK_OK(file_replace(place->entry.folder_fd, RECORD_FILE, 0600, text, strlen(text), &err),
		 err);
}

/* A full record, by borrowed strings. */
static struct record full_record(void)
{
	static char *hook_args[] = { "hook", "now", NULL };
	static struct json_strings args = { 2, hook_args };
	static struct spec_hook hooks[] = {
		{ .path = "/bin/hook", .args = &args, .timeout = { true, 5 } },
		{ .path = "/bin/other" },
	};
	static struct spec_hook_list poststop = { 2, hooks };
	static struct record_tree trees[] = {
		{ "memory", "/sys/fs/cgroup/memory", "/husk/web" },
		{ "", "/sys/fs/cgroup/unified", "/husk/web" },
	};
	static struct record_trees tree_list = { 2, trees };
	static struct record_cgroup cgroup = { "systemd", "hybrid", "web.scope", "user",
						&tree_list };
	static struct record_intel_rdt rdt = { "/sys/fs/resctrl/web", NULL };
	static struct json_pair pairs[] = { { "org.a/b", "1" }, { "z", "" } };
	static struct json_pairs annotations = { 2, pairs };

	return (struct record){
		.oci_version = "1.3.0",
		.id = "web",
		.written = { true, RECORD_CREATED },
		.pid = { true, 1234 },
		.start_time = { true, UINT64_MAX },
		.boot_id = "52d9c1ca-ad64-41f8-bb9e-236e69f176ad",
		.bundle = "/srv/a \"bundle\"",
		.rootfs = "/srv/rootfs",
		.created = "2026-01-01T00:00:00.000000001Z",
		.owner = "root",
		.owner_uid = { true, UINT32_MAX },
		.annotations = &annotations,
		.cgroup = &cgroup,
		.systemd_cgroup = { true, false },
		.has_pid_namespace = { true, true },
		.intel_rdt = &rdt,
		.poststop = &poststop,
	};
}

TEST(what_was_written_is_read_back)
{
	PLACE(place);
	autorecord struct record got = { 0 };
	struct record record = full_record();
	struct stat found;
	struct error err;

	CHECK_OK(record_write(&place.entry, &record, &err), err);
	CHECK_INT(fstatat(place.entry.folder_fd, RECORD_FILE, &found, 0), 0);
	CHECK_INT(found.st_mode & 07777, 0600);
	CHECK_OK(record_read(&place.entry, &got, &err), err);

	CHECK_STR(got.id, "web");
	CHECK_STR(got.oci_version, "1.3.0");
	CHECK_INT(got.written.value, RECORD_CREATED);
	CHECK_INT(got.pid.value, 1234);
	CHECK_TRUE(got.start_time.value == UINT64_MAX);
	CHECK_STR(got.boot_id, record.boot_id);
	CHECK_STR(got.bundle, "/srv/a \"bundle\"");
	CHECK_STR(got.rootfs, "/srv/rootfs");
	CHECK_STR(got.created, record.created);
	CHECK_STR(got.owner, "root");
	CHECK_INT(got.owner_uid.value, UINT32_MAX);
	CHECK_TRUE(got.systemd_cgroup.is_set && !got.systemd_cgroup.value);
	CHECK_TRUE(got.has_pid_namespace.value);
	CHECK_TRUE(!got.no_pivot.is_set && !got.has_init.is_set);
}

TEST(draft_is_not_read_before_it_is_adopted)
{
	PLACE(place);
	autorecord struct record got = { 0 };
	struct record record = full_record();
	struct error err;

	CHECK_OK(record_draft(&place.entry, &record, &err), err);
	CHECK_INT(record_read(&place.entry, &got, &err), -ENOENT);
	CHECK_INT(record_draft(&place.entry, &record, &err), -EEXIST);
	CHECK_OK(record_adopt(&place.entry, &err), err);
	CHECK_OK(record_read(&place.entry, &got, &err), err);
	CHECK_STR(got.id, "web");
	CHECK_ERROR(record_adopt(&place.entry, &err), err, ENOENT,
		    "rename .state.json.born: no such file or directory");
}

TEST(owner_without_a_name_is_looked_up)
{
	PLACE(place);
	autorecord struct record got = { 0 };
	struct record record = full_record();
	struct error err;

	record.owner = NULL;
	CHECK_OK(record_write(&place.entry, &record, &err), err);
	CHECK_OK(record_read(&place.entry, &got, &err), err);
	CHECK_STR(got.owner, "4294967295");
}

TEST(lists_and_objects_are_read_back)
{
	PLACE(place);
	autorecord struct record got = { 0 };
	struct record record = full_record();
	struct error err;

	CHECK_OK(record_write(&place.entry, &record, &err), err);
	CHECK_OK(record_read(&place.entry, &got, &err), err);
	CHECK_INT(got.annotations->count, 2);
	CHECK_STR(got.annotations->item[0].key, "org.a/b");
	CHECK_STR(got.annotations->item[1].value, "");
	CHECK_STR(got.cgroup->manager, "systemd");
	CHECK_STR(got.cgroup->mode, "hybrid");
	CHECK_STR(got.cgroup->unit, "web.scope");
	CHECK_STR(got.cgroup->bus, "user");
	CHECK_INT(got.cgroup->trees->count, 2);
	CHECK_STR(got.cgroup->trees->item[0].mount_point, "/sys/fs/cgroup/memory");
	CHECK_STR(got.cgroup->trees->item[1].controllers, "");
	CHECK_STR(got.cgroup->trees->item[1].folder, "/husk/web");
	CHECK_STR(got.intel_rdt->group, "/sys/fs/resctrl/web");
	CHECK_TRUE(got.intel_rdt->monitor == NULL);
	CHECK_INT(got.poststop->count, 2);
	CHECK_STR(got.poststop->item[0].path, "/bin/hook");
	CHECK_STR(got.poststop->item[0].args->item[1], "now");
	CHECK_INT(got.poststop->item[0].timeout.value, 5);
	CHECK_TRUE(got.poststop->item[1].args == NULL);
}

TEST(a_missing_record_is_told_from_a_broken_one)
{
	static const char *const broken[] = {
		"", "{", "{\"id\":\"web\"", "[]", "{}", "{\"id\":\"web\"}",
		"{\"id\":\"other\",\"bundle\":\"/\"}", "{\"id\":\"web\",\"bundle\":7}",
		"{\"id\":\"web\",\"bundle\":\"/\",\"pid\":-1}",
		"{\"id\":\"web\",\"bundle\":\"/\",\"written\":\"asleep\"}",
		"{\"id\":\"web\",\"bundle\":\"/\",\"cgroup\":{\"trees\":[{\"controllers\":\"\","
		"\"folder\":\"/a/b\"}]}}",
		"{\"id\":\"web\",\"bundle\":\"/\",\"cgroup\":{\"trees\":[{\"controllers\":\"\","
		"\"mountPoint\":\"/a\"}]}}",
		"{\"id\":\"web\",\"bundle\":\"/\",\"cgroup\":{\"trees\":[{\"mountPoint\":\"/a\","
		"\"folder\":\"/a/b\"}]}}",
	};
	PLACE(place);
	struct record record = { 0 };
	struct error err;

	CHECK_INT(record_read(&place.entry, &record, &err), -ENOENT);
	for (size_t i = 0; i < countof(broken); i++) {
		put(&place, broken[i]);
		CHECK_INT(record_read(&place.entry, &record, &err), -EBADMSG);
		CHECK_INT(err.code, EBADMSG);
		CHECK_TRUE(strstr(err.text, "state.json") == err.text);
		CHECK_TRUE(record.id == NULL);
	}
}

TEST(a_record_cut_at_any_place_is_detected)
{
	PLACE(place);
	struct record record = full_record();
	autofree char *whole = NULL;
	struct error err;
	size_t size;

	CHECK_OK(record_write(&place.entry, &record, &err), err);
	CHECK_OK(file_read(place.entry.folder_fd, RECORD_FILE, 1 << 20, &whole, &size, &err), err);
	for (size_t cut = size - 2; cut > 0; cut -= cut > 40 ? 37 : 1) {
		struct record got = { 0 };

		whole[cut] = '\0';
		put(&place, whole);
		CHECK_INT(record_read(&place.entry, &got, &err), -EBADMSG);
	}
}

TEST(a_record_that_could_not_be_read_is_not_written)
{
	PLACE(place);
	struct record record = full_record(), read;
	size_t size = 16 << 20;
	autofree char *rest = mem_new(size + 1);
	struct error err;

	memset(rest, 'x', size);
	record.created = rest;
	CHECK_ERROR(record_write(&place.entry, &record, &err), err, E2BIG,
		    "state.json: would be larger than 16 MiB");
	CHECK_INT(record_read(&place.entry, &read, &err), -ENOENT);
	rest[size - 4096] = '\0';
	CHECK_OK(record_write(&place.entry, &record, &err), err);
	CHECK_OK(record_read(&place.entry, &read, &err), err);
	record_clear(&read);
}

TEST(members_of_another_husk_are_passed_over)
{
	PLACE(place);
	autorecord struct record got = { 0 };
	struct error err;

	put(&place, "{\"id\":\"web\",\"bundle\":\"/b\",\"new\":{\"a\":[1]},\"cgroup\":{\"x\":1}}");
	CHECK_OK(record_read(&place.entry, &got, &err), err);
	CHECK_STR(got.bundle, "/b");
	CHECK_INT(got.pid.value, 0);
	CHECK_TRUE(got.cgroup->manager == NULL);
}

/* A process to be the container's; the caller ends it. */
static pid_t start_process(struct record *io_record)
{
	static char boot_id[TASK_BOOT_ID_SIZE];
	struct error err;
	struct task task;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	CHECK_OK(task_read(pid, &task, &err), err);
	CHECK_OK(task_read_boot_id(boot_id, &err), err);
	io_record->pid = (struct maybe_int){ true, pid };
	io_record->start_time = (struct maybe_uint){ true, task.start_time };
	io_record->boot_id = boot_id;
	return pid;
}

static void end_process(pid_t pid)
{
	siginfo_t info;

	kill(pid, SIGKILL);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
}

TEST(without_a_process_the_lock_tells_making_from_given_up)
{
	PLACE(place);
	autoentry struct store_entry other = STORE_ENTRY_NONE;
	struct record record = full_record();
	struct error err;

	record.pid = (struct maybe_int){ 0 };
	record.boot_id = NULL;
	CHECK_OK(store_find(&place.store, "web", &other, &err), err);
	CHECK_INT(record_status(&record, &place.entry), RECORD_CREATING);
	CHECK_INT(record_status(&record, &other), RECORD_CREATING);
	store_unlock(&place.entry);
	CHECK_INT(record_status(&record, &other), RECORD_STOPPED);
	CHECK_OK(store_lock(&place.entry, 0, &err), err);
}

/* ST-10 */
TEST(a_living_process_is_created_while_the_start_socket_is_there)
{
	PLACE(place);
	struct record record = full_record();
	pid_t pid = start_process(&record);
	int folder_fd = place.entry.folder_fd;

	CHECK_INT(mknodat(folder_fd, RECORD_START_SOCKET, S_IFREG | 0600, 0), 0);
	record.written.value = RECORD_CREATING;
	CHECK_INT(record_status(&record, &place.entry), RECORD_CREATING);
	record.written.value = RECORD_CREATED;
	CHECK_INT(record_status(&record, &place.entry), RECORD_CREATED);
	CHECK_INT(unlinkat(folder_fd, RECORD_START_SOCKET, 0), 0);
	CHECK_INT(record_status(&record, &place.entry), RECORD_RUNNING);

	end_process(pid);
	CHECK_INT(record_status(&record, &place.entry), RECORD_STOPPED);
	record.written.value = RECORD_CREATING;
	CHECK_INT(record_status(&record, &place.entry), RECORD_STOPPED);
	waitpid(pid, NULL, 0);
}

/* ST-09 */
TEST(another_start_time_or_another_boot_is_another_process)
{
	PLACE(place);
	struct record record = full_record();
	pid_t pid = start_process(&record);

	CHECK_INT(record_status(&record, &place.entry), RECORD_RUNNING);
	record.start_time.value++;
	CHECK_INT(record_status(&record, &place.entry), RECORD_STOPPED);
	record.start_time.value--;
	record.boot_id = "00000000-0000-0000-0000-000000000000";
	CHECK_INT(record_status(&record, &place.entry), RECORD_STOPPED);
	record.boot_id = NULL;
	CHECK_INT(record_status(&record, &place.entry), RECORD_RUNNING);
	end_process(pid);
	waitpid(pid, NULL, 0);
}

/* ST-01..ST-06, ST-08 */
TEST(the_state_object_is_that_of_the_specification)
{
	autotext struct text text = { 0 };
	struct record record = full_record();

	record_state_json(&record, RECORD_PAUSED, JSON_COMPACT, &text);
	CHECK_STR(text_get(&text),
		  "{\"ociVersion\":\"1.3.0\",\"id\":\"web\",\"pid\":1234,\"status\":\"paused\","
		  "\"bundle\":\"/srv/a \\\"bundle\\\"\",\"rootfs\":\"/srv/rootfs\","
		  "\"created\":\"2026-01-01T00:00:00.000000001Z\","
		  "\"annotations\":{\"org.a/b\":\"1\",\"z\":\"\"},\"owner\":\"root\"}");
}

/* ST-04, ST-06 */
TEST(a_stopped_one_has_pid_0_and_no_annotations_are_absent)
{
	autotext struct text text = { 0 };
	struct record record = full_record();
	struct json_pairs none = { 0 };

	record.annotations = &none;
	record_state_json(&record, RECORD_STOPPED, JSON_COMPACT, &text);
	CHECK_TRUE(strstr(text_get(&text), "\"pid\":0,\"status\":\"stopped\"") != NULL);
	CHECK_TRUE(strstr(text_get(&text), "annotations") == NULL);
}

/* ST-03 */
TEST(every_status_has_its_word)
{
	CHECK_STR(record_status_name(RECORD_CREATING), "creating");
	CHECK_STR(record_status_name(RECORD_CREATED), "created");
	CHECK_STR(record_status_name(RECORD_RUNNING), "running");
	CHECK_STR(record_status_name(RECORD_PAUSED), "paused");
	CHECK_STR(record_status_name(RECORD_STOPPED), "stopped");
}

/* ST-07 */
TEST(the_time_has_nanoseconds_and_is_utc)
{
	struct arena arena = { 0 };
	const char *now = record_time_now(&arena);

	CHECK_INT(strlen(now), strlen("2026-01-01T00:00:00.000000000Z"));
	CHECK_INT(now[10], 'T');
	CHECK_INT(now[19], '.');
	CHECK_INT(now[29], 'Z');
	arena_clear(&arena);
}

TEST(an_owner_without_a_name_is_its_number)
{
	struct arena arena = { 0 };

	CHECK_STR(record_owner_name(&arena, 0), "root");
	CHECK_STR(record_owner_name(&arena, 3999999999), "3999999999");
	arena_clear(&arena);
}
