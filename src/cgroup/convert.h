// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * convert - numbers of cgroup v1, in which the specification speaks, as those of v2
 */
#ifndef HUSK_CGROUP_CONVERT_H
#define HUSK_CGROUP_CONVERT_H

#include <stdint.h>

/**
 * cgroup_convert_shares - cpu.shares (2..262144) as cpu.weight (1..10000)
 *
 * With l = log2(shares): ceil(10^((l^2 + 125 l) / 612 - 7/34)). Both defaults and both
 * ends meet: 1024 is 100, 2 is 1, 262144 is 10000. All runtimes agree on this curve.
 */
unsigned int cgroup_convert_shares(uint64_t shares);

/* blkio.weight (10..1000) as io.weight (1..10000): a straight line, rounded down. */
unsigned int cgroup_convert_io_weight(uint64_t weight);

#endif
