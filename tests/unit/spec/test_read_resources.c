// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "config.h"

static const char before[] = "{'ociVersion':'1.2.0','root':{'path':'r'},'linux':{'resources':{";

/* R-31..R-35 */
TEST(device_rules_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_device_rule *d;

	config_read_full(&spec);
	CHECK_INT(spec.linux_part->resources->devices->count, 4);
	d = spec.linux_part->resources->devices->item;
	CHECK_TRUE(d[0].allow.is_set && !d[0].allow.value);
	CHECK_TRUE(!d[0].type && !d[0].access && !d[0].major.is_set && !d[0].minor.is_set);
	CHECK_TRUE(d[1].allow.value);
	CHECK_STR(d[1].type, "c");
	CHECK_INT(d[1].major.value, 10);
	CHECK_TRUE(d[1].minor.is_set && d[1].minor.value == -1);
	CHECK_STR(d[1].access, "rwm");
	CHECK_STR(d[2].type, "b");
	CHECK_STR(d[2].access, "m");
	CHECK_STR(d[3].type, "a");
	CHECK_STR(d[3].access, "w");
}

TEST(memory_cpu_and_pids_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_memory *m;
	const struct spec_cpu *c;

	config_read_full(&spec);
	m = spec.linux_part->resources->memory;
	CHECK_INT(m->limit.value, 536870912);
	CHECK_INT(m->reservation.value, 268435456);
	CHECK_INT(m->swap.value, INT64_MAX);
	CHECK_INT(m->kernel.value, -1);
	CHECK_TRUE(m->kernel_tcp.is_set && m->kernel_tcp.value == 0);
	CHECK_INT(m->swappiness.value, 100);
	CHECK_TRUE(m->disable_oom_killer.is_set && !m->disable_oom_killer.value);
	CHECK_TRUE(m->use_hierarchy.value && m->check_before_update.value);
	c = spec.linux_part->resources->cpu;
	CHECK_INT(c->shares.value, 1024);
	CHECK_INT(c->quota.value, -1);
	CHECK_TRUE(c->burst.value == UINT64_MAX);
	CHECK_INT(c->period.value, 500000);
	CHECK_INT(c->realtime_runtime.value, -950000);
	CHECK_TRUE(c->realtime_period.value == (uint64_t)INT64_MAX + 1);
	CHECK_STR(c->cpus, "2-3");
	CHECK_STR(c->mems, "0");
	CHECK_INT(c->idle.value, 1);
	CHECK_TRUE(spec.linux_part->resources->pids->limit.is_set);
	CHECK_INT(spec.linux_part->resources->pids->limit.value, 0);
}

TEST(block_io_is_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_block_io *b;

	config_read_full(&spec);
	b = spec.linux_part->resources->block_io;
	CHECK_INT(b->weight.value, 1000);
	CHECK_INT(b->leaf_weight.value, 10);
	CHECK_INT(b->weight_device->count, 2);
	CHECK_INT(b->weight_device->item[0].major.value, 8);
	CHECK_INT(b->weight_device->item[0].minor.value, 0);
	CHECK_INT(b->weight_device->item[0].weight.value, 500);
	CHECK_INT(b->weight_device->item[0].leaf_weight.value, 300);
	CHECK_INT(b->weight_device->item[1].minor.value, 16);
	CHECK_TRUE(!b->weight_device->item[1].leaf_weight.is_set);
	CHECK_INT(b->throttle_read_bps_device->item[0].minor.value, 1);
	CHECK_INT(b->throttle_read_bps_device->item[0].rate.value, 600);
	CHECK_INT(b->throttle_write_bps_device->item[0].minor.value, 2);
	CHECK_INT(b->throttle_write_bps_device->item[0].rate.value, 700);
	CHECK_INT(b->throttle_read_iops_device->item[0].minor.value, 3);
	CHECK_INT(b->throttle_read_iops_device->item[0].rate.value, 800);
	CHECK_INT(b->throttle_write_iops_device->item[0].minor.value, 4);
	CHECK_TRUE(b->throttle_write_iops_device->item[0].rate.value == UINT64_MAX);
}

