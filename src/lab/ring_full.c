// SPDX-License-Identifier: GPL-2.0-or-later
/* E31 ring-full - what a network device does with packets that nobody fetches */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/scope.h"
#include "lab/child.h"
#include "lab/cpu.h"
#include "lab/lab.h"
#include "lab/link.h"

/* A protocol for local experiments: nobody else sends or receives it. IEEE 802 */
enum { PROTOCOL = 0x88b5, PACKET_SIZE = 60, ROOM_BYTES = 8 << 20 };

/* A veth ring has 256 places. Source: drivers/net/veth.c */
enum { WINDOW = 64, ROUNDS = 16, BURST = 1000, PATIENCE_S = 15, NUMBER_SIZE = 32 };

struct phase {
	uint64_t sent, told;	   /* given to the device; of those, with an error at once */
	uint64_t received, dropped; /* by the counters of the devices */
};

struct ring {
	struct phase read, unread; /* with a reader beside; with one that does not run */
	int cpu[2];
};

/* Both ends, and what belongs to them. */
struct wire {
	char sender[IFNAMSIZ], receiver[IFNAMSIZ];
	int sysfs_fd, send_fd, receive_fd;
	pid_t reader; /* the kernel's thread that empties the ring */
};

/* --- a pair of devices in a network of their own --- */

static int make_pair(const struct wire *wire, struct error *err)
{
	struct ifinfomsg body = { .ifi_family = AF_UNSPEC };
	char peer[64] = { 0 }, data[96] = { 0 };
	size_t size;

	/* The peer is told of as a message of its own: its fixed part, then its attributes. */
	memcpy(peer, &body, sizeof(body));
	size = sizeof(body) + link_nest(peer + sizeof(body), IFLA_IFNAME, wire->receiver,
					strlen(wire->receiver) + 1);
	size = link_nest(data, VETH_INFO_PEER, peer, size);
	return link_create(wire->sender, "veth", data, size, err);
}

static int set_feature(int fd, const char *device, uint32_t command, uint32_t value,
		       struct error *err)
{
	struct ethtool_value feature = { .cmd = command, .data = value };
	struct ifreq request = { .ifr_data = (void *)&feature };

	snprintf(request.ifr_name, IFNAMSIZ, "%s", device);
	if (ioctl(fd, SIOCETHTOOL, &request) < 0)
		return error_set(err, ENOTSUP, "needs a ring for %s: "
					       "%s", device, error_words(errno));
	return 0;
}

/* The network of this process: a mount of its own, which hangs nowhere. */
static int open_sysfs(struct error *err)
{
	autoclose int context_fd = fsopen("sysfs", FSOPEN_CLOEXEC);
	int fd = -1;

	if (context_fd >= 0 && fsconfig(context_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) >= 0)
		fd = fsmount(context_fd, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? error_set(err, ENOTSUP, "needs sysfs: %s", error_words(errno)) : fd;
}

/* "napi/NAME-NUMBER", cut off at 15 characters. */
static pid_t find_reader(const char *device)
{
	autofree char *prefix = mem_format("napi/%s-", device);
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	pid_t found = -1;

	while (folder && found < 0 && (entry = readdir(folder))) {
		autofree char *path = mem_format("/proc/%s/comm", entry->d_name), *name = NULL;
		struct error ignored;

		if (atoi(entry->d_name) <= 0 ||
		    file_read(AT_FDCWD, path, NUMBER_SIZE, &name, NULL, &ignored) < 0)
			continue;
		if (strncmp(name, prefix, strlen(prefix)) == 0)
			found = atoi(entry->d_name);
	}
	if (folder)
		closedir(folder);
	return found;
}

/*
 * The receiver empties its ring in a thread (NAPI, threaded), and the sender cuts its packets
 * itself: one that leaves that to others passes the ring by. Source: veth_skb_is_eligible_for_gro
 */
static int give_ring(int fd, struct wire *io_wire, struct error *err)
{
	autofree char *threaded = mem_format("class/net/%s/threaded", io_wire->receiver);

	TRY(set_feature(fd, io_wire->receiver, ETHTOOL_SGRO, 1, err));
	TRY(set_feature(fd, io_wire->sender, ETHTOOL_STSO, 0, err));
	if (file_write(io_wire->sysfs_fd, threaded, "1", err) < 0)
		return error_set(err, ENOTSUP, "needs threaded NAPI, Linux 5.12: %s", err->text);
	io_wire->reader = find_reader(io_wire->receiver);
	if (io_wire->reader < 0)
		return error_set(err, ENOTSUP, "needs to see the kernel's threads in /proc");
	return 0;
}

static int open_packets(const char *device, int protocol, struct error *err)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_protocol = htons((uint16_t)protocol),
				       .sll_ifindex = (int)if_nametoindex(device) };
	struct timeval patience = { .tv_sec = PATIENCE_S };
	autoclose int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	int room = ROOM_BYTES, result = fd;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0)
		return error_sys(err, "a socket on %s", device);
	fd = -1;
	return result;
}

