// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/feature.h"

#include "base/mem.h"
#include "base/scope.h"
#include "container/self.h"
#include "guard/cap.h"
#include "guard/seccomp.h"
#include "guard/seccomp_known.h"
#include "json/bind.h"
#include "mount/option.h"
#include "spec/spec.h"
#include "spec/words.h"

/* --- the object, as features.md and features-linux.md have it --- */

struct enabled {
	struct maybe_bool enabled;
};

struct cgroup_feature {
	struct maybe_bool v1, v2, systemd, systemd_user, rdma;
};

struct seccomp_feature {
	struct maybe_bool enabled;
	struct json_strings *actions, *operators, *archs, *known_flags, *supported_flags;
};

struct memory_policy_feature {
	struct json_strings *modes, *flags;
};

struct intel_rdt_feature {
	struct maybe_bool enabled, schemata, monitoring;
};

struct mount_extensions_feature {
	struct enabled *idmap;
};

struct linux_feature {
	struct json_strings *namespaces, *capabilities;
	struct cgroup_feature *cgroup;
	struct seccomp_feature *seccomp;
	struct enabled *apparmor, *selinux, *net_devices;
	struct memory_policy_feature *memory_policy;
	struct intel_rdt_feature *intel_rdt;
	struct mount_extensions_feature *mount_extensions;
};

struct feature {
	char *oci_version_min, *oci_version_max;
	struct json_strings *hooks, *mount_options, *unsafe_annotations;
	struct linux_feature *linux_part;
	struct json_pairs *annotations;
};

static const struct json_field enabled_fields[] = {
	JSON_FIELD_BOOL(struct enabled, enabled, "enabled"),
};
static const struct json_table enabled_table = JSON_TABLE(struct enabled, enabled_fields);

static const struct json_field cgroup_fields[] = {
	JSON_FIELD_BOOL(struct cgroup_feature, v1, "v1"),
	JSON_FIELD_BOOL(struct cgroup_feature, v2, "v2"),
	JSON_FIELD_BOOL(struct cgroup_feature, systemd, "systemd"),
	JSON_FIELD_BOOL(struct cgroup_feature, systemd_user, "systemdUser"),
	JSON_FIELD_BOOL(struct cgroup_feature, rdma, "rdma"),
};
static const struct json_table cgroup_table = JSON_TABLE(struct cgroup_feature, cgroup_fields);

static const struct json_field seccomp_fields[] = {
	JSON_FIELD_BOOL(struct seccomp_feature, enabled, "enabled"),
	JSON_FIELD_STRINGS(struct seccomp_feature, actions, "actions"),
	JSON_FIELD_STRINGS(struct seccomp_feature, operators, "operators"),
	JSON_FIELD_STRINGS(struct seccomp_feature, archs, "archs"),
	JSON_FIELD_STRINGS(struct seccomp_feature, known_flags, "knownFlags"),
	JSON_FIELD_STRINGS(struct seccomp_feature, supported_flags, "supportedFlags"),
};
static const struct json_table seccomp_table = JSON_TABLE(struct seccomp_feature, seccomp_fields);

static const struct json_field memory_policy_fields[] = {
	JSON_FIELD_STRINGS(struct memory_policy_feature, modes, "modes"),
	JSON_FIELD_STRINGS(struct memory_policy_feature, flags, "flags"),
};
static const struct json_table memory_policy_table =
	JSON_TABLE(struct memory_policy_feature, memory_policy_fields);

static const struct json_field intel_rdt_fields[] = {
	JSON_FIELD_BOOL(struct intel_rdt_feature, enabled, "enabled"),
	JSON_FIELD_BOOL(struct intel_rdt_feature, schemata, "schemata"),
	JSON_FIELD_BOOL(struct intel_rdt_feature, monitoring, "monitoring"),
};
static const struct json_table intel_rdt_table =
	JSON_TABLE(struct intel_rdt_feature, intel_rdt_fields);

