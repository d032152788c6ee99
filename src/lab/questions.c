// SPDX-License-Identifier: GPL-2.0-or-later
/* questions - the questions and claims, what is true of them, and the experiments that show it */
#include "lab/question.h"

const struct question questions[] = {
	{ 1, QUESTION_ASKED, "How does a Deployment differ from a ReplicaSet and the others?",
	  "A ReplicaSet keeps N copies of one pod alive. A Deployment owns ReplicaSets and moves "
	  "from an old one to a new one. A StatefulSet gives each copy a name and a disk that "
	  "stay, a DaemonSet runs one per node, a Job runs to its end. All come down to processes "
	  "in namespaces and cgroups.", "E35" },
	{ 2, QUESTION_ASKED,
	  "PID 1 of a container has children, one of them dies and leaves children: what then?",
	  "Each orphan gets a new parent when its own exits: another thread of that process, else "
	  "the nearest living subreaper above it in the same pid namespace, else PID 1. Nobody is "
	  "killed. Only the death of PID 1 itself kills all.", "E19" },
	{ 3, QUESTION_HALF,
	  "A child died, SIGCHLD came to PID 1, which has no handler and so ignores it: is that "
	  "the trouble?",
	  "The signal does nothing, true, but it is not what reaps. The dead child stays a zombie "
	  "until PID 1 waits for it. Only an explicit SIG_IGN, or SA_NOCLDWAIT, makes the kernel "
	  "reap; ignoring by default does not.", "E18 E19 E21" },
	{ 4, QUESTION_ASKED, "How does Kubernetes deal with zombies in a pod?",
	  "With a pid namespace shared by the pod the pause process is PID 1, and it waits in a "
	  "loop. By default each container has a PID 1 of its own, and that has to reap; a small "
	  "init in front of the program does it.", "E19 E35" },
	{ 5, QUESTION_ASKED, "What is an asynchronous signal?",
	  "One that does not answer the instruction which the thread has just executed. A fault "
	  "(bad address, division by zero) is synchronous: it goes to that thread, with the "
	  "address. kill, a timer, a child's death, a terminal come at any point of the program.",
	  "E07 E13 E17" },
	{ 6, QUESTION_ASKED, "A heap of children sends SIGCHLD: how to catch all and lose none?",
	  "Do not count signals. A standard one is a single bit, so hundreds of deaths may make "
	  "one SIGCHLD. In the handler, or behind a signalfd, call waitpid with WNOHANG until it "
	  "gives 0 or ECHILD: the dead wait for that as zombies.", "E14" },
	{ 7, QUESTION_ASKED, "How does a system call work, for the processor and for the kernel?",
	  "`syscall` keeps RIP in RCX and RFLAGS in R11, takes code segment and entry point from "
	  "registers of the model, and touches no stack. The kernel switches to the thread's own "
	  "kernel stack, stores the registers there (pt_regs), calls the function that RAX "
	  "numbers, looks for work such as signals, and returns.", "E01 E02 E34" },
	{ 8, QUESTION_ASKED,
	  "What is the difference between a program of nasm and ld and one of gcc?",
	  "The kernel's door is the same. nasm and ld give what was written and nothing else; gcc "
	  "adds libc and its start-up code, which makes some dozens of calls before main (fewer "
	  "when static).", "E03" },
	{ 9, QUESTION_ASKED, "What is _start, and what is main?",
	  "_start is where the kernel begins: no return address, RSP at argc, argv, envp and the "
	  "auxiliary vector, aligned to 16. main is an agreement of C: libc's _start calls it and "
	  "gives its result to exit. A `ret` in _start crashes.", "E03" },
	{ 10, QUESTION_ASKED, "How do signals look in C and in assembler?",
	  "In C a handler is a function. In assembler one sees the rest: the frame that the "
	  "kernel has put on the stack, and the restorer behind it, two instructions that call "
	  "rt_sigreturn, which loads all registers back from the frame.", "E09 E10" },
	{ 11, QUESTION_ASKED,
	  "In a system call the processor is in kernel mode: how can a signal interrupt it and "
	  "run a handler?",
	  "It does not. The signal is noted; kernel code that sleeps is woken, undoes what it "
	  "began and returns a restart code. At the border to user mode the kernel builds a frame "
	  "on the user's stack and returns into the handler.", "E11 E13 E24" },
	{ 12, QUESTION_WRONG,
	  "In kernel mode there is no process, so how could the state of a system call be saved?",
	  "There is one, the same as before. Entering the kernel changes the privilege, not who "
	  "runs. Each task has a kernel stack; the saved user registers lie at its top and the "
	  "call chain below. To stop half way, the scheduler saves the stack pointer in the task.",
	  "E23 E27 E28 E34" },
	{ 13, QUESTION_ASKED, "Can interrupts be nested?",
	  "A hardirq may interrupt a softirq. A hardirq's handler runs with interrupts off, so a "
	  "second one waits; a softirq does not interrupt a softirq of the same processor. An NMI "
	  "or machine check cuts into anything.", "E26" },
	{ 14, QUESTION_ASKED, "On which stack does an interrupt handler run?",
	  "From user mode the processor takes a small entry stack (TSS), and the kernel goes on "
	  "on the task's kernel stack. From kernel mode it switches to the processor's irq stack, "
	  "unless it is there already. Simple ones such as the reschedule IPI stay. NMI, double "
	  "fault and machine check have stacks of their own (IST).", "E27" },
	{ 15, QUESTION_ASKED, "What are tasklet, hardirq and softirq, and their stacks?",
	  "Hardirq: the first answer to a device, interrupts off, short. Softirq: work put off, "
	  "ten fixed kinds, interrupts on. Tasklet: one function that a softirq runs once, never "
	  "on two processors at a time. They run on the irq stack, or in ksoftirqd on its own; "
	  "none may sleep.", "E26 E27" },
	{ 16, QUESTION_ASKED, "Why push and pop when mov writes the same memory?",
	  "push and pop move RSP as well, in one byte of code, so allocating and storing stay one "
	  "step; the processor tracks RSP on the side and it costs next to nothing. Without need "
	  "for that compilers do use mov.", "E05" },
	{ 17, QUESTION_ASKED,
	  "What is a context switch: for the processor, for Linux, by software, by hardware?",
	  "In general: another flow's registers replace one's own. Linux: __schedule switches "
	  "address space, kernel stack, callee-saved registers, FS/GS and FPU, in software. "
	  "Hardware: 32-bit task switch by TSS, gone in 64-bit mode. A call or interrupt is a "
	  "change of mode, no such switch.", "E08 E29" },
	{ 18, QUESTION_ASKED, "What is the TSS?",
	  "In 32-bit mode a whole saved task. In 64-bit mode a table of stack pointers (sp0 to "
	  "sp2, seven IST) and the I/O permissions, one per processor and the same for all tasks; "
	  "Linux even uses sp2 as scratch.", "E08 E28" },
	{ 19, QUESTION_ASKED, "What is stack alignment, and why?",
	  "RSP is a multiple of 16 right before `call`. Compilers rely on it for instructions "
	  "such as movaps, which fault on an address that is none: general protection, seen as "
	  "SIGSEGV without an address.", "E06" },
	{ 20, QUESTION_ASKED,
	  "What is a function in assembler, and what has it to do with the ABI?",
	  "For the processor there are only call and ret. A function is a label and the "
	  "agreement: arguments in RDI RSI RDX RCX R8 R9, result in RAX, RBX RBP R12-R15 "
	  "preserved, stack aligned, 128 bytes below RSP left alone.", "E06 E29" },
	{ 21, QUESTION_ASKED, "What do push and pop do to the stack pointer?",
	  "push subtracts 8, then stores; pop loads, then adds 8. What is below RSP is not erased.",
	  "E04" },
	{ 22, QUESTION_ASKED, "How do int 0x80 and syscall differ?",
	  "int 0x80 goes through the IDT, uses the numbers and registers of i386 and cuts "
	  "arguments to 32 bits, even from 64-bit code. syscall touches no memory, takes RDI RSI "
	  "RDX R10 R8 R9 and destroys RCX and R11. It is the faster one.", "E01 E02" },
	{ 23, QUESTION_ASKED, "Which registers address memory in 64-bit mode and in the kernel?",
	  "The bases of CS, DS, ES and SS count as 0; an address is base + index * scale + "
	  "displacement, or relative to RIP. FS and GS have 64-bit bases: FS the thread's own "
	  "data, GS in the kernel the processor's. The rest is page tables (CR3) and the level in "
	  "CS.", "E08" },
	{ 24, QUESTION_ASKED, "Which registers belong to a process's context, and what else?",
	  "The user registers in pt_regs on the kernel stack, the kernel's callee-saved ones and "
	  "its RSP (thread.sp), FS/GS bases, FPU and vectors, the address space; and all that the "
	  "task owns: credentials, files, signals, namespaces, cgroup.", "E29 E34" },
	{ 25, QUESTION_ASKED, "What does \"the kernel runs in the context of the process\" mean?",
	  "`current` is the calling task: its address space is in use, its kernel stack, its "
	  "rights are asked for, its time is counted, and the code may sleep as it.", "E34" },
	{ 26, QUESTION_RIGHT,
	  "In kernel mode the code sees the process's memory, and the kernel's as well.",
	  "Yes. User pages are reached through copy routines alone (SMAP guards them). User mode "
	  "does not reach kernel pages: it faults.", "E07 E34" },
	{ 27, QUESTION_ASKED, "Kernel code can be interrupted: how does that fit the scheduler?",
	  "It is scheduled as the task that it serves. Without full preemption it is switched at "
	  "points of its own choice and when it sleeps, with it wherever the preempt count is 0. "
	  "Its state is R then: it was not waiting.", "E28" },
	{ 28, QUESTION_ASKED, "What is the state of a process whose system call runs?",
	  "R while it executes, in user or kernel mode alike; S in a wait that signals end, D in "
	  "one that they do not, T stopped, t traced, Z dead. A state \"in the kernel\" does not "
	  "exist.", "E23" },
	{ 29, QUESTION_HALF, "A processor is a little memory (registers) and a part that executes.",
	  "Good as a first picture. Caches, TLB, predictors, registers of the model and the "
	  "hidden part of the segments are missing.", "E04" },
	{ 30, QUESTION_ASKED,
	  "Is there an instruction that does something and changes no register?",
	  "Many: a store, a fence, a prefetch, nop; a compare changes only flags, a jump only "
	  "RIP. RIP always moves, but for the steps of one `rep movsb`.", "E04" },
	{ 31, QUESTION_RIGHT,
	  "On an interrupt the processor itself saves only CS:RIP, RFLAGS and SS:RSP.",
	  "Yes, always those five in 64-bit mode, and an error code with some exceptions. The "
	  "kernel's entry code saves the rest. (With FRED there is more.)", "E07 E27 E34" },
	{ 32, QUESTION_HALF, "The saved RIP is that of the next instruction.",
	  "For an interrupt and a trap. For a fault it is the faulting instruction itself, so "
	  "that it can be done again.", "E07 E11" },
	{ 33, QUESTION_ASKED,
	  "The first instruction of a handler is loaded, and another interrupt comes: what "
	  "happens?",
	  "It waits in the interrupt controller until interrupts are on again; of each vector one "
	  "is remembered. NMI and machine check do not wait.", "E26 E30" },
	{ 34, QUESTION_ASKED, "And if it is the same interrupt line, or another one?",
	  "The same line is never handled twice at once, on whichever processor: it is noted and "
	  "done afterwards. Another line may run on another processor meanwhile, on this one "
	  "after.", "E26" },
	{ 35, QUESTION_HALF,
	  "A handler first disables all interrupts, saves the registers, works, and enables them "
	  "again.",
	  "The processor disables them itself, before the first instruction (interrupt gate). "
	  "Entry code saves the registers, and `iret` brings the old RFLAGS back, and interrupts "
	  "with them.", "E26 E30" },
	{ 36, QUESTION_ASKED, "What do devices do meanwhile: does a network card drop packets?",
	  "It goes on by itself: packets go by DMA into a ring of descriptors. Only when the ring "
	  "is full, because nobody empties it, is anything dropped, and that is counted.", "E31" },
	{ 37, QUESTION_WRONG,
	  "Atomic context means that all interrupts are blocked, and it may last for ever.",
	  "It means: this code may not sleep, as it holds a spinlock, has preemption off or "
	  "serves an interrupt. Interrupts may be on, as in every softirq. It has to be short.",
	  "E26 E30" },
	{ 38, QUESTION_HALF, "The scheduler works in that mode, and a context switch is atomic.",
	  "The switch itself, yes: interrupts and preemption are off, the run queue is locked. "
	  "The rest of the scheduler is ordinary code.", "E30" },
	{ 39, QUESTION_HALF,
	  "Process context is unimportant kernel work: interrupts on, may be preempted.",
	  "It means that there is a `current` to speak of and that sleeping is allowed. It may "
	  "turn interrupts off for a while. Importance is no part of it.", "E28 E30" },
	{ 40, QUESTION_RIGHT,
	  "A container's cgroup is a folder, and its cgroup.procs lists the host's pids.",
	  "Yes: every pid is shown as it is in the reader's pid namespace.", "E20 E21" },
	{ 41, QUESTION_RIGHT, "In cgroup v2 a list of files with \"limit\" in their name is empty.",
	  "Yes: memory.limit_in_bytes of v1 is memory.max in v2; pids.max is called so in both.",
	  "E32" },
	{ 42, QUESTION_RIGHT, "SIGTERM can be caught; SIGKILL can be neither caught nor ignored.",
	  "Yes, nor can SIGSTOP: sigaction gives EINVAL, a mask drops them silently. They need no "
	  "privilege: whoever may signal a process may send them.", "E16 E18" },
	{ 43, QUESTION_HALF,
	  "A signal to PID 1 is ignored if it is not forced, has its default action and the task "
	  "is unkillable.",
	  "The first part is \"not both forced and SIGKILL or SIGSTOP\": a forced SIGTERM with "
	  "its default action is dropped as well.", "E18" },
	{ 44, QUESTION_HALF, "A signal from the same namespace is never forced.",
	  "One that a process sends. The kernel's own answer to a fault takes the protection away "
	  "first, and kills PID 1.", "E18" },
	{ 45, QUESTION_WRONG,
	  "So PID 1 of a container cannot be killed by SIGKILL, but by SIGTERM.",
	  "SIGKILL from an outer namespace kills it. SIGTERM does only what a handler does; "
	  "without one it is dropped, whoever sends it.", "E18" },
	{ 46, QUESTION_HALF, "kill -9 1 does not work in a container.",
	  "From inside. From outside SIGKILL to the same process works.", "E18" },
	{ 47, QUESTION_RIGHT,
	  "kill 1 does nothing to a C program without handler, and something to a Go program.",
	  "Yes: Go's runtime installs handlers. It is the same from outside.", "E18" },
	{ 48, QUESTION_HALF, "PID 1 is the first process and makes all others of its namespace.",
	  "It is the first. But what is put in from outside (setns, as `exec` does) is nobody's "
	  "child inside: its parent is 0 there.", "E20" },
	{ 49, QUESTION_HALF, "Linux has 31 signals.",
	  "31 standard ones, and the real-time ones from 32 to 64, of which libc keeps two. Those "
	  "queue; the standard ones do not.", "E15" },
	{ 50, QUESTION_RIGHT,
	  "A process can ignore a signal (but KILL and STOP), catch it, or leave it to the "
	  "default.",
	  "Yes. Blocked is a fourth thing and independent of the three: a mask of each thread, "
	  "which only delays.", "E16 E18" },
	{ 51, QUESTION_RIGHT, "A process or a thread is a task_struct.",
	  "Yes: one for each thread, joined by the tgid.", "E33" },
	{ 52, QUESTION_HALF, "pid_max is the largest number of processes.",
	  "It bounds the numbers, which threads take as well, and since 6.14 each pid namespace "
	  "has its own. threads-max, RLIMIT_NPROC and pids.max bound too; the lowest counts.",
	  "E32" },
	{ 53, QUESTION_HALF,
	  "A container's limit is pids.max in the pids folder, and is set by echo.",
	  "So in v1; in v2 it is in the one folder of all controllers. A limit below the present "
	  "count is taken and kills nobody: only fork fails.", "E21 E32" },
	{ 54, QUESTION_RIGHT, "Zombies hold pids, so that new processes may fail.",
	  "Yes: each counts in pids.current until it is reaped. cgroup.procs does not list them.",
	  "E21" },
	{ 55, QUESTION_HALF, "Zombies come from a parent that does not care; the cure is wait().",
	  "Or SIGCHLD set to SIG_IGN, or SA_NOCLDWAIT, or that the parent dies and an init that "
	  "reaps takes over.", "E19 E33" },
	{ 56, QUESTION_HALF,
	  "wait() blocks when there is no zombie; with WNOHANG it returns at once.",
	  "It blocks while there is a living child. Without any child it fails at once with "
	  "ECHILD.", "E33" },
	{ 57, QUESTION_HALF, "Cleaning up is done in the handler of SIGTERM.",
	  "Only what is async-signal-safe may be. Set a flag, write to a pipe, or read signals "
	  "from a signalfd in the main loop.", "E09 E18" },
	{ 58, QUESTION_HALF, "On stop containerd sends SIGTERM to PID 1 and SIGKILL to the others.",
	  "The manager signals PID 1 only. The SIGKILLs are the kernel's, sent in the exit of PID "
	  "1.", "E22" },
	{ 59, QUESTION_RIGHT, "kill() and signal() are the calls; signal(SIGKILL) fails.",
	  "Yes, with EINVAL. Prefer sigaction: what signal() does about restart and reset is the "
	  "library's choice.", "E16 E18" },
	{ 60, QUESTION_RIGHT,
	  "do_exit, exit_notify, zap_pid_ns_processes: that is how a container ends.",
	  "Yes: PID 1's exit kills all others in its namespace and waits for them; then its own "
	  "parent can reap it.", "E22" },
	{ 61, QUESTION_ASKED, "Why does a container sometimes not react to kill?",
	  "Its PID 1 has no handler for that signal, and the default action is dropped for the "
	  "init of a pid namespace. `husk explain` says so for a given one.", "E18" },
	{ 62, QUESTION_RIGHT, "SIGKILL and SIGSTOP to the global init are ignored.",
	  "Yes: for the machine's own init nobody is outside. It is in the code; the lab does not "
	  "try it.", "E18" },
	{ 63, QUESTION_HALF, "The other two conditions always hold.",
	  "Force depends on the sender's namespace: from an ancestor it is set, and then SIGKILL "
	  "and SIGSTOP get through.", "E18" },
	{ 64, QUESTION_ASKED, "Which is the global init, the machine's or the container's?",
	  "The machine's alone: number 1 in the outermost pid namespace. A container's PID 1 dies "
	  "of SIGKILL from outside.", "E18" },
	{ 65, QUESTION_ASKED,
	  "How are a namespace's pids turned into real ones, and how can that be watched?",
	  "One struct pid holds a number for each level. /proc/PID/status shows them as NSpid, "
	  "from the reader's level inwards; husk ps and husk trace show both ends.", "E20" },
	{ 66, QUESTION_RIGHT, "In the trace of a signal `t` is who gets it.",
	  "Yes: the event is written in the sender's context, comm= and pid= in it are the "
	  "receiver's.", "E24" },
	{ 67, QUESTION_RIGHT,
	  "SIGTERM from the host to a container's PID 1 without handler is ignored.",
	  "Yes. Being outside helps only SIGKILL and SIGSTOP.", "E18" },
	{ 68, QUESTION_RIGHT, "SIGKILL from the host is forced, and so it is carried out.",
	  "Yes.", "E18" },
	{ 69, QUESTION_RIGHT, "likely and unlikely are hints to the compiler.",
	  "Yes: they choose which side of a branch is laid out straight on. No order to prefetch "
	  "comes of them.", "E36" },
	{ 70, QUESTION_RIGHT,
	  "In ps -eLf LWP is the thread's number and NLWP how many threads there are.",
	  "Yes: gettid() and the Threads line of the status.", "E33" },
	{ 71, QUESTION_RIGHT, "The real pids of a container can be seen on the host.",
	  "Yes: the same process has a number there, too.", "E20" },
	{ 72, QUESTION_RIGHT, "strace shows ERESTART_RESTARTBLOCK and then restart_syscall.",
	  "Yes. -516 stays in the kernel: without a handler it lets the process call "
	  "restart_syscall with the time that is left, with one the program gets EINTR.", "E11" },
	{ 73, QUESTION_HALF, "si_code tells how a signal was sent, si_pid by whom.",
	  "si_pid is translated for the receiver: 0 for one that it does not see. A timer and the "
	  "kernel give none, and codes below 0 can be forged.", "E17 E18" },
	{ 74, QUESTION_ASKED, "Is entering a container by exec or by run, without input?",
	  "run makes PID 1. exec makes one more process that joins the namespaces of PID 1.",
	  "E20" },
	{ 75, QUESTION_ASKED, "Why are there two processes with parent 0?",
	  "PID 1 and each one put in by exec have parents outside of the namespace, and those "
	  "have no number inside.", "E20" },
	{ 76, QUESTION_ASKED, "Who is the parent of what exec starts?",
	  "The helper that called setns and fork, or who adopts its children, outside. Inside, "
	  "getppid() is 0.", "E20" },
	{ 77, QUESTION_RIGHT,
	  "The process block is found by pid and has a table of actions and a set of pending "
	  "signals.",
	  "Yes: one table for all its threads, and two sets: one of the process and one of each "
	  "thread.", "E16" },
	{ 78, QUESTION_HALF, "With SIG_IGN a new signal is forgotten.",
	  "Not while it is blocked: it stays pending, for the action may change. Nor under "
	  "ptrace, which sees it.", "E16" },
	{ 79, QUESTION_RIGHT, "With SIG_DFL the default action is done.",
	  "Yes, but for the init of a pid namespace, which has none.", "E18" },
	{ 80, QUESTION_RIGHT, "Anything else in the table is the address of a function.",
	  "Yes; the kernel gives it back as it was set.", "E09" },
	{ 81, QUESTION_RIGHT,
	  "A bit is set, the process made ready; when it runs, its stack and IP are changed.",
	  "Yes: at the next return to user mode a frame is built on the stack, and RIP set to the "
	  "handler.", "E09 E24" },
	{ 82, QUESTION_HALF,
	  "The handler returns to code in RAM, or to an invalid address such as NULL.",
	  "On x86-64 to libc's restorer. There is no scheme with NULL: returning there is a "
	  "SIGSEGV.", "E09" },
	{ 83, QUESTION_RIGHT, "After the handler the regular code goes on.",
	  "Yes, with the registers that the frame has by then: whoever changes the frame changes "
	  "what goes on.", "E09" },
	{ 84, QUESTION_RIGHT,
	  "If the target runs on another processor, an interrupt is sent there.",
	  "Yes, a reschedule IPI, so that it enters the kernel now and not at its next call or "
	  "tick.", "E24" },
	{ 85, QUESTION_WRONG,
	  "That is done so that the handler need not run on another processor, for its cache.",
	  "It has no choice: the handler runs as that thread, whose registers are in that "
	  "processor.", "E24" },
	{ 86, QUESTION_HALF,
	  "In kernel space it is not interrupted; the signal is noted, the trampoline set at the "
	  "exit.",
	  "Interrupts do interrupt it; the handler waits for the exit. Long operations look for "
	  "signals themselves and end early.", "E13 E24 E28" },
	{ 87, QUESTION_RIGHT,
	  "When it is about to sleep and a signal is pending, it does not sleep: undone, handler, "
	  "again.",
	  "Yes, in waits that signals may end.", "E12" },
	{ 88, QUESTION_RIGHT,
	  "If it sleeps already: woken, undone, handler, and done again if that is wanted.",
	  "Yes.", "E11" },
	{ 89, QUESTION_HALF, "Then the system call is done again.",
	  "That depends on its own code and on SA_RESTART: some always, some only without "
	  "handler, some never after one.", "E11" },
	{ 90, QUESTION_RIGHT, "Kernel code cannot simply be stopped.",
	  "Yes: it holds locks and half of a change, and only it knows how to undo that.",
	  "E13 E23" },
	{ 91, QUESTION_HALF, "Who sleeps for an hour must be woken at once.",
	  "From an S wait, yes. Not from D; from a killable D by a deadly signal only; and what "
	  "cgroup v1 has frozen not before it is thawed.", "E11 E23" },
	{ 92, QUESTION_RIGHT, "Signals are interrupts for user space.",
	  "A good comparison: table of actions and vectors, mask and IF, frame and frame, "
	  "alternate stack and IST, sigreturn and iret.", "E10" },
	{ 93, QUESTION_ASKED, "How long does a signal take?",
	  "A few microseconds to a thread that runs or sleeps on an idle machine. The rest of the "
	  "distribution is the scheduler's.", "E25" },
	{ 94, QUESTION_HALF,
	  "A trampoline is a table of indirect jumps, or the start of further processors.",
	  "Another use of the word. Here it is two instructions: load the number of rt_sigreturn, "
	  "and call it.", "E09" },
	{ 95, QUESTION_ASKED, "The path of a school exercise stands at the end.",
	  "It asks nothing; its subject, zombies in a container, is number 54.", "E21" },
	{ 0 },
};
