/*
 * Keys by SPKI; the contract is in keylist.h.
 */
#include "ipc/keylist.h"

#include <stdlib.h>

#define ROOM_LEAST 16 /* a power of two, as all that follow */

/* An SPKI is a hash already: any of its bytes are as good as others. */
static uint32_t *
place_of(const struct keylist_rows *rows, const uint8_t spki[KEYPROTO_SPKI])
{
	uint32_t mask = 2 * rows->room - 1, at;

	memcpy(&at, spki, sizeof at);
	for (at &= mask; rows->table[at] != 0; at = (at + 1) & mask)
		if (memcmp(rows->key[rows->table[at] - 1].spki, spki,
			KEYPROTO_SPKI) == 0)
			break;
	return &rows->table[at];
}

static void
free_rows(struct keylist_rows *rows)
{
	free(rows->key);
	free(rows->table);
	*rows = (struct keylist_rows){ 0 };
}

/* Of two with one SPKI the first counts. */
static void
enter(struct keylist_rows *rows, const struct keyproto_key *key)
{
	uint32_t *place = place_of(rows, key->spki);

	rows->key[rows->count++] = *key;
	if (*place == 0)
		*place = rows->count;
}

static bool
grow(struct keylist_rows *rows)
{
	struct keylist_rows more = { .room = 2 * rows->room };

	if (more.room == 0)
		more.room = ROOM_LEAST;
	more.key = calloc(more.room, sizeof *more.key);
	more.table = calloc((size_t)2 * more.room, sizeof *more.table);
	if (more.key == NULL || more.table == NULL) {
		free_rows(&more);
		return false;
	}
	for (uint32_t i = 0; i < rows->count; i++)
		enter(&more, &rows->key[i]);
	free_rows(rows);
	*rows = more;
	return true;
}

void
keylist_begin(struct keylist *list)
{
	free_rows(&list->coming);
}

enum keylist_step
keylist_add(struct keylist *list, const struct keyproto_keys *keys)
{
	struct keylist_rows *rows = &list->coming;

	for (uint32_t i = 0; i < keys->count; i++) {
		if (rows->count == KEYPROTO_SLOTS ||
		    (rows->count == rows->room && !grow(rows)))
			return KEYLIST_FAILED;
		enter(rows, &keys->key[i]);
	}
	/* An empty answer ends it, whatever it says there is. */
	if (keys->count > 0 && rows->count < keys->total)
		return KEYLIST_MORE;
	free_rows(&list->known);
	list->known = *rows;
	*rows = (struct keylist_rows){ 0 };
	return KEYLIST_WHOLE;
}

uint32_t
keylist_next(const struct keylist *list)
{
	return list->coming.count;
}

const struct keyproto_key *
keylist_find(const struct keylist *list, const uint8_t spki[KEYPROTO_SPKI])
{
	const struct keylist_rows *known = &list->known;
	uint32_t number = known->count > 0 ? *place_of(known, spki) : 0;

	return number > 0 ? &known->key[number - 1] : NULL;
}

uint32_t
keylist_count(const struct keylist *list)
{
	return list->known.count;
}

void
keylist_free(struct keylist *list)
{
	free_rows(&list->known);
	free_rows(&list->coming);
}
