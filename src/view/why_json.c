// SPDX-License-Identifier: GPL-2.0-or-later
/* why_json - the facts for machines: docs/schema/why.schema.json */
#include "base/scope.h"
#include "view/why.h"

static const struct json_word cause_words[] = {
	{ "alive", WHY_ALIVE },
	{ "exited", WHY_EXITED },
	{ "stopped-on-request", WHY_STOPPED },
	{ "killed", WHY_KILLED },
	{ "out-of-memory", WHY_OUT_OF_MEMORY },
	{ "signal", WHY_SIGNAL },
	{ "unknown", WHY_UNKNOWN },
	{ NULL, 0 },
};

static const struct json_word certainty_words[] = {
	{ "seen", LIFE_SEEN },
	{ "recorded", LIFE_RECORDED },
	{ "inferred", LIFE_INFERRED },
	{ NULL, 0 },
};

struct memory_document {
	struct maybe_enum certainty;
	char *from, *to;
};

static const struct json_field memory_fields[] = {
	JSON_FIELD_ENUM(struct memory_document, certainty, "certainty", certainty_words),
	JSON_FIELD_STRING(struct memory_document, from, "from"),
	JSON_FIELD_STRING(struct memory_document, to, "to"),
};
static const struct json_table memory_table =
	JSON_TABLE(struct memory_document, memory_fields);

struct document {
	struct maybe_uint version, run_ms, oom_kills, pids_refused;
	char *id, *summary;
	struct maybe_enum cause, certainty;
	struct maybe_int exit_status;
	struct memory_document *memory;
	struct json_list *events;
};

static const struct json_field document_fields[] = {
	JSON_FIELD_UINT(struct document, version, "version"),
	JSON_FIELD_STRING(struct document, id, "id"),
	JSON_FIELD_ENUM(struct document, cause, "cause", cause_words),
	JSON_FIELD_ENUM(struct document, certainty, "certainty", certainty_words),
	JSON_FIELD_INT(struct document, exit_status, "exitStatus"),
	JSON_FIELD_UINT(struct document, run_ms, "runMs"),
	JSON_FIELD_UINT(struct document, oom_kills, "oomKills"),
	JSON_FIELD_UINT(struct document, pids_refused, "pidsRefused"),
	JSON_FIELD_OBJECT(struct document, memory, "memoryRanOut", memory_table),
	JSON_FIELD_STRING(struct document, summary, "summary"),
	JSON_FIELD_LIST(struct document, events, "events", life_event_table),
};
static const struct json_table document_table = JSON_TABLE(struct document, document_fields);

void why_json(const struct life *life, struct text *io_text)
{
	struct why why = why_find(life);
	struct json_list events = { life->count, life->event };
	struct memory_document memory = { .certainty = { true, (int)why.memory.certainty } };
	autotext struct text summary = { 0 };
	struct document document = {
		.version = { true, WHY_VERSION },
		.id = life->id,
		.cause = { true, (int)why.cause },
		.certainty = { true, (int)why.certainty },
		.exit_status = why.exit_status,
		.run_ms = why.run_ms,
		.oom_kills = { true, why.oom_kills },
		.pids_refused = { true, why.pids_refused },
		.events = &events,
	};

	why_summary(life, &why, &summary);
	if (why.memory.from) {
		memory.from = why.memory.from->time;
		memory.to = why.memory.to->time;
		document.memory = &memory;
	}
	document.summary = summary.data;
	json_write(&document_table, &document, JSON_INDENTED, io_text);
	text_add(io_text, "\n");
}
