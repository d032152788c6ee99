// SPDX-License-Identifier: GPL-2.0-only
/*
 * irq - interrupts that take time from a process: how many, how long, how deep, on which stack
 *
 * Hooks:   tp_btf/ entry and exit of irq_handler, local_timer, reschedule, call_function,
 *          call_function_single, irq_work, softirq, tasklet; ipi_send_cpu, ipi_send_cpumask.
 * Scope:   the process that is interrupted is followed.
 * Emits:   with @irq_tells struct event_irq for each; sums are read from @interrupts.
 * Cost:    two lookups for each interrupt of the machine, two more when it is counted.
 * Needs:   Linux 5.15; the two of ipi came with 6.4 and 6.5, without them IPIs are counted
 *          where they arrive only.
 * Blind:   non-maskable interrupts; those that come while a processor idles.
 * Source:  include/trace/events/{irq,ipi}.h; arch/x86/include/asm/trace/irq_vectors.h.
 *
 * A hard interrupt never interrupts another, nor a softirq another: so there is one place for
 * each of the three levels and processor, and a softirq's program that is itself interrupted
 * finds its own place as it left it. Ends are attached before beginnings (their order below):
 * an end without its beginning is passed over, a beginning without its end would stay for ever.
 */
#include <linux/bpf.h>

#include "bpf/event.h"
#include "bpf/kernel.h"
#include "bpf/sums.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "bpf/scope.h"

char LICENSE[] SEC("license") = "GPL";

const volatile bool irq_tells;

enum { STACK_SIZE = 16384 }; /* of a task, x86-64: arch/x86/include/asm/page_64_types.h */

/* From the outermost in: a tasklet runs inside of a softirq. */
enum level { SOFTIRQ, TASKLET, HARD, LEVELS };

struct place {
	__u64 begin_ns;	 /* 0: nothing runs on this level */
	__u64 nested_ns; /* what lay above it took so long */
	__u32 on_task_stack;
	__u32 depth;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LEVELS);
	__type(key, __u32);
	__type(value, struct place);
} places SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 1 << 12);
	__type(key, struct irq_key);
	__type(value, struct irq_sum);
} interrupts SEC(".maps");

static __always_inline struct place *place_of(__u32 level)
{
	return bpf_map_lookup_elem(&places, &level);
}

/* The arguments of a tracepoint lie on the stack that is in use: so their address tells. */
static __always_inline bool is_on_task_stack(void *context)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 address = 0, stack = (__u64)BPF_CORE_READ(task, stack);
	void *volatile kept = context;

	bpf_probe_read_kernel(&address, sizeof(address), (const void *)&kept);
	return address - stack < STACK_SIZE;
}

static __always_inline struct irq_sum *sum_of(const struct irq_key *key)
{
	struct irq_sum *sum = bpf_map_lookup_elem(&interrupts, key);
	static const struct irq_sum none;
	__u32 kind = EVENT_INTERRUPTS;
	__u64 *count;

	if (sum)
		return sum;
	bpf_map_update_elem(&interrupts, key, &none, BPF_NOEXIST);
	sum = bpf_map_lookup_elem(&interrupts, key);
	if (sum)
		return sum;
	count = bpf_map_lookup_elem(&lost, &kind);
	if (count)
		*count += 1;
	return NULL;
}

static __always_inline void tell(const struct irq_key *key, const struct place *place, __u64 took)
{
	struct event_irq *told = scope_reserve(EVENT_IRQ, sizeof(*told));

	if (!told)
		return;
	told->tgid = key->tgid;
	told->tid = (__u32)bpf_get_current_pid_tgid();
	told->source = key->source;
	told->number = key->number;
	told->depth = place->depth;
	told->on_task_stack = place->on_task_stack;
	told->took_ns = took;
	scope_tell(told);
}

/* @done: the place as it was when the interrupt ended. */
static __always_inline void count(__u16 source, __u16 number, const struct place *done,
				  __u64 took)
{
	struct irq_key key = {
		.tgid = bpf_get_current_pid_tgid() >> 32, .source = source, .number = number,
	};
	struct irq_sum *sum;

	if (!key.tgid || !scope_follows(key.tgid))
		return;
	sum = sum_of(&key);
	if (!sum)
		return;
	sum->count++;
	sum->took_ns += took - done->nested_ns;
	if (took > sum->longest_ns)
		sum->longest_ns = took;
	if (done->depth > sum->depth)
		sum->depth = done->depth;
	sum->on_task_stack += done->on_task_stack;
	if (irq_tells && source != EVENT_IRQ_IPI_SENT)
		tell(&key, done, took);
}

