// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/log.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fd.h"
#include "test.h"

/* Everything written to the log file, or to stderr while it is bent to that file. */
static char *content(int fd)
{
	struct error err;
	char *data = NULL;

	CHECK_INT(lseek(fd, 0, SEEK_SET), 0);
	CHECK_OK(fd_read_all(fd, 100000, &data, NULL, &err), err);
	return data;
}

static int bend_stderr(int fd)
{
	int kept = dup(STDERR_FILENO);

	CHECK_TRUE(dup2(fd, STDERR_FILENO) >= 0);
	return kept;
}

static void unbend_stderr(int kept)
{
	dup2(kept, STDERR_FILENO);
	close(kept);
}

/* CL-04 */
TEST(only_what_is_at_or_below_the_level_is_written)
{
	autoclose int fd = memfd_create("log", MFD_CLOEXEC);
	autofree char *data = NULL;

	log_open(fd, false, LOG_WARNING);
	log_warning("a %d", 1);
	log_debug("b %d", 2);
	data = content(fd);
	CHECK_TRUE(strstr(data, " warning: a 1\n"));
	CHECK_TRUE(!strstr(data, "b 2"));
	log_open(-1, false, LOG_WARNING);
}

/* ER-01 */
TEST(json_line_is_one_object_with_its_text_quoted)
{
	autoclose int fd = memfd_create("log", MFD_CLOEXEC);
	autofree char *data = NULL;

	log_open(fd, true, LOG_WARNING);
	log_warning("say \"\\\" and\n\x01 é");
	data = content(fd);
	CHECK_TRUE(strstr(data, "{\"msg\":\"say \\\"\\\\\\\" and\\u000a\\u0001 é\","
				"\"level\":\"warning\",\"time\":\"20") == data);
	CHECK_STR(data + strlen(data) - 4, "Z\"}\n");
	log_open(-1, false, LOG_WARNING);
}

/* ER-09 */
TEST(error_goes_to_the_file_and_to_stderr)
{
	autoclose int file_fd = memfd_create("log", MFD_CLOEXEC);
	autoclose int stderr_fd = memfd_create("stderr", MFD_CLOEXEC);
	autofree char *file = NULL, *shown = NULL;
	int kept = bend_stderr(stderr_fd);

	log_open(file_fd, true, LOG_ERROR);
	log_line(LOG_ERROR, "create web: no");
	log_warning("not shown");
	unbend_stderr(kept);
	log_open(-1, false, LOG_WARNING);
	file = content(file_fd);
	shown = content(stderr_fd);
	CHECK_STR(shown, "husk: create web: no\n");
	CHECK_TRUE(strstr(file, "{\"msg\":\"create web: no\",\"level\":\"error\"") == file);
}

TEST(without_a_file_lines_go_to_stderr)
{
	autoclose int stderr_fd = memfd_create("stderr", MFD_CLOEXEC);
	autofree char *shown = NULL;
	int kept = bend_stderr(stderr_fd);

	log_open(-1, true, LOG_DEBUG);
	log_warning("careful");
	log_debug("detail");
	unbend_stderr(kept);
	log_open(-1, false, LOG_WARNING);
	shown = content(stderr_fd);
	CHECK_STR(shown, "husk: warning: careful\nhusk: detail\n");
}