static const struct json_field mount_extensions_fields[] = {
	JSON_FIELD_OBJECT(struct mount_extensions_feature, idmap, "idmap", enabled_table),
};
static const struct json_table mount_extensions_table =
	JSON_TABLE(struct mount_extensions_feature, mount_extensions_fields);

static const struct json_field linux_fields[] = {
	JSON_FIELD_STRINGS(struct linux_feature, namespaces, "namespaces"),
	JSON_FIELD_STRINGS(struct linux_feature, capabilities, "capabilities"),
	JSON_FIELD_OBJECT(struct linux_feature, cgroup, "cgroup", cgroup_table),
	JSON_FIELD_OBJECT(struct linux_feature, seccomp, "seccomp", seccomp_table),
	JSON_FIELD_OBJECT(struct linux_feature, apparmor, "apparmor", enabled_table),
	JSON_FIELD_OBJECT(struct linux_feature, selinux, "selinux", enabled_table),
	JSON_FIELD_OBJECT(struct linux_feature, memory_policy, "memoryPolicy",
			  memory_policy_table),
	JSON_FIELD_OBJECT(struct linux_feature, intel_rdt, "intelRdt", intel_rdt_table),
	JSON_FIELD_OBJECT(struct linux_feature, mount_extensions, "mountExtensions",
			  mount_extensions_table),
	JSON_FIELD_OBJECT(struct linux_feature, net_devices, "netDevices", enabled_table),
};
static const struct json_table linux_table = JSON_TABLE(struct linux_feature, linux_fields);

static const struct json_field feature_fields[] = {
	JSON_FIELD_STRING(struct feature, oci_version_min, "ociVersionMin"),
	JSON_FIELD_STRING(struct feature, oci_version_max, "ociVersionMax"),
	JSON_FIELD_STRINGS(struct feature, hooks, "hooks"),
	JSON_FIELD_STRINGS(struct feature, mount_options, "mountOptions"),
	JSON_FIELD_OBJECT(struct feature, linux_part, "linux", linux_table),
	JSON_FIELD_PAIRS(struct feature, annotations, "annotations"),
	JSON_FIELD_STRINGS(struct feature, unsafe_annotations,
			   "potentiallyUnsafeConfigAnnotations"),
};
static const struct json_table feature_table = JSON_TABLE(struct feature, feature_fields);

/* --- what goes into it --- */

static const struct maybe_bool yes = { true, true }, no = { true, false };

static struct enabled is_enabled = { .enabled = { true, true } };

/* The empty list, which means "none", where spec_strings_add has nothing to add. */
static struct json_strings *new_list(struct arena *io_arena)
{
	return arena_new(io_arena, sizeof(struct json_strings));
}

static struct json_strings *words_of(const struct json_word *words, struct arena *io_arena)
{
	struct json_strings *list = new_list(io_arena);

	for (; words->word; words++)
		spec_strings_add(io_arena, &list, words->word);
	return list;
}

static struct json_strings *list_mount_options(struct arena *io_arena)
{
	struct json_strings *list = new_list(io_arena);
	const char *word;

	for (size_t i = 0; (word = mount_option_word(i)); i++)
		spec_strings_add(io_arena, &list, word);
	return list;
}

static struct json_strings *list_capabilities(struct arena *io_arena)
{
	struct json_strings *list = new_list(io_arena);
	const char *name;

	for (unsigned int i = 0; (name = guard_cap_name(i)); i++)
		spec_strings_add(io_arena, &list, name);
	return list;
}

static struct json_strings *list_archs(struct arena *io_arena)
{
	struct json_strings *list = new_list(io_arena);
	const char *word;

	for (size_t i = 0; (word = guard_seccomp_known_arch(i)); i++)
		spec_strings_add(io_arena, &list, word);
	return list;
}

static struct json_strings *list_supported_flags(struct arena *io_arena)
{
	struct json_strings *list = new_list(io_arena);

	for (const struct json_word *flag = spec_filter_flag_words; flag->word; flag++)
		if (guard_seccomp_known_flag((unsigned int)flag->value))
			spec_strings_add(io_arena, &list, flag->word);
	return list;
}

