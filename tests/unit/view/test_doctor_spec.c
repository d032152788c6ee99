// SPDX-License-Identifier: GPL-2.0-or-later
#include "ward.h"

static char *rules_of(const char *text)
{
	struct doctor_bundle bundle = { .id = "box" };
	struct doctor_report report;
	struct text names = { 0 };
	struct spec spec;
	struct error err;

	CHECK_OK(spec_read("config.json", text, strlen(text), &spec, &err), err);
	bundle.spec = &spec;
	doctor_spec(&bundle, &report);
	for (size_t i = 0; i < report.finding_count; i++)
		text_add(&names, "%s%s", i ? " " : "", report.finding[i].rule->name);
	doctor_clear(&report);
	spec_clear(&spec);
	return text_take(&names);
}

#define CONFIG(process, more)                                  \
	"{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},"  \
	"\"process\":{\"cwd\":\"/\",\"args\":[\"web\"]," process "}" more "}"
#define USER(uid) "\"user\":{\"uid\":" uid ",\"gid\":0}"
#define OWN_PIDS ",\"linux\":{\"namespaces\":[{\"type\":\"pid\"}"

TEST(members_of_the_configuration_reach_their_rules)
{
	static const struct {
		const char *text, *rules;
	} rows[] = {
		{ CONFIG(USER("0"), OWN_PIDS "]}"), "" },
		{ CONFIG(USER("0"), ""), "host-pid-namespace" },
		{ CONFIG(USER("0"), ",\"linux\":{\"namespaces\":[{\"type\":\"pid\",\"path\":\"/p\"}]}"), "" },
		{ CONFIG(USER("7"), OWN_PIDS "]}"), "new-privileges" },
		{ CONFIG(USER("7") ",\"noNewPrivileges\":true", OWN_PIDS "]}"),
		  "" },
		{ CONFIG(USER("0") ",\"capabilities\":{\"bounding\":[\"CAP_BPF\"]}", OWN_PIDS "]}"),
		  "capabilities" },
		{ CONFIG(USER("0") ",\"capabilities\":{\"bounding\":[\"CAP_NONE\",\"CAP_CHOWN\"]}",
			 OWN_PIDS "]}"), "" },
		{ CONFIG(USER("0") ",\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"soft\":1,\"hard\":1}]",
			 OWN_PIDS "]}"), "core-cut" },
		{ CONFIG(USER("0"), OWN_PIDS "],\"resources\":{\"pids\":{\"limit\":1},\"memory\":"
			 "{\"limit\":1}}}"), "memory-limit-tiny pids-limit-tiny" },
		{ CONFIG(USER("0"), OWN_PIDS "]},\"annotations\":{\"" SPEC_STOP_SIGNAL_ANNOTATION
			 "\":\"KILL\"}"), "stop-signal-unfit" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autofree char *rules = rules_of(rows[i].text);

		CHECK_STR(rules, rows[i].rules);
	}
}

TEST(default_is_silent)
{
	struct doctor_bundle bundle = { .id = "box" };
	struct doctor_report report;
	struct spec spec;

	spec_default(&spec);
	bundle.spec = &spec;
	doctor_spec(&bundle, &report);
	CHECK_INT(report.finding_count, 0);
	CHECK_INT(report.is_bundle, true);
	doctor_clear(&report);
	spec_clear(&spec);
}
