// SPDX-License-Identifier: 0BSD
/*
 * vfork - the call that returns twice
 */
#include <sched.h>
#include <signal.h>
#include <stddef.h>

#include "init/bare/sys.h"

#define SPAWN_FLAGS (CLONE_VM | CLONE_VFORK | SIGCHLD)

/*
 * The child goes on below us on our own stack, which nobody else uses while it is in vfork: what
 * is ours there ends where the stack pointer is. Function and argument wait in registers that the
 * call leaves alone.
 */
#if defined(__x86_64__)

__asm__(".text\n"
	".type spawn_on, @function\n"
	"spawn_on:\n" /* flags, stack: 0, run, argument, number of clone */
	"	mov %r8, %rax\n"
	"	mov %rdx, %r8\n"
	"	mov %rcx, %r9\n"
	"	xor %edx, %edx\n"
	"	xor %r10d, %r10d\n"
	"	syscall\n"
	"	test %rax, %rax\n"
	"	jnz 1f\n"
	"	xor %ebp, %ebp\n"
	"	and $-16, %rsp\n"
	"	mov %r9, %rdi\n"
	"	call *%r8\n"
	"	hlt\n"
	"1:	ret\n");

#elif defined(__aarch64__)

__asm__(".text\n"
	".type spawn_on, %function\n"
	"spawn_on:\n"
	"	mov x8, x4\n"
	"	mov x5, x2\n"
	"	mov x6, x3\n"
	"	mov x2, #0\n"
	"	mov x3, #0\n"
	"	mov x4, #0\n"
	"	svc 0\n"
	"	cbnz x0, 1f\n"
	"	mov x29, #0\n"
	"	mov x30, #0\n"
	"	mov x0, x6\n"
	"	blr x5\n"
	"	brk #0\n"
	"1:	ret\n");

#endif

long spawn_on(unsigned long flags, void *stack, void (*run)(void *), void *argument, long number);

pid_t sys_spawn(void (*run)(void *), void *argument)
{
	return (pid_t)spawn_on(SPAWN_FLAGS, NULL, run, argument, __NR_clone);
}
