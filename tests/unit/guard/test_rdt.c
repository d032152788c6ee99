// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/rdt.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"
#include "test.h"

/* A folder that plays the file system: the kernel would make the files in it, we do. */
static char root[sizeof("/tmp/husk-rdt-XXXXXX")];

static void set_up(void)
{
	strcpy(root, "/tmp/husk-rdt-XXXXXX");
	CHECK_TRUE(mkdtemp(root));
}

static void tear_down(void)
{
	autofree char *command = mem_format("rm -r %s", root);

	CHECK_INT(system(command), 0);
}

static void make_file(const char *folder, const char *name, const char *content)
{
	autofree char *path = mem_format("%s/%s", folder, name);
	struct error err;

	CHECK_OK(file_replace(AT_FDCWD, path, 0600, content, strlen(content), &err), err);
}

static void remove_file(const char *folder, const char *name)
{
	autofree char *path = mem_format("%s/%s", folder, name);

	CHECK_INT(unlink(path), 0);
}

static void make_folder(const char *folder, const char *name)
{
	autofree char *path = mem_format("%s/%s", folder, name);

	CHECK_INT(mkdir(path, 0700), 0);
}

static void check_file(const char *folder, const char *name, const char *content)
{
	autofree char *path = mem_format("%s/%s", folder, name);
	autofree char *found = NULL;
	struct error err;

	CHECK_OK(file_read(AT_FDCWD, path, 4096, &found, NULL, &err), err);
	CHECK_STR(found, content);
}

static struct guard_rdt plan_of(const struct spec_intel_rdt *rdt)
{
	struct guard_rdt plan;

	guard_rdt_plan(rdt, "web", root, &plan);
	return plan;
}

/* I-03, I-04, I-05, I-06, I-09. */
TEST(plan_names_folders_and_joins_lines_in_order)
{
	char *more[] = { (char *)"L2:0=f", (char *)"SMBA:0=10" };
	struct json_strings schemata = { 2, more };
	struct spec_intel_rdt rdt = {
		.l3_cache_schema = (char *)"L3:0=f",
		.mem_bw_schema = (char *)"MB:0=20",
		.schemata = &schemata,
		.enable_monitoring = { true, true },
	};
	struct guard_rdt plan;

	guard_rdt_plan(&rdt, "web", "/fs", &plan);
	CHECK_STR(plan.group, "/fs/web");
	CHECK_STR(plan.monitor, "/fs/web/mon_groups/web");
	CHECK_STR(plan.schemata, "L3:0=f\nMB:0=20\nL2:0=f\nSMBA:0=10\n");
	CHECK_TRUE(plan.is_own);
	guard_rdt_clear(&plan);
	rdt = (struct spec_intel_rdt){ .clos_id = (char *)"gold" };
	guard_rdt_plan(&rdt, "web", "/fs", &plan);
	CHECK_STR(plan.group, "/fs/gold");
	CHECK_TRUE(!plan.monitor && !plan.is_own && !*plan.schemata);
	guard_rdt_clear(&plan);
	rdt.clos_id = (char *)"/";
	guard_rdt_plan(&rdt, "web", "/fs", &plan);
	CHECK_STR(plan.group, "/fs");
	guard_rdt_clear(&plan);
}

/* I-01: without intelRdt nothing is touched. */
TEST(empty_plan_does_nothing)
{
	struct guard_rdt plan = { 0 };
	struct error err;

	CHECK_OK(guard_rdt_check(&plan, &err), err);
	CHECK_OK(guard_rdt_make(&plan, &err), err);
	CHECK_OK(guard_rdt_set(&plan, &err), err);
	CHECK_OK(guard_rdt_join(&plan, 1, &err), err);
	CHECK_OK(guard_rdt_remove(NULL, NULL, &err), err);
}

/* I-02, I-03, I-09, I-10: a class of the container's own. */
TEST(own_class_is_made_filled_joined_and_removed)
{
	struct spec_intel_rdt rdt = {
		.l3_cache_schema = (char *)"L3:0=f",
		.enable_monitoring = { true, true },
	};
	struct guard_rdt plan;
	struct error err;

	set_up();
	plan = plan_of(&rdt);
	CHECK_OK(guard_rdt_check(&plan, &err), err);
	CHECK_OK(guard_rdt_make(&plan, &err), err);
	CHECK_TRUE(plan.has_made_group);
	make_file(plan.group, "schemata", "");
	make_file(plan.group, "tasks", "");
	make_folder(plan.group, "mon_groups");
	CHECK_OK(guard_rdt_set(&plan, &err), err);
	CHECK_TRUE(plan.has_made_monitor);
	make_file(plan.monitor, "tasks", "");
	check_file(plan.group, "schemata", "L3:0=f\n");
	CHECK_OK(guard_rdt_join(&plan, 42, &err), err);
	check_file(plan.group, "tasks", "42");
	check_file(plan.monitor, "tasks", "42");
	CHECK_INT(guard_rdt_check(&plan, &err), -EEXIST);
	remove_file(plan.monitor, "tasks");
	CHECK_OK(guard_rdt_remove(NULL, plan.monitor, &err), err);
	/* What is gone already is no error. */
	CHECK_OK(guard_rdt_remove(NULL, plan.monitor, &err), err);
	guard_rdt_clear(&plan);
	tear_down();
}

