// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/engine.h"

#include <string.h>

#include "base/mem.h"
#include "base/scope.h"
#include "test.h"

#define HEX "3f4e5d6c7b8a9f0e1d2c3b4a5f6e7d8c9b0a1f2e3d4c5b6a7f8e9d0c1b2a3f4e"
#define INNER "00005d6c7b8a9f0e1d2c3b4a5f6e7d8c9b0a1f2e3d4c5b6a7f8e9d0c1b2a3f4e"
#define UID_ "1b2c3d4e_5f60_7182_93a4_b5c6d7e8f901"
#define UID "1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901"
#define USER "/user.slice/user-1000.slice/user@1000.service/user.slice/"
#define POD_SLICE "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_ ".slice/"

static const struct row {
	const char *path;
	enum engine engine;
	const char *id, *pod, *own; /* own: NULL for the whole path */
} found[] = {
	{ "/husk/web", ENGINE_HUSK, "web", NULL, NULL },
	{ "/husk/web/below/it", ENGINE_HUSK, "web", NULL, "/husk/web" },
	{ "/user.slice/user-1000.slice/husk-web", ENGINE_HUSK, "web", NULL, NULL },
	{ "/system.slice/husk-web.scope", ENGINE_HUSK, "web", NULL, NULL },
	{ "/husk/husk-web", ENGINE_HUSK, "husk-web", NULL, NULL },
	{ "/machine.slice/libpod-" HEX ".scope", ENGINE_PODMAN, HEX, NULL, NULL },
	{ "/machine.slice/libpod-" HEX ".scope/container", ENGINE_PODMAN, HEX, NULL,
	  "/machine.slice/libpod-" HEX ".scope" },
	{ USER "libpod-" HEX ".scope/container", ENGINE_PODMAN, HEX, NULL, USER "libpod-" HEX ".scope" },
	{ "/libpod_parent/libpod-" HEX, ENGINE_PODMAN, HEX, NULL, NULL },
	{ "/libpod_parent/" INNER "/libpod-" HEX, ENGINE_PODMAN, HEX, NULL, NULL },
	{ "/machine.slice/machine-libpod_pod_" INNER ".slice/libpod-" HEX ".scope", ENGINE_PODMAN, HEX,
	  NULL, NULL },
	{ "/system.slice/web.service/libpod-payload-" HEX, ENGINE_PODMAN, HEX, NULL, NULL },
	{ "/docker/" HEX, ENGINE_DOCKER, HEX, NULL, NULL },
	{ "/system.slice/docker-" HEX ".scope", ENGINE_DOCKER, HEX, NULL, NULL },
	{ USER "docker-" HEX ".scope", ENGINE_DOCKER, HEX, NULL, NULL },
	{ "/moby/" HEX, ENGINE_DOCKER, HEX, NULL, NULL },
	{ "/docker/" HEX "/docker/" INNER, ENGINE_DOCKER, INNER, NULL, NULL },
	{ "/docker/" HEX "/system.slice/sshd.service", ENGINE_DOCKER, HEX, NULL, "/docker/" HEX },
	{ "/default/web", ENGINE_CONTAINERD, "web", NULL, NULL },
	{ "/k8s.io/" HEX, ENGINE_CONTAINERD, HEX, NULL, NULL },
	{ "/system.slice/nerdctl-" HEX ".scope", ENGINE_CONTAINERD, HEX, NULL, NULL },
	{ POD_SLICE "cri-containerd-" HEX ".scope", ENGINE_CONTAINERD, HEX, UID_, NULL },
	{ POD_SLICE "crio-" HEX ".scope", ENGINE_CRIO, HEX, UID_, NULL },
	{ POD_SLICE "docker-" HEX ".scope", ENGINE_DOCKER, HEX, UID_, NULL },
	{ "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
	  "kubelet-kubepods-besteffort-pod" UID_ ".slice/cri-containerd-" HEX ".scope",
	  ENGINE_CONTAINERD, HEX, UID_, NULL },
	{ "/kubepods/burstable/pod" UID "/" HEX, ENGINE_KUBERNETES, HEX, UID, NULL },
	{ "/kubepods/pod" UID "/crio-" HEX, ENGINE_CRIO, HEX, UID, NULL },
	{ "/kubepods/besteffort/pod0123456789abcdef0123456789abcdef/" HEX, ENGINE_KUBERNETES, HEX,
	  "0123456789abcdef0123456789abcdef", NULL },
	{ "/system.slice/containerd.service/kubepods-burstable-pod" UID_ ".slice:cri-containerd:" HEX,
	  ENGINE_CONTAINERD, HEX, UID_, NULL },
	{ "/lxc.payload.web", ENGINE_LXC, "web", NULL, NULL },
	{ "/lxc.payload.web/init.scope", ENGINE_LXC, "web", NULL, "/lxc.payload.web" },
	{ "/lxc/100/ns", ENGINE_LXC, "100", NULL, "/lxc/100" },
	{ "/lxc.payload/web", ENGINE_LXC, "web", NULL, NULL },
	{ "/machine.slice/machine-lxc\\x2d7\\x2dweb.scope", ENGINE_LXC, "7\\x2dweb", NULL, NULL },
	{ "/machine.slice/systemd-nspawn@web.service/payload", ENGINE_NSPAWN, "web", NULL,
	  "/machine.slice/systemd-nspawn@web.service" },
	{ "/machine.slice/machine-web.scope", ENGINE_NSPAWN, "web", NULL, NULL },
	{ "/custom/" HEX, ENGINE_UNKNOWN, HEX, NULL, NULL },
	{ "/docker/" HEX " (deleted)", ENGINE_DOCKER, HEX, NULL, "/docker/" HEX },
};

