// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/log.h"
#include "base/scope.h"

static int judge(const struct spec_hook *hook, struct child_result *result, struct error *err)
{
	const char *output = text_get(&result->output);
	size_t size = strcspn(output, "\n");

	if (result->timed_out)
		return error_set(err, ETIMEDOUT, "timed out after %lld s",
				 (long long)hook->timeout.value);
	if (WIFSIGNALED(result->wait_status))
		return error_set(err, EIO, "killed by signal %d, output: %.*s",
				 WTERMSIG(result->wait_status), (int)size, output);
	if (WEXITSTATUS(result->wait_status) != 0)
		return error_set(err, EIO, "exit status %d, output: %.*s",
				 WEXITSTATUS(result->wait_status), (int)size, output);
	return 0;
}

/* Longer than an int of milliseconds holds is 24 days: nobody waits for the difference. */
static int timeout_ms(const struct spec_hook *hook)
{
	const int64_t most = INT_MAX / 1000;
	int64_t seconds = hook->timeout.is_set ? hook->timeout.value : 0;

	return (int)(seconds < most ? seconds : most) * 1000;
}

static int run(const struct spec_hook *hook, const struct container_hook_setting *setting,
	       struct error *err)
{
	char *only_path[] = { hook->path, NULL };
	struct child_command command = {
		.path = hook->path,
		.argv = hook->args && hook->args->count ? hook->args->item : only_path,
		.env = hook->env ? hook->env->item : NULL,
		.input = setting->state,
		.timeout_ms = timeout_ms(hook),
		.working_folder = setting->working_folder,
		.stdout_fd = setting->output.stdout_fd,
		.stderr_fd = setting->output.stderr_fd,
	};
	struct child_result result = { 0 };
	int r = child_run(&command, &result, err);

	if (r == 0)
		r = judge(hook, &result, err);
	child_result_clear(&result);
	return r;
}

static int open_output(const struct json_pairs *annotations, const char *key, int *ret_fd,
		       struct error *err)
{
	for (size_t i = 0; annotations && i < annotations->count; i++) {
		const struct json_pair *pair = &annotations->item[i];

		if (strcmp(pair->key, key) != 0)
			continue;
		*ret_fd = open(pair->value, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC,
			       0644);
		if (*ret_fd < 0)
			return error_sys(err, "annotations[\"%s\"]: open %s", key, pair->value);
	}
	return 0;
}

int container_hook_output_open(const struct json_pairs *annotations,
			       struct container_hook_output *ret_output, struct error *err)
{
	autohookoutput struct container_hook_output output = { 0 };

	TRY(open_output(annotations, "run.oci.hooks.stdout", &output.stdout_fd, err));
	TRY(open_output(annotations, "run.oci.hooks.stderr", &output.stderr_fd, err));
	*ret_output = output;
	output = (struct container_hook_output){ 0 };
	return 0;
}

void container_hook_output_close(struct container_hook_output *io_output)
{
	if (io_output->stdout_fd > 0)
		close(io_output->stdout_fd);
	if (io_output->stderr_fd > 0)
		close(io_output->stderr_fd);
	*io_output = (struct container_hook_output){ 0 };
}

int container_hook_run_all(const char *kind, const struct spec_hook_list *hooks,
			   const struct container_hook_setting *setting, struct error *err)
{
	for (size_t i = 0; hooks && i < hooks->count; i++)
		if (run(&hooks->item[i], setting, err) < 0)
			return error_wrap(err, "%s hook #%zu (%s)", kind, i, hooks->item[i].path);
	return 0;
}

void container_hook_run_poststop(const struct spec_hook_list *hooks,
				 const struct container_hook_setting *setting)
{
	struct error err;

	for (size_t i = 0; hooks && i < hooks->count; i++)
		if (run(&hooks->item[i], setting, &err) < 0)
			log_warning("poststop hook #%zu (%s): %s", i, hooks->item[i].path,
				    err.text);
}
