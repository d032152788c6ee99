// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/engine.h"

#include <ctype.h>
#include <string.h>

#include "base/scope.h"

enum { HEX_ID_SIZE = 64, POD_UID_SIZE = 36, POD_HASH_SIZE = 32 };

/* A piece of the path, not terminated. */
struct piece {
	const char *text;
	size_t size;
};

enum form { FORM_HEX, FORM_NAME };

/*
 * One row per way to name a container's cgroup; of the rows that fit the first counts. Their
 * helpers bear the same words with more behind ("libpod-conmon-ID"), so an engine that
 * numbers its containers has them known by the form of the number as well.
 */
static const struct rule {
	const char *parent; /* name of the folder above; NULL: any */
	const char *prefix, *suffix;
	enum form form;
	enum engine engine;
} rules[] = {
	{ "husk", "", "", FORM_NAME, ENGINE_HUSK },
	{ NULL, "libpod-payload-", "", FORM_HEX, ENGINE_PODMAN },
	{ NULL, "libpod-", ".scope", FORM_HEX, ENGINE_PODMAN },
	{ NULL, "libpod-", "", FORM_HEX, ENGINE_PODMAN },
	{ NULL, "docker-", ".scope", FORM_HEX, ENGINE_DOCKER },
	{ "docker", "", "", FORM_HEX, ENGINE_DOCKER },
	{ "moby", "", "", FORM_HEX, ENGINE_DOCKER },
	{ NULL, "cri-containerd-", ".scope", FORM_HEX, ENGINE_CONTAINERD },
	{ NULL, "nerdctl-", ".scope", FORM_HEX, ENGINE_CONTAINERD },
	{ "k8s.io", "", "", FORM_NAME, ENGINE_CONTAINERD },
	{ "default", "", "", FORM_NAME, ENGINE_CONTAINERD },
	{ NULL, "crio-", ".scope", FORM_HEX, ENGINE_CRIO },
	{ NULL, "crio-", "", FORM_HEX, ENGINE_CRIO },
	{ NULL, "lxc.payload.", "", FORM_NAME, ENGINE_LXC },
	{ "lxc.payload", "", "", FORM_NAME, ENGINE_LXC },
	{ "lxc", "", "", FORM_NAME, ENGINE_LXC },
	{ "machine.slice", "machine-lxc\\x2d", ".scope", FORM_NAME, ENGINE_LXC },
	{ NULL, "systemd-nspawn@", ".service", FORM_NAME, ENGINE_NSPAWN },
	{ "machine.slice", "machine-", ".scope", FORM_NAME, ENGINE_NSPAWN },
	{ NULL, "husk-", ".scope", FORM_NAME, ENGINE_HUSK },
	{ NULL, "husk-", "", FORM_NAME, ENGINE_HUSK },
};

static bool is_word(struct piece piece, const char *word)
{
	return strlen(word) == piece.size && strncmp(piece.text, word, piece.size) == 0;
}

static bool begins(struct piece piece, const char *start)
{
	size_t size = strlen(start);

	return piece.size >= size && strncmp(piece.text, start, size) == 0;
}

static bool ends(struct piece piece, const char *end)
{
	size_t size = strlen(end);

	return piece.size >= size &&
	       strncmp(piece.text + piece.size - size, end, size) == 0;
}

static bool is_hex(struct piece piece, size_t size)
{
	for (size_t i = 0; i < piece.size; i++)
		if (!isxdigit((unsigned char)piece.text[i]))
			return false;
	return piece.size == size;
}

/* libvirt's virtual machines have scopes of the same kind as systemd's containers. */
static bool has_form(struct piece id, enum form form)
{
	if (form == FORM_HEX)
		return is_hex(id, HEX_ID_SIZE);
	return id.size > 0 && *id.text != '.' && !begins(id, "qemu\\x2d");
}

static bool match_rule(const struct rule *rule, struct piece parent, struct piece name,
		       struct piece *ret_id)
{
	size_t prefix = strlen(rule->prefix), suffix = strlen(rule->suffix);

	if ((rule->parent && !is_word(parent, rule->parent)) || !begins(name, rule->prefix) ||
	    name.size < prefix + suffix || !ends(name, rule->suffix))
		return false;
	*ret_id = (struct piece){ name.text + prefix, name.size - prefix - suffix };
	return has_form(*ret_id, rule->form);
}

/*
 * "kubepods-pod1234.slice:cri-containerd:ID": a path that was meant for systemd, taken as a name
 * by an engine that writes the files itself.
 */
