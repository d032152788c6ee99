// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/question.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/scope.h"

/* A word in the question itself tells more than one in its answer. */
enum { SCORE_TEXT = 2, SCORE_ANSWER = 1, WEIGHT_MAX = 1000 };
enum { WORD_LEAST = 2, PLURAL_LEAST = 3, WORDS_MAX = 32 };

const struct question *question_find(int number)
{
	for (const struct question *at = questions; at->text; at++)
		if (at->number == number)
			return at;
	return NULL;
}

bool question_has(const struct question *question, const char *id)
{
	size_t size = strlen(id);

	for (const char *at = question->experiments; (at = strstr(at, id)); at += size)
		if (at[size] == ' ' || at[size] == '\0')
			return true;
	return false;
}

static bool is_word_end(char c)
{
	return !isalnum((unsigned char)c) && c != '_';
}

/* At the beginning of a word of @text: "zombie" finds "zombies", "pid" does not find "rapid". */
static bool has_word(const char *text, const char *word)
{
	for (const char *at = text; (at = strcasestr(at, word)); at++)
		if (at == text || is_word_end(at[-1]))
			return true;
	return false;
}

struct word {
	char *text;
	int weight; /* the fewer questions hold it, the more it tells */
};

/* Words of asking, not of what is asked. */
static bool is_filler(const char *word)
{
	static const char *const fillers[] = {
		"a", "an", "and", "are", "at", "be", "can", "do", "does", "for", "from", "has",
		"how", "in", "into", "is", "it", "its", "me", "my", "not", "of", "on", "one", "or",
		"so", "that", "the", "there", "they", "this", "to", "was", "what", "when", "where",
		"which", "who", "whose", "why", "will", "with", "you",
	};

	for (size_t i = 0; i < countof(fillers); i++)
		if (strcasecmp(fillers[i], word) == 0)
			return true;
	return false;
}

static int count_questions(const char *word)
{
	int count = 0;

	for (const struct question *at = questions; at->text; at++)
		count += has_word(at->text, word) || has_word(at->answer, word);
	return count;
}

/* A plural finds its singular too, as every word finds those that begin with it. */
static void add_word(char *text, struct word *io_words, size_t *io_count)
{
	size_t size = strlen(text);
	int count;

	if (is_filler(text))
		return;
	if (size > PLURAL_LEAST && tolower((unsigned char)text[size - 1]) == 's')
		text[size - 1] = '\0';
	count = size < WORD_LEAST || *io_count == WORDS_MAX ? 0 : count_questions(text);
	if (count > 0)
		io_words[(*io_count)++] = (struct word){ text, WEIGHT_MAX / count };
}

static int score(const struct question *question, const struct word *words, size_t count)
{
	int sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (has_word(question->text, words[i].text))
			sum += SCORE_TEXT * words[i].weight;
		if (has_word(question->answer, words[i].text))
			sum += SCORE_ANSWER * words[i].weight;
	}
	return sum;
}

struct ranking {
	const struct question **found;
	int *score;
	size_t count, most;
};

/* Of two alike the one with the lower number stays in front. */
static void rank(const struct question *question, int value, struct ranking *io_ranking)
{
	size_t at = io_ranking->count;

	while (at > 0 && io_ranking->score[at - 1] < value)
		at--;
	if (value == 0 || at == io_ranking->most)
		return;
	if (io_ranking->count < io_ranking->most)
		io_ranking->count++;
	for (size_t i = io_ranking->count - 1; i > at; i--) {
		io_ranking->found[i] = io_ranking->found[i - 1];
		io_ranking->score[i] = io_ranking->score[i - 1];
	}
	io_ranking->found[at] = question;
	io_ranking->score[at] = value;
}

size_t question_search(const char *words, const struct question **ret_found, size_t most)
{
	autofree char *copy = mem_text(words);
	autofree int *scores = mem_new((most + 1) * sizeof(*scores));
	struct ranking ranking = { .found = ret_found, .score = scores, .most = most };
	struct word word[WORDS_MAX];
	char *rest = copy, *next;
	size_t count = 0;

	while ((next = strsep(&rest, " \t,.;:?!\"'()")))
		add_word(next, word, &count);
	for (const struct question *at = questions; at->text; at++)
		rank(at, score(at, word, count), &ranking);
	return ranking.count;
}

const char *question_mark_name(enum question_mark mark)
{
	static const char *const names[] = {
		[QUESTION_ASKED] = "question",
		[QUESTION_RIGHT] = "right",
		[QUESTION_HALF] = "half right",
		[QUESTION_WRONG] = "wrong",
	};

	return names[mark];
}
