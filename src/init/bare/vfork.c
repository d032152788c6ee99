// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfork - the call that returns twice
 */
#include <sched.h>
#include <signal.h>
#include <stdint.h>

#include "init/bare/sys.h"

#define SPAWN_FLAGS (CLONE_VM | CLONE_VFORK | SIGCHLD)

#if defined(__x86_64__)

/* Where the child begins: the function and its argument are on its stack. */
__asm__(".text\n"
	".type spawn_on, @function\n"
	"spawn_on:\n" /* flags, stack, number of clone */
	"	mov %rdx, %rax\n"
	"	xor %edx, %edx\n"
	"	xor %r10d, %r10d\n"
	"	xor %r8d, %r8d\n"
	"	syscall\n"
	"	test %rax, %rax\n"
	"	jnz 1f\n"
	"	xor %ebp, %ebp\n"
	"	pop %rax\n"
	"	pop %rdi\n"
	"	call *%rax\n"
	"	hlt\n"
	"1:	ret\n");

#elif defined(__aarch64__)

/* As above. */
__asm__(".text\n"
	".type spawn_on, %function\n"
	"spawn_on:\n"
	"	mov x8, x2\n"
	"	mov x2, #0\n"
	"	mov x3, #0\n"
	"	mov x4, #0\n"
	"	svc 0\n"
	"	cbnz x0, 1f\n"
	"	mov x29, #0\n"
	"	mov x30, #0\n"
	"	ldp x1, x0, [sp], #16\n"
	"	blr x1\n"
	"	brk #0\n"
	"1:	ret\n");

#endif

long spawn_on(unsigned long flags, void *stack, long number);

/*
 * Our own stack goes on being used by nobody while the child is in vfork. What is ours there
 * ends at this frame; the distance leaves alone what the compiler may keep below it.
 */
enum { DISTANCE = 256 };

__attribute__((noinline)) pid_t sys_spawn(void (*run)(void *), void *argument)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	uintptr_t *stack = (uintptr_t *)((here - DISTANCE) & ~(uintptr_t)15);

	stack[0] = (uintptr_t)run;
	stack[1] = (uintptr_t)argument;
	return (pid_t)spawn_on(SPAWN_FLAGS, stack, __NR_clone);
}
