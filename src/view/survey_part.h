// SPDX-License-Identifier: GPL-2.0-or-later
/* survey_part - the parts that survey_read is made of */
#ifndef HUSK_VIEW_SURVEY_PART_H
#define HUSK_VIEW_SURVEY_PART_H

#include "view/survey.h"

enum { SURVEY_FILE_SIZE = 16384 };

/**
 * survey_read_file - a small file below /proc into @ret_text, SURVEY_FILE_SIZE bytes
 *
 * Returns its length; -EFBIG when it is longer; else a negative errno. No struct error: that
 * one of many processes has gone is nothing to be told.
 */
MUST_USE int survey_read_file(int proc_fd, const char *name, char *ret_text);

/**
 * survey_group - pid_ns and container of every process, and the list of containers
 *
 * The processes are linked. Reads the cgroup and the namespace where they can differ from the
 * parent's.
 */
void survey_group(int proc_fd, struct survey *io_survey);

/* @at: an index; @folder: a number that is another one for each cgroup, from 1. */
typedef void survey_member(int at, size_t folder, void *data);

/**
 * survey_each_member - every process that the list of a container's cgroup has
 *
 * A cgroup that names a container is meant, or one below it. False: there is no cgroup tree to
 * be seen, and nobody was visited.
 */
bool survey_each_member(const struct survey *survey, survey_member *visit, void *data);

/* The counters of every container's cgroup. */
void survey_read_stats(struct survey *io_survey);

#endif
