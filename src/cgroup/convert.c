// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/convert.h"

/*
 * The two functions of the mathematics library that the curve needs, for small arguments
 * and good to 10 digits: less than what drawing in that library would cost.
 */

/* log2, @x >= 1: the digits behind the point by squaring. */
static double log_two(double x)
{
	double log = 0, digit = 0.5;

	while (x >= 2) {
		x /= 2;
		log++;
	}
	for (int i = 0; i < 40; i++) {
		x *= x;
		if (x >= 2) {
			x /= 2;
			log += digit;
		}
		digit /= 2;
	}
	return log;
}

/* 10^x, 0 <= x <= 4, by the series of e^y at a quarter of the way. */
static double ten_to(double x)
{
	static const double ln_ten = 2.302585092994045684;
	double y = x * ln_ten / 4, term = 1, sum = 1;

	for (int i = 1; i < 24; i++) {
		term *= y / i;
		sum += term;
	}
	return sum * sum * sum * sum;
}

unsigned int cgroup_convert_shares(uint64_t shares)
{
	double log, weight;
	unsigned int floor;

	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	log = log_two((double)shares);
	weight = ten_to((log * log + 125 * log) / 612 - 7.0 / 34);

	/* 1024 is exactly 100 on paper; a last digit too much must not make it 101. */
	floor = (unsigned int)weight;
	return weight - floor > 1e-6 ? floor + 1 : floor;
}

unsigned int cgroup_convert_io_weight(uint64_t weight)
{
	return (unsigned int)(1 + (weight - 10) * 9999 / 990);
}