static void describe_seccomp(struct arena *io_arena, struct seccomp_feature *ret_seccomp)
{
	*ret_seccomp = (struct seccomp_feature){
		.enabled = yes,
		.actions = words_of(spec_action_words, io_arena),
		.operators = words_of(spec_operator_words, io_arena),
		.archs = list_archs(io_arena),
		.known_flags = words_of(spec_filter_flag_words, io_arena),
		.supported_flags = list_supported_flags(io_arena),
	};
}

static struct json_pairs *list_annotations(const char *version, struct arena *io_arena)
{
	autofree char *library = guard_seccomp_library_version();
	const struct json_pair pairs[] = {
		{ arena_text(io_arena, "org.husk.version"), arena_text(io_arena, version) },
		{ arena_text(io_arena, "org.husk.checkpoint.enabled"),
		  arena_text(io_arena, "false") },
		{ arena_text(io_arena, "io.github.seccomp.libseccomp.version"),
		  arena_text(io_arena, library) },
	};
	struct json_pairs *list = arena_new(io_arena, sizeof(*list));

	list->item = arena_new(io_arena, sizeof(pairs));
	list->count = countof(pairs);
	for (size_t i = 0; i < countof(pairs); i++)
		list->item[i] = pairs[i];
	return list;
}

/* Whether husk-systemd has been built and installed with this program. */
static struct maybe_bool has_helper(void)
{
	autofree char *helper = container_self_find_helper("husk-systemd");

	return helper ? yes : no;
}

/* With the names of the specification. */
static void describe_linux(struct arena *io_arena, struct linux_feature *ret_linux)
{
	*ret_linux = (struct linux_feature){
		.namespaces = words_of(spec_namespace_words, io_arena),
		.capabilities = list_capabilities(io_arena),
		.cgroup = arena_new(io_arena, sizeof(*ret_linux->cgroup)),
		.seccomp = arena_new(io_arena, sizeof(*ret_linux->seccomp)),
		.apparmor = &is_enabled,
		.selinux = &is_enabled,
		.net_devices = &is_enabled,
		.memory_policy = arena_new(io_arena, sizeof(*ret_linux->memory_policy)),
		.intel_rdt = arena_new(io_arena, sizeof(*ret_linux->intel_rdt)),
		.mount_extensions = arena_new(io_arena, sizeof(*ret_linux->mount_extensions)),
	};
	*ret_linux->cgroup = (struct cgroup_feature){ yes, yes, has_helper(),
								      has_helper(), yes };
	*ret_linux->intel_rdt = (struct intel_rdt_feature){ yes, yes, yes };
	ret_linux->mount_extensions->idmap = &is_enabled;
	ret_linux->memory_policy->modes = words_of(spec_memory_mode_words, io_arena);
	ret_linux->memory_policy->flags = words_of(spec_memory_flag_words, io_arena);
	describe_seccomp(io_arena, ret_linux->seccomp);
}

void container_feature_write(const char *version, struct text *io_text)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct linux_feature linux_part;
	struct feature feature = {
		.oci_version_min = arena_text(&arena, "1.0.0"),
		.oci_version_max = arena_text(&arena, SPEC_OCI_VERSION),
		.hooks = spec_strings(&arena, "prestart", "createRuntime", "createContainer",
				      "startContainer", "poststart", "poststop", NULL),
		.mount_options = list_mount_options(&arena),
		.linux_part = &linux_part,
		.annotations = list_annotations(version, &arena),
		/* Each of these changes what is done, for whoever may set annotations. */
		.unsafe_annotations = spec_strings(&arena, "org.husk.", "org.systemd.property.",
						   "run.oci.",
						   SPEC_STOP_SIGNAL_ANNOTATION, NULL),
	};

	describe_linux(&arena, &linux_part);
	json_write(&feature_table, &feature, JSON_INDENTED, io_text);
	text_add(io_text, "\n");
}
