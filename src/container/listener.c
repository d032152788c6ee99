// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/listener.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/scope.h"
#include "base/socket.h"
#include "container/step.h"
#include "json/string.h"

/* In the place of the descriptor. */
enum { NOT_YET = -1, NONE = -2 };

struct handing {
	atomic_int listener_fd;
	int socket_fd;
	int result;
	struct error err;
};

/* The wait is as long as the kernel takes to load a filter, less than a millisecond. */
static void *hand_on(void *argument)
{
	struct handing *h = argument;
	int fd;

	while ((fd = atomic_load(&h->listener_fd)) == NOT_YET)
		sched_yield();
	if (fd != NONE)
		h->result = container_step_say(h->socket_fd, STEP_LISTENER, fd, &h->err);
	return NULL;
}

int container_listener_load(const struct guard_seccomp_program *program, int socket_fd,
			    struct error *err)
{
	struct handing h = { .listener_fd = NOT_YET, .socket_fd = socket_fd };
	int fd = NONE, r;
	pthread_t thread;

	r = -pthread_create(&thread, NULL, hand_on, &h);
	if (r < 0)
		return error_set(err, -r, "linux.seccomp: make a thread: %s", error_words(-r));
	r = guard_seccomp_load(program, &fd, err);
	atomic_store(&h.listener_fd, r < 0 ? NONE : fd);
	/* It looks whether the thread is gone, and does not ask the kernel; pthread_join does. */
	while (pthread_tryjoin_np(thread, NULL) == EBUSY)
		;
	TRY(r);
	close(fd);
	if (h.result < 0)
		*err = h.err;
	return h.result;
}

int container_listener_hand_over(const char *path, int listener_fd,
				 const struct container_listener_process *process,
				 struct error *err)
{
	autoclose int agent_fd = socket_connect(path, SOCK_STREAM, err);
	autotext struct text state = { 0 };
	int r = agent_fd;

	text_add(&state, "{\"ociVersion\":\"" SPEC_OCI_VERSION
			 "\",\"fds\":[\"seccompFd\"],\"pid\":%lld,",
		 (long long)process->pid);
	if (process->metadata) {
		text_add(&state, "\"metadata\":");
		string_quote(process->metadata, &state);
		text_add(&state, ",");
	}
	text_add(&state, "\"state\":");
	record_state_json(process->record, process->status, JSON_COMPACT, &state);
	text_add(&state, "}");
	if (agent_fd >= 0)
		r = fd_send(agent_fd, text_get(&state), state.size, listener_fd, err);
	return r < 0 ? error_wrap(err, "seccomp listener %s", path) : 0;
}
