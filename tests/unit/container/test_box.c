// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/scope.h"
#include "container/box.h"

static char *const shell[] = { "sh", NULL };

static struct spec make(struct container_box *box)
{
	struct spec spec = { 0 };
	struct error err;

	log_open(-1, false, LOG_ERROR);
	box->arguments = box->arguments ? box->arguments : shell;
	CHECK_OK(container_box_spec(box, &spec, &err), err);
	return spec;
}

static const struct spec_mount *find(const struct spec *spec, const char *destination)
{
	const struct spec_mount *found = NULL;

	for (size_t i = 0; i < spec->mounts->count; i++)
		if (strcmp(spec->mounts->item[i].destination, destination) == 0)
			found = &spec->mounts->item[i];
	return found;
}

static bool has(const struct json_strings *list, const char *text)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (strcmp(list->item[i], text) == 0)
			return true;
	return false;
}

TEST(plain_box_is_safe_by_default)
{
	struct container_box box = { .has_seccomp = true };
	struct spec spec = make(&box);

	CHECK_TRUE(spec.process->no_new_privileges.value);
	CHECK_TRUE(spec_find_namespace(&spec, SPEC_NAMESPACE_NETWORK));
	CHECK_TRUE(spec_find_namespace(&spec, SPEC_NAMESPACE_PID));
	CHECK_TRUE(spec.linux_part->seccomp);
	CHECK_TRUE(!has(spec.process->capabilities->bounding, "CAP_SYS_ADMIN"));
	CHECK_TRUE(!spec.process->capabilities->inheritable);
	CHECK_TRUE(has(spec.linux_part->masked_paths, "/proc/kcore"));
	spec_clear(&spec);
}

TEST(root_comes_first_and_sockets_of_the_machine_are_hidden)
{
	struct container_box box = { 0 };
	struct spec spec = make(&box);

	CHECK_STR(spec.mounts->item[0].destination, "/");
	CHECK_STR(find(&spec, "/run")->type, "tmpfs");
	spec_clear(&spec);
}

TEST(configuration_can_be_read_back)
{
	struct container_box box = { .pids = { true, 32 }, .has_seccomp = true, .has_init = true };
	struct spec spec = make(&box), again = { 0 };
	autotext struct text text = { 0 };
	struct error err;

	spec_write(&spec, &text);
	CHECK_OK(spec_read("config.json", text.data, text.size, &again, &err), err);
	CHECK_INT(again.linux_part->resources->pids->limit.value, 32);
	CHECK_STR(spec_find_annotation(again.annotations, "org.husk.init"), "true");
	spec_clear(&again);
	spec_clear(&spec);
}

TEST(limits_become_resources)
{
	struct container_box box = {
		.memory_bytes = { true, 64 << 20 }, .cpu_thousandths = { true, 1500 }
	};
	struct spec spec = make(&box);
	const struct spec_resources *resources = spec.linux_part->resources;

	CHECK_INT(resources->memory->limit.value, 64 << 20);
	CHECK_INT(resources->cpu->quota.value, 150000);
	CHECK_INT(resources->cpu->period.value, 100000);
	CHECK_TRUE(!resources->pids);
	spec_clear(&spec);
}

TEST(host_network_makes_no_network_namespace)
{
	struct container_box box = { .has_host_network = true };
	struct spec spec = make(&box);

	CHECK_TRUE(!spec_find_namespace(&spec, SPEC_NAMESPACE_NETWORK));
	spec_clear(&spec);
}

TEST(user_is_a_number_or_two)
{
	struct container_box box = { .user = "1000:50" };
	struct spec spec = make(&box);
	struct error err;

	CHECK_INT(spec.process->user->uid.value, 1000);
	CHECK_INT(spec.process->user->gid.value, 50);
	spec_clear(&spec);
	box.user = "7";
	spec = make(&box);
	CHECK_INT(spec.process->user->gid.value, 7);
	spec_clear(&spec);
	box.user = "root";
	CHECK_ERROR(container_box_spec(&box, &spec, &err), err, EINVAL,
		    "--user: \"root\" is not UID or UID:GID");
	spec_clear(&spec);
}

TEST(folders_are_bound_at_their_own_place_or_another)
{
	static const char *const readable[] = { "/usr", NULL }, *const writable[] = { "/etc:/x", NULL };
	struct container_box box = { .readable = readable, .writable = writable };
	struct spec spec = make(&box);

	CHECK_STR(find(&spec, "/usr")->source, "/usr");
	CHECK_TRUE(has(find(&spec, "/usr")->options, "rro"));
	CHECK_STR(find(&spec, "/x")->source, "/etc");
	CHECK_TRUE(!has(find(&spec, "/x")->options, "rro"));
	spec_clear(&spec);
}

TEST(missing_folder_is_named)
{
	static const char *const readable[] = { "/nonexistent", NULL };
	struct container_box box = { .arguments = shell, .readable = readable };
	struct spec spec = { 0 };
	struct error err;

	CHECK_ERROR(container_box_spec(&box, &spec, &err), err, ENOENT,
		    "--ro: /nonexistent: no such file or directory");
	spec_clear(&spec);
}

TEST(variable_is_set_or_passed_on)
{
	static const char *const env[] = { "A=1", "HUSK_TEST_B", "HUSK_TEST_MISSING", NULL };
	struct container_box box = { .env = env };
	struct spec spec;

	setenv("HUSK_TEST_B", "2", 1);
	spec = make(&box);
	CHECK_TRUE(has(spec.process->env, "A=1"));
	CHECK_TRUE(has(spec.process->env, "HUSK_TEST_B=2"));
	for (size_t i = 0; i < spec.process->env->count; i++)
		CHECK_TRUE(!strstr(spec.process->env->item[i], "HUSK_TEST_MISSING"));
	spec_clear(&spec);
}

TEST(names_are_valid_and_differ)
{
	autofree char *one = container_box_name(), *two = container_box_name();

	CHECK_TRUE(strncmp(one, "box-", 4) == 0);
	CHECK_TRUE(strcmp(one, two) != 0);
}
