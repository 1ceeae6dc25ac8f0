/*
 * PKCS#11 URIs; the contract is in p11_uri.h.
 */
#include "keyd/p11_uri.h"

static int
hex(char digit)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *at = digit != '\0' ? strchr(digits, digit) : NULL;

	if (at == NULL)
		return -1;
	return at - digits < 16 ? (int)(at - digits) : (int)(at - digits) - 6;
}

/* RFC 7512 2.3: bytes as they are, or %XX. False: it is not that, or long. */
static bool
unescape(
    const char *from, const char *end, uint8_t *to, size_t room, size_t *len)
{
	for (*len = 0; from < end; (*len)++, from++) {
		if (*len == room || (unsigned char)*from <= ' ')
			return false;
		to[*len] = (uint8_t)*from;
		if (*from != '%')
			continue;
		if (end - from < 3 || hex(from[1]) < 0 || hex(from[2]) < 0)
			return false;
		to[*len] = (uint8_t)(hex(from[1]) << 4 | hex(from[2]));
		from += 2;
	}
	return *len > 0;
}

/* A name, which has no zero and an end. */
static bool
take_text(const char *from, const char *end, char to[KEYPROTO_CLIENT_NAME])
{
	size_t len;

	if (to[0] != '\0' ||
	    !unescape(from, end, (uint8_t *)to, KEYPROTO_CLIENT_NAME - 1, &len))
		return false;
	to[len] = '\0';
	return strlen(to) == len;
}

static const char *
take_attribute(const char *name, const char *end, struct keyproto_keytoken *key)
{
	const char *value = memchr(name, '=', (size_t)(end - name));
	size_t len = value != NULL ? (size_t)(value - name) : 0, id_len = 0;
	bool good = false;

	if (value++ == NULL)
		return "an attribute has no value";
	if (len == 5 && memcmp(name, "token", len) == 0) {
		good = take_text(value, end, key->token);
	} else if (len == 6 && memcmp(name, "object", len) == 0) {
		good = take_text(value, end, key->object);
	} else if (len == 2 && memcmp(name, "id", len) == 0) {
		good = key->id_len == 0 &&
		       unescape(value, end, key->id, sizeof key->id, &id_len);
		key->id_len = (uint16_t)id_len;
	} else if (len == 4 && memcmp(name, "type", len) == 0) {
		good = end - value == 7 && memcmp(value, "private", 7) == 0;
	} else {
		return "only token, object, id and type=private are known";
	}
	return good ? NULL : "a value is none, too long, or stands twice";
}

const char *
p11_uri_parse(const char *text, struct keyproto_keytoken *key)
{
	static const char scheme[] = "pkcs11:";
	const char *end, *fault = NULL;

	if (strncmp(text, scheme, sizeof scheme - 1) != 0)
		return "it begins with pkcs11:";
	text += sizeof scheme - 1;
	while (*text != '\0' && fault == NULL) {
		end = text + strcspn(text, ";");
		fault = take_attribute(text, end, key);
		text = *end != '\0' ? end + 1 : end;
	}
	if (fault == NULL && key->token[0] == '\0')
		fault = "a token is needed";
	if (fault == NULL && key->object[0] == '\0' && key->id_len == 0)
		fault = "an object or an id is needed";
	return fault;
}
