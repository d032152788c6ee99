// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/filter.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/scope.h"
#include "test.h"

/* A configuration with one rule and at most one annotation. */
struct fixture {
	struct spec spec;
	struct spec_linux part;
	struct spec_seccomp seccomp;
	struct spec_seccomp_rules rules;
	struct spec_seccomp_rule rule;
	struct json_strings names;
	char *name[1];
	struct json_pairs annotations;
	struct json_pair annotation;
};

static void set_up(struct fixture *f, enum spec_seccomp_action action, const char *name)
{
	*f = (struct fixture){ .name = { (char *)name } };
	f->names = (struct json_strings){ 1, f->name };
	f->rule = (struct spec_seccomp_rule){ .names = &f->names, .action = { true, action } };
	f->rules = (struct spec_seccomp_rules){ 1, &f->rule };
	f->seccomp = (struct spec_seccomp){ .default_action = { true, SPEC_ACT_ALLOW },
					    .syscalls = &f->rules };
	f->part.seccomp = &f->seccomp;
	f->spec.linux_part = &f->part;
}

static void annotate(struct fixture *f, const char *key, const char *value)
{
	f->annotation = (struct json_pair){ (char *)key, (char *)value };
	f->annotations = (struct json_pairs){ 1, &f->annotation };
	f->spec.annotations = &f->annotations;
}

static int plan(struct fixture *f, struct container_filter *ret_filter, struct error *err)
{
	return container_filter_plan(&f->spec, -1, ret_filter, err);
}

TEST(no_seccomp_is_no_program)
{
	struct container_filter filter;
	struct spec spec = { 0 };
	struct error err;

	CHECK_OK(container_filter_plan(&spec, -1, &filter, &err), err);
	CHECK_INT(filter.program.count, 0);
	container_filter_clear(&filter);
}

/* SC-17 */
TEST(compiled_program_is_kept_and_found_again)
{
	char root[] = "/tmp/husk-filter-XXXXXX";
	autofree char *command = NULL;
	autoclose int root_fd = -1;
	struct container_filter first, second;
	struct fixture f;
	struct error err;

	CHECK_TRUE(mkdtemp(root));
	root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	set_up(&f, SPEC_ACT_ERRNO, "mkdir");
	CHECK_OK(container_filter_plan(&f.spec, root_fd, &first, &err), err);
	CHECK_TRUE(first.key);
	container_filter_keep(&first, root_fd);
	CHECK_TRUE(!first.key);
	CHECK_OK(container_filter_plan(&f.spec, root_fd, &second, &err), err);
	CHECK_TRUE(!second.key);
	CHECK_INT(second.program.count, first.program.count);
	CHECK_INT(second.program.flags, first.program.flags);
	CHECK_INT(memcmp(second.program.filter, first.program.filter,
			 first.program.count * sizeof(*first.program.filter)),
		  0);
	container_filter_clear(&first);
	container_filter_clear(&second);
	command = mem_format("rm -r %s", root);
	CHECK_INT(system(command), 0);
}

TEST(listener_comes_from_config_annotation_or_environment)
{
	struct container_filter filter;
	struct fixture f;
	struct error err;

	unsetenv("RUN_OCI_SECCOMP_RECEIVER");
	set_up(&f, SPEC_ACT_NOTIFY, "mkdir");
	CHECK_ERROR(plan(&f, &filter, &err), err, EINVAL,
		    "config.json: linux.seccomp.listenerPath: is missing, and a rule has "
		    "SCMP_ACT_NOTIFY");
	setenv("RUN_OCI_SECCOMP_RECEIVER", "/env", 1);
	CHECK_OK(plan(&f, &filter, &err), err);
	CHECK_STR(filter.listener, "/env");
	container_filter_clear(&filter);
	annotate(&f, "run.oci.seccomp.receiver", "/annotation");
	CHECK_OK(plan(&f, &filter, &err), err);
	CHECK_STR(filter.listener, "/annotation");
	container_filter_clear(&filter);
	f.seccomp.listener_path = (char *)"/config";
	CHECK_OK(plan(&f, &filter, &err), err);
	CHECK_STR(filter.listener, "/config");
	container_filter_clear(&filter);
	f.rule.action.value = SPEC_ACT_ERRNO;
	CHECK_OK(plan(&f, &filter, &err), err);
	CHECK_TRUE(!filter.listener);
	container_filter_clear(&filter);
	unsetenv("RUN_OCI_SECCOMP_RECEIVER");
}

/* SC-09 */
TEST(unknown_call_is_an_error_only_when_asked_for)
{
	struct container_filter filter;
	struct fixture f;
	struct error err;

	set_up(&f, SPEC_ACT_ERRNO, "no_such_call");
	CHECK_OK(plan(&f, &filter, &err), err);
	container_filter_clear(&filter);
	annotate(&f, "run.oci.seccomp_fail_unknown_syscall", "0");
	CHECK_OK(plan(&f, &filter, &err), err);
	container_filter_clear(&filter);
	annotate(&f, "run.oci.seccomp_fail_unknown_syscall", "1");
	CHECK_ERROR(plan(&f, &filter, &err), err, EINVAL,
		    "config.json: linux.seccomp.syscalls[0].names[0]: no_such_call is not known");
}

/* SC-17 */
TEST(program_is_taken_from_base64)
{
	static const char *const bad[] = { "BgAAAAAA/3", "BgAA*AAA/38=", "BgAAAA==/38=", "=AAA" };
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct container_filter filter;
	struct fixture f;
	struct error err;

	set_up(&f, SPEC_ACT_ERRNO, "mkdir");
	annotate(&f, "run.oci.seccomp_bpf_data", "BgAAAAAA/38=");
	CHECK_OK(plan(&f, &filter, &err), err);
	CHECK_INT(filter.program.count, 1);
	CHECK_INT(memcmp(filter.program.filter, &allow, sizeof(allow)), 0);
	CHECK_INT(filter.program.flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	container_filter_clear(&filter);
	for (size_t i = 0; i < countof(bad); i++) {
		annotate(&f, "run.oci.seccomp_bpf_data", bad[i]);
		CHECK_ERROR(plan(&f, &filter, &err), err, EINVAL,
			    "config.json: annotations[\"run.oci.seccomp_bpf_data\"]: not Base64");
	}
	annotate(&f, "run.oci.seccomp_bpf_data", "");
	CHECK_INT(plan(&f, &filter, &err), -EINVAL);
}
