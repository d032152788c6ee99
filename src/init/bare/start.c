// SPDX-License-Identifier: 0BSD
/*
 * start - where the kernel hands over
 *
 * At the entry the stack holds argc, the words, NULL, the variables, NULL.
 */
#include "init/bare/start.h"

#if defined(__x86_64__)

__asm__(".text\n"
	".globl _start\n"
	".type _start, @function\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call start_with\n"
	"	hlt\n");

#elif defined(__aarch64__)

__asm__(".text\n"
	".globl _start\n"
	".type _start, %function\n"
	"_start:\n"
	"	mov x29, #0\n"
	"	mov x30, #0\n"
	"	mov x0, sp\n"
	"	bl start_with\n"
	"	brk #0\n");

#endif

_Noreturn __attribute__((used)) void start_with(long *stack);

_Noreturn __attribute__((used)) void start_with(long *stack)
{
	char **argv = (char **)(stack + 1);

	start_main(argv, argv + stack[0] + 1);
}