static int make_wire(struct wire *io_wire, struct error *err)
{
	autoclose int fd = -1;
	struct error ignored;

	if (unshare(CLONE_NEWNET) < 0)
		return error_set(err, ENOTSUP, "needs a network namespace: %s", error_words(errno));
	/* Nobody but us shall send: IPv6 would greet its neighbours. It need not be there. */
	(void)!file_write(AT_FDCWD, "/proc/sys/net/ipv6/conf/default/disable_ipv6", "1", &ignored);
	/* Of this process's own: the thread's name has it, and cuts it off at 15 characters. */
	snprintf(io_wire->sender, IFNAMSIZ, "hs%d", getpid());
	snprintf(io_wire->receiver, IFNAMSIZ, "hr%d", getpid());
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_sys(err, "socket");
	io_wire->sysfs_fd = open_sysfs(err);
	TRY(io_wire->sysfs_fd);
	TRY(make_pair(io_wire, err));
	/*
	 * The sender last: it has a carrier then, and can send at once. The other way round the
	 * kernel would notice that later, and drop until then.
	 */
	TRY(link_set_up(io_wire->receiver, err));
	TRY(link_set_up(io_wire->sender, err));
	TRY(give_ring(fd, io_wire, err));
	io_wire->send_fd = open_packets(io_wire->sender, 0, err);
	TRY(io_wire->send_fd);
	io_wire->receive_fd = open_packets(io_wire->receiver, PROTOCOL, err);
	return io_wire->receive_fd < 0 ? io_wire->receive_fd : 0;
}

static void close_wire(struct wire *io_wire)
{
	scope_close(&io_wire->sysfs_fd);
	scope_close(&io_wire->send_fd);
	scope_close(&io_wire->receive_fd);
}

/* --- packets --- */

static int read_counter(const struct wire *wire, const char *device, const char *name,
			uint64_t *ret_count, struct error *err)
{
	autofree char *path = mem_format("class/net/%s/statistics/%s", device, name), *text = NULL;

	TRY(file_read(wire->sysfs_fd, path, NUMBER_SIZE, &text, NULL, err));
	*ret_count = strtoull(text, NULL, 10);
	return 0;
}

static int count(const struct wire *wire, struct phase *io_phase, struct error *err)
{
	TRY(read_counter(wire, wire->receiver, "rx_packets", &io_phase->received, err));
	return read_counter(wire, wire->sender, "tx_dropped", &io_phase->dropped, err);
}

static int send_one(const struct wire *wire, struct phase *io_phase, struct error *err)
{
	char packet[PACKET_SIZE] = { 0 };
	struct ethhdr head = { .h_proto = htons(PROTOCOL) };

	memset(head.h_dest, 0xff, sizeof(head.h_dest));
	memcpy(packet, &head, sizeof(head));
	io_phase->sent++;
	if (send(wire->send_fd, packet, sizeof(packet), 0) >= 0)
		return 0;
	if (errno != ENOBUFS)
		return error_sys(err, "send a packet");
	io_phase->told++;
	return 0;
}

/*
 * Until each packet was received or dropped. The device counts what it has handed on only when
 * it has handed on all that it found.
 */
static int await_empty(const struct wire *wire, struct phase *io_phase, struct error *err)
{
	time_t end = time(NULL) + PATIENCE_S;

	do {
		child_rest();
		TRY(count(wire, io_phase, err));
	} while (io_phase->received + io_phase->dropped < io_phase->sent && time(NULL) < end);
	return 0;
}

/* Never more in flight than there is room for: a lost one would be waited for in vain. */
static int send_paced(const struct wire *wire, struct phase *io_phase, struct error *err)
{
	char packet[PACKET_SIZE];

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < WINDOW; i++)
			TRY(send_one(wire, io_phase, err));
		for (int i = 0; i < WINDOW; i++)
			if (recv(wire->receive_fd, packet, sizeof(packet), 0) < 0)
				return await_empty(wire, io_phase, err);
	}
	return await_empty(wire, io_phase, err);
}

static int place(pid_t pid, int cpu, int policy, struct error *err)
{
	struct sched_param none = { 0 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(pid, sizeof(set), &set) < 0 ||
	    sched_setscheduler(pid, policy, &none) < 0)
		return error_set(err, ENOTSUP, "needs to place the thread that empties the ring: "
					       "%s",
				 error_words(errno));
	return 0;
}

