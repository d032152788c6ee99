// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "config.h"

/* T-10, T-11 */
TEST(every_top_level_property_is_read)
{
	autospec struct spec spec = { 0 };

	config_read_full(&spec);
	CHECK_STR(spec.oci_version, "1.3.0-rc.1+husk");
	CHECK_STR(spec.root->path, "rootfs");
	CHECK_TRUE(spec.root->readonly.is_set && spec.root->readonly.value);
	CHECK_STR(spec.hostname, "full");
	CHECK_STR(spec.domainname, "full.example");
	CHECK_INT(spec.annotations->count, 3);
	CHECK_STR(spec.annotations->item[0].key, "org.example.b");
	CHECK_STR(spec.annotations->item[0].value, "second comes first");
	CHECK_STR(spec_find_annotation(spec.annotations, "org.example.a"), "");
	CHECK_STR(spec_find_annotation(spec.annotations, "run.husk.key \"quoted\""), "line\nbreak");
	CHECK_TRUE(spec_find_annotation(spec.annotations, "org.example") == NULL);
	CHECK_TRUE(spec.process && spec.linux_part);
}

TEST(mounts_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_mount *m;

	config_read_full(&spec);
	CHECK_INT(spec.mounts->count, 3);
	m = spec.mounts->item;
	CHECK_STR(m[0].destination, "/proc");
	CHECK_STR(m[0].type, "proc");
	CHECK_STR(m[0].source, "proc");
	CHECK_TRUE(!m[0].options && !m[0].uid_mappings && !m[0].gid_mappings);
	CHECK_STR(m[1].destination, "data");
	CHECK_TRUE(m[1].type == NULL);
	CHECK_STR(m[1].source, "/srv/data");
	CHECK_INT(m[1].options->count, 2);
	CHECK_STR(m[1].options->item[0], "rbind");
	CHECK_STR(m[1].options->item[1], "ro");
	CHECK_INT(m[1].uid_mappings->count, 1);
	CHECK_INT(m[1].uid_mappings->item[0].container_id.value, 0);
	CHECK_INT(m[1].uid_mappings->item[0].host_id.value, 1000);
	CHECK_INT(m[1].uid_mappings->item[0].size.value, 10);
	CHECK_INT(m[1].gid_mappings->item[0].host_id.value, 2000);
	CHECK_INT(m[1].gid_mappings->item[0].size.value, 20);
	CHECK_TRUE(m[2].source == NULL);
	CHECK_TRUE(m[2].options && m[2].options->count == 0);
}

TEST(hooks_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_hooks *h;

	config_read_full(&spec);
	h = spec.hooks;
	CHECK_INT(h->prestart->count, 2);
	CHECK_STR(h->prestart->item[0].path, "/bin/one");
	CHECK_INT(h->prestart->item[0].args->count, 2);
	CHECK_STR(h->prestart->item[0].args->item[1], "a");
	CHECK_STR(h->prestart->item[0].env->item[0], "A=1");
	CHECK_TRUE(h->prestart->item[0].timeout.is_set && h->prestart->item[0].timeout.value == 5);
	CHECK_STR(h->prestart->item[1].path, "/bin/two");
	CHECK_TRUE(!h->prestart->item[1].args && !h->prestart->item[1].env);
	CHECK_TRUE(!h->prestart->item[1].timeout.is_set);
	CHECK_STR(h->create_runtime->item[0].path, "/bin/three");
	CHECK_STR(h->create_container->item[0].path, "/bin/four");
	CHECK_STR(h->start_container->item[0].path, "/bin/five");
	CHECK_STR(h->poststart->item[0].path, "/bin/six");
	CHECK_STR(h->poststop->item[0].path, "/bin/seven");
	CHECK_INT(h->poststop->item[0].timeout.value, INT32_MAX);
}

