// SPDX-License-Identifier: GPL-2.0-or-later
#include "term/relay.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/mem.h"
#include "term/pty.h"

enum {
	/* What a pty can hold, rounded up: 64 KiB on the way and 4 KiB to be read. */
	DRAIN_MAX = 128 << 10,
	PTMX_MAJOR = 5,
	PTMX_MINOR = 2,
};

static size_t filled(const struct relay_buffer *buffer)
{
	return buffer->end - buffer->begin;
}

static size_t room(const struct relay_buffer *buffer)
{
	return RELAY_ROOM - buffer->end;
}

static void consume(struct relay_buffer *io_buffer, size_t size)
{
	io_buffer->begin += size;
	if (io_buffer->begin == io_buffer->end)
		io_buffer->begin = io_buffer->end = 0;
}

static bool is_try_again(int error)
{
	return error == EAGAIN || error == EINTR;
}

/*
 * O_NONBLOCK belongs to the open file, and the caller's shell shares that: so pipes and
 * terminals are opened anew. A regular file would be read from its beginning then, and never
 * waits anyway; to open a pty's master would make another pty.
 */
static bool is_to_be_reopened(int fd, const struct stat *found)
{
	if (S_ISFIFO(found->st_mode))
		return true;
	return S_ISCHR(found->st_mode) && isatty(fd) &&
	       found->st_rdev != makedev(PTMX_MAJOR, PTMX_MINOR);
}

/* Where it cannot be opened anew (another user's terminal) poll(2) has to do alone. */
static struct relay_end open_end(int fd, int access_mode)
{
	struct relay_end end = { .fd = fd };
	struct stat found;
	char name[32];
	int own_fd;

	if (fstat(fd, &found) < 0)
		return end;
	end.is_socket = S_ISSOCK(found.st_mode);
	if (!is_to_be_reopened(fd, &found))
		return end;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	own_fd = open(name, access_mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own_fd < 0)
		return end;
	end.fd = own_fd;
	end.is_owned = true;
	return end;
}

static void close_end(struct relay_end *io_end)
{
	if (io_end->is_owned)
		close(io_end->fd);
	*io_end = (struct relay_end){ .fd = -1 };
}

static int make_raw(struct relay *io_relay, struct error *err)
{
	struct termios raw;

	if (tcgetattr(io_relay->input.fd, &io_relay->saved) < 0)
		return 0;
	raw = io_relay->saved;
	cfmakeraw(&raw);
	if (tcsetattr(io_relay->input.fd, TCSANOW, &raw) < 0)
		return error_sys(err, "put the terminal in raw mode");
	io_relay->is_raw = true;
	return 0;
}

int relay_open_between(int master_fd, const int ends[2], struct relay *ret_relay,
		       struct error *err)
{
	autorelay struct relay relay = RELAY_NONE;
	int flags = fcntl(master_fd, F_GETFL);