static int send_burst(const struct wire *wire, struct ring *io_ring, struct error *err)
{
	struct phase *phase = &io_ring->unread;

	/* It runs on this CPU only when nobody else wants to, and we do want to. */
	TRY(place(wire->reader, io_ring->cpu[0], SCHED_IDLE, err));
	for (int i = 0; i < BURST; i++)
		TRY(send_one(wire, phase, err));
	TRY(place(wire->reader, io_ring->cpu[1], SCHED_OTHER, err));
	phase->sent += io_ring->read.sent;
	TRY(await_empty(wire, phase, err));
	phase->sent -= io_ring->read.sent;
	phase->received -= io_ring->read.received;
	phase->dropped -= io_ring->read.dropped;
	return 0;
}

static int run(struct wire *io_wire, struct ring *io_ring, struct error *err)
{
	TRY(make_wire(io_wire, err));
	TRY(place(getpid(), io_ring->cpu[0], SCHED_OTHER, err));
	TRY(place(io_wire->reader, io_ring->cpu[1], SCHED_OTHER, err));
	TRY(send_paced(io_wire, &io_ring->read, err));
	return send_burst(io_wire, io_ring, err);
}

static int observe(void *ret_observation, struct error *err)
{
	struct wire wire = { .sysfs_fd = -1, .send_fd = -1, .receive_fd = -1 };
	struct ring *ring = ret_observation;
	int r;

	TRY(cpu_choose_two(ring->cpu, err));
	r = run(&wire, ring, err);
	close_wire(&wire);
	return r;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct ring *ring = observation;
	const struct phase *read = &ring->read, *unread = &ring->unread;

	finding_must(io_finding, read->dropped == 0 && read->received == read->sent,
		     "with never more than %d in the ring, %llu of %llu were received, %llu "
		     "dropped",
		     WINDOW, (unsigned long long)read->received, (unsigned long long)read->sent,
		     (unsigned long long)read->dropped);
	finding_must(io_finding, unread->received + unread->dropped == unread->sent,
		     "of a burst of %llu, %llu were received and %llu dropped",
		     (unsigned long long)unread->sent, (unsigned long long)unread->received,
		     (unsigned long long)unread->dropped);
	finding_must(io_finding, unread->told <= unread->dropped,
		     "%llu were refused, but %llu dropped", (unsigned long long)unread->told,
		     (unsigned long long)unread->dropped);
	finding_may(io_finding, unread->dropped > 0, "the burst was read while it was sent");
	finding_say(io_finding, "fetched in time: none of %llu lost; nobody there: %llu of %llu "
				"waited in the ring and were received later, %llu were dropped",
		    (unsigned long long)read->sent, (unsigned long long)unread->received,
		    (unsigned long long)unread->sent, (unsigned long long)unread->dropped);
}

static void show_phase(const char *name, const struct phase *phase, struct evidence *io_evidence)
{
	evidence_row(io_evidence, "%s|%llu|%llu|%llu|%llu", name, (unsigned long long)phase->sent,
		     (unsigned long long)phase->received, (unsigned long long)phase->dropped,
		     (unsigned long long)phase->told);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct ring *ring = observation;

	evidence_table(io_evidence, "a ring of 256 packets between two devices",
		       "the thread that empties it|sent|received|dropped|sender was told");
	show_phase("on another CPU, a window of 64", &ring->read, io_evidence);
	show_phase("does not come to run, a burst", &ring->unread, io_evidence);
	evidence_bars(io_evidence, "of the burst");
	evidence_bar(io_evidence, ring->unread.received, "waited in the ring");
	evidence_bar(io_evidence, ring->unread.dropped, "found it full");
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "sender on CPU %d; the thread on CPU %d, then on CPU %d as "
				   "SCHED_IDLE",
		      ring->cpu[0], ring->cpu[1], ring->cpu[0]);
}

const struct experiment lab_ring_full = {
	.id = "E31",
	.name = "ring-full",
	.question = "Does a network device lose packets while the processor is busy elsewhere?",
	.prediction = "Not at first: the device puts them into a ring of its own and goes on. Who "
		      "comes later finds them there. Only when every place is taken are further "
		      "ones dropped, and counted.",
	.method = "A veth pair in a network of its own, whose receiver is emptied by a kernel "
		  "thread: first on another CPU, then on the sender's with the lowest policy.",
	.read_on = "veth(4), packet(7), sched(7) SCHED_IDLE; Documentation/networking/napi.rst; "
		   "drivers/net/veth.c: veth_xmit",
	.needs = LAB_ROOT | LAB_TWO_CPUS,
	.tries = 10,
	.size = sizeof(struct ring),
	.observe = observe,
	.check = check,
	.show = show,
};
