// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/scratch.h"
#include "test.h"

struct place {
	struct scratch scratch;
	int fd;
};

static struct place open_place(void)
{
	struct place place = { .scratch = scratch_new() };

	place.fd = open(place.scratch.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_TRUE(place.fd >= 0);
	return place;
}

static void close_place(struct place *io_place)
{
	scope_close(&io_place->fd);
	scratch_clear(&io_place->scratch);
}

static void put(int folder_fd, const char *name, mode_t mode)
{
	autoclose int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	CHECK_INT(write(fd, "text", 4), 4);
	CHECK_INT(fchmod(fd, mode), 0);
}

static int try_read(int folder_fd, const char *name, struct error *err)
{
	autofree char *data = NULL;

	return state_private_read(folder_fd, name, &data, NULL, err);
}

TEST(a_private_file_is_read_and_grows)
{
	struct place place = open_place();
	autofree char *data = NULL;
	autoclose int fd = -1;
	struct error err;

	CHECK_INT(state_private_open_to_append(place.fd, "file", 0, &err), -ENOENT);
	fd = state_private_open_to_append(place.fd, "file", O_CREAT, &err);
	CHECK_OK(fd, err);
	CHECK_INT(write(fd, "text", 4), 4);
	CHECK_OK(state_private_read(place.fd, "file", &data, NULL, &err), err);
	CHECK_STR(data, "text");
	CHECK_INT(try_read(place.fd, "none", &err), -ENOENT);
	CHECK_INT(unlinkat(place.fd, "file", 0), 0);
	close_place(&place);
}

TEST(a_file_that_others_may_write_to_is_refused)
{
	static const mode_t modes[] = { 0620, 0602, 0666, 04622 };
	struct place place = open_place();
	struct error err;

	for (size_t i = 0; i < countof(modes); i++) {
		put(place.fd, "file", modes[i]);
		CHECK_INT(try_read(place.fd, "file", &err), -EPERM);
		CHECK_TRUE(strstr(err.text, "file: others may write to it, mode ") == err.text);
		CHECK_INT(state_private_open_to_append(place.fd, "file", 0, &err), -EPERM);
	}
	put(place.fd, "file", 0644);
	CHECK_OK(try_read(place.fd, "file", &err), err);
	CHECK_INT(unlinkat(place.fd, "file", 0), 0);
	close_place(&place);
}

TEST(a_file_or_folder_of_another_user_is_refused)
{
	struct place place = { .fd = -1 };
	struct error err;

	if (geteuid() != 0)
		SKIP("needs root");
	place = open_place();
	put(place.fd, "file", 0600);
	CHECK_INT(fchownat(place.fd, "file", 4711, 0, 0), 0);
	CHECK_INT(try_read(place.fd, "file", &err), -EPERM);
	CHECK_TRUE(strstr(err.text, "file: owned by user 4711") == err.text);
	CHECK_OK(state_private_check(place.fd, &err), err);
	CHECK_INT(fchown(place.fd, 4711, 0), 0);
	CHECK_ERROR(state_private_check(place.fd, &err), err, EPERM,
		    "owned by user 4711: operation not permitted");
	CHECK_INT(unlinkat(place.fd, "file", 0), 0);
	close_place(&place);
}

TEST(what_is_no_regular_file_is_refused_at_once)
{
	struct place place = open_place();
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct error err;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", place.scratch.path);
	CHECK_INT(bind(socket_fd, (struct sockaddr *)&address, sizeof(address)), 0);
	CHECK_INT(mkfifoat(place.fd, "fifo", 0600), 0);
	CHECK_INT(mkdirat(place.fd, "folder", 0700), 0);
	CHECK_INT(symlinkat("/etc/passwd", place.fd, "link"), 0);
	CHECK_ERROR(try_read(place.fd, "fifo", &err), err, EINVAL, "fifo: not a regular file");
	CHECK_INT(try_read(place.fd, "socket", &err), -EINVAL);
	CHECK_INT(try_read(place.fd, "folder", &err), -EINVAL);
	CHECK_INT(try_read(place.fd, "link", &err), -ELOOP);
	CHECK_INT(state_private_open_to_append(place.fd, "fifo", O_CREAT, &err), -EINVAL);
	CHECK_INT(state_private_open_to_append(place.fd, "link", O_CREAT, &err), -ELOOP);
	CHECK_INT(unlinkat(place.fd, "folder", AT_REMOVEDIR), 0);
	for (size_t i = 0; i < 3; i++)
		CHECK_INT(unlinkat(place.fd, (const char *[]){ "fifo", "socket", "link" }[i], 0), 0);
	close_place(&place);
}