static const char *const none[] = {
	"", "/", "/init.scope", "/user.slice/user-0.slice/session-1.scope",
	"/system.slice/docker.service", "/system.slice/containerd.service",
	"/machine.slice/libpod-conmon-" HEX ".scope", "/libpod_parent/conmon",
	"/libpod_parent/" HEX, "/system.slice/crio-conmon-" HEX ".scope",
	"/kubepods/pod" UID "/crio-conmon-" HEX, "/lxc.monitor.web", "/husk", "/docker",
	"/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", "/system.slice/husk-.scope",
	"/docker/short", "/libpod-3f4e.scope",
};

TEST(every_known_layout_names_its_container)
{
	for (size_t i = 0; i < countof(found); i++) {
		const struct row *row = &found[i];
		const char *own = row->own ? row->own : row->path;
		struct engine_match match = { 0 };
		autofree char *id = NULL, *pod = NULL;

		if (!engine_parse(row->path, &match))
			fail_msg("%s: nothing found", row->path);
		id = mem_format("%.*s", (int)match.id_size, match.id);
		pod = match.pod ? mem_format("%.*s", (int)match.pod_size, match.pod) : NULL;
		if (match.engine != row->engine || strcmp(id, row->id) != 0 ||
		    match.path_size != strlen(own) || !pod != !row->pod ||
		    (pod && strcmp(pod, row->pod) != 0))
			fail_msg("%s: %s %s, pod %s, %zu", row->path, engine_name(match.engine), id,
				 pod ? pod : "none", match.path_size);
	}
}

TEST(helpers_services_and_pods_are_no_containers)
{
	struct engine_match match;

	for (size_t i = 0; i < countof(none); i++)
		if (engine_parse(none[i], &match))
			fail_msg("%s: %s", none[i], engine_name(match.engine));
}

TEST(the_path_ends_with_its_line)
{
	struct engine_match match;

	CHECK_TRUE(engine_parse("/husk/web\n0::/other", &match));
	CHECK_INT(match.id_size, 3);
	CHECK_TRUE(!engine_parse("/\n1:name=x:/husk/web", &match));
}

TEST(any_tree_of_a_membership_may_name_it)
{
	static const char text[] = "9:name=systemd:/\n8:pids:/docker/" HEX "/a\n0::/user.slice\n";
	struct engine_match match;
	const char *path;

	CHECK_TRUE(engine_parse_membership(text, &match, &path));
	CHECK_INT(match.engine, ENGINE_DOCKER);
	CHECK_INT(path - text, strstr(text, "/docker") - text);
	CHECK_TRUE(!engine_parse_membership("0::/\n", &match, &path));
	CHECK_TRUE(!engine_parse_membership("", &match, &path));
	CHECK_TRUE(!engine_parse_membership("no colons\n1:\n", &match, &path));
}

TEST(every_engine_has_a_name)
{
	for (int i = 0; i < ENGINE_COUNT; i++)
		CHECK_TRUE(engine_name((enum engine)i) != NULL);
}
