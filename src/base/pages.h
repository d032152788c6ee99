// SPDX-License-Identifier: GPL-2.0-or-later
/* pages - the memory that a process holds on to while it has nothing to do */
#ifndef HUSK_BASE_PAGES_H
#define HUSK_BASE_PAGES_H

/*
 * Waits until @fd can be read, or has ended, without the pages of the program's file that are only
 * read, code and constants. Those that are used again come back from the page cache, by a fault
 * each. For who is about to wait for long. A signal may end the wait as well: look at @fd again.
 */
void pages_wait_without(int fd);

#endif
