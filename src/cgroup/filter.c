// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/filter.h"

#include <linux/bpf.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/scope.h"
#include "base/sys.h"
#include "cgroup/folder.h"

/* The kernel allows 64 programs for one cgroup. */
enum { PROGRAMS_MAX = 64 };

static uint64_t address(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

static int load_once(const struct bpf_insn *program, size_t count)
{
	static const char license[] = "GPL";
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insn_cnt = (uint32_t)count,
		.insns = address(program),
		.license = address(license),
		.prog_name = "husk_devices",
		.expected_attach_type = BPF_CGROUP_DEVICE,
	};

	return sys_bpf(BPF_PROG_LOAD, &attr, sizeof(attr));
}

/*
 * Before Linux 5.11 a program is charged to RLIMIT_MEMLOCK, and EPERM is how that looks. The
 * limit is put back at once: the container would inherit it.
 */
static int load(const struct bpf_insn *program, size_t count)
{
	struct rlimit before, unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	int fd = load_once(program, count);

	if (fd >= 0 || errno != EPERM || getrlimit(RLIMIT_MEMLOCK, &before) < 0)
		return fd;
	if (setrlimit(RLIMIT_MEMLOCK, &unlimited) < 0) {
		errno = EPERM;
		return -1;
	}
	fd = load_once(program, count);
	if (setrlimit(RLIMIT_MEMLOCK, &before) < 0)
		log_debug("RLIMIT_MEMLOCK stays raised");
	return fd;
}

static int query(int folder_fd, uint32_t *ret_ids, size_t *ret_count, struct error *err)
{
	union bpf_attr attr = { 0 };

	attr.query.target_fd = (uint32_t)folder_fd;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = address(ret_ids);
	attr.query.prog_cnt = PROGRAMS_MAX;
	if (sys_bpf(BPF_PROG_QUERY, &attr, sizeof(attr)) < 0)
		return error_sys(err, "query the device programs");
	*ret_count = attr.query.prog_cnt;
	return 0;
}

static int open_program(uint32_t id)
{
	union bpf_attr attr = { .prog_id = id };

	return sys_bpf(BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr));
}

/* @old_fd: the program to replace, since Linux 5.6; -1 to add. */
static int attach(int folder_fd, int program_fd, int old_fd)
{
	union bpf_attr attr = {
		.target_fd = (uint32_t)folder_fd,
		.attach_bpf_fd = (uint32_t)program_fd,
		.attach_type = BPF_CGROUP_DEVICE,
		.attach_flags = BPF_F_ALLOW_MULTI,
	};

	if (old_fd >= 0) {
		attr.attach_flags |= BPF_F_REPLACE;
		attr.replace_bpf_fd = (uint32_t)old_fd;
	}
	return sys_bpf(BPF_PROG_ATTACH, &attr, sizeof(attr));
}

static int detach(int folder_fd, uint32_t id, struct error *err)
{
	autoclose int program_fd = open_program(id);
	union bpf_attr attr = {
		.target_fd = (uint32_t)folder_fd,
		.attach_bpf_fd = (uint32_t)program_fd,
		.attach_type = BPF_CGROUP_DEVICE,
	};

	if (program_fd < 0 || sys_bpf(BPF_PROG_DETACH, &attr, sizeof(attr)) < 0)
		return error_sys(err, "detach the old device program");
	return 0;
}

static int attach_in(int folder_fd, int program_fd, struct error *err)
{
	uint32_t ids[PROGRAMS_MAX];
	size_t count = 0;
	autoclose int old_fd = -1;

	TRY(query(folder_fd, ids, &count, err));
	if (count == 1) {
		old_fd = open_program(ids[0]);
		if (old_fd < 0)
			return error_sys(err, "open the old device program");
	}
	if (attach(folder_fd, program_fd, old_fd) < 0)
		return error_sys(err, "attach the device program");
	for (size_t i = 0; count > 1 && i < count; i++)
		TRY(detach(folder_fd, ids[i], err));
	return 0;
}

int cgroup_filter_attach(const char *folder, const struct bpf_insn *program, size_t count,
			 struct error *err)
{
	autoclose int folder_fd = cgroup_folder_open(folder, err);
	autoclose int program_fd = -1;
	int r;

	if (folder_fd < 0)
		return folder_fd;
	program_fd = load(program, count);
	if (program_fd < 0)
		return error_sys(err, "%s: load the device program", folder);
	r = attach_in(folder_fd, program_fd, err);
	return r < 0 ? error_wrap(err, "%s", folder) : 0;
}