/* I-07, I-08. */
TEST(named_class_is_made_or_compared_or_must_be_there)
{
	static const struct {
		const char *asked;
		bool is_same;
	} rows[] = {
		{ "L3:0=ff;1=f", true },  { "L3:0=00ff;1=0xF", true }, { "L3:1=f;0=ff", true },
		{ "L3:0=ff", true },	  { "L3: 0 = ff", true },      { "MB:0=100", true },
		{ "L3:0=fe;1=f", false }, { "L3:2=ff", false },	       { "MB:0=10", false },
		{ "L2:0=ff", false },	  { "L3:0=ff;junk", false },   { "nonsense", false },
		{ "L3:", true },	  { "l3:0=FF", true },	       { "MB:0=0100", true },
	};
	struct spec_intel_rdt rdt = { .clos_id = (char *)"gold" };
	struct guard_rdt plan;
	struct error err;

	set_up();
	plan = plan_of(&rdt);
	CHECK_INT(guard_rdt_make(&plan, &err), -ENOENT);
	guard_rdt_clear(&plan);
	make_folder(root, "gold");
	plan = plan_of(&rdt);
	CHECK_OK(guard_rdt_make(&plan, &err), err);
	CHECK_OK(guard_rdt_set(&plan, &err), err);
	make_file(plan.group, "schemata", "    L3:0=0ff;1=00f\n    MB:0=100;1= 50\n");
	guard_rdt_clear(&plan);
	for (size_t i = 0; i < countof(rows); i++) {
		rdt.l3_cache_schema = (char *)rows[i].asked;
		plan = plan_of(&rdt);
		CHECK_OK(guard_rdt_make(&plan, &err), err);
		CHECK_TRUE(!plan.has_made_group);
		if (guard_rdt_set(&plan, &err) != (rows[i].is_same ? 0 : -EINVAL))
			print_message("%s\n", rows[i].asked);
		CHECK_INT(guard_rdt_set(&plan, &err), rows[i].is_same ? 0 : -EINVAL);
		guard_rdt_clear(&plan);
	}
	rdt.clos_id = (char *)"silver";
	plan = plan_of(&rdt);
	CHECK_OK(guard_rdt_make(&plan, &err), err);
	CHECK_TRUE(plan.has_made_group);
	guard_rdt_clear(&plan);
	tear_down();
}

TEST(refused_write_is_told_with_the_kernels_reason)
{
	struct spec_intel_rdt rdt = { .l3_cache_schema = (char *)"L3:0=f" };
	autofree char *expected = NULL;
	struct guard_rdt plan;
	struct error err;

	set_up();
	make_folder(root, "info");
	make_file(root, "info/last_cmd_status", "mask f out of range\n");
	plan = plan_of(&rdt);
	CHECK_OK(guard_rdt_make(&plan, &err), err);
	expected = mem_format("linux.intelRdt: open %s/web/schemata: no such file or directory "
			      "(mask f out of range)",
			      root);
	CHECK_ERROR(guard_rdt_set(&plan, &err), err, ENOENT, expected);
	guard_rdt_clear(&plan);
	tear_down();
}

TEST(change_writes_two_lines_and_tells_what_was_there)
{
	struct spec_intel_rdt rdt = { .clos_id = (char *)"gold",
				      .l3_cache_schema = (char *)"L3:0=f",
				      .mem_bw_schema = (char *)"MB:0=20" };
	autofree char *old = NULL, *file = NULL, *now = NULL;
	struct guard_rdt plan;
	struct error err;

	set_up();
	plan = plan_of(&rdt);
	CHECK_INT(guard_rdt_change(&plan, &old, &err), -ENOENT);
	CHECK_TRUE(!old);
	make_folder(root, "gold");
	make_file(plan.group, "schemata", "L3:0=f0\n");
	CHECK_OK(guard_rdt_change(&plan, &old, &err), err);
	CHECK_STR(old, "L3:0=f0\n");
	file = mem_format("%s/schemata", plan.group);
	CHECK_OK(file_read(AT_FDCWD, file, 4096, &now, NULL, &err), err);
	CHECK_STR(now, "L3:0=f\nMB:0=20\n");
	guard_rdt_clear(&plan);
	tear_down();
}