static bool match_colons(struct piece name, struct piece *ret_id, enum engine *ret_engine)
{
	static const struct {
		const char *word;
		enum engine engine;
	} words[] = {
		{ ":cri-containerd:", ENGINE_CONTAINERD },
		{ ":nerdctl:", ENGINE_CONTAINERD },
		{ ":crio:", ENGINE_CRIO },
		{ ":docker:", ENGINE_DOCKER },
		{ ":libpod:", ENGINE_PODMAN },
	};

	for (size_t i = 0; i < countof(words); i++) {
		const char *at = memmem(name.text, name.size, words[i].word, strlen(words[i].word));

		if (!at)
			continue;
		at += strlen(words[i].word);
		*ret_id = (struct piece){ at, (size_t)(name.text + name.size - at) };
		*ret_engine = words[i].engine;
		return is_hex(*ret_id, HEX_ID_SIZE);
	}
	return false;
}

/* @is_pod: below a folder of Kubernetes. A pod of podman has a number of the same form. */
static bool match(struct piece parent, struct piece name, bool is_pod, struct piece *ret_id,
		  enum engine *ret_engine)
{
	for (size_t i = 0; i < countof(rules); i++) {
		*ret_engine = rules[i].engine;
		if (match_rule(&rules[i], parent, name, ret_id))
			return true;
	}
	if (match_colons(name, ret_id, ret_engine))
		return true;
	*ret_engine = is_pod ? ENGINE_KUBERNETES : ENGINE_UNKNOWN;
	*ret_id = name;
	return is_hex(name, HEX_ID_SIZE) && !is_word(parent, "libpod_parent");
}

/* "pod1234...", "kubepods-besteffort-pod1234....slice", also with a colon behind the slice. */
static bool find_pod(struct piece name, struct piece *ret_pod)
{
	for (size_t i = 0; i + 3 < name.size; i++) {
		struct piece rest = { name.text + i + 3, name.size - i - 3 };
		size_t size = 0;

		if (strncmp(name.text + i, "pod", 3) != 0 || (i && name.text[i - 1] != '-'))
			continue;
		while (size < rest.size && (isxdigit((unsigned char)rest.text[size]) ||
					    strchr("-_", rest.text[size])))
			size++;
		*ret_pod = (struct piece){ rest.text, size };
		if (size == POD_UID_SIZE || size == POD_HASH_SIZE)
			return true;
	}
	return false;
}

/* The kernel writes it behind the path of a zombie's cgroup that has been removed. */
static size_t path_size(const char *path)
{
	static const char gone[] = " (deleted)";
	struct piece piece = { path, strcspn(path, "\n") };

	return ends(piece, gone) ? piece.size - strlen(gone) : piece.size;
}

static struct engine_match filled(enum engine engine, struct piece id, struct piece pod)
{
	return (struct engine_match){
		.engine = engine,
		.id = id.text,
		.id_size = id.size,
		.pod = pod.text,
		.pod_size = pod.size,
	};
}

bool engine_parse(const char *path, struct engine_match *ret_match)
{
	const char *end = path + path_size(path);
	struct piece parent = { "", 0 }, name, id, pod = { NULL, 0 };
	enum engine engine;
	bool is_found = false;

	for (const char *at = path; at < end; at = name.text + name.size) {
		at += *at == '/';
		name = (struct piece){ at, strcspn(at, "/\n") };
		if (name.size > (size_t)(end - at))
			name.size = (size_t)(end - at);
		find_pod(name, &pod);
		if (match(parent, name, pod.text, &id, &engine)) {
			*ret_match = filled(engine, id, pod);
			ret_match->path_size = (size_t)(name.text + name.size - path);
			is_found = true;
		}
		parent = name;
	}
	return is_found;
}

bool engine_parse_membership(const char *membership, struct engine_match *ret_match,
			     const char **ret_path)
{
	for (const char *line = membership; line && *line; line = strchr(line, '\n')) {
		const char *path;

		line += *line == '\n';
		path = strchr(line, ':');
		path = path ? strchr(path + 1, ':') : NULL;
		if (!path || path > line + strcspn(line, "\n"))
			continue;
		if (!engine_parse(path + 1, ret_match))
			continue;
		*ret_path = path + 1;
		return true;
	}
	return false;
}

const char *engine_name(enum engine engine)
{
	static const char *const names[ENGINE_COUNT] = {
		[ENGINE_UNKNOWN] = "unknown",	    [ENGINE_HUSK] = "husk",
		[ENGINE_PODMAN] = "podman",	    [ENGINE_DOCKER] = "docker",
		[ENGINE_CONTAINERD] = "containerd", [ENGINE_CRIO] = "cri-o",
		[ENGINE_KUBERNETES] = "kubernetes", [ENGINE_LXC] = "lxc",
		[ENGINE_NSPAWN] = "nspawn",
	};

	return names[engine];
}
