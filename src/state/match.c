// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/match.h"

#include <string.h>

#include "base/scope.h"
#include "state/life.h"
#include "state/store.h"

struct search {
	const char *word;
	bool takes_beginning;
	struct arena *arena;
	struct state_match found; /* the first; id NULL: none yet */
	const char *other;	  /* another one, or NULL */
};

static void look_at(const char *root, const char *id, struct search *io_search)
{
	struct state_match *found = &io_search->found;
	size_t size = strlen(io_search->word);
	bool fits = io_search->takes_beginning ? strncmp(id, io_search->word, size) == 0
					       : strcmp(id, io_search->word) == 0;

	if (!fits)
		return;
	/* The same id again is a life before, or another engine's: the first one counts. */
	if (!found->id)
		*found = (struct state_match){ root, arena_text(io_search->arena, id) };
	else if (strcmp(id, found->id) != 0)
		io_search->other = arena_text(io_search->arena, id);
}

static int search_root(const char *root, struct search *io_search, struct error *err)
{
	autostore struct store store = STORE_NONE;
	struct store_ids ids = { 0 };
	char **past = NULL;
	size_t count;

	TRY(store_open(root, &store, err));
	TRY(store_list(&store, &ids, err));
	for (size_t i = 0; i < ids.count; i++)
		look_at(root, ids.item[i], io_search);
	store_ids_clear(&ids);
	count = life_list_past(&store, io_search->arena, &past);
	for (size_t i = 0; i < count; i++)
		look_at(root, past[i], io_search);
	return 0;
}

static int search_all(const struct state_roots *roots, struct search *io_search,
		      struct error *err)
{
	struct error ignored;

	for (size_t i = 0; i < roots->count; i++) {
		int r = search_root(roots->item[i], io_search, i == 0 ? err : &ignored);

		/* Others are an engine's, which may keep them to itself. */
		if (r < 0 && i == 0)
			return r;
	}
	return 0;
}

int state_match_find(const struct state_roots *roots, const char *word, struct arena *io_arena,
		     struct state_match *ret_match, struct error *err)
{
	struct search search = { .word = word, .arena = io_arena };

	TRY(store_check_id(word, err));
	TRY(search_all(roots, &search, err));
	if (!search.found.id && strlen(word) >= STATE_MATCH_MIN) {
		search.takes_beginning = true;
		TRY(search_all(roots, &search, err));
	}
	if (!search.found.id)
		return error_set(err, ENOENT, "container \"%s\" does not exist", word);
	if (search.other)
		return error_set(err, EINVAL, "\"%s\" is the beginning of %s and of %s", word,
				 search.found.id, search.other);
	*ret_match = search.found;
	return 0;
}
