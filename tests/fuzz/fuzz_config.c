// SPDX-License-Identifier: GPL-2.0-or-later
/* config.json, and all that is planned from it before anything is touched */
#include <sched.h>
#include <string.h>

#include "cgroup/device.h"
#include "cgroup/limit.h"
#include "cgroup/property.h"
#include "cgroup/unit.h"
#include "container/filter.h"
#include "container/init.h"
#include "container/session.h"
#include "fuzz.h"
#include "guard/attribute.h"
#include "guard/cap.h"
#include "guard/rdt.h"
#include "mount/plan.h"
#include "ns/idmap.h"
#include "ns/ns.h"
#include "ns/sysctl.h"
#include "spec/spec.h"
#include "view/doctor.h"

static void plan_namespaces(const struct spec *spec, struct ns_plan *ret_ns)
{
	const struct spec_linux *part = spec->linux_part;
	struct error err;
	uint32_t host;

	if (ns_plan(spec, ret_ns, &err) < 0)
		*ret_ns = (struct ns_plan){ 0 };
	if (!part)
		return;
	(void)!ns_sysctl_check(part->sysctl, ns_owned(ret_ns), &err);
	(void)!ns_idmap_to_host(part->uid_mappings, 1000, &host);
}

static void plan_mounts(const struct spec *spec, const struct ns_plan *ns, bool is_v2)
{
	static const struct mount_cgroup_hierarchy hierarchies[] = {
		{ "pids", "pids", "/sys/fs/cgroup/pids/husk/web" },
		{ "systemd", "none,name=systemd", NULL },
	};
	struct mount_request request = {
		.spec = spec,
		.bundle = "/bundle",
		.has_user_ns = ns_owned(ns) & CLONE_NEWUSER,
		.owns_network = ns->create & CLONE_NEWNET,
		.has_cgroup_ns = ns_owned(ns) & CLONE_NEWCGROUP,
		.is_cgroup_v2 = is_v2,
		.hierarchy_count = is_v2 ? 0 : 2,
		.hierarchies = hierarchies,
		.cgroup2_folder = is_v2 ? "/sys/fs/cgroup/husk/web" : NULL,
	};
	struct mount_plan plan;
	struct error err;

	if (mount_plan(&request, &plan, &err) < 0)
		return;
	for (size_t i = 0; i < plan.step_count; i++)
		FUZZ_MUST(*plan.steps[i].target == '/' && !strstr(plan.steps[i].target, "/../"));
	mount_plan_clear(&plan);
}

static void plan_devices(const struct spec_device_rules *rules, struct limit_plan *io_limits,
			 struct text *io_words)
{
	autodevice struct device_policy policy = { 0 };
	struct bpf_insn *program;
	struct error err;
	size_t count;

	if (cgroup_device_parse(rules, &policy, &err) < 0)
		return;
	(void)!cgroup_device_plan(&policy, io_limits, &err);
	cgroup_device_program(&policy, &policy.arena, &program, &count);
	cgroup_property_add_devices(&policy, io_words);
}

static void plan_cgroup(const struct spec *spec, bool is_v2)
{
	const struct spec_resources *resources = spec->linux_part->resources;
	struct limit_facts facts = {
		.v1_controllers = is_v2 ? "" : "cpu,cpuacct,cpuset,memory,pids,blkio,hugetlb,"
					       "net_cls,net_prio,rdma",
		.has_v2 = is_v2,
		.nowhere = "nowhere",
	};
	struct property_quota quota = PROPERTY_QUOTA_NEW;
	autolimit struct limit_plan limits = { 0 };
	autotext struct text words = { 0 };
	struct error err;

	(void)!cgroup_limit_plan(resources, &facts, &limits, &err);
	cgroup_property_add_limits(&limits, quota, &words);
	plan_devices(resources ? resources->devices : NULL, &limits, &words);
	(void)!cgroup_property_add_annotations(spec->annotations, &words, &err);
}

static void plan_names(const struct spec *spec, struct arena *io_arena)
{
	struct cgroup_request request = { .path = spec->linux_part->cgroups_path, .id = "web" };
	struct guard_rdt rdt = { 0 };
	struct cgroup_unit unit;
	struct error err;

	(void)!cgroup_unit_plan(&request, io_arena, &unit, &err);
	if (spec->linux_part->intel_rdt) {
		guard_rdt_plan(spec->linux_part->intel_rdt, "web", "/sys/fs/resctrl", &rdt);
		guard_rdt_clear(&rdt);
	}
}

static void plan_process(const struct spec *spec, struct arena *io_arena)
{
	const struct spec_process *process = spec->process;
	struct container_filter filter = { 0 };
	struct guard_cap_plan caps;
	struct container_init init;
	struct error err;
	bool is_wanted;

	(void)!guard_cap_plan(process ? process->capabilities : NULL, guard_cap_known(), &caps,
			      &err);
	if (process && process->scheduler)
		(void)guard_attribute_plan_scheduler(process->scheduler);
	(void)!container_session_plan(spec, &is_wanted, &err);
	if (container_init_plan(spec, true, io_arena, &init, &err) >= 0 && process)
		(void)container_init_arguments(&init, process->args, io_arena);
	(void)!container_filter_plan(spec, -1, &filter, &err);
	container_filter_clear(&filter);
}

/* doctor --bundle */
static void judge(const struct spec *spec)
{
	struct doctor_bundle bundle = { .id = "web", .spec = spec };
	autoreport struct doctor_report report = { 0 };
	autotext struct text text = { 0 }, json = { 0 };

	doctor_spec(&bundle, &report);
	doctor_text(&report, &text);
	fuzz_must_be_plain(text_get(&text));
	doctor_json(&report, 1, &json);
	fuzz_must_be_json(json.data, json.size);
}

/* husk reads its own copy of a configuration again later. */
static void read_back(const struct spec *spec)
{
	autotext struct text first = { 0 }, second = { 0 };
	struct spec again;
	struct error err;

	spec_write(spec, &first);
	FUZZ_MUST(spec_read("again", first.data, first.size, &again, &err) >= 0);
	spec_write(&again, &second);
	spec_clear(&again);
	FUZZ_MUST(strcmp(first.data, second.data) == 0);
}

void fuzz_one(const char *text, size_t size)
{
	struct arena arena = { 0 };
	struct ns_plan ns;
	struct error err;
	struct spec spec;

	if (spec_read("config.json", text, size, &spec, &err) < 0)
		return;
	plan_namespaces(&spec, &ns);
	plan_mounts(&spec, &ns, true);
	plan_mounts(&spec, &ns, false);
	if (spec.linux_part) {
		plan_cgroup(&spec, true);
		plan_cgroup(&spec, false);
		plan_names(&spec, &arena);
	}
	plan_process(&spec, &arena);
	judge(&spec);
	read_back(&spec);
	arena_clear(&arena);
	spec_clear(&spec);
}
