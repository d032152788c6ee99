// SPDX-License-Identifier: GPL-2.0-or-later
/* linux.seccomp, compiled; the kernel looks at the result */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "fuzz.h"
#include "guard/seccomp.h"
#include "guard/seccomp_cache.h"
#include "spec/spec.h"

/*
 * A filter of seccomp(2) can never be taken off again. One on a socket goes through the same
 * check of its instructions and jumps, but may be too large for that: ENOMEM.
 */
static void look_at(const struct guard_seccomp_program *program)
{
	struct sock_fprog code = { (unsigned short)program->count, program->filter };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	FUZZ_MUST(program->count > 0 && program->count <= BPF_MAXINSNS);
	FUZZ_MUST(fd >= 0);
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &code, sizeof(code)) < 0)
		FUZZ_MUST(errno == ENOMEM);
	close(fd);
}

void fuzz_one(const char *text, size_t size)
{
	struct guard_seccomp_program program = { 0 };
	autotext struct text config = { 0 }, key = { 0 };
	const struct spec_seccomp *seccomp;
	struct error err;
	struct spec spec;

	text_add(&config, "{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},"
			  "\"linux\":{\"seccomp\":");
	text_add_bytes(&config, text, size);
	text_add(&config, "}}");
	if (spec_read("config.json", config.data, config.size, &spec, &err) < 0)
		return;
	seccomp = spec.linux_part ? spec.linux_part->seccomp : NULL;
	if (seccomp) {
		(void)!guard_seccomp_check_names(seccomp, &err);
		guard_seccomp_cache_key(seccomp, &key);
		if (guard_seccomp_compile(seccomp, &program, &err) >= 0) {
			look_at(&program);
			guard_seccomp_clear(&program);
		}
	}
	spec_clear(&spec);
}
