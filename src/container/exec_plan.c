// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/exec_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/text.h"

enum { PROCESS_MAX = 16 << 20 };

static size_t count_of(const char *const *words)
{
	size_t count = 0;

	while (words && words[count])
		count++;
	return count;
}

static bool holds(const struct json_strings *list, const char *word)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (strcmp(list->item[i], word) == 0)
			return true;
	return false;
}

/* The words of both; @first may be NULL. */
static struct json_strings *join(const struct json_strings *first, const char *const *more,
				 struct arena *io_arena)
{
	size_t had = first ? first->count : 0, count = had + count_of(more);
	struct json_strings *list = arena_new(io_arena, sizeof(*list));

	list->count = count;
	list->item = arena_new(io_arena, (count + 1) * sizeof(*list->item));
	for (size_t i = 0; i < count; i++)
		list->item[i] = i < had ? first->item[i] : arena_text(io_arena, more[i - had]);
	return list;
}

/* --- one word each --- */

/* To the kernel -1 is "as before", so that the last id is none. */
static int read_id(const char *text, struct maybe_uint *ret_id)
{
	long long number;

	if (text_number(text, 0, UINT32_MAX - 1LL, &number) < 0)
		return -EINVAL;
	*ret_id = (struct maybe_uint){ true, (uint64_t)number };
	return 0;
}

static int set_user(const char *text, struct spec_user *io_user, struct error *err)
{
	const char *colon = strchr(text, ':');
	autofree char *uid = mem_format("%.*s", (int)strcspn(text, ":"), text);

	if (read_id(uid, &io_user->uid) < 0 || (colon && read_id(colon + 1, &io_user->gid) < 0))
		return error_set(err, EINVAL, "--user: \"%s\" is not UID or UID:GID",
				 json_show(text).text);
	return 0;
}

static int add_groups(const char *const *words, struct spec_user *io_user, struct arena *io_arena,
		      struct error *err)
{
	const struct json_numbers *old = io_user->additional_gids;
	size_t count = old ? old->count : 0;
	struct json_numbers *list = arena_new(io_arena, sizeof(*list));
	struct maybe_uint gid;

	list->item = arena_new(io_arena, (count + count_of(words)) * sizeof(*list->item));
	for (size_t i = 0; i < count; i++)
		list->item[i] = old->item[i];
	for (; *words; words++) {
		if (read_id(*words, &gid) < 0)
			return error_set(err, EINVAL, "--additional-gids: \"%s\" is not a GID",
					 json_show(*words).text);
		list->item[count++] = gid.value;
	}
	list->count = count;
	io_user->additional_gids = list;
	return 0;
}

static int change_user(const struct container_exec *request, struct spec_process *io_process,
		       struct arena *io_arena, struct error *err)
{
	struct spec_user *user = arena_new(io_arena, sizeof(*user));

	if (io_process->user)
		*user = *io_process->user;
	io_process->user = user;
	if (request->user)
		TRY(set_user(request->user, user, err));
	return count_of(request->groups) ? add_groups(request->groups, user, io_arena, err) : 0;
}

static int add_env(const char *const *words, struct spec_process *io_process,
		   struct arena *io_arena, struct error *err)
{
	/* It is not shown: it may be a value alone. */
	for (size_t i = 0; i < count_of(words); i++)
		if (!strchr(words[i], '=') || *words[i] == '=')
			return error_set(err, EINVAL, "--env: number %zu is not NAME=VALUE", i + 1);
	if (count_of(words))
		io_process->env = join(io_process->env, words, io_arena);
	return 0;
}

/*
 * Bounding, effective and permitted set. The inheritable one is the container's, so that no
 * program gets a capability that its file and user do not have (CVE-2022-29162); the
 * ambient one follows as far as the kernel would let it, which is the inheritable set.
 */
static void add_capabilities(const char *const *words, struct spec_process *io_process,
			     struct arena *io_arena)
{
	struct spec_capabilities *sets = arena_new(io_arena, sizeof(*sets));

	if (io_process->capabilities)
		*sets = *io_process->capabilities;
	sets->bounding = join(sets->bounding, words, io_arena);
	sets->effective = join(sets->effective, words, io_arena);
	sets->permitted = join(sets->permitted, words, io_arena);
	for (; *words; words++) {
		const char *one[] = { *words, NULL };

		if (holds(sets->inheritable, *words))
			sets->ambient = join(sets->ambient, one, io_arena);
	}
	io_process->capabilities = sets;
}

