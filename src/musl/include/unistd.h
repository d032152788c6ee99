// SPDX-License-Identifier: GPL-2.0-or-later
/* unistd.h - musl's, and what glibc's has besides (see musl/lacks.c) */
#ifndef HUSK_MUSL_INCLUDE_UNISTD_H
#define HUSK_MUSL_INCLUDE_UNISTD_H

#include_next <unistd.h>

#include <errno.h>

#ifndef TEMP_FAILURE_RETRY
#define TEMP_FAILURE_RETRY(call)                                                                   \
	(__extension__({                                                                           \
		long result_;                                                                      \
		do                                                                                 \
			result_ = (long)(call);                                                    \
		while (result_ == -1 && errno == EINTR);                                           \
		result_;                                                                           \
	}))
#endif

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

int close_range(unsigned int first, unsigned int last, int flags);
int execveat(int dir_fd, const char *path, char *const argv[], char *const envp[], int flags);

#endif
