// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/scope.h"
#include "base/text.h"
#include "guard/seccomp_cache.h"

static const char code_annotation[] = "run.oci.seccomp_bpf_data";
static const char strict_annotation[] = "run.oci.seccomp_fail_unknown_syscall";
static const char receiver_annotation[] = "run.oci.seccomp.receiver";
static const char receiver_variable[] = "RUN_OCI_SECCOMP_RECEIVER";

/* The value of one letter of Base64 (RFC 4648, section 4), or -1. */
static int value_of(char letter)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = letter ? strchr(letters, letter) : NULL;

	return at ? (int)(at - letters) : -1;
}

/* Four letters are three bytes; the last four may end in one or two "=". */
static int decode(const char *text, struct text *io_bytes)
{
	size_t size = strlen(text), padding = 0;

	while (padding < 2 && padding < size && text[size - padding - 1] == '=')
		padding++;
	if (size % 4)
		return -EINVAL;
	for (size_t i = 0; i < size; i += 4) {
		size_t missing = i + 4 == size ? padding : 0;
		unsigned int bits = 0;
		unsigned char bytes[3];

		for (size_t j = 0; j < 4; j++) {
			int value = j < 4 - missing ? value_of(text[i + j]) : 0;

			if (value < 0)
				return -EINVAL;
			bits = bits << 6 | (unsigned int)value;
		}
		for (size_t j = 0; j < 3; j++)
			bytes[j] = (unsigned char)(bits >> (16 - 8 * j));
		text_add_bytes(io_bytes, bytes, 3 - missing);
	}
	return 0;
}

static int take_code(const char *text, const struct spec_seccomp *seccomp,
		     struct guard_seccomp_program *ret_program, struct error *err)
{
	autotext struct text code = { 0 };

	if (decode(text, &code) < 0)
		return error_set(err, EINVAL, "not Base64");
	TRY(guard_seccomp_take_code(code.data, code.size, ret_program, err));
	return guard_seccomp_set_flags(seccomp, ret_program, err);
}

static int compile(const struct spec_seccomp *seccomp, int root_fd,
		   struct container_filter *io_filter, struct error *err)
{
	autotext struct text key = { 0 };

	guard_seccomp_cache_key(seccomp, &key);
	if (root_fd >= 0 &&
	    guard_seccomp_cache_find(root_fd, text_get(&key), &io_filter->program, err) == 0)
		return guard_seccomp_set_flags(seccomp, &io_filter->program, err);
	TRY(guard_seccomp_compile(seccomp, &io_filter->program, err));
	io_filter->key = text_take(&key);
	return 0;
}

static bool is_on(const struct spec *spec, const char *annotation)
{
	const char *value = spec_find_annotation(spec->annotations, annotation);

	return value && strcmp(value, "0") != 0;
}

/* Only of a program that has something to ask. */
static int find_listener(const struct spec *spec, struct container_filter *io_filter,
			 struct error *err)
{
	const struct spec_seccomp *seccomp = spec->linux_part ? spec->linux_part->seccomp : NULL;
	const char *path = seccomp ? seccomp->listener_path : NULL;

	if (!io_filter->program.needs_notify)
		return 0;
	if (!path)
		path = spec_find_annotation(spec->annotations, receiver_annotation);
	if (!path)
		path = getenv(receiver_variable);
	if (!path || !*path)
		return error_set(err, EINVAL,
				 "linux.seccomp.listenerPath: is missing, and a rule has "
				 "SCMP_ACT_NOTIFY");
	io_filter->listener = path;
	return 0;
}

static int plan(const struct spec *spec, int root_fd, struct container_filter *io_filter,
		struct error *err)
{
	const struct spec_seccomp *seccomp = spec->linux_part ? spec->linux_part->seccomp : NULL;
	const char *code = spec_find_annotation(spec->annotations, code_annotation);

	if (code) {
		if (take_code(code, seccomp, &io_filter->program, err) < 0)
			return error_wrap(err, "annotations[\"%s\"]", code_annotation);
	} else if (seccomp) {
		if (is_on(spec, strict_annotation))
			TRY(guard_seccomp_check_names(seccomp, err));
		TRY(compile(seccomp, root_fd, io_filter, err));
	}
	return find_listener(spec, io_filter, err);
}

int container_filter_plan(const struct spec *spec, int root_fd,
			  struct container_filter *ret_filter, struct error *err)
{
	*ret_filter = (struct container_filter){ 0 };
	if (plan(spec, root_fd, ret_filter, err) < 0) {
		container_filter_clear(ret_filter);
		return error_wrap(err, "config.json");
	}
	return 0;
}

void container_filter_keep(struct container_filter *io_filter, int root_fd)
{
	struct error err;

	if (!io_filter->key)
		return;
	if (guard_seccomp_cache_save(root_fd, io_filter->key, &io_filter->program, &err) < 0)
		log_debug("keep the compiled seccomp filter: %s", err.text);
	free(ptr_take(&io_filter->key));
}

void container_filter_clear(struct container_filter *io_filter)
{
	guard_seccomp_clear(&io_filter->program);
	free(io_filter->key);
	*io_filter = (struct container_filter){ 0 };
}
