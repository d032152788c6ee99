// SPDX-License-Identifier: GPL-2.0-or-later
#include "term/relay.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "term/pty.h"
#include "test.h"

enum { LONG_MS = 60000, MUCH = 1 << 20 };

/* The container's terminal, with the program's end of it; and two pipes as the caller's. */
struct scene {
	struct relay relay;
	int program_fd; /* the slave */
	int input_fd, output_fd;   /* where we write what husk reads, and read what it writes */
	int ends[2];		   /* what husk has as 0 and 1 */
};

static bool make_pty(struct pty *ret_pty)
{
	struct error err;
	autoclose int devpts_fd = open("/dev/pts", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return access("/dev/pts/ptmx", R_OK | W_OK) == 0 && pty_open(devpts_fd, ret_pty, &err) == 0;
}

static void leave(struct scene *io_scene)
{
	relay_close(&io_scene->relay);
	scope_close(&io_scene->program_fd);
	scope_close(&io_scene->input_fd);
	scope_close(&io_scene->output_fd);
	scope_close(&io_scene->ends[0]);
	scope_close(&io_scene->ends[1]);
}

/* The program's line editing without echo and translation, so that bytes can be compared. */
static void make_plain(int fd)
{
	struct termios mode;

	CHECK_INT(tcgetattr(fd, &mode), 0);
	mode.c_lflag &= ~(tcflag_t)ECHO;
	mode.c_oflag &= ~(tcflag_t)OPOST;
	CHECK_INT(tcsetattr(fd, TCSANOW, &mode), 0);
}

static bool enter(struct scene *io_scene)
{
	struct pty pty = PTY_NONE;
	int in[2], out[2];
	struct error err;

	if (!make_pty(&pty))
		return false;
	CHECK_INT(pipe2(in, O_CLOEXEC), 0);
	CHECK_INT(pipe2(out, O_CLOEXEC), 0);
	io_scene->ends[0] = in[0];
	io_scene->ends[1] = out[1];
	io_scene->input_fd = in[1];
	io_scene->output_fd = out[0];
	io_scene->program_fd = pty.slave_fd;
	make_plain(pty.slave_fd);
	CHECK_OK(relay_open_between(pty.master_fd, io_scene->ends, &io_scene->relay, &err), err);
	return true;
}

#define NO_SCENE                                                                        \
	{                                                                              \
		.relay = RELAY_NONE, .program_fd = -1, .input_fd = -1, .output_fd = -1, \
		.ends = { -1, -1 },                                                    \
	}
#define SCENE(name)                                      \
	autoclean(leave) struct scene name = NO_SCENE;   \
	if (!enter(&name))                               \
		SKIP("needs /dev/pts/ptmx, open for us")

/* One turn of a poll loop; false when the relay has nothing more to wait for. */
static bool turn(struct relay *io_relay)
{
	struct pollfd fds[RELAY_FDS];
	struct error err;

	if (!relay_fds(io_relay, fds))
		return false;
	CHECK_TRUE(poll(fds, RELAY_FDS, LONG_MS) > 0);
	CHECK_OK(relay_serve(io_relay, fds, &err), err);
	return true;
}

static bool is_readable(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	return poll(&wait, 1, 0) > 0;
}

/* Turns until @fd has something, then reads it. */
static ssize_t read_after_turns(struct relay *io_relay, int fd, char *ret_data, size_t size)
{
	while (!is_readable(fd) && turn(io_relay))
		;
	return read(fd, ret_data, size);
}

static void put(int fd, const char *text)
{
	CHECK_INT(write(fd, text, strlen(text)), strlen(text));
}

static void check_next(struct relay *io_relay, int fd, const char *expected)
{
	char data[256];
	ssize_t n = read_after_turns(io_relay, fd, data, sizeof(data) - 1);

	CHECK_TRUE(n >= 0);
	data[n] = '\0';
	CHECK_STR(data, expected);
}

TEST(bytes_pass_both_ways)
{
	SCENE(scene);

	put(scene.input_fd, "hello\n");
	check_next(&scene.relay, scene.program_fd, "hello\n");
	put(scene.program_fd, "world\r\n");
	check_next(&scene.relay, scene.output_fd, "world\r\n");
}

TEST(the_end_of_a_pipe_is_the_end_for_the_program)
{
	SCENE(scene);

	put(scene.input_fd, "one\n");
	scope_close(&scene.input_fd);
	scene.input_fd = -1;
	check_next(&scene.relay, scene.program_fd, "one\n");
	check_next(&scene.relay, scene.program_fd, "");
}

TEST(an_unfinished_line_is_handed_over_before_the_end)
{
	SCENE(scene);

	put(scene.input_fd, "one\ntwo");
	scope_close(&scene.input_fd);
	scene.input_fd = -1;
	check_next(&scene.relay, scene.program_fd, "one\n");
	check_next(&scene.relay, scene.program_fd, "two");
	check_next(&scene.relay, scene.program_fd, "");
}

TEST(output_goes_on_after_the_input_has_ended)
{
	SCENE(scene);

	scope_close(&scene.input_fd);
	scene.input_fd = -1;
	check_next(&scene.relay, scene.program_fd, "");
	put(scene.program_fd, "late");
	check_next(&scene.relay, scene.output_fd, "late");
}

TEST(the_callers_descriptors_stay_as_they_were)
{
	SCENE(scene);

	CHECK_INT(fcntl(scene.ends[0], F_GETFL) & O_NONBLOCK, 0);
	CHECK_INT(fcntl(scene.ends[1], F_GETFL) & O_NONBLOCK, 0);
	CHECK_TRUE(scene.relay.output.is_owned);
	relay_close(&scene.relay);
	relay_close(&scene.relay);
	CHECK_TRUE(fcntl(scene.ends[0], F_GETFD) >= 0);
	CHECK_TRUE(fcntl(scene.ends[1], F_GETFD) >= 0);
}

/* The program writes without waiting until its terminal is full. */
static size_t write_all_that_fits(int fd)
{
	char block[1000];
	size_t size = 0;
	ssize_t n;

	CHECK_INT(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
	memset(block, 'x', sizeof(block));
	while ((n = write(fd, block, sizeof(block))) > 0)
		size += (size_t)n;
	return size;
}

TEST(a_reader_that_does_not_read_holds_nothing_up)
{
	struct pollfd fds[RELAY_FDS];
	SCENE(scene);

	for (int i = 0; i < 1000; i++) {
		struct error err;

		write_all_that_fits(scene.program_fd);
		relay_fds(&scene.relay, fds);
		if (poll(fds, RELAY_FDS, 0) == 0)
			break;
		CHECK_OK(relay_serve(&scene.relay, fds, &err), err);
	}
	/* Both the pipe and the buffer are full now: nothing to do but to wait for the reader. */
	CHECK_TRUE(relay_fds(&scene.relay, fds));
	CHECK_INT(fds[RELAY_MASTER].fd, -1);
	CHECK_INT(fds[RELAY_OUTPUT].events, POLLOUT);
	/* The other direction still flows. */
	put(scene.input_fd, "still\n");
	check_next(&scene.relay, scene.program_fd, "still\n");
}

TEST(much_output_arrives_whole_and_in_order)
{
	autofree char *sent = malloc(MUCH);
	size_t given = 0, got = 0;
	SCENE(scene);

	for (size_t i = 0; i < MUCH; i++)
		sent[i] = (char)('a' + i * 7 % 23);
	CHECK_INT(fcntl(scene.program_fd, F_SETFL, O_RDWR | O_NONBLOCK), 0);
	while (got < MUCH) {
		char data[5000];
		ssize_t n = write(scene.program_fd, sent + given, MUCH - given);

		given += n > 0 ? (size_t)n : 0;
		n = read_after_turns(&scene.relay, scene.output_fd, data, sizeof(data));
		CHECK_TRUE(n > 0 && memcmp(data, sent + got, (size_t)n) == 0);
		got += (size_t)n;
	}
}

TEST(what_was_written_before_the_end_is_drained)
{
	char data[300];
	size_t size = 0;
	ssize_t n;
	SCENE(scene);

	for (int i = 0; i < 100; i++)
		put(scene.program_fd, "abc");
	scope_close(&scene.program_fd);
	scene.program_fd = -1;
	relay_drain(&scene.relay);
	while (turn(&scene.relay))
		;
	while (size < sizeof(data) && (n = read(scene.output_fd, data, sizeof(data))) > 0)
		size += (size_t)n;
	CHECK_INT(size, 300);
	CHECK_TRUE(!is_readable(scene.output_fd));
}

TEST(a_drain_ends_while_another_process_has_the_terminal_open)
{
	SCENE(scene);

	put(scene.program_fd, "last words");
	relay_drain(&scene.relay);
	while (turn(&scene.relay))
		;
	check_next(&scene.relay, scene.output_fd, "last words");
}

TEST(a_drain_delivers_to_a_slow_reader_too)
{
	size_t written, got = 0;
	SCENE(scene);

	CHECK_TRUE(fcntl(scene.output_fd, F_SETPIPE_SZ, 4096) > 0);
	written = write_all_that_fits(scene.program_fd);
	CHECK_TRUE(written > RELAY_ROOM);
	relay_drain(&scene.relay);
	while (got < written) {
		char data[1000];
		ssize_t n = read_after_turns(&scene.relay, scene.output_fd, data, sizeof(data));

		CHECK_TRUE(n > 0);
		got += (size_t)n;
	}
	CHECK_TRUE(!turn(&scene.relay));
	CHECK_INT(got, written);
}

TEST(all_slaves_closed_is_the_end_of_the_output)
{
	SCENE(scene);

	put(scene.program_fd, "end");
	scope_close(&scene.program_fd);
	scene.program_fd = -1;
	while (turn(&scene.relay))
		;
	check_next(&scene.relay, scene.output_fd, "end");
}

TEST(an_output_that_is_gone_is_an_error)
{
	struct pollfd fds[RELAY_FDS];
	struct error err;
	int r = 0;
	SCENE(scene);

	signal(SIGPIPE, SIG_IGN);
	scope_close(&scene.output_fd);
	scene.output_fd = -1;
	put(scene.program_fd, "into nothing");
	while (r == 0 && relay_fds(&scene.relay, fds) && poll(fds, RELAY_FDS, LONG_MS) > 0)
		r = relay_serve(&scene.relay, fds, &err);
	signal(SIGPIPE, SIG_DFL);
	CHECK_INT(r, -EPIPE);
	CHECK_STR(err.text, "write to the terminal: broken pipe");
}

TEST(sockets_are_served_without_being_reopened)
{
	struct pty pty = PTY_NONE;
	autorelay struct relay relay = RELAY_NONE;
	autoclose int program_fd = -1, ours = -1, theirs = -1;
	struct error err;
	int pair[2];

	if (!make_pty(&pty))
		SKIP("needs /dev/pts/ptmx, open for us");
	program_fd = pty.slave_fd;
	make_plain(program_fd);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	ours = pair[0];
	theirs = pair[1];
	CHECK_OK(relay_open_between(pty.master_fd, (int[]){ theirs, theirs }, &relay, &err), err);
	put(ours, "in\n");
	check_next(&relay, program_fd, "in\n");
	put(program_fd, "out");
	check_next(&relay, ours, "out");
}

/* The caller has a terminal: a second pty. What its user types comes from the master. */
struct desk {
	struct pty user, program;
	struct relay relay;
};

static void leave_desk(struct desk *io_desk)
{
	relay_close(&io_desk->relay);
	pty_close(&io_desk->user);
	pty_close(&io_desk->program);
}

static bool enter_desk(struct desk *io_desk)
{
	struct error err;

	if (!make_pty(&io_desk->user) || !make_pty(&io_desk->program))
		return false;
	CHECK_OK(pty_set_size(io_desk->user.master_fd, 50, 132, &err), err);
	CHECK_OK(relay_open_between(fd_take(&io_desk->program.master_fd),
				    (int[]){ io_desk->user.slave_fd, io_desk->user.slave_fd },
				    &io_desk->relay, &err), err);
	return true;
}

#define DESK(name)                                                                          \
	autoclean(leave_desk) struct desk name = { PTY_NONE, PTY_NONE, RELAY_NONE };       \
	if (!enter_desk(&name))                                                            \
		SKIP("needs /dev/pts/ptmx, open for us")

static tcflag_t local_mode(int fd)
{
	struct termios mode;

	CHECK_INT(tcgetattr(fd, &mode), 0);
	return mode.c_lflag & (tcflag_t)(ICANON | ECHO | ISIG);
}

TEST(the_callers_terminal_is_raw_until_the_relay_is_closed)
{
	DESK(desk);

	CHECK_INT(local_mode(desk.user.slave_fd), 0);
	relay_close(&desk.relay);
	CHECK_INT(local_mode(desk.user.slave_fd), ICANON | ECHO | ISIG);
}

static void open_and_return(const struct pty *user, int master_fd)
{
	autorelay struct relay relay = RELAY_NONE;
	struct error err;

	CHECK_OK(relay_open_between(master_fd, (int[]){ user->slave_fd, user->slave_fd }, &relay,
				    &err), err);
	CHECK_INT(local_mode(user->slave_fd), 0);
}

TEST(leaving_the_block_gives_the_terminal_its_mode_back)
{
	autopty struct pty user = PTY_NONE, program = PTY_NONE;

	if (!make_pty(&user) || !make_pty(&program))
		SKIP("needs /dev/pts/ptmx, open for us");
	open_and_return(&user, fd_take(&program.master_fd));
	CHECK_INT(local_mode(user.slave_fd), ICANON | ECHO | ISIG);
}

TEST(keys_reach_the_program_and_its_echo_the_user)
{
	DESK(desk);

	put(desk.user.master_fd, "ls\r");
	check_next(&desk.relay, desk.program.slave_fd, "ls\n");
	check_next(&desk.relay, desk.user.master_fd, "ls\r\n");
}

TEST(control_keys_are_the_programs)
{
	struct termios mode;
	DESK(desk);

	CHECK_INT(tcgetattr(desk.program.slave_fd, &mode), 0);
	cfmakeraw(&mode);
	CHECK_INT(tcsetattr(desk.program.slave_fd, TCSANOW, &mode), 0);
	put(desk.user.master_fd, "\x03\x04\x11\x13\x1a\r");
	check_next(&desk.relay, desk.program.slave_fd, "\x03\x04\x11\x13\x1a\r");
}

static void check_window(int fd, int rows, int columns)
{
	struct winsize size;

	CHECK_INT(ioctl(fd, TIOCGWINSZ, &size), 0);
	CHECK_INT(size.ws_row, rows);
	CHECK_INT(size.ws_col, columns);
}

TEST(the_programs_window_is_the_users)
{
	struct error err;
	DESK(desk);

	check_window(desk.program.slave_fd, 50, 132);
	CHECK_OK(pty_set_size(desk.user.master_fd, 10, 20, &err), err);
	relay_resize(&desk.relay);
	check_window(desk.program.slave_fd, 10, 20);
}

TEST(a_terminal_that_hung_up_is_no_end_of_file)
{
	struct pollfd fds[RELAY_FDS];
	DESK(desk);

	scope_close(&desk.user.master_fd);
	desk.user.master_fd = -1;
	CHECK_TRUE(!relay_has_hung_up(&desk.relay));
	CHECK_TRUE(turn(&desk.relay));
	CHECK_TRUE(relay_has_hung_up(&desk.relay));
	CHECK_TRUE(relay_fds(&desk.relay, fds));
	CHECK_INT(fds[RELAY_INPUT].fd, -1);
	CHECK_TRUE(!is_readable(desk.program.slave_fd));
}
