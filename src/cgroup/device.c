// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/device.h"

#include <inttypes.h>
#include <linux/bpf.h>
#include <string.h>

#include "base/scope.h"

enum {
	READ = BPF_DEVCG_ACC_READ,
	WRITE = BPF_DEVCG_ACC_WRITE,
	MKNOD = BPF_DEVCG_ACC_MKNOD,
	ALL = READ | WRITE | MKNOD,
};

/* --- from the configuration --- */

static int parse_access(const char *text, unsigned int *ret_access)
{
	unsigned int access = 0;

	for (const char *c = text ? text : "rwm"; *c; c++) {
		switch (*c) {
		case 'r':
			access |= READ;
			break;
		case 'w':
			access |= WRITE;
			break;
		case 'm':
			access |= MKNOD;
			break;
		default:
			return -EINVAL;
		}
	}
	*ret_access = access;
	return access ? 0 : -EINVAL;
}

static int parse_number(struct maybe_int number, int64_t *ret_number)
{
	*ret_number = number.is_set ? number.value : DEVICE_ANY;
	return *ret_number >= DEVICE_ANY && *ret_number <= UINT32_MAX ? 0 : -EINVAL;
}

static int parse_rule(const struct spec_device_rule *from, struct device_rule *io_rule,
		      struct error *err)
{
	const char *type = from->type ? from->type : "a";

	if (!*type || !strchr("abc", *type) || type[1])
		return error_set(err, EINVAL, "%s.type: \"%s\" is not a, b or c", io_rule->property,
				 json_show(type).text);
	if (parse_number(from->major, &io_rule->major) < 0)
		return error_set(err, EINVAL, "%s.major: out of range", io_rule->property);
	if (parse_number(from->minor, &io_rule->minor) < 0)
		return error_set(err, EINVAL, "%s.minor: out of range", io_rule->property);
	if (parse_access(from->access, &io_rule->access) < 0)
		return error_set(err, EINVAL, "%s.access: \"%s\" is not of the letters r, w, m",
				 io_rule->property, json_show(from->access).text);
	io_rule->type = *type;
	io_rule->allow = from->allow.value;
	return 0;
}

static bool starts_anew(const struct device_rule *rule)
{
	return rule->type == 'a' && rule->major == DEVICE_ANY && rule->minor == DEVICE_ANY &&
	       rule->access == ALL;
}

static void add_rule(struct device_policy *io_policy, const struct device_rule *rule)
{
	if (starts_anew(rule)) {
		io_policy->allow = rule->allow;
		io_policy->count = 0;
		return;
	}
	io_policy->rule[io_policy->count++] = *rule;
}

/* What every container has, the list of all runtimes. */
static const struct device_rule own_rules[] = {
	{ true, 'c', DEVICE_ANY, DEVICE_ANY, MKNOD, NULL },
	{ true, 'b', DEVICE_ANY, DEVICE_ANY, MKNOD, NULL },
	{ true, 'c', 1, 3, ALL, NULL },		   /* null */
	{ true, 'c', 1, 5, ALL, NULL },		   /* zero */
	{ true, 'c', 1, 7, ALL, NULL },		   /* full */
	{ true, 'c', 1, 8, ALL, NULL },		   /* random */
	{ true, 'c', 1, 9, ALL, NULL },		   /* urandom */
	{ true, 'c', 5, 0, ALL, NULL },		   /* tty */
	{ true, 'c', 5, 2, ALL, NULL },		   /* ptmx */
	{ true, 'c', 136, DEVICE_ANY, ALL, NULL }, /* pts/... */
	{ true, 'c', 10, 200, ALL, NULL },	   /* net/tun */
};

int cgroup_device_parse(const struct spec_device_rules *rules, struct device_policy *ret_policy,
			struct error *err)
{
	struct device_policy policy = { 0 };
	size_t count = rules ? rules->count : 0;

	policy.rule = arena_new(&policy.arena,
				(count + countof(own_rules)) * sizeof(*policy.rule));
	for (size_t i = 0; i < count; i++) {
		struct device_rule rule = {
			.property = arena_format(&policy.arena, "linux.resources.devices[%zu]", i),
		};
		int r = parse_rule(&rules->item[i], &rule, err);

		if (r < 0) {
			arena_clear(&policy.arena);
			return r;
		}
		add_rule(&policy, &rule);
	}
	for (size_t i = 0; i < countof(own_rules); i++)
		add_rule(&policy, &own_rules[i]);
	*ret_policy = policy;
	return 0;
}

void cgroup_device_clear(struct device_policy *io_policy)
{
	arena_clear(&io_policy->arena);
	*io_policy = (struct device_policy){ 0 };
}

/* --- cgroup v1: one default and its exceptions --- */

/* Exceptions are rules against the default; two of them never have the same device. */
struct exceptions {
	size_t count;
	struct device_rule *rule;
};

static bool is_same(const struct device_rule *a, const struct device_rule *b)
{
	return a->type == b->type && a->major == b->major && a->minor == b->minor;
}