TEST(hugepages_network_rdma_and_unified_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_resources *r;

	config_read_full(&spec);
	r = spec.linux_part->resources;
	CHECK_INT(r->hugepage_limits->count, 3);
	CHECK_STR(r->hugepage_limits->item[0].page_size, "64KB");
	CHECK_INT(r->hugepage_limits->item[1].limit.value, 209715200);
	CHECK_TRUE(r->hugepage_limits->item[2].limit.value == UINT64_MAX);
	CHECK_INT(r->network->class_id.value, UINT32_MAX);
	CHECK_INT(r->network->priorities->count, 2);
	CHECK_STR(r->network->priorities->item[0].name, "eth0");
	CHECK_INT(r->network->priorities->item[1].priority.value, 1000);
	CHECK_INT(r->rdma->count, 2);
	CHECK_STR(r->rdma->item[0].key, "mlx5_1");
	CHECK_INT(r->rdma->item[0].hca_handles.value, 3);
	CHECK_INT(r->rdma->item[0].hca_objects.value, 10000);
	CHECK_TRUE(!r->rdma->item[1].hca_handles.is_set);
	CHECK_INT(r->unified->count, 2);
	CHECK_STR(r->unified->item[0].key, "memory.high");
	CHECK_STR(r->unified->item[1].value, "8:0 rbps=1\n8:16 rbps=2");
}

TEST(wrong_values_are_named)
{
	static const struct config_row rows[] = {
		{ "'devices':[{'access':'rwm'}]", "linux.resources.devices[0].allow: is missing" },
		{ "'devices':[{'allow':1}]",
		  "linux.resources.devices[0].allow: true or false is wanted, not a number" },
		{ "'devices':[{'allow':true,'major':-2}]",
		  "linux.resources.devices[0].major: -2 is not within -1..4294967295" },
		{ "'memory':{'limit':-2}",
		  "linux.resources.memory.limit: -2 is not within -1..9223372036854775807" },
		{ "'memory':{'limit':'32M'}",
		  "linux.resources.memory.limit: a number is wanted, not a string" },
		{ "'memory':{'limit':9223372036854775808}",
		  "linux.resources.memory.limit: 9223372036854775808 is not within "
		  "-1..9223372036854775807" },
		{ "'memory':{'swappiness':101}",
		  "linux.resources.memory.swappiness: 101 is not within 0..100" },
		{ "'cpu':{'shares':-1}",
		  "linux.resources.cpu.shares: -1 is not within 0..18446744073709551615" },
		{ "'cpu':{'idle':2}", "linux.resources.cpu.idle: 2 is not within 0..1" },
		{ "'cpu':{'cpus':3}", "linux.resources.cpu.cpus: a string is wanted, not a number" },
		{ "'pids':16", "linux.resources.pids: an object is wanted, not a number" },
		{ "'pids':{'limit':'16'}",
		  "linux.resources.pids.limit: a number is wanted, not a string" },
		{ "'pids':{'limit':-2}",
		  "linux.resources.pids.limit: -2 is not within -1..9223372036854775807" },
		{ "'blockIO':{'weight':1001}",
		  "linux.resources.blockIO.weight: 1001 is not within 0..1000" },
		{ "'blockIO':{'weightDevice':[{'minor':0,'weight':10}]}",
		  "linux.resources.blockIO.weightDevice[0].major: is missing" },
		{ "'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0}]}",
		  "linux.resources.blockIO.throttleReadBpsDevice[0].rate: is missing" },
		{ "'blockIO':{'throttleWriteIOPSDevice':[{'major':8,'rate':1}]}",
		  "linux.resources.blockIO.throttleWriteIOPSDevice[0].minor: is missing" },
		{ "'hugepageLimits':[{'limit':1}]",
		  "linux.resources.hugepageLimits[0].pageSize: is missing" },
		{ "'hugepageLimits':[{'pageSize':'2MB'}]",
		  "linux.resources.hugepageLimits[0].limit: is missing" },
		{ "'network':{'classID':4294967296}",
		  "linux.resources.network.classID: 4294967296 is not within 0..4294967295" },
		{ "'network':{'priorities':[{'name':'eth0'}]}",
		  "linux.resources.network.priorities[0].priority: is missing" },
		{ "'rdma':{'mlx':{'hcaHandles':-1}}",
		  "linux.resources.rdma[\"mlx\"].hcaHandles: -1 is not within 0..4294967295" },
		{ "'unified':{'memory.high':1}",
		  "linux.resources.unified[\"memory.high\"]: a string is wanted, not a number" },
	};

	config_check_broken(before, rows, countof(rows), "}}}");
}
