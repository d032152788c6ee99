// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/seccomp.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/scope.h"
#include "base/sys.h"
#include "guard/seccomp_stub.h"

/* The kernel keeps 16 bits of data beside an action, and takes no errno above 4095. */
enum { ERRNO_MAX = 4095, TRACE_MAX = 65535 };

static const struct action {
	const char *word;
	uint32_t value;
	unsigned int data_max; /* 0: it takes no errnoRet */
} actions[] = {
	[SPEC_ACT_KILL_THREAD] = { "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD, 0 },
	[SPEC_ACT_KILL_PROCESS] = { "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS, 0 },
	[SPEC_ACT_TRAP] = { "SCMP_ACT_TRAP", SCMP_ACT_TRAP, 0 },
	[SPEC_ACT_ERRNO] = { "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0), ERRNO_MAX },
	[SPEC_ACT_TRACE] = { "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0), TRACE_MAX },
	[SPEC_ACT_ALLOW] = { "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW, 0 },
	[SPEC_ACT_LOG] = { "SCMP_ACT_LOG", SCMP_ACT_LOG, 0 },
	[SPEC_ACT_NOTIFY] = { "SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY, 0 },
};

static const enum scmp_compare operators[] = {
	[SPEC_CMP_NE] = SCMP_CMP_NE,	     [SPEC_CMP_LT] = SCMP_CMP_LT,
	[SPEC_CMP_LE] = SCMP_CMP_LE,	     [SPEC_CMP_EQ] = SCMP_CMP_EQ,
	[SPEC_CMP_GE] = SCMP_CMP_GE,	     [SPEC_CMP_GT] = SCMP_CMP_GT,
	[SPEC_CMP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
};

/* A system call has so many arguments; a name without one in libseccomp has this number. */
enum { ARGUMENTS = 6, NAME_UNKNOWN = -1 };

/* SCMP_FLTATR_CTL_OPTIMIZE, libseccomp 2.5; an older one makes a list. */
enum { BINARY_TREE = 2 };

/* What one compilation needs everywhere. */
struct build {
	scmp_filter_ctx context;
	uint32_t default_value;
	struct guard_seccomp_stub stub;
	bool notifies;
};

static void release(scmp_filter_ctx *context)
{
	if (*context)
		seccomp_release(*context);
}

/* --- actions --- */

/* @where: the action's place, "linux.seccomp.syscalls[3].action". */
static int action_value(const struct maybe_enum *action, const struct maybe_uint *errno_ret,
			const char *where, uint32_t *ret_value, struct error *err)
{
	const struct action *row;

	if (!action->is_set || (unsigned int)action->value >= countof(actions))
		return error_set(err, EINVAL, "%s: no action, or one that is not known", where);
	row = &actions[action->value];
	if (errno_ret->is_set && !row->data_max)
		return error_set(err, EINVAL, "%s: %s takes no errno", where, row->word);
	if (errno_ret->is_set && errno_ret->value > row->data_max)
		return error_set(err, EINVAL, "%s: errno %" PRIu64 " is over %u", where,
				 errno_ret->value, row->data_max);
	*ret_value = row->value;
	if (row->data_max)
		*ret_value |= errno_ret->is_set ? (uint32_t)errno_ret->value : EPERM;
	return 0;
}

static int begin(const struct spec_seccomp *seccomp, struct build *io_build, struct error *err)
{
	TRY(action_value(&seccomp->default_action, &seccomp->default_errno_ret,
			 "linux.seccomp.defaultAction", &io_build->default_value, err));
	/* Then also the calls by which the listener would be handed over wait for it. */
	if (io_build->default_value == SCMP_ACT_NOTIFY)
		return error_set(err, EINVAL,
				 "linux.seccomp.defaultAction: SCMP_ACT_NOTIFY cannot be the "
				 "default");
	io_build->context = seccomp_init(io_build->default_value);
	if (!io_build->context)
		return error_set(err, EINVAL,
				 "linux.seccomp.defaultAction: the kernel or libseccomp does not "
				 "support %s",
				 actions[seccomp->default_action.value].word);
	/*
	 * When a filter is loaded the kernel tries it on every system call number. As a tree
	 * the default profile is loaded in half the time (250 us, not 550), and what depends
	 * on arguments is decided faster. It costs 3 ms more to make, once: it is kept.
	 */
	(void)seccomp_attr_set(io_build->context, SCMP_FLTATR_CTL_OPTIMIZE, BINARY_TREE);
	return 0;
}

/* --- architectures --- */

/* "SCMP_ARCH_X86_64" as libseccomp says it: "x86_64". */
static uint32_t arch_token(const char *word)
{
	static const char prefix[] = "SCMP_ARCH_";
	autofree char *name = NULL;

	if (strncmp(word, prefix, sizeof(prefix) - 1) != 0)
		return 0;
	name = mem_text(word + sizeof(prefix) - 1);
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return seccomp_arch_resolve_name(name);
}

static int add_arches(const struct json_strings *arches, struct build *io_build,
		      struct error *err)
{
	guard_seccomp_stub_add_arch(&io_build->stub, seccomp_arch_native());
	for (size_t i = 0; arches && i < arches->count; i++) {
		const char *word = arches->item[i];
		uint32_t token = arch_token(word);
		int r = token ? seccomp_arch_add(io_build->context, token) : -EINVAL;

		if (r < 0 && r != -EEXIST)
			return error_set(err, EINVAL,
					 "linux.seccomp.architectures[%zu]: libseccomp cannot "
					 "add %s here",
					 i, word);
		guard_seccomp_stub_add_arch(&io_build->stub, token);
	}
	return 0;
}

/* --- rules --- */

static int condition(const struct spec_seccomp_arg *arg, struct scmp_arg_cmp *ret_condition)
{
	if (arg->index.value >= ARGUMENTS || !arg->op.is_set ||
	    (unsigned int)arg->op.value >= countof(operators))
		return -EINVAL;
	/* For MASKED_EQ the first is the mask and the second what is left under it. */
	*ret_condition = (struct scmp_arg_cmp){
		.arg = (unsigned int)arg->index.value,
		.op = operators[arg->op.value],
		.datum_a = arg->value.value,
		.datum_b = arg->value_two.value,
	};
	return 0;
}

static bool names_one_twice(const struct spec_seccomp_args *args)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < args->count; i++) {
		if (seen & 1U << args->item[i].index.value)
			return true;
		seen |= 1U << args->item[i].index.value;
	}
	return false;
}

static int add_call(struct build *build, uint32_t value, int call,
		    const struct spec_seccomp_args *args)
{
	struct scmp_arg_cmp conditions[ARGUMENTS];
	size_t count = args ? args->count : 0;

	if (count == 0)
		return seccomp_rule_add_array(build->context, value, call, 0, NULL);
	for (size_t i = 0; i < count; i++)
		if (args->item[i].index.value >= ARGUMENTS)
			return -EINVAL;
	/* A rule of libseccomp looks at each argument once, and all its looks must hold. */
	if (!names_one_twice(args)) {
		for (size_t i = 0; i < count; i++)
			TRY(condition(&args->item[i], &conditions[i]));
		return seccomp_rule_add_array(build->context, value, call, (unsigned int)count,
					      conditions);
	}
	for (size_t i = 0; i < count; i++) {
		TRY(condition(&args->item[i], conditions));
		TRY(seccomp_rule_add_array(build->context, value, call, 1, conditions));
	}
	return 0;
}

static int add_names(const struct spec_seccomp_rule *rule, const char *where, uint32_t value,
		     struct build *build, struct error *err)
{
	for (size_t i = 0; i < rule->names->count; i++) {
		const char *name = rule->names->item[i];
		int call = seccomp_syscall_resolve_name(name);
		int r;

		if (call == NAME_UNKNOWN) {
			log_debug("%snames: %s is not known, passed over", where, name);
			continue;
		}
		guard_seccomp_stub_add_call(&build->stub, name);
		/* libseccomp refuses what changes nothing. */
		if (value == build->default_value)
			continue;
		r = add_call(build, value, call, rule->args);
		if (r < 0)
			return error_set(err, -r, "%snames: %s: %s", where, name, error_words(-r));
		build->notifies |= value == SCMP_ACT_NOTIFY;
	}
	return 0;
}

/* What the first process has to say before its program runs would wait for the listener. */
static int check_notify(const struct spec_seccomp_rule *rule, const char *where,
			struct error *err)
{
	for (size_t i = 0; i < rule->names->count; i++)
		if (strcmp(rule->names->item[i], "write") == 0)
			return error_set(err, EINVAL,
					 "%saction: SCMP_ACT_NOTIFY cannot be used for write",
					 where);
	return 0;
}

static int add_rule(const struct spec_seccomp_rule *rule, size_t index, struct build *io_build,
		    struct error *err)
{
	autofree char *where = mem_format("linux.seccomp.syscalls[%zu].", index);
	autofree char *action = mem_format("%saction", where);
	uint32_t value;

	if (!rule->names || rule->names->count == 0)
		return error_set(err, EINVAL, "%snames: empty", where);
	TRY(action_value(&rule->action, &rule->errno_ret, action, &value, err));
	if (value == SCMP_ACT_NOTIFY)
		TRY(check_notify(rule, where, err));
	return add_names(rule, where, value, io_build, err);
}

/* --- flags --- */

/*
 * With a NULL filter the kernel looks at the flags first: EFAULT is for the filter, so the
 * flags are known; EINVAL is for them.
 */
static bool is_supported(unsigned int flags)
{
	return sys_seccomp(SECCOMP_SET_MODE_FILTER, flags, NULL) < 0 && errno == EFAULT;
}

int guard_seccomp_set_flags(const struct spec_seccomp *seccomp,
			    struct guard_seccomp_program *io_program, struct error *err)
{
	const struct json_enums *asked = seccomp ? seccomp->flags : NULL;
	unsigned int flags = 0;

	for (size_t i = 0; asked && i < asked->count; i++)
		flags |= (unsigned int)asked->item[i];
	/* The slow way round a processor's flaw is for who asks for it by an empty list. */
	if (!asked && is_supported(SECCOMP_FILTER_FLAG_SPEC_ALLOW))
		flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	/* Of a listener that is not there nobody can be killed while waiting for it. */
	if (!io_program->needs_notify)
		flags &= ~SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	/* The thread that hands the listener on must stay without the filter. */
	else
		flags = (flags & ~SECCOMP_FILTER_FLAG_TSYNC) | SECCOMP_FILTER_FLAG_NEW_LISTENER;
	if (!is_supported(0))
		return error_set(err, ENOSYS, "linux.seccomp: the kernel takes no filter");
	if (!is_supported(flags))
		return error_set(err, EINVAL,
				 "linux.seccomp.flags: the kernel does not support all of 0x%x",
				 flags);
	io_program->flags = flags;
	return 0;
}

/* --- the program --- */

static int export_filter(scmp_filter_ctx context, char **ret_bytes, size_t *ret_size,
			 struct error *err)
{
	autoclose int fd = memfd_create("seccomp", MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return error_sys(err, "memfd_create");
	r = seccomp_export_bpf(context, fd);
	if (r < 0)
		return error_set(err, -r, "linux.seccomp: export the filter: %s", error_words(-r));
	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_sys(err, "seek");
	r = fd_read_all(fd, BPF_MAXINSNS * sizeof(struct sock_filter), ret_bytes, ret_size, err);
	return r < 0 ? error_wrap(err, "linux.seccomp: the filter") : 0;
}

/* A profile that lets the unknown pass, or wants to see it, wants the young calls as well. */
static bool wants_stub(uint32_t default_value)
{
	if ((default_value & SECCOMP_RET_ACTION_FULL) == SCMP_ACT_ERRNO(0))
		return default_value != SCMP_ACT_ERRNO(ENOSYS);
	return default_value == SCMP_ACT_KILL_THREAD || default_value == SCMP_ACT_KILL_PROCESS;
}

static int assemble(const struct build *build, struct guard_seccomp_program *io_program,
		    struct error *err)
{
	struct sock_filter stub[GUARD_SECCOMP_STUB_MAX];
	size_t stub_count = wants_stub(build->default_value)
				    ? guard_seccomp_stub_write(&build->stub, stub)
				    : 0;
	autofree char *bytes = NULL;
	size_t size, count;

	TRY(export_filter(build->context, &bytes, &size, err));
	count = size / sizeof(struct sock_filter);
	if (stub_count + count > BPF_MAXINSNS)
		return error_set(err, E2BIG, "linux.seccomp: %zu instructions, %d are the limit",
				 stub_count + count, BPF_MAXINSNS);
	/* All jumps are relative, so the filter works from any place. */
	io_program->count = stub_count + count;
	io_program->filter = mem_new(io_program->count * sizeof(*io_program->filter));
	memcpy(io_program->filter, stub, stub_count * sizeof(*stub));
	memcpy(io_program->filter + stub_count, bytes, count * sizeof(struct sock_filter));
	return 0;
}

int guard_seccomp_check_names(const struct spec_seccomp *seccomp, struct error *err)
{
	const struct spec_seccomp_rules *rules = seccomp->syscalls;

	for (size_t i = 0; rules && i < rules->count; i++)
		for (size_t j = 0; j < rules->item[i].names->count; j++) {
			const char *name = rules->item[i].names->item[j];

			if (seccomp_syscall_resolve_name(name) == NAME_UNKNOWN)
				return error_set(err, EINVAL,
						 "linux.seccomp.syscalls[%zu].names[%zu]: %s is "
						 "not known",
						 i, j, name);
		}
	return 0;
}

/* Is one of the verdicts "ask the listener"? */
static bool can_notify(const struct guard_seccomp_program *program)
{
	for (size_t i = 0; i < program->count; i++) {
		const struct sock_filter *at = &program->filter[i];

		if (BPF_CLASS(at->code) == BPF_RET && BPF_RVAL(at->code) == BPF_K &&
		    (at->k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF)
			return true;
	}
	return false;
}

int guard_seccomp_take_code(const void *code, size_t size,
			    struct guard_seccomp_program *ret_program, struct error *err)
{
	struct guard_seccomp_program program = { 0 };

	if (size == 0 || size % sizeof(struct sock_filter))
		return error_set(err, EINVAL, "%zu bytes are no instructions of 8", size);
	program.count = size / sizeof(struct sock_filter);
	if (program.count > BPF_MAXINSNS)
		return error_set(err, E2BIG, "%zu instructions, %d are the limit", program.count,
				 BPF_MAXINSNS);
	program.filter = mem_new(size);
	memcpy(program.filter, code, size);
	program.needs_notify = can_notify(&program);
	*ret_program = program;
	return 0;
}

int guard_seccomp_compile(const struct spec_seccomp *seccomp,
			  struct guard_seccomp_program *ret_program, struct error *err)
{
	autoclean(release) scmp_filter_ctx context = NULL;
	struct guard_seccomp_program program = { 0 };
	struct build build = { 0 };

	TRY(begin(seccomp, &build, err));
	context = build.context;
	TRY(add_arches(seccomp->architectures, &build, err));
	for (size_t i = 0; seccomp->syscalls && i < seccomp->syscalls->count; i++)
		TRY(add_rule(&seccomp->syscalls->item[i], i, &build, err));
	program.needs_notify = build.notifies;
	TRY(guard_seccomp_set_flags(seccomp, &program, err));
	TRY(assemble(&build, &program, err));
	*ret_program = program;
	return 0;
}

int guard_seccomp_load(const struct guard_seccomp_program *program, int *ret_notify_fd,
		       struct error *err)
{
	struct sock_fprog filter = {
		.len = (unsigned short)program->count,
		.filter = program->filter,
	};
	int r = sys_seccomp(SECCOMP_SET_MODE_FILTER, program->flags, &filter);

	if (r < 0)
		return error_sys(err, "linux.seccomp: load the filter");
	/* With TSYNC alone a positive result is a thread that could not take it over. */
	if (r > 0 && !program->needs_notify)
		return error_set(err, ESRCH, "linux.seccomp: thread %d has another filter", r);
	*ret_notify_fd = program->needs_notify ? r : -1;
	return 0;
}

void guard_seccomp_clear(struct guard_seccomp_program *io_program)
{
	free(io_program->filter);
	*io_program = (struct guard_seccomp_program){ 0 };
}

char *guard_seccomp_library_version(void)
{
	const struct scmp_version *library = seccomp_version();

	return mem_format("%u.%u.%u", library->major, library->minor, library->micro);
}