static bool covers(int64_t wide, int64_t narrow)
{
	return wide == DEVICE_ANY || wide == narrow;
}

/* Some device is meant by both; types are 'b' and 'c' here. */
static bool overlaps(const struct device_rule *a, const struct device_rule *b)
{
	return a->type == b->type && (covers(a->major, b->major) || covers(b->major, a->major)) &&
	       (covers(a->minor, b->minor) || covers(b->minor, a->minor));
}

static void add_exception(struct exceptions *io_list, const struct device_rule *rule)
{
	for (size_t i = 0; i < io_list->count; i++) {
		if (is_same(&io_list->rule[i], rule)) {
			io_list->rule[i].access |= rule->access;
			return;
		}
	}
	io_list->rule[io_list->count++] = *rule;
}

/* A rule that agrees with the default: what contradicts it goes. */
static int remove_exceptions(struct exceptions *io_list, const struct device_rule *rule,
			     struct error *err)
{
	for (size_t i = 0; i < io_list->count; i++) {
		struct device_rule *other = &io_list->rule[i];

		if (!overlaps(other, rule) || !(other->access & rule->access))
			continue;
		if (covers(rule->major, other->major) && covers(rule->minor, other->minor))
			other->access &= ~rule->access;
		else if (rule->property) /* ours are a service, and the caller's rule stands */
			return error_set(err, ENOTSUP,
					 "%s: cgroup v1 cannot except devices from %s, which has "
					 "more of them", rule->property,
					 other->property ? other->property : "a default rule");
	}
	return 0;
}

/* Type 'a' in a line means everything, whatever else it says: so it becomes 'b' and 'c'. */
static int apply_rule(const struct device_policy *policy, const struct device_rule *rule,
		      struct exceptions *io_list, struct error *err)
{
	for (const char *type = "bc"; *type; type++) {
		struct device_rule one = *rule;

		if (rule->type != 'a' && rule->type != *type)
			continue;
		one.type = *type;
		if (one.allow == policy->allow)
			TRY(remove_exceptions(io_list, &one, err));
		else
			add_exception(io_list, &one);
	}
	return 0;
}

static const char *access_text(unsigned int access)
{
	static const char *const texts[] = {
		[READ] = "r",	      [WRITE] = "w",	     [READ | WRITE] = "rw", [MKNOD] = "m",
		[READ | MKNOD] = "rm", [WRITE | MKNOD] = "wm", [ALL] = "rwm",
	};

	return texts[access];
}

static const char *number_text(struct arena *io_arena, int64_t number)
{
	return number == DEVICE_ANY ? "*" : arena_format(io_arena, "%" PRId64, number);
}

static void add_line(struct limit_plan *io_plan, const struct device_rule *rule)
{
	struct arena *arena = &io_plan->arena;

	cgroup_limit_add(io_plan, &(struct limit_write){
		.version = CGROUP_MODE_V1,
		.controller = "devices",
		.property = rule->property ? arena_text(arena, rule->property)
					   : "linux.resources.devices",
		.file = rule->allow ? "devices.allow" : "devices.deny",
		.text = arena_format(arena, "%c %s:%s %s", rule->type,
				     number_text(arena, rule->major),
				     number_text(arena, rule->minor), access_text(rule->access)),
	});
}

int cgroup_device_plan(const struct device_policy *policy, struct limit_plan *io_plan,
		       struct error *err)
{
	struct device_rule everything = { .allow = policy->allow, .type = 'a', .major = DEVICE_ANY,
					  .minor = DEVICE_ANY, .access = ALL };
	struct exceptions list = {
		.rule = arena_new(&io_plan->arena, 2 * policy->count * sizeof(*list.rule)),
	};

	for (size_t i = 0; i < policy->count; i++)
		TRY(apply_rule(policy, &policy->rule[i], &list, err));
	add_line(io_plan, &everything);
	for (size_t i = 0; i < list.count; i++)
		if (list.rule[i].access)
			add_line(io_plan, &list.rule[i]);
	return 0;
}

/* --- cgroup v2: a program --- */

struct program {
	size_t count;
	struct bpf_insn *insn;
};

enum { ANSWER = BPF_REG_0, CONTEXT, WANTED, TYPE, MAJOR, MINOR, DEVICE, HEAD_SIZE = 9,
       RULE_SIZE = 7, TAIL_SIZE = 2 };

/* A device number of the kernel: 12 bits of major above 20 bits of minor (linux/kdev_t.h). */
enum { MINOR_BITS = 20, MAJOR_MAX = (1 << 12) - 1, MINOR_MAX = (1 << MINOR_BITS) - 1 };

/* Rules behind one jump, whose 16 bits are to be enough. */
enum { GROUP_MAX = INT16_MAX / RULE_SIZE };

static void emit(struct program *io_program, struct bpf_insn insn)
{
	io_program->insn[io_program->count++] = insn;
}

static void emit_load(struct program *io_program, int reg, size_t offset)
{
	emit(io_program, (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = reg & 15,
					    .src_reg = CONTEXT, .off = (int16_t)offset });
}

