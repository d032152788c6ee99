// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <linux/bpf.h>
#include <string.h>

#include "base/text.h"
#include "cgroup/device.h"

#define NUMBER(n) { .is_set = true, .value = n }
#define ALLOW { .is_set = true, .value = true }
#define DENY { .is_set = true, .value = false }

enum { READ = BPF_DEVCG_ACC_READ, WRITE = BPF_DEVCG_ACC_WRITE, MKNOD = BPF_DEVCG_ACC_MKNOD };

static const struct spec_device_rule deny_all = { .allow = DENY, .access = "rwm" };
static const struct spec_device_rule allow_all = { .allow = ALLOW, .type = "a" };

/* --- the few instructions of the program, carried out --- */

static bool jumps(const struct bpf_insn *insn, uint32_t value)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JA:
		return true;
	case BPF_JNE:
		return value != (uint32_t)insn->imm;
	case BPF_JSET:
		return value & (uint32_t)insn->imm;
	default:
		fail();
		return false;
	}
}

static uint32_t compute(const struct bpf_insn *insn, const uint32_t *reg)
{
	uint32_t other = BPF_SRC(insn->code) == BPF_X ? reg[insn->src_reg] : (uint32_t)insn->imm;

	switch (BPF_OP(insn->code)) {
	case BPF_MOV:
		return other;
	case BPF_AND:
		return reg[insn->dst_reg] & other;
	case BPF_RSH:
		return reg[insn->dst_reg] >> other;
	case BPF_LSH:
		return reg[insn->dst_reg] << other;
	case BPF_OR:
		return reg[insn->dst_reg] | other;
	default:
		fail();
		return 0;
	}
}

static bool run(const struct bpf_insn *program, size_t count, struct bpf_cgroup_dev_ctx context)
{
	uint32_t reg[MAX_BPF_REG] = { 0 };

	for (size_t at = 0; at < count; at++) {
		const struct bpf_insn *insn = &program[at];

		switch (BPF_CLASS(insn->code)) {
		case BPF_LDX:
			CHECK_INT(insn->src_reg, BPF_REG_1);
			reg[insn->dst_reg] = *(uint32_t *)((char *)&context + insn->off);
			break;
		case BPF_ALU:
			reg[insn->dst_reg] = compute(insn, reg);
			break;
		case BPF_JMP:
		case BPF_JMP32:
			if (BPF_OP(insn->code) == BPF_EXIT)
				return reg[BPF_REG_0];
			if (jumps(insn, reg[insn->dst_reg]))
				at += (size_t)insn->off;
			break;
		default:
			fail();
		}
	}
	fail();
	return false;
}

/* --- asking a list of rules --- */

struct question {
	char type;
	unsigned int major, minor, access;
	bool answer;
};

static struct device_policy parse(const struct spec_device_rule *rules, size_t count)
{
	struct spec_device_rules list = { count, (struct spec_device_rule *)rules };
	struct device_policy policy = { 0 };
	struct error err;

	CHECK_OK(cgroup_device_parse(&list, &policy, &err), err);
	return policy;
}

static bool ask(const struct device_policy *policy, const struct question *q)
{
	struct arena arena = { 0 };
	struct bpf_insn *program;
	size_t count;
	bool answer;

	cgroup_device_program(policy, &arena, &program, &count);
	answer = run(program, count, (struct bpf_cgroup_dev_ctx){
		.access_type = q->access << 16 |
			       (q->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR),
		.major = q->major, .minor = q->minor });
	arena_clear(&arena);
	return answer;
}

static void check_answers(const struct spec_device_rule *rules, size_t count,
			  const struct question *questions, size_t question_count)
{
	autodevice struct device_policy policy = parse(rules, count);

	for (size_t i = 0; i < question_count; i++) {
		if (ask(&policy, &questions[i]) == questions[i].answer)
			continue;
		print_error("question %zu\n", i);
		fail();
	}
}

