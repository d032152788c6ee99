// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/text.h"

/* A passwd file of an image is hostile input: more than this is not looked at. */
enum { PASSWD_MAX = 1 << 20 };

static const char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static const char *find_value(const struct json_strings *env, const char *name)
{
	size_t size = strlen(name);

	for (size_t i = env ? env->count : 0; i-- > 0;)
		if (strncmp(env->item[i], name, size) == 0 && env->item[i][size] == '=')
			return env->item[i] + size + 1;
	return NULL;
}

/* 0 when @path can be executed, else the errno that tells why not. */
static int try(const char *path)
{
	struct stat file;

	if (stat(path, &file) < 0)
		return errno;
	if (!S_ISREG(file.st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? errno : 0;
}

static int search(const char *name, const char *folders, struct arena *io_arena,
		  const char **ret_path)
{
	int verdict = ENOENT;

	while (*folders) {
		size_t size = strcspn(folders, ":");
		char *path = arena_format(io_arena, "%.*s/%s", size ? (int)size : 1,
					  size ? folders : ".", name);
		int why = try(path);

		if (why == 0) {
			*ret_path = path;
			return 0;
		}
		if (why == EACCES)
			verdict = EACCES;
		folders += size;
		folders += *folders == ':';
	}
	return verdict;
}

int container_program_find(const char *name, const struct json_strings *env, struct arena *io_arena,
		 const char **ret_path, struct error *err)
{
	const char *folders = find_value(env, "PATH");
	int why;

	if (strchr(name, '/')) {
		why = try(name);
		*ret_path = name;
		if (why)
			return error_set(err, why, "exec \"%s\": %s", name, error_words(why));
		return 0;
	}
	why = search(name, folders ? folders : default_path, io_arena, ret_path);
	if (why == ENOENT)
		return error_set(err, why, "executable file \"%s\" not found in $PATH: %s", name,
				 error_words(why));
	if (why)
		return error_set(err, why, "exec \"%s\": %s", name, error_words(why));
	return 0;
}

/* Moves *io_text behind the next @until, which is cut away; returns what stood before. */
static char *cut(char **io_text, char until)
{
	char *start = *io_text, *end = strchr(start, until);

	if (end) {
		*end = '\0';
		*io_text = end + 1;
	} else {
		*io_text = start + strlen(start);
	}
	return start;
}

/* name:password:uid:gid:comment:home:shell */
static const char *home_of_line(char *line, uid_t uid)
{
	long long number;
	char *field;

	cut(&line, ':');
	cut(&line, ':');
	field = cut(&line, ':');
	if (text_number(field, 0, UINT32_MAX, &number) < 0 || (uid_t)number != uid)
		return NULL;
	cut(&line, ':');
	cut(&line, ':');
	field = cut(&line, ':');
	return *field ? field : NULL;
}

const char *container_program_home(char *io_passwd, uid_t uid)
{
	while (*io_passwd) {
		const char *home = home_of_line(cut(&io_passwd, '\n'), uid);

		if (home)
			return home;
	}
	return NULL;
}

static const char *find_home(uid_t uid, struct arena *io_arena)
{
	/* A fifo or a device in its place must not hold us up: O_NONBLOCK, then look. */
	autoclose int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	autofree char *content = NULL;
	struct error ignored;
	const char *home;
	struct stat file;

	if (fd < 0 || fstat(fd, &file) < 0 || !S_ISREG(file.st_mode))
		return "/";
	if (fd_read_all(fd, PASSWD_MAX, &content, NULL, &ignored) < 0)
		return "/";
	home = container_program_home(content, uid);
	return home ? arena_text(io_arena, home) : "/";
}

static bool is_replaced_later(const struct json_strings *env, size_t at)
{
	size_t size = strcspn(env->item[at], "=") + 1;

	for (size_t i = at + 1; i < env->count; i++)
		if (strncmp(env->item[i], env->item[at], size) == 0)
			return true;
	return false;
}

char **container_program_environment(const struct json_strings *env, uid_t uid, int listen_fds,
			   struct arena *io_arena)
{
	size_t count = env ? env->count : 0, used = 0;
	char **list = arena_new(io_arena, (count + 4) * sizeof(*list));
	const char *home = find_value(env, "HOME");

	for (size_t i = 0; i < count; i++)
		if (!is_replaced_later(env, i) && strcmp(env->item[i], "HOME=") != 0)
			list[used++] = env->item[i];
	if (!home || !*home)
		list[used++] = arena_format(io_arena, "HOME=%s", find_home(uid, io_arena));
	if (listen_fds > 0) {
		list[used++] = arena_format(io_arena, "LISTEN_FDS=%d", listen_fds);
		list[used++] = arena_text(io_arena, "LISTEN_PID=1");
	}
	return list;
}
