// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/scope.h"
#include "container/program.h"

static struct json_strings strings(char **item)
{
	struct json_strings list = { .item = item };

	while (item[list.count])
		list.count++;
	return list;
}

/* P-06 */
TEST(name_without_a_slash_is_searched_in_the_configured_path)
{
	char *env[] = { "PATH=/nonexistent:/bin", NULL };
	struct json_strings list = strings(env);
	struct arena arena = { 0 };
	const char *path;
	struct error err;

	CHECK_OK(container_program_find("sh", &list, &arena, &path, &err), err);
	CHECK_STR(path, "/bin/sh");
	arena_clear(&arena);
}

/* P-06, ER-04, ER-10 */
TEST(missing_program_is_named_as_engines_expect)
{
	char *env[] = { "PATH=/nonexistent", NULL };
	struct json_strings list = strings(env);
	struct arena arena = { 0 };
	const char *path;
	struct error err;

	CHECK_ERROR(container_program_find("sh", &list, &arena, &path, &err), err, ENOENT,
		    "executable file \"sh\" not found in $PATH: no such file or directory");
	CHECK_ERROR(container_program_find("/nonexistent/sh", &list, &arena, &path, &err), err, ENOENT,
		    "exec \"/nonexistent/sh\": no such file or directory");
	arena_clear(&arena);
}

/* ER-03, ER-10 */
TEST(file_that_is_not_executable_is_permission_denied)
{
	char folder[] = "/tmp/husk-program-XXXXXX";
	struct arena arena = { 0 };
	const char *path;
	struct error err;
	char *env[2] = { NULL };
	struct json_strings list;
	char *file;

	CHECK_TRUE(mkdtemp(folder));
	file = arena_format(&arena, "%s/x", folder);
	close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	env[0] = arena_format(&arena, "PATH=%s", folder);
	list = strings(env);
	CHECK_ERROR(container_program_find("x", &list, &arena, &path, &err), err, EACCES,
		    "exec \"x\": permission denied");
	CHECK_INT(container_program_find(folder, &list, &arena, &path, &err), -EACCES);
	unlink(file);
	rmdir(folder);
	arena_clear(&arena);
}

static bool holds(char **env, const char *entry)
{
	for (; *env; env++)
		if (strcmp(*env, entry) == 0)
			return true;
	return false;
}

/* P-05 */
TEST(home_is_added_when_it_is_missing_or_empty)
{
	char *without[] = { "A=1", NULL }, *empty[] = { "HOME=", NULL },
	     *with[] = { "HOME=/x", NULL };
	struct json_strings list = strings(without);
	struct arena arena = { 0 };

	CHECK_TRUE(holds(container_program_environment(&list, 0, 0, &arena), "HOME=/root"));
	list = strings(empty);
	CHECK_TRUE(holds(container_program_environment(&list, 0, 0, &arena), "HOME=/root"));
	CHECK_TRUE(!holds(container_program_environment(&list, 0, 0, &arena), "HOME="));
	list = strings(with);
	CHECK_TRUE(holds(container_program_environment(&list, 0, 0, &arena), "HOME=/x"));
	CHECK_TRUE(!holds(container_program_environment(&list, 0, 0, &arena), "HOME=/root"));
	CHECK_TRUE(holds(container_program_environment(NULL, 4294967, 0, &arena), "HOME=/"));
	arena_clear(&arena);
}

/* P-05 */
TEST(home_is_that_of_the_first_whole_line_with_the_user)
{
	static const struct {
		const char *passwd, *home;
	} rows[] = {
		{ "root:x:0:0:root:/root:/bin/sh\na:x:7:7::/home/a:/bin/sh\n", "/home/a" },
		{ "a:x:7:7:a:/first\nb:x:7:7:b:/second", "/first" },
		{ "a:x:7:7:a:\nb:x:7:7:b:/second", "/second" },
		{ "a:x:07x:7:a:/no\n+:::\n\n:::::\na:x:-7:7:a:/no", "none" },
		{ "a:x:4294967303:7:a:/no\na:x:7", "none" },
		{ "", "none" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autofree char *copy = mem_text(rows[i].passwd);
		const char *home = container_program_home(copy, 7);

		CHECK_STR(home ? home : "none", rows[i].home);
	}
}

TEST(later_entry_replaces_an_earlier_one)
{
	char *env[] = { "A=1", "AB=2", "A=3", "HOME=/", NULL };
	struct json_strings list = strings(env);
	struct arena arena = { 0 };
	char **got = container_program_environment(&list, 0, 0, &arena);

	CHECK_TRUE(!holds(got, "A=1"));
	CHECK_TRUE(holds(got, "A=3"));
	CHECK_TRUE(holds(got, "AB=2"));
	arena_clear(&arena);
}

/* FD-02 */
TEST(listen_fds_are_announced)
{
	struct arena arena = { 0 };
	char **got = container_program_environment(NULL, 0, 2, &arena);

	CHECK_TRUE(holds(got, "LISTEN_FDS=2"));
	CHECK_TRUE(holds(got, "LISTEN_PID=1"));
	arena_clear(&arena);
}