static const struct question usual[] = {
	{ 'c', 1, 3, READ | WRITE, true },   { 'c', 1, 5, READ, true },
	{ 'c', 1, 7, WRITE, true },	     { 'c', 1, 8, READ | WRITE, true },
	{ 'c', 1, 9, READ, true },	     { 'c', 5, 0, READ | WRITE, true },
	{ 'c', 5, 2, READ | WRITE, true },   { 'c', 136, 0, READ | WRITE, true },
	{ 'c', 136, 77, WRITE, true },	     { 'c', 10, 200, READ | WRITE, true },
	{ 'c', 240, 9, MKNOD, true },	     { 'b', 8, 0, MKNOD, true },
	{ 'c', 1, 1, READ, false },	     { 'c', 5, 1, READ, false },
	{ 'b', 8, 0, READ, false },	     { 'b', 1, 3, READ, false },
	{ 'c', 240, 9, MKNOD | READ, false }, { 'c', 10, 201, WRITE, false },
};

/* E-02, E-03 */
TEST(without_rules_only_the_usual_devices_are_allowed)
{
	check_answers(NULL, 0, usual, countof(usual));
	check_answers(&deny_all, 1, usual, countof(usual));
}

TEST(null_list_is_no_rules)
{
	autodevice struct device_policy policy = { 0 };
	struct error err;

	CHECK_OK(cgroup_device_parse(NULL, &policy, &err), err);
	CHECK_TRUE(!policy.allow);
	CHECK_INT(policy.count, 11);
}

/* E-02 */
TEST(rule_for_everything_starts_anew)
{
	const struct spec_device_rule rules[] = {
		{ .allow = DENY, .type = "b", .major = NUMBER(8) }, allow_all,
	};
	const struct spec_device_rule denied_again[] = { allow_all, deny_all };
	const struct question open[] = {
		{ 'b', 8, 0, READ | WRITE | MKNOD, true }, { 'c', 240, 1, READ | WRITE, true },
		{ 'c', 240, 1, 0, true },
	};

	check_answers(rules, countof(rules), open, countof(open));
	check_answers(denied_again, countof(denied_again), usual, countof(usual));
}

/* E-02, E-09, R-31 */
TEST(last_rule_that_matches_wins)
{
	const struct spec_device_rule rules[] = {
		deny_all,
		{ .allow = ALLOW, .type = "b", .major = NUMBER(8), .access = "rwm" },
		{ .allow = DENY, .type = "b", .major = NUMBER(8), .minor = NUMBER(1), .access = "rwm" },
		{ .allow = ALLOW, .type = "b", .major = NUMBER(8), .minor = NUMBER(2), .access = "rwm" },
		{ .allow = DENY, .type = "b", .major = NUMBER(8), .minor = NUMBER(2), .access = "w" },
		{ .allow = DENY, .type = "b", .major = NUMBER(8), .minor = NUMBER(3), .access = "rwm" },
		{ .allow = ALLOW, .type = "b", .major = NUMBER(8), .minor = NUMBER(3), .access = "r" },
	};
	const struct question questions[] = {
		{ 'b', 8, 0, READ | WRITE, true },  { 'b', 8, 1, READ, false },
		{ 'b', 8, 2, READ, true },	    { 'b', 8, 2, WRITE, false },
		{ 'b', 8, 2, READ | WRITE, false }, { 'b', 8, 3, READ, true },
		{ 'b', 8, 3, WRITE, false },	    { 'b', 8, 3, READ | WRITE, false },
		{ 'b', 9, 0, READ, false },	    { 'c', 8, 0, READ, false },
	};

	check_answers(rules, countof(rules), questions, countof(questions));
}

/* E-09, R-34 */
TEST(accesses_of_several_rules_add_up)
{
	const struct spec_device_rule rules[] = {
		{ .allow = ALLOW, .type = "c", .major = NUMBER(240), .minor = NUMBER(-1), .access = "r" },
		{ .allow = ALLOW, .type = "c", .major = NUMBER(-1), .minor = NUMBER(7), .access = "w" },
	};
	const struct question questions[] = {
		{ 'c', 240, 7, READ | WRITE, true },  { 'c', 240, 8, READ, true },
		{ 'c', 240, 8, READ | WRITE, false }, { 'c', 241, 7, WRITE, true },
		{ 'c', 241, 7, READ, false },	      { 'c', 240, 7, READ | WRITE | MKNOD, true },
	};

	check_answers(rules, countof(rules), questions, countof(questions));
}

