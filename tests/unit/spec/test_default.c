// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <sys/resource.h>

#include "config.h"

TEST(the_default_keeps_all_rules)
{
	autospec struct spec spec = { 0 };
	struct error err;

	spec_default(&spec);
	CHECK_OK(spec_check("default", &spec, &err), err);
}

TEST(the_default_is_written_and_reads_back_the_same)
{
	autospec struct spec first = { 0 }, second = { 0 };
	autotext struct text one = { 0 }, two = { 0 };
	struct error err;

	spec_default(&first);
	spec_write(&first, &one);
	CHECK_OK(spec_read("t", one.data, one.size, &second, &err), err);
	spec_write(&second, &two);
	CHECK_STR(text_get(&two), text_get(&one));
}

TEST(the_default_is_a_shell_in_a_safe_container)
{
	autospec struct spec spec = { 0 };
	const struct spec_process *p;

	spec_default(&spec);
	p = spec.process;
	CHECK_STR(spec.oci_version, SPEC_OCI_VERSION);
	CHECK_STR(spec.hostname, "husk");
	CHECK_STR(spec.root->path, "rootfs");
	CHECK_TRUE(spec.root->readonly.value);
	CHECK_TRUE(p->terminal.value && p->no_new_privileges.value);
	CHECK_INT(p->args->count, 1);
	CHECK_STR(p->args->item[0], "sh");
	CHECK_STR(p->cwd, "/");
	CHECK_INT(p->env->count, 2);
	CHECK_INT(p->capabilities->bounding->count, 3);
	CHECK_INT(p->capabilities->effective->count, 3);
	CHECK_INT(p->capabilities->permitted->count, 3);
	CHECK_TRUE(!p->capabilities->inheritable && !p->capabilities->ambient);
	CHECK_INT(p->rlimits->item[0].type.value, RLIMIT_NOFILE);
	CHECK_INT(p->rlimits->item[0].hard.value, 1024);
	CHECK_INT(spec.mounts->count, 7);
	CHECK_INT(spec.linux_part->namespaces->count, 6);
	CHECK_TRUE(spec_find_namespace(&spec, SPEC_NAMESPACE_USER) == NULL);
	CHECK_TRUE(!spec.linux_part->resources->devices->item[0].allow.value);
	CHECK_TRUE(spec.linux_part->masked_paths && spec.linux_part->readonly_paths);
}

TEST(the_lists_of_capabilities_are_apart)
{
	autospec struct spec spec = { 0 };

	spec_default(&spec);
	spec_strings_add(&spec.arena, &spec.process->capabilities->bounding, "CAP_CHOWN");
	CHECK_INT(spec.process->capabilities->bounding->count, 4);
	CHECK_INT(spec.process->capabilities->effective->count, 3);
}

TEST(rootless_default_maps_the_caller_to_root)
{
	struct spec spec;

	spec_default(&spec);
	spec_make_rootless(&spec, 1000, 50);
	CHECK_TRUE(spec_find_namespace(&spec, SPEC_NAMESPACE_USER));
	CHECK_TRUE(!spec_find_namespace(&spec, SPEC_NAMESPACE_NETWORK));
	CHECK_TRUE(spec_find_namespace(&spec, SPEC_NAMESPACE_PID));
	CHECK_INT(spec.linux_part->uid_mappings->item[0].host_id.value, 1000);
	CHECK_INT(spec.linux_part->gid_mappings->item[0].host_id.value, 50);
	CHECK_TRUE(!spec.linux_part->resources);
	spec_clear(&spec);
}
