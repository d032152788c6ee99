// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/scope.h"
#include "view/survey_part.h"

int survey_read_file(int proc_fd, const char *name, char *ret_text)
{
	autoclose int file_fd = openat(proc_fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t size;

	if (file_fd < 0)
		return -errno;
	size = TEMP_FAILURE_RETRY(read(file_fd, ret_text, SURVEY_FILE_SIZE - 1));
	if (size < 0)
		return -errno;
	ret_text[size] = '\0';
	return size == SURVEY_FILE_SIZE - 1 ? -EFBIG : (int)size;
}