/* E-09 */
TEST(type_a_with_a_part_of_the_access_is_no_reset)
{
	const struct spec_device_rule rules[] = {
		{ .allow = ALLOW, .type = "c", .major = NUMBER(240), .access = "r" },
		{ .allow = ALLOW, .type = "a", .access = "m" },
		{ .allow = ALLOW, .type = "a", .major = NUMBER(9), .minor = NUMBER(9) },
	};
	const struct question questions[] = {
		{ 'c', 240, 7, READ, true }, { 'b', 77, 1, MKNOD, true }, { 'b', 77, 1, READ, false },
		{ 'c', 9, 9, WRITE, true },  { 'b', 9, 9, WRITE, true },  { 'b', 9, 8, WRITE, false },
	};

	check_answers(rules, countof(rules), questions, countof(questions));
}

TEST(denials_from_all_devices_hold_for_a_part_of_the_access)
{
	const struct spec_device_rule rules[] = {
		allow_all,
		{ .allow = DENY, .type = "b", .access = "w" },
		{ .allow = DENY, .type = "c", .major = NUMBER(4095), .minor = NUMBER(1048575) },
	};
	const struct question questions[] = {
		{ 'b', 8, 0, READ, true },	   { 'b', 8, 0, READ | WRITE, false },
		{ 'c', 240, 1, READ | WRITE, true }, { 'c', 4095, 1048575, READ, false },
		{ 'c', 4095, 1, READ, true },
	};

	check_answers(rules, countof(rules), questions, countof(questions));
}

/* R-33..R-35 */
TEST(numbers_that_no_device_has_match_none)
{
	static const struct spec_device_rule rules[] = {
		/* Their low bits are those of 8:1, 0:7 and 9:1. */
		{ .allow = ALLOW, .type = "b", .major = NUMBER(4096 + 8), .minor = NUMBER(1) },
		{ .allow = ALLOW, .type = "b", .major = NUMBER(0), .minor = NUMBER((1 << 20) + 7) },
		{ .allow = ALLOW, .type = "b", .major = NUMBER(9), .minor = NUMBER(4294967295) },
		{ .allow = ALLOW, .type = "b", .major = NUMBER(4095), .minor = NUMBER(1048575) },
	};
	static const struct question questions[] = {
		{ 'b', 8, 1, READ, false },
		{ 'b', 1, 7, READ, false },
		{ 'b', 0, 7, READ, false },
		{ 'b', 9, 1, READ, false },
		{ 'b', 9, 1048575, READ, false },
		{ 'b', 4095, 1048575, READ, true },
	};

	check_answers(rules, countof(rules), questions, countof(questions));
}

TEST(more_rules_than_one_jump_can_pass)
{
	enum { COUNT = 10000 };
	struct spec_device_rule *rules = mem_new(COUNT * sizeof(*rules));
	static const struct question questions[] = {
		{ 'b', 7, 0, READ, true },	{ 'b', 7, COUNT - 1, READ, true },
		{ 'b', 7, COUNT, READ, false }, { 'c', 7, 0, READ, false },
		{ 'c', 1, 3, READ, true },
	};

	for (int i = 0; i < COUNT; i++)
		rules[i] = (struct spec_device_rule){ .allow = ALLOW, .type = "b",
						      .major = NUMBER(7), .minor = NUMBER(i) };
	check_answers(rules, COUNT, questions, countof(questions));
	free(rules);
}

