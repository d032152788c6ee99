// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/scope.h"
#include "container/hook.h"

static char folder[] = "/tmp/husk-hook-XXXXXX";

static const struct container_hook_setting in_root = { "{}", "/", { 0 } },
					   in_folder = { "{}", folder, { 0 } },
					   with_state = { "{\"id\":\"x\"}\n", folder, { 0 } };

static struct json_strings *shell(struct arena *io_arena, const char *script)
{
	return spec_strings(io_arena, "sh", "-c", script, NULL);
}

/* Hooks that run /bin/sh with these scripts, one after the other. */
static struct spec_hook_list hooks_of(struct arena *io_arena, const char *const *scripts,
				      size_t count)
{
	struct spec_hook_list list = {
		.count = count,
		.item = arena_new(io_arena, count * sizeof(*list.item)),
	};

	for (size_t i = 0; i < count; i++)
		list.item[i] = (struct spec_hook){
			.path = arena_text(io_arena, "/bin/sh"),
			.args = shell(io_arena, scripts[i]),
		};
	return list;
}

static char *content(const char *name)
{
	autofree char *path = mem_format("%s/%s", folder, name);
	struct error err;
	char *data;

	CHECK_OK(file_read(AT_FDCWD, path, 1 << 16, &data, NULL, &err), err);
	unlink(path);
	return data;
}

/* H-01, H-03 */
TEST(hooks_run_in_order_and_get_the_state_on_stdin)
{
	static const char *const scripts[] = { "read -r x; echo \"1 $x\" >> out", "echo 2 >> out" };
	struct arena arena = { 0 };
	struct spec_hook_list hooks = hooks_of(&arena, scripts, 2);
	autofree char *out = NULL;
	struct error err;

	CHECK_TRUE(mkdtemp(folder));
	CHECK_OK(container_hook_run_all("prestart", &hooks, &with_state, &err), err);
	out = content("out");
	CHECK_STR(out, "1 {\"id\":\"x\"}\n2\n");
	rmdir(folder);
	arena_clear(&arena);
}

/* H-05, H-06 */
TEST(failing_hook_ends_the_list_and_is_named_with_its_output)
{
	static const char *const scripts[] = { "exit 0", "echo no network; exit 3", "exit 0" };
	struct arena arena = { 0 };
	struct spec_hook_list hooks = hooks_of(&arena, scripts, 3);
	struct error err;

	CHECK_ERROR(container_hook_run_all("createRuntime", &hooks, &in_root, &err), err, EIO,
		    "createRuntime hook #1 (/bin/sh): exit status 3, output: no network");
	arena_clear(&arena);
}

/* H-05 */
TEST(hook_that_dies_by_a_signal_has_failed)
{
	static const char *const scripts[] = { "kill -9 $$" };
	struct arena arena = { 0 };
	struct spec_hook_list hooks = hooks_of(&arena, scripts, 1);
	struct error err;

	CHECK_ERROR(container_hook_run_all("poststart", &hooks, &in_root, &err), err, EIO,
		    "poststart hook #0 (/bin/sh): killed by signal 9, output: ");
	arena_clear(&arena);
}

/* H-04 */
TEST(hook_over_its_time_is_killed)
{
	static const char *const scripts[] = { "while :; do :; done" };
	struct arena arena = { 0 };
	struct spec_hook_list hooks = hooks_of(&arena, scripts, 1);
	struct error err;

	hooks.item[0].timeout = (struct maybe_int){ true, 1 };
	CHECK_ERROR(container_hook_run_all("prestart", &hooks, &in_root, &err), err, ETIMEDOUT,
		    "prestart hook #0 (/bin/sh): timed out after 1 s");
	arena_clear(&arena);
}

/* H-02 */
TEST(hook_gets_the_configured_environment_and_no_other)
{
	static const char *const scripts[] = { "test \"$A\" = 1 && test -z \"$HOME\"" };
	struct arena arena = { 0 };
	struct spec_hook_list hooks = hooks_of(&arena, scripts, 1);
	struct error err;

	hooks.item[0].env = spec_strings(&arena, "A=1", NULL);
	setenv("HOME", "/root", 1);
	CHECK_OK(container_hook_run_all("prestart", &hooks, &in_root, &err), err);
	arena_clear(&arena);
}

TEST(missing_hook_is_an_error_that_names_it)
{
	struct arena arena = { 0 };
	struct spec_hook hook = { .path = arena_text(&arena, "/nonexistent/hook") };
	struct spec_hook_list hooks = { 1, &hook };
	struct error err;

	CHECK_INT(container_hook_run_all("prestart", &hooks, &in_root, &err), -ENOENT);
	CHECK_TRUE(strstr(err.text, "prestart hook #0 (/nonexistent/hook): "));
	arena_clear(&arena);
}

/* H-05 */
TEST(every_poststop_hook_runs_whatever_the_others_do)
{
	static const char *const scripts[] = { "exit 1", "echo ran > out" };
	struct arena arena = { 0 };
	struct spec_hook_list hooks = hooks_of(&arena, scripts, 2);
	autofree char *out = NULL;

	strcpy(folder, "/tmp/husk-hook-XXXXXX");
	CHECK_TRUE(mkdtemp(folder));
	container_hook_run_poststop(&hooks, &in_folder);
	out = content("out");
	CHECK_STR(out, "ran\n");
	rmdir(folder);
	arena_clear(&arena);
}

/* H-10 */
TEST(output_goes_to_the_files_of_the_annotations)
{
	static const char *const scripts[] = { "echo out; echo err >&2; exit 1" };
	struct arena arena = { 0 };
	struct spec_hook_list hooks = hooks_of(&arena, scripts, 1);
	char file[] = "/tmp/husk-hook-out-XXXXXX";
	struct json_pair pair = { (char *)"run.oci.hooks.stdout", file };
	struct json_pairs annotations = { 1, &pair };
	struct container_hook_setting setting = in_root;
	autofree char *out = NULL;
	struct error err;
	int fd = mkstemp(file);

	CHECK_INT(write(fd, "before\n", 7), 7);
	close(fd);
	CHECK_OK(container_hook_output_open(&annotations, &setting.output, &err), err);
	CHECK_INT(setting.output.stderr_fd, 0);
	CHECK_ERROR(container_hook_run_all("prestart", &hooks, &setting, &err), err, EIO,
		    "prestart hook #0 (/bin/sh): exit status 1, output: err");
	container_hook_output_close(&setting.output);
	CHECK_OK(file_read(AT_FDCWD, file, 100, &out, NULL, &err), err);
	CHECK_STR(out, "before\nout\n");
	unlink(file);
	arena_clear(&arena);
}

TEST(output_file_that_cannot_be_opened_is_an_error)
{
	struct json_pair pair = { (char *)"run.oci.hooks.stderr", (char *)"/nowhere/file" };
	struct json_pairs annotations = { 1, &pair };
	struct container_hook_output output = { 0 };
	struct error err;

	CHECK_ERROR(container_hook_output_open(&annotations, &output, &err), err, ENOENT,
		    "annotations[\"run.oci.hooks.stderr\"]: open /nowhere/file: no such file or "
		    "directory");
}
