// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log - what the runtime says about itself: warnings and debug lines
 *
 * Errors travel as struct error and are printed once, by main. Warnings and debug
 * lines come from any floor and go here. The level and the descriptor are the one
 * mutable global of the runtime; log_open sets them once, before any work.
 */
#ifndef HUSK_BASE_LOG_H
#define HUSK_BASE_LOG_H

#include <stdbool.h>

#include "base/error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_DEBUG };

/**
 * log_open - where lines go and which
 *
 * @file_fd: the --log file, or -1. Not closed. Errors go to stderr as well.
 * @json:    one JSON object a line in the file: {"msg","level","time"}.
 *
 * Engines read the file as ONE object, so only what is at or below @level is
 * written, and the default level is LOG_ERROR.
 */
void log_open(int file_fd, bool json, enum log_level level);

/* One line, without an end of line in it. Errors also go to stderr, as "husk: ...". */
void log_line(enum log_level level, const char *format, ...) PRINTF(2, 3);

#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