TEST(wrong_rule_is_named)
{
	static const struct {
		struct spec_device_rule rule;
		const char *error;
	} rows[] = {
		{ { .type = "u" }, "type: \"u\" is not a, b or c" },
		{ { .type = "" }, "type: \"\" is not a, b or c" },
		{ { .type = "cc" }, "type: \"cc\" is not a, b or c" },
		{ { .access = "" }, "access: \"\" is not of the letters r, w, m" },
		{ { .access = "rx" }, "access: \"rx\" is not of the letters r, w, m" },
		{ { .major = NUMBER(-2) }, "major: out of range" },
		{ { .minor = NUMBER(4294967296) }, "minor: out of range" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		const struct spec_device_rule rules[] = { deny_all, rows[i].rule };
		struct spec_device_rules list = { 2, (struct spec_device_rule *)rules };
		autofree char *error = mem_format("linux.resources.devices[1].%s", rows[i].error);
		struct device_policy policy;
		struct error err;

		CHECK_ERROR(cgroup_device_parse(&list, &policy, &err), err, EINVAL, error);
	}
}

/* --- cgroup v1 --- */

static void check_lines(const struct spec_device_rule *rules, size_t count, const char *expected)
{
	autodevice struct device_policy policy = parse(rules, count);
	autolimit struct limit_plan plan = { 0 };
	autotext struct text text = { 0 };
	struct error err;

	CHECK_OK(cgroup_device_plan(&policy, &plan, &err), err);
	for (size_t i = 0; i < plan.count; i++) {
		CHECK_STR(plan.write[i].controller, "devices");
		text_add(&text, "%s%s\n", plan.write[i].file + strlen("devices."), plan.write[i].text);
	}
	CHECK_STR(text_get(&text), expected);
}

#define USUAL_LINES                                                             \
	"allowc *:* m\nallowb *:* m\nallowc 1:3 rwm\nallowc 1:5 rwm\n"           \
	"allowc 1:7 rwm\nallowc 1:8 rwm\nallowc 1:9 rwm\nallowc 5:0 rwm\n"       \
	"allowc 5:2 rwm\nallowc 136:* rwm\nallowc 10:200 rwm\n"

/* */
TEST(v1_gets_the_default_and_its_exceptions)
{
	const struct spec_device_rule one[] = {
		deny_all, { .allow = ALLOW, .type = "b", .major = NUMBER(8), .access = "r" },
		{ .allow = ALLOW, .type = "b", .major = NUMBER(8), .access = "w" },
	};
	const struct spec_device_rule taken_back[] = {
		deny_all, { .allow = ALLOW, .type = "b", .major = NUMBER(8), .minor = NUMBER(1) },
		{ .allow = DENY, .type = "b", .major = NUMBER(8), .access = "wm" },
	};
	const struct spec_device_rule part[] = {
		deny_all, { .allow = ALLOW, .type = "a", .major = NUMBER(8), .access = "r" },
	};
	const struct spec_device_rule except[] = {
		allow_all, { .allow = DENY, .type = "c", .major = NUMBER(1), .access = "w" },
		{ .allow = DENY, .type = "c", .major = NUMBER(1), .minor = NUMBER(3) },
	};

	check_lines(NULL, 0, "denya *:* rwm\n" USUAL_LINES);
	check_lines(&deny_all, 1, "denya *:* rwm\n" USUAL_LINES);
	check_lines(&allow_all, 1, "allowa *:* rwm\n");
	check_lines(one, countof(one), "denya *:* rwm\nallowb 8:* rw\n" USUAL_LINES);
	check_lines(taken_back, countof(taken_back), "denya *:* rwm\nallowb 8:1 r\n" USUAL_LINES);
	check_lines(part, countof(part), "denya *:* rwm\nallowb 8:* r\nallowc 8:* r\n" USUAL_LINES);

	/* Ours cannot take null out of the caller's "all memory devices"; the caller's stands. */
	check_lines(except, countof(except), "allowa *:* rwm\ndenyc 1:* w\n");
}

TEST(v1_cannot_make_a_hole_and_says_so)
{
	const struct spec_device_rule rules[] = {
		deny_all,
		{ .allow = ALLOW, .type = "b", .major = NUMBER(8) },
		{ .allow = DENY, .type = "b", .major = NUMBER(8), .minor = NUMBER(1), .access = "w" },
	};
	autodevice struct device_policy policy = parse(rules, countof(rules));
	autolimit struct limit_plan plan = { 0 };
	struct error err;

	CHECK_ERROR(cgroup_device_plan(&policy, &plan, &err), err, ENOTSUP,
		    "linux.resources.devices[2]: cgroup v1 cannot except devices from "
		    "linux.resources.devices[1], which has more of them");
}
