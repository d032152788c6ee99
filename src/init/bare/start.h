// SPDX-License-Identifier: 0BSD
/*
 * start - the entry of a program without a C library
 */
#ifndef HUSK_INIT_BARE_START_H
#define HUSK_INIT_BARE_START_H

/* What main is elsewhere. Both lists end with NULL. */
_Noreturn void start_main(char **argv, char **env);

#endif