static void emit_alu(struct program *io_program, int operation, int reg, unsigned int value)
{
	emit(io_program, (struct bpf_insn){ .code = (uint8_t)(BPF_ALU | operation | BPF_K),
					    .dst_reg = reg & 15, .imm = (int32_t)value });
}

static void emit_alu_reg(struct program *io_program, int operation, int reg, int from)
{
	emit(io_program, (struct bpf_insn){ .code = (uint8_t)(BPF_ALU | operation | BPF_X),
					    .dst_reg = reg & 15, .src_reg = from & 15 });
}

/* Jumps over @skip instructions when "@reg @test @value" holds. */
static void emit_jump(struct program *io_program, int test, int reg, int64_t value, int skip)
{
	emit(io_program, (struct bpf_insn){ .code = (uint8_t)(BPF_JMP32 | test | BPF_K),
					    .dst_reg = reg & 15, .off = (int16_t)skip,
					    .imm = (int32_t)(uint32_t)value });
}

static void emit_answer(struct program *io_program, bool allow)
{
	emit_alu(io_program, BPF_MOV, ANSWER, allow);
	emit(io_program, (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT });
}

/*
 * access_type is the type of the device in its low and the access wanted in its high half.
 * What an allow rule grants is taken out of WANTED, and no more wanted is the answer yes; so
 * two rules, one for reading and one for writing, together allow to open for both.
 */
static void emit_head(struct program *io_program)
{
	emit_load(io_program, WANTED, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	emit_load(io_program, MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
	emit_load(io_program, MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
	emit_alu_reg(io_program, BPF_MOV, TYPE, WANTED);
	emit_alu(io_program, BPF_AND, TYPE, 0xffff);
	emit_alu(io_program, BPF_RSH, WANTED, 16);
	emit_alu_reg(io_program, BPF_MOV, DEVICE, MAJOR);
	emit_alu(io_program, BPF_LSH, DEVICE, MINOR_BITS);
	emit_alu_reg(io_program, BPF_OR, DEVICE, MINOR);
}

/* An answer, if the rule decides the access that is still wanted. */
static void emit_access(struct program *io_program, const struct device_rule *rule)
{
	if (rule->access == ALL)
		return;
	if (rule->allow) {
		emit_alu(io_program, BPF_AND, WANTED, ~rule->access);
		emit_jump(io_program, BPF_JNE, WANTED, 0, 2);
	} else {
		emit_jump(io_program, BPF_JSET, WANTED, rule->access, 1);
		emit(io_program, (struct bpf_insn){ .code = BPF_JMP | BPF_JA, .off = 2 });
	}
}

/* The numbers in one jump where there are two: what the kernel checks is the number of ways. */
static void emit_rule(struct program *io_program, const struct device_rule *rule)
{
	int skip = rule->access == ALL ? 2 : 4;

	if (rule->major != DEVICE_ANY && rule->minor != DEVICE_ANY)
		emit_jump(io_program, BPF_JNE, DEVICE, rule->major << MINOR_BITS | rule->minor,
			  skip);
	else if (rule->major != DEVICE_ANY)
		emit_jump(io_program, BPF_JNE, MAJOR, rule->major, skip);
	else if (rule->minor != DEVICE_ANY)
		emit_jump(io_program, BPF_JNE, MINOR, rule->minor, skip);
	emit_access(io_program, rule);
	emit_answer(io_program, rule->allow);
}

/* No device has larger numbers, whatever a rule says. */
static bool is_possible(const struct device_rule *rule)
{
	return rule->major <= MAJOR_MAX && rule->minor <= MINOR_MAX;
}

/* Neighbours of one type, from @end down, behind one question for it. Returns their first. */
static size_t emit_group(struct program *io_program, const struct device_policy *policy,
			 size_t end)
{
	char type = policy->rule[end - 1].type;
	size_t question = io_program->count, i = end;

	if (type != 'a')
		emit_jump(io_program, BPF_JNE, TYPE,
			  type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR, 0);
	for (; i > 0 && policy->rule[i - 1].type == type && end - i < GROUP_MAX; i--)
		if (is_possible(&policy->rule[i - 1]))
			emit_rule(io_program, &policy->rule[i - 1]);
	if (type != 'a')
		io_program->insn[question].off = (int16_t)(io_program->count - question - 1);
	return i;
}

void cgroup_device_program(const struct device_policy *policy, struct arena *io_arena,
			   struct bpf_insn **ret_program, size_t *ret_count)
{
	size_t room = HEAD_SIZE + policy->count * RULE_SIZE + TAIL_SIZE;
	struct program program = {
		.insn = arena_new(io_arena, room * sizeof(*program.insn)),
	};

	/* The last rule that matches decides: so it is the first that is asked. */
	emit_head(&program);
	for (size_t i = policy->count; i > 0;)
		i = emit_group(&program, policy, i);
	emit_answer(&program, policy->allow);
	*ret_program = program.insn;
	*ret_count = program.count;
}