static __always_inline int begins(void *context, enum level level)
{
	struct place *place = place_of(level);
	__u32 depth = 1;

	for (__u32 below = 0; below < level; below++) {
		struct place *other = place_of(below);

		depth += other && other->begin_ns;
	}
	if (!place)
		return 0;
	place->on_task_stack = is_on_task_stack(context);
	place->depth = depth;
	place->nested_ns = 0;
	place->begin_ns = bpf_ktime_get_boot_ns();
	return 0;
}

static __always_inline int ends(enum level level, __u16 source, __u16 number)
{
	struct place *place = place_of(level), *other = NULL;
	struct place done;
	__u64 took;

	if (!place || !place->begin_ns)
		return 0;
	/* Copied before the clock is read: what comes between the two must not be missing. */
	done = *place;
	took = bpf_ktime_get_boot_ns() - done.begin_ns;
	place->begin_ns = 0;
	count(source, number, &done, took);
	for (__u32 below = level; below > 0; below--) {
		other = place_of(below - 1);
		if (other && other->begin_ns)
			break;
		other = NULL;
	}
	if (other)
		other->nested_ns += took;
	return 0;
}

/* --- ends first --- */

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(handler_ends, int number)
{
	return ends(HARD, EVENT_IRQ_HANDLER, number);
}

SEC("tp_btf/local_timer_exit")
int BPF_PROG(timer_ends)
{
	return ends(HARD, EVENT_IRQ_TIMER, 0);
}

SEC("tp_btf/reschedule_exit")
int BPF_PROG(reschedule_ends)
{
	return ends(HARD, EVENT_IRQ_RESCHEDULE, 0);
}

SEC("tp_btf/call_function_exit")
int BPF_PROG(call_ends)
{
	return ends(HARD, EVENT_IRQ_CALL, 0);
}

SEC("tp_btf/call_function_single_exit")
int BPF_PROG(call_single_ends)
{
	return ends(HARD, EVENT_IRQ_CALL, 0);
}

SEC("tp_btf/irq_work_exit")
int BPF_PROG(work_ends)
{
	return ends(HARD, EVENT_IRQ_WORK, 0);
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(softirq_ends, unsigned int number)
{
	return ends(SOFTIRQ, EVENT_IRQ_SOFTIRQ, number);
}

SEC("tp_btf/tasklet_exit")
int BPF_PROG(tasklet_ends)
{
	return ends(TASKLET, EVENT_IRQ_TASKLET, 0);
}

/* --- then beginnings --- */

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(handler_begins)
{
	return begins(ctx, HARD);
}

SEC("tp_btf/local_timer_entry")
int BPF_PROG(timer_begins)
{
	return begins(ctx, HARD);
}

SEC("tp_btf/reschedule_entry")
int BPF_PROG(reschedule_begins)
{
	return begins(ctx, HARD);
}

SEC("tp_btf/call_function_entry")
int BPF_PROG(call_begins)
{
	return begins(ctx, HARD);
}

SEC("tp_btf/call_function_single_entry")
int BPF_PROG(call_single_begins)
{
	return begins(ctx, HARD);
}

SEC("tp_btf/irq_work_entry")
int BPF_PROG(work_begins)
{
	return begins(ctx, HARD);
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(softirq_begins)
{
	return begins(ctx, SOFTIRQ);
}

SEC("tp_btf/tasklet_entry")
int BPF_PROG(tasklet_begins)
{
	return begins(ctx, TASKLET);
}

/* --- sent to other processors --- */

static __always_inline int sends(void *context)
{
	struct place now = { .depth = 1, .on_task_stack = is_on_task_stack(context) };

	count(EVENT_IRQ_IPI_SENT, 0, &now, 0);
	return 0;
}

SEC("tp_btf/ipi_send_cpu")
int BPF_PROG(ipi_sent)
{
	return sends(ctx);
}

SEC("tp_btf/ipi_send_cpumask")
int BPF_PROG(ipis_sent)
{
	return sends(ctx);
}