static int set_cwd(const char *cwd, struct spec_process *io_process, struct arena *io_arena,
		   struct error *err)
{
	if (*cwd != '/')
		return error_set(err, EINVAL, "--cwd: \"%s\" is not absolute",
				 json_show(cwd).text);
	io_process->cwd = arena_text(io_arena, cwd);
	return 0;
}

/* --- the whole --- */

static int plan_by_words(const struct container_exec *request, struct arena *io_arena,
			 struct spec_process *io_process, struct error *err)
{
	const char *const *arguments = (const char *const *)request->arguments;

	if (!count_of(arguments))
		return error_set(err, EINVAL, "a program is missing");
	io_process->args = join(NULL, arguments, io_arena);
	io_process->terminal = (struct maybe_bool){ 0 };
	TRY(change_user(request, io_process, io_arena, err));
	TRY(add_env(request->env, io_process, io_arena, err));
	if (request->cwd)
		TRY(set_cwd(request->cwd, io_process, io_arena, err));
	if (count_of(request->capabilities))
		add_capabilities(request->capabilities, io_process, io_arena);
	if (request->no_new_privileges)
		io_process->no_new_privileges = (struct maybe_bool){ true, true };
	if (request->apparmor_profile)
		io_process->apparmor_profile = arena_text(io_arena, request->apparmor_profile);
	if (request->selinux_label)
		io_process->selinux_label = arena_text(io_arena, request->selinux_label);
	return 0;
}

static int refuse_words(const struct container_exec *request, struct error *err)
{
	const struct {
		const char *name;
		bool is_given;
	} words[] = {
		{ "a program", request->arguments && *request->arguments },
		{ "--cwd", request->cwd },
		{ "--user", request->user },
		{ "--apparmor", request->apparmor_profile },
		{ "--process-label", request->selinux_label },
		{ "--env", count_of(request->env) },
		{ "--cap", count_of(request->capabilities) },
		{ "--additional-gids", count_of(request->groups) },
		{ "--no-new-privs", request->no_new_privileges },
	};

	for (size_t i = 0; i < countof(words); i++)
		if (words[i].is_given)
			return error_set(err, EINVAL, "--process: does not go with %s",
					 words[i].name);
	return 0;
}

/* A label that an engine leaves out must not mean a process without one. */
static void inherit(const struct spec_process *own, struct spec_process *io_process)
{
	if (!io_process->capabilities)
		io_process->capabilities = own->capabilities;
	if (!io_process->apparmor_profile)
		io_process->apparmor_profile = own->apparmor_profile;
	if (!io_process->selinux_label)
		io_process->selinux_label = own->selinux_label;
	if (!io_process->rlimits)
		io_process->rlimits = own->rlimits;
	if (!io_process->oom_score_adj.is_set)
		io_process->oom_score_adj = own->oom_score_adj;
	if (!io_process->scheduler)
		io_process->scheduler = own->scheduler;
	if (!io_process->io_priority)
		io_process->io_priority = own->io_priority;
	if (!io_process->exec_cpu_affinity)
		io_process->exec_cpu_affinity = own->exec_cpu_affinity;
}

static int plan_by_file(const struct container_exec *request, const struct spec_process *own,
			struct arena *io_arena, struct spec_process *ret_process,
			struct error *err)
{
	autofree char *text = NULL;
	size_t size;

	TRY(refuse_words(request, err));
	TRY(file_read(AT_FDCWD, request->process, PROCESS_MAX, &text, &size, err));
	TRY(spec_read_process(request->process, text, size, io_arena, ret_process, err));
	inherit(own, ret_process);
	return 0;
}

static int check_terminal(const struct container_exec *request,
			  const struct spec_process *process, struct error *err)
{
	if (process->terminal.value && !request->console_socket && request->is_detached)
		return error_set(err, EINVAL,
				 "a detached process with a terminal needs --console-socket");
	if (!process->terminal.value && request->console_socket)
		return error_set(err, EINVAL,
				 "--console-socket: the process has no terminal (--tty)");
	return 0;
}

int container_exec_plan(const struct container_exec *request, const struct spec_process *own,
			struct arena *io_arena, struct spec_process *ret_process,
			struct error *err)
{
	struct spec_process nothing = { .cwd = arena_text(io_arena, "/") };

	if (!own)
		own = &nothing;
	*ret_process = *own;
	if (request->process)
		TRY(plan_by_file(request, own, io_arena, ret_process, err));
	else
		TRY(plan_by_words(request, io_arena, ret_process, err));
	if (request->has_terminal)
		ret_process->terminal = (struct maybe_bool){ true, true };
	return check_terminal(request, ret_process, err);
}
