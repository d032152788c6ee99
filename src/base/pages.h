// SPDX-License-Identifier: GPL-2.0-or-later
/* pages - the memory that a process holds on to while it has nothing to do */
#ifndef HUSK_BASE_PAGES_H
#define HUSK_BASE_PAGES_H

/*
 * Lets go of the pages of the program's file that are only read: code and constants. Those that are
 * used again come back from the page cache, by a fault each. For who is about to wait for long.
 */
void pages_let_go(void);

#endif
