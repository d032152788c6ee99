// SPDX-License-Identifier: 0BSD
/*
 * error - what went wrong, as one line of text and one errno
 *
 * A struct error belongs to the caller, is passed by address as the last
 * parameter and holds no pointer: a child can send it to its parent as it is.
 * A function that can fail returns 0 (or a value >= 0) or a negative errno, and
 * in the second case has filled the error.
 */
#ifndef HUSK_BASE_ERROR_H
#define HUSK_BASE_ERROR_H

#include <errno.h>

#define MUST_USE __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define PRINTF(at, first) __attribute__((format(printf, at, first), nonnull(at)))
#define UNUSED __attribute__((unused))

enum { ERROR_TEXT_SIZE = 1024 };

/* @code is a positive errno, @text one line without an end of line. */
struct error {
	int code;
	char text[ERROR_TEXT_SIZE];
};

/**
 * error_sys - a system call failed
 *
 * Reads errno; 0 there, which says nothing, counts as EIO. The text is
 * "WHAT: error_words(errno)", WHAT being @format filled in.
 * Returns -errno, so that a caller can write `return error_sys(err, "open %s", name);`
 */
int error_sys(struct error *err, const char *format, ...) PRINTF(2, 3);

/**
 * error_set - anything else failed
 *
 * @code: the positive errno that fits; 0 counts as EIO. Returns -@code.
 */
int error_set(struct error *err, int code, const char *format, ...) PRINTF(3, 4);

/**
 * error_wrap - say in front what it was for: "CONTEXT: text so far"
 *
 * Keeps the code. What no longer fits is cut from the end. Returns -err->code.
 */
int error_wrap(struct error *err, const char *format, ...) PRINTF(2, 3);

/**
 * error_words - what strerror says, with a small letter in front like all our texts
 *
 * Callers look for "permission denied" and "no such file or directory" spelled so. The
 * text lasts until the next call.
 */
const char *error_words(int code);

/*
 * That each of them returns less than 0 is what callers rely on. Said here, so that an analyser,
 * which reads one file at a time, knows as well: after TRY there is a result.
 */
static inline int error_negative(int result)
{
	return result < 0 ? result : -EIO;
}

#define error_sys(...) error_negative((error_sys)(__VA_ARGS__))
#define error_set(...) error_negative((error_set)(__VA_ARGS__))
#define error_wrap(...) error_negative((error_wrap)(__VA_ARGS__))

/* Hands a negative result on to the caller. The one macro that hides control flow. */
#define TRY(call)                     \
	do {                          \
		int try_result_ = (call); \
		if (try_result_ < 0)  \
			return try_result_; \
	} while (0)

#endif