TEST(what_is_written_reads_back_the_same)
{
	autospec struct spec first = { 0 }, second = { 0 };
	autotext struct text one = { 0 }, two = { 0 };
	struct error err;

	config_read_full(&first);
	spec_write(&first, &one);
	CHECK_OK(spec_read("t", one.data, one.size, &second, &err), err);
	spec_write(&second, &two);
	CHECK_STR(text_get(&two), text_get(&one));
	CHECK_INT(one.data[one.size - 1], '\n');
}

TEST(a_config_cut_at_any_byte_is_an_error_and_nothing_more)
{
	autofree char *text = config_full_text();
	size_t size = strlen(text);

	while (size && strchr("\n}", text[size - 1]))
		size--;
	for (; size > 0; size--) {
		autofree char *cut = memcpy(mem_new(size), text, size);
		autospec struct spec spec = { 0 };
		struct error err;

		CHECK_INT(spec_read("t", cut, size, &spec, &err), -EINVAL);
		CHECK_TRUE(text_begins(err.text, "t: line "));
		CHECK_TRUE(spec.arena.block == NULL);
	}
}

TEST(wrong_top_level_values_are_named)
{
	static const struct config_row rows[] = {
		{ "", "line 1, column 1: the text is empty" },
		{ "{", "line 1, column 1: string or '}' expected near end of file" },
		{ "[]", "an object is wanted, not a list" },
		{ "{}", "ociVersion: is missing" },
		{ "{'ociVersion':1.2}", "ociVersion: a string is wanted, not a number" },
		{ "{'ociVersion':'1.2.0'}", "root: is missing" },
		{ "{'ociVersion':'1.2.0','root':{}}", "root.path: is missing" },
		{ "{'ociVersion':'1.2.0','root':{'path':''}}", "root.path: is empty" },
		{ "{'ociVersion':'1.2.0','root':{'path':'a\\u0000b'}}",
		  "line 1, column 47: \\u0000 is not allowed" },
		{ "{'ociVersion':'1.2.0','root':{'path':'r','readonly':'no'}}",
		  "root.readonly: true or false is wanted, not a string" },
		{ "{'ociVersion':'1.2.0','root':'rootfs'}",
		  "root: an object is wanted, not a string" },
	};

	config_check_broken("", rows, countof(rows), "");
}

TEST(wrong_values_of_mounts_hooks_and_annotations_are_named)
{
	static const struct config_row rows[] = {
		{ "'mounts':{}", "mounts: a list is wanted, not an object" },
		{ "'mounts':['/proc']", "mounts[0]: an object is wanted, not a string" },
		{ "'mounts':[{}]", "mounts[0].destination: is missing" },
		{ "'mounts':[{'destination':''}]", "mounts[0].destination: is empty" },
		{ "'mounts':[{'destination':'/a'},{'destination':'/b','type':5}]",
		  "mounts[1].type: a string is wanted, not a number" },
		{ "'mounts':[{'destination':'/a','options':'ro'}]",
		  "mounts[0].options: a list is wanted, not a string" },
		{ "'mounts':[{'destination':'/a','options':['ro',1]}]",
		  "mounts[0].options[1]: a string is wanted, not a number" },
		{ "'mounts':[{'destination':'/a','uidMappings':[{'hostID':1,'size':1}]}]",
		  "mounts[0].uidMappings[0].containerID: is missing" },
		{ "'hooks':[]", "hooks: an object is wanted, not a list" },
		{ "'hooks':{'prestart':{}}", "hooks.prestart: a list is wanted, not an object" },
		{ "'hooks':{'poststop':[{'path':'/a'},{}]}", "hooks.poststop[1].path: is missing" },
		{ "'hooks':{'poststop':[{'path':'/a','timeout':0}]}",
		  "hooks.poststop[0].timeout: 0 is not within 1..2147483647" },
		{ "'hooks':{'poststop':[{'path':'/a','timeout':-1}]}",
		  "hooks.poststop[0].timeout: -1 is not within 1..2147483647" },
		{ "'hooks':{'poststop':[{'path':'/a','timeout':1.0}]}",
		  "hooks.poststop[0].timeout: a whole number is wanted" },
		{ "'annotations':{'a':1}",
		  "annotations[\"a\"]: a string is wanted, not a number" },
		{ "'annotations':{'a':'1','a':'2'}",
		  "line 1, column 68: duplicate object key near '\"a\"'" },
	};

	config_check_broken("{'ociVersion':'1.2.0','root':{'path':'r'},", rows, countof(rows), "}");
}

