// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/step.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/scope.h"

enum speaker { PARENT, STAGE, EITHER };

static const struct {
	const char *name;
	enum speaker speaker;
	bool carries_fd;
} steps[] = {
	[STEP_PLACED]   = { "placed",   PARENT, false },
	[STEP_ROOTED]   = { "rooted",   STAGE,  false },
	[STEP_HOOKED]   = { "hooked",   PARENT, false },
	[STEP_CONSOLE]  = { "console",  STAGE,  true },
	[STEP_LISTENER] = { "listener", STAGE,  true },
	[STEP_READY]    = { "ready",    STAGE,  false },
	[STEP_COMMIT]   = { "commit",   PARENT, false },
	[STEP_FAILED]   = { "failed",   EITHER, false },
};

struct failure {
	int blame;
	struct error why;
};

int container_step_say(int socket_fd, enum container_step step, int fd, struct error *err)
{
	int r = wire_send(socket_fd, step, NULL, 0, fd, err);

	return r < 0 ? error_wrap(err, "say \"%s\"", steps[step].name) : 0;
}

void container_step_say_failed(int socket_fd, const struct error *why, enum container_blame blame)
{
	struct failure failure = { .blame = blame, .why = *why };
	struct error ignored;

	/* Nobody listens any more: then nobody wants to know. */
	(void)!wire_send(socket_fd, STEP_FAILED, &failure, sizeof(failure), -1, &ignored);
}

int container_step_failure(const struct wire_message *message, enum container_blame *ret_blame,
			   struct error *err)
{
	struct failure failure;

	if (message->kind != STEP_FAILED || message->size != sizeof(failure))
		return error_set(err, EBADMSG, "handshake: unexpected message %u", message->kind);
	memcpy(&failure, message->data, sizeof(failure));
	failure.why.text[sizeof(failure.why.text) - 1] = '\0';
	*err = failure.why;
	if (err->code <= 0)
		err->code = EPROTO;
	if (ret_blame)
		*ret_blame = (enum container_blame)failure.blame;
	return -err->code;
}

int container_step_await(int socket_fd, enum container_step step, int *ret_fd,
			 enum container_blame *ret_blame, struct error *err)
{
	struct wire_message message;
	autoclose int fd = -1;
	int r = wire_receive(socket_fd, &message, err);

	if (r <= 0)
		return r;
	fd = message.fd;
	if (message.kind == STEP_FAILED)
		return container_step_failure(&message, ret_blame, err);
	if (message.kind != step || (fd >= 0) != (steps[step].carries_fd && ret_fd))
		return error_set(err, EPROTO, "handshake: step %u came where \"%s\" was due",
				 message.kind, steps[step].name);
	if (ret_fd)
		*ret_fd = fd_take(&fd);
	return 1;
}
