// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/ready.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/scope.h"
#include "base/socket.h"

#define FOLDER "notify"
#define SOCKET "notify.sock"
#define MOUNT_POINT "/run/notify"

static const char variable[] = "NOTIFY_SOCKET";

/* sd_notify(3) sends a few lines; systemd itself takes no more than this. */
enum { MESSAGE_MAX = 4096 };

static const char *callers_socket(void)
{
	const char *path = getenv(variable);

	return path && *path ? path : NULL;
}

void container_ready_plan(struct container_plan *io_plan, const char *state_folder)
{
	struct spec *spec = &io_plan->spec;
	autofree char *source = mem_format("%s/" FOLDER, state_folder);

	if (!callers_socket() || !spec->process || !spec_find_namespace(spec, SPEC_NAMESPACE_MOUNT))
		return;
	spec_add_mount(spec, MOUNT_POINT, "bind", source, "bind,nosuid,noexec,nodev,ro");
	spec_strings_add(&spec->arena, &spec->process->env,
			 "NOTIFY_SOCKET=" MOUNT_POINT "/" SOCKET);
	io_plan->has_ready = true;
}

int container_ready_make(const struct container_plan *plan, int entry_fd, struct error *err)
{
	if (!plan->has_ready)
		return 0;
	/* Any user of the container may go in, whatever our umask is. */
	if (mkdirat(entry_fd, FOLDER, 0755) < 0 || fchmodat(entry_fd, FOLDER, 0755, 0) < 0)
		return error_sys(err, "mkdir " FOLDER);
	return 0;
}

/* The state folder's path may be longer than an address; its descriptor never is. */
static int bind_in(int socket_fd, int entry_fd, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path),
		 "/proc/self/fd/%d/" FOLDER "/" SOCKET, entry_fd);
	if (bind(socket_fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return error_sys(err, "bind " SOCKET);
	if (fchmodat(entry_fd, FOLDER "/" SOCKET, 0666, 0) < 0)
		return error_sys(err, "chmod " SOCKET);
	return 0;
}

int container_ready_listen(int entry_fd, struct container_ready *ret_ready, struct error *err)
{
	autoclose int fd = -1;
	struct stat folder;

	*ret_ready = (struct container_ready)CONTAINER_READY_NONE;
	if (!callers_socket() || fstatat(entry_fd, FOLDER, &folder, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_sys(err, "make a socket");
	TRY(bind_in(fd, entry_fd, err));
	ret_ready->socket_fd = fd_take(&fd);
	return 0;
}

/* Is it a line of its own? */
static bool says_ready(const char *message)
{
	static const char word[] = "READY=1";

	for (const char *at = message; (at = strstr(at, word)); at++)
		if ((at == message || at[-1] == '\n') &&
		    (at[strlen(word)] == '\n' || !at[strlen(word)]))
			return true;
	return false;
}

static int tell(pid_t pid, struct error *err)
{
	const char *path = callers_socket();
	autofree char *message = mem_format("MAINPID=%d\nREADY=1\n", pid);
	autoclose int fd = socket_connect(path ? path : "", SOCK_DGRAM, err);

	if (fd >= 0 && send(fd, message, strlen(message), MSG_NOSIGNAL) < 0)
		return error_sys(err, "send");
	return fd < 0 ? fd : 0;
}

void container_ready_serve(struct container_ready *io_ready)
{
	char message[MESSAGE_MAX + 1];
	struct error err;
	ssize_t n;

	while ((n = recv(io_ready->socket_fd, message, MESSAGE_MAX, 0)) >= 0) {
		message[n] = '\0';
		if (!says_ready(message))
			continue;
		/* The container runs on: it has done nothing wrong. */
		if (tell(io_ready->pid, &err) < 0)
			log_warning("%s: %s", variable, err.text);
		container_ready_close(io_ready);
		return;
	}
}

void container_ready_await(struct container_ready *io_ready, int pid_fd)
{
	enum { SOCKET_PLACE, CHILD };
	struct pollfd wait[] = {
		[SOCKET_PLACE] = { .fd = io_ready->socket_fd, .events = POLLIN },
		[CHILD] = { .fd = pid_fd, .events = POLLIN },
	};

	while (io_ready->socket_fd >= 0 && !wait[CHILD].revents) {
		if (TEMP_FAILURE_RETRY(poll(wait, countof(wait), -1)) < 0)
			return;
		if (wait[SOCKET_PLACE].revents)
			container_ready_serve(io_ready);
	}
}

void container_ready_close(struct container_ready *io_ready)
{
	if (io_ready->socket_fd >= 0)
		close(fd_take(&io_ready->socket_fd));
}