	relay.master_fd = master_fd;
	if (flags < 0 || fcntl(master_fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return error_sys(err, "take over the container's terminal");
	relay.to_master.data = mem_new(RELAY_ROOM);
	relay.to_output.data = mem_new(RELAY_ROOM);
	relay.input = open_end(ends[0], O_RDONLY);
	relay.output = open_end(ends[1], O_WRONLY);
	TRY(make_raw(&relay, err));
	relay_resize(&relay);
	*ret_relay = relay;
	relay = (struct relay)RELAY_NONE;
	return 0;
}

int relay_open(int master_fd, struct relay *ret_relay, struct error *err)
{
	const int ends[2] = { STDIN_FILENO, STDOUT_FILENO };

	return relay_open_between(master_fd, ends, ret_relay, err);
}

static struct pollfd interest(int fd, int events)
{
	/* One of no interest is left out: poll would report its hang-up again and again. */
	return (struct pollfd){ .fd = events ? fd : -1, .events = (short)events };
}

bool relay_fds(const struct relay *relay, struct pollfd *ret_fds)
{
	bool wants_input = !relay->input.has_ended && !relay->is_draining &&
			   room(&relay->to_master) > 0;
	bool wants_master = !relay->has_master_ended && room(&relay->to_output) > 0;
	bool has_input = !relay->has_master_ended && filled(&relay->to_master) > 0;
	bool has_output = filled(&relay->to_output) > 0;

	ret_fds[RELAY_INPUT] = interest(relay->input.fd, wants_input ? POLLIN : 0);
	ret_fds[RELAY_MASTER] = interest(relay->master_fd, (wants_master ? POLLIN : 0) |
								   (has_input ? POLLOUT : 0));
	ret_fds[RELAY_OUTPUT] = interest(relay->output.fd, has_output ? POLLOUT : 0);
	return relay->master_fd >= 0 && (!relay->has_master_ended || has_output);
}

/* An input that cannot be read any more has ended as well. */
static void take_input(struct relay *io_relay)
{
	struct relay_buffer *buffer = &io_relay->to_master;
	struct relay_end *input = &io_relay->input;
	char *at = buffer->data + buffer->end;
	ssize_t n = input->is_socket ? recv(input->fd, at, room(buffer), MSG_DONTWAIT)
				     : read(input->fd, at, room(buffer));

	if (n > 0) {
		buffer->end += (size_t)n;
		io_relay->last_input = at[n - 1];
	} else if (n == 0 || !is_try_again(errno)) {
		input->has_ended = true;
	}
}

/*
 * A terminal has no half that could be closed. Its end-of-file character ends what the
 * program reads; after an unfinished line the first one only hands over that line. A caller's
 * terminal that ended hung up, which is another thing (SIGHUP).
 */
static void pass_end_on(struct relay *io_relay)
{
	struct relay_buffer *buffer = &io_relay->to_master;
	struct termios mode;
	bool is_in_line = io_relay->last_input && io_relay->last_input != '\n';

	io_relay->is_end_passed_on = true;
	if (io_relay->is_raw || tcgetattr(io_relay->master_fd, &mode) < 0 || !mode.c_cc[VEOF])
		return;
	for (int i = is_in_line && mode.c_lflag & ICANON ? 2 : 1; i > 0; i--)
		buffer->data[buffer->end++] = (char)mode.c_cc[VEOF];
}

/* What a terminal that is gone does not take is lost, as on any terminal. */
static void give_input(struct relay *io_relay)
{
	struct relay_buffer *buffer = &io_relay->to_master;
	ssize_t n = write(io_relay->master_fd, buffer->data + buffer->begin, filled(buffer));

	if (n > 0)
		consume(buffer, (size_t)n);
	else if (n < 0 && !is_try_again(errno))
		consume(buffer, filled(buffer));
}

/* EIO: nobody has the container's terminal open any more. */
static void take_output(struct relay *io_relay)
{
	struct relay_buffer *buffer = &io_relay->to_output;
	ssize_t n = read(io_relay->master_fd, buffer->data + buffer->end, room(buffer));

	if (n > 0)
		buffer->end += (size_t)n;
	else if (n == 0 || !is_try_again(errno) || (io_relay->is_draining && errno == EAGAIN))
		io_relay->has_master_ended = true;
	if (n > 0 && io_relay->is_draining) {
		io_relay->drain_left -= (size_t)n < io_relay->drain_left ? (size_t)n
									 : io_relay->drain_left;
		io_relay->has_master_ended = io_relay->drain_left == 0;
	}
}

/* A blocking pipe that is writable takes PIPE_BUF bytes without waiting. Source: pipe(7). */
static int give_output(struct relay *io_relay, struct error *err)
{
	struct relay_buffer *buffer = &io_relay->to_output;
	struct relay_end *output = &io_relay->output;
	const char *at = buffer->data + buffer->begin;
	size_t size = filled(buffer);
	ssize_t n;

	if (!output->is_owned && !output->is_socket && size > PIPE_BUF)
		size = PIPE_BUF;
	n = output->is_socket ? send(output->fd, at, size, MSG_DONTWAIT | MSG_NOSIGNAL)
			      : write(output->fd, at, size);
	if (n < 0 && !is_try_again(errno))
		return error_sys(err, "write to the terminal");
	if (n > 0)
		consume(buffer, (size_t)n);
	return 0;
}

static void take_rest(struct relay *io_relay)
{
	while (!io_relay->has_master_ended && room(&io_relay->to_output) > 0)
		take_output(io_relay);
}

int relay_serve(struct relay *io_relay, const struct pollfd *fds, struct error *err)
{
	if (fds[RELAY_INPUT].revents)
		take_input(io_relay);
	if (fds[RELAY_MASTER].revents & POLLOUT)
		give_input(io_relay);
	if (io_relay->input.has_ended && !io_relay->is_end_passed_on &&
	    filled(&io_relay->to_master) == 0)
		pass_end_on(io_relay);
	if (fds[RELAY_MASTER].revents & ~POLLOUT && room(&io_relay->to_output) > 0)
		take_output(io_relay);
	if (fds[RELAY_OUTPUT].revents)
		TRY(give_output(io_relay, err));
	if (io_relay->is_draining)
		take_rest(io_relay);
	return 0;
}

bool relay_has_hung_up(const struct relay *relay)
{
	return relay->is_raw && relay->input.has_ended;
}

void relay_resize(struct relay *io_relay)
{
	int from_fd = isatty(io_relay->input.fd) ? io_relay->input.fd : io_relay->output.fd;
	struct error ignored;

	/* A window of the wrong size is no reason to end a container. */
	(void)!pty_copy_size(from_fd, io_relay->master_fd, &ignored);
}

void relay_drain(struct relay *io_relay)
{
	io_relay->is_draining = true;
	io_relay->drain_left = DRAIN_MAX;
	if (io_relay->master_fd >= 0)
		take_rest(io_relay);
}

/* A job in the background would be stopped by SIGTTOU before it gave the mode back. */
static void restore(const struct relay *relay)
{
	sigset_t background, before;

	sigemptyset(&background);
	sigaddset(&background, SIGTTOU);
	sigprocmask(SIG_BLOCK, &background, &before);
	tcsetattr(relay->input.fd, TCSANOW, &relay->saved);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void relay_close(struct relay *io_relay)
{
	if (io_relay->is_raw)
		restore(io_relay);
	close_end(&io_relay->input);
	close_end(&io_relay->output);
	scope_close(&io_relay->master_fd);
	free(io_relay->to_master.data);
	free(io_relay->to_output.data);
	*io_relay = (struct relay)RELAY_NONE;
}
