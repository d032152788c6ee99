// SPDX-License-Identifier: 0BSD
/*
 * text - a text of bounded length, put together without a C library
 *
 *	char room[80];
 *	struct init_text text = INIT_TEXT_IN(room);
 *
 * husk-init says little, and must be able to say it when memory is gone. The text always
 * ends in a 0 byte; what does not fit is cut.
 */
#ifndef HUSK_INIT_TEXT_H
#define HUSK_INIT_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct init_text {
	char *data;
	size_t size, room;
};

/* The empty text in an array of the caller's. */
#define INIT_TEXT_IN(array) ((struct init_text){ .data = (array), .room = sizeof(array) })

/* Each adds at the end. */
void init_text_add(struct init_text *io_text, const char *string);
void init_text_add_number(struct init_text *io_text, int64_t number);

/* "1.204 s" of 1204; negative times are 0. */
void init_text_add_seconds(struct init_text *io_text, int64_t ms);

/* "SIGTERM", or the number where there is no name. */
void init_text_add_signal(struct init_text *io_text, int signal);

/* What strerror(3) says of what execve(2) and open(2) can give; else "errno N". */
void init_text_add_errno(struct init_text *io_text, int code);

#endif
