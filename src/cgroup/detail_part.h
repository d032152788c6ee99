// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * detail_part - what detail is made of: detail1.c (files of cgroup v1), detail2.c (files of v2),
 * and the readers of one file that these share (detail_part.c)
 */
#ifndef HUSK_CGROUP_DETAIL_PART_H
#define HUSK_CGROUP_DETAIL_PART_H

#include "cgroup/detail.h"

/* A file with one number; "max" is the largest. Unset without the tree or the file. */
void cgroup_detail_number(const struct cgroup_tree *tree, const char *file,
			  struct maybe_uint *ret_number);

/* The whole file, without the last end of line; NULL without one. The caller frees it. */
char *cgroup_detail_text(const struct cgroup_tree *tree, const char *file);

/* "NAME NUMBER" a line. */
void cgroup_detail_figures(const char *text, struct arena *io_arena,
			   struct detail_figure **ret_list, size_t *ret_count);

/* One of them; unset when it is not there. */
struct maybe_uint cgroup_detail_find(const struct detail_figure *list, size_t count,
				     const char *name);

/**
 * cgroup_detail_huge - the page sizes that the hugetlb controller of @tree has
 *
 * @suffix: how the file of what is in use ends, ".current" or ".usage_in_bytes".
 * The meters are left for the caller to fill.
 */
void cgroup_detail_huge(const struct cgroup_tree *tree, const char *suffix,
			struct cgroup_detail *io_detail);

void cgroup_detail_read1(const struct cgroup *cgroup, struct cgroup_detail *io_detail);
void cgroup_detail_read2(const struct cgroup_tree *tree, struct cgroup_detail *io_detail);

/* io.stat of v2: "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0". */
void cgroup_detail_parse_io(const char *text, struct cgroup_detail *io_detail);

/* A blkio file of v1: "8:0 Read 1" or "8:0 1" a line; the sum at the end is left out. */
void cgroup_detail_parse_blkio(const char *text, struct arena *io_arena,
			       struct detail_io_list *io_list);

#endif
