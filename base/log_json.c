/*
 * Log lines as JSON; the contract is in log_json.h.
 */
#include "base/log_json.h"

#include <stdio.h>

/* What closes a text, the object and the line. */
#define CLOSING 3
/* The longest that one byte becomes. */
#define ESCAPE_MAX 8

struct pair {
	struct slice key, value;
};

struct log_json
log_json_begin(char *out, size_t room)
{
	struct log_json object = { out, room, 0 };

	object.out[object.len++] = '{';
	return object;
}

static bool
fits(const struct log_json *object, size_t len)
{
	return object->len + len + CLOSING <= object->room;
}

static void
put(struct log_json *object, const char *bytes, size_t len)
{
	memcpy(object->out + object->len, bytes, len);
	object->len += len;
}

/* RFC 8259 section 7: "...the characters that MUST be escaped: quotation mark,
 * reverse solidus, and the control characters". */
static void
put_text(struct log_json *object, struct slice text)
{
	char escape[ESCAPE_MAX];

	put(object, "\"", 1);
	for (size_t i = 0; i < text.len && fits(object, sizeof escape); i++) {
		uint8_t byte = text.data[i];

		if (byte == '"' || byte == '\\')
			snprintf(escape, sizeof escape, "\\%c", byte);
		else if (byte < ' ')
			snprintf(escape, sizeof escape, "\\u%04x", byte);
		else if (byte >= 0x7f)
			snprintf(escape, sizeof escape, "\\\\x%02x", byte);
		else
			snprintf(escape, sizeof escape, "%c", byte);
		put(object, escape, strlen(escape));
	}
	put(object, "\"", 1);
}

/* Whether it stands there as KEY=%d and the like. */
static bool
is_number(const char *format, struct slice key)
{
	const char *at = format;

	while ((at = strchr(at, '=')) != NULL) {
		const char *word = at - key.len;
		bool same = (size_t)(at - format) >= key.len &&
			    memcmp(word, key.data, key.len) == 0 &&
			    (word == format || word[-1] == ' ');

		at++;
		if (!same || *at != '%')
			continue;
		at++;
		at += strspn(at, "hlzjt");
		return *at == 'd' || *at == 'u';
	}
	return false;
}

/* The next of text, which is shortened by it. False at its end. */
static bool
next_pair(struct slice *text, struct pair *pair)
{
	const uint8_t *at = text->data, *end = at + text->len, *equals;
	bool quoted;

	while (at < end && *at == ' ')
		at++;
	equals = at < end ? memchr(at, '=', (size_t)(end - at)) : NULL;
	if (equals == NULL)
		return false;
	pair->key = slice_of(at, (size_t)(equals - at));
	at = equals + 1;
	quoted = at < end && *at == '"';
	if (quoted)
		at++;
	pair->value.data = at;
	while (
	    at < end && !(quoted ? *at == '"' && (at + 1 == end || at[1] == ' ')
				 : *at == ' '))
		at++;
	pair->value.len = (size_t)(at - pair->value.data);
	if (quoted && at < end)
		at++;
	*text = slice_of(at, (size_t)(end - at));
	return true;
}

void
log_json_pairs(struct log_json *object, const char *format, struct slice text)
{
	struct pair pair;

	while (next_pair(&text, &pair)) {
		/* quotes, colon, comma; then a number, or a cut text */
		if (!fits(object, pair.key.len * ESCAPE_MAX + 64))
			return;
		if (object->len > 1)
			put(object, ",", 1);
		put_text(object, pair.key);
		put(object, ":", 1);
		if (pair.value.len > 0 && pair.value.len < 32 &&
		    is_number(format, pair.key))
			put(object, (const char *)pair.value.data,
			    pair.value.len);
		else
			put_text(object, pair.value);
	}
}

size_t
log_json_end(struct log_json *object)
{
	put(object, "}\n", 2);
	return object->len;
}
