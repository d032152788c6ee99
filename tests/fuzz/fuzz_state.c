// SPDX-License-Identifier: GPL-2.0-or-later
/* What a container's folder keeps: state.json and life.jsonl */
#include <string.h>

#include "container/save.h"
#include "fuzz.h"
#include "state/life.h"
#include "state/record.h"
#include "view/why.h"

static void read_record(const struct store_entry *entry)
{
	autorecord struct record record = { 0 };
	autocgroup struct cgroup cgroup = { 0 };
	autotext struct text json = { 0 };
	struct error err;

	if (record_read(entry, &record, &err) < 0)
		return;
	record_state_json(&record, record_status(&record, entry), JSON_COMPACT, &json);
	fuzz_must_be_json(json.data, json.size);
	(void)!container_save_restore_cgroup(&record, &cgroup, &err);
	/* What was read can be written, and read again: a later command does so. */
	FUZZ_MUST(record_write(entry, &record, &err) >= 0);
	record_clear(&record);
	record = (struct record){ 0 };
	FUZZ_MUST(record_read(entry, &record, &err) >= 0);
}

static void read_life(const struct store_entry *entry)
{
	autotext struct text words = { 0 }, json = { 0 };
	autolife struct life life = { 0 };
	struct error err;

	if (life_read(entry, &life, &err) < 0)
		return;
	why_text(&life, &words);
	fuzz_must_be_plain(text_get(&words));
	why_json(&life, &json);
	fuzz_must_be_json(json.data, json.size);
}

void fuzz_one(const char *text, size_t size)
{
	static struct store store = STORE_NONE;
	static struct store_entry entry = STORE_ENTRY_NONE;
	struct error err;

	if (!store.root)
		FUZZ_MUST(store_open(fuzz_folder(), &store, &err) >= 0 &&
			  store_create(&store, "web", &entry, &err) >= 0);
	fuzz_write(entry.folder_fd, RECORD_FILE, text, size);
	fuzz_write(entry.folder_fd, "life.jsonl", text, size);
	read_record(&entry);
	read_life(&entry);
}