TEST(a_process_is_read_alone)
{
	static const char good[] = "{\"cwd\": \"/\", \"args\": [\"true\"], \"terminal\": true, "
				   "\"user\": {\"uid\": 0, \"gid\": 0}}";
	static const char bad[] = "{\"cwd\": \"work\", \"args\": [\"true\"], "
				  "\"user\": {\"uid\": 0, \"gid\": 0}}";
	autoclean(arena_clear) struct arena arena = { 0 };
	struct spec_process process;
	struct error err;

	CHECK_OK(spec_read_process("p", good, strlen(good), &arena, &process, &err), err);
	CHECK_STR(process.args->item[0], "true");
	CHECK_TRUE(process.terminal.value);
	CHECK_ERROR(spec_read_process("p", bad, strlen(bad), &arena, &process, &err), err, EINVAL,
		    "p: cwd: \"work\" is not absolute");
	CHECK_ERROR(spec_read_process("p", "{\"cwd\": 1}", 10, &arena, &process, &err), err, EINVAL,
		    "p: user: is missing");
}

TEST(resources_are_read_alone_and_may_be_partial)
{
	/* The limit that the swap counts from may be in force already. */
	static const char good[] = "{\"memory\": {\"swap\": 1000}, \"pids\": {\"limit\": 0}}";
	static const char bad[] = "{\"unified\": {\"a/b\": \"1\"}}";
	autoclean(arena_clear) struct arena arena = { 0 };
	struct spec_resources resources;
	struct error err;

	CHECK_OK(spec_read_resources("r", good, strlen(good), &arena, &resources, &err), err);
	CHECK_INT(resources.memory->swap.value, 1000);
	CHECK_TRUE(resources.pids->limit.is_set && resources.pids->limit.value == 0);
	CHECK_ERROR(spec_read_resources("r", bad, strlen(bad), &arena, &resources, &err), err,
		    EINVAL, "r: unified[\"a/b\"]: is not a name like memory.high");
}

/* CM-36 */
TEST(a_list_of_mounts_is_read_alone)
{
	static const char good[] = "[{\"destination\": \"/a\"}, {\"destination\": \"/b\"}]";
	static const struct config_row bad[] = {
		{ "{}", "r: mounts: a list is wanted, not an object" },
		{ "[{}]", "r: mounts[0].destination: is missing" },
		{ "[1]", "r: mounts[0]: an object is wanted, not a number" },
		{ "[", "r: line 1, column 1: ']' expected near end of file" },
	};
	autoclean(arena_clear) struct arena arena = { 0 };
	struct spec_mounts *mounts;
	struct error err;

	CHECK_OK(spec_read_mounts("r", good, strlen(good), &arena, &mounts, &err), err);
	CHECK_INT(mounts->count, 2);
	CHECK_STR(mounts->item[1].destination, "/b");
	for (size_t i = 0; i < countof(bad); i++)
		CHECK_ERROR(spec_read_mounts("r", bad[i].part, strlen(bad[i].part), &arena,
					     &mounts, &err), err, EINVAL, bad[i].expected);
}

TEST(namespaces_are_found_by_type)
{
	autospec struct spec full = { 0 }, none = { 0 };

	config_read_full(&full);
	CHECK_STR(spec_find_namespace(&full, SPEC_NAMESPACE_NETWORK)->path, "/run/netns/full");
	CHECK_TRUE(spec_find_namespace(&full, SPEC_NAMESPACE_PID)->path == NULL);
	CHECK_TRUE(spec_find_namespace(&none, SPEC_NAMESPACE_PID) == NULL);
	CHECK_TRUE(spec_find_annotation(none.annotations, "a") == NULL);
}
