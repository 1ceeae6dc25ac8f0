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

/* RFC 7512 2.3, pk11-pchar: what follows a "?" is a query (in which there may
 * be a PIN), and what is none of these is encoded. */
static bool
is_plain(char letter)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    "-._~:[]@!$'()*+,=&";

	return letter != '\0' && strchr(letters, letter) != NULL;
}

/* Bytes as they are, or %XX. False: it is not that, or long. */
static bool
unescape(
    const char *from, const char *end, uint8_t *to, size_t room, size_t *len)
{
	for (*len = 0; from < end; (*len)++, from++) {
		if (*len == room || (*from != '%' && !is_plain(*from)))
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

	if (!unescape(from, end, (uint8_t *)to, KEYPROTO_CLIENT_NAME - 1, &len))
		return false;
	to[len] = '\0';
	return strlen(to) == len;
}

enum attribute { TOKEN, OBJECT, ID, TYPE, UNKNOWN };

static enum attribute
attribute_of(const char *name, size_t len)
{
	static const char *const names[UNKNOWN] = { "token", "object", "id",
		"type" };
	unsigned i = 0;

	while (i < UNKNOWN &&
	       (strlen(names[i]) != len || memcmp(names[i], name, len) != 0))
		i++;
	return (enum attribute)i;
}

static bool
take_value(enum attribute attribute, const char *value, const char *end,
    struct keyproto_keytoken *key)
{
	size_t len = 0;
	bool good;

	if (attribute == TYPE)
		return end - value == 7 && memcmp(value, "private", 7) == 0;
	if (attribute != ID)
		return take_text(
		    value, end, attribute == TOKEN ? key->token : key->object);
	good = unescape(value, end, key->id, sizeof key->id, &len);
	key->id_len = (uint16_t)len;
	return good;
}

/* seen: a bit for each attribute before. */
static const char *
take_attribute(const char *name, const char *end, unsigned *seen,
    struct keyproto_keytoken *key)
{
	const char *value = memchr(name, '=', (size_t)(end - name));
	enum attribute attribute;

	if (value == NULL)
		return "an attribute has no value";
	attribute = attribute_of(name, (size_t)(value - name));
	if (attribute == UNKNOWN)
		return "only token, object, id and type=private are known";
	/* RFC 7512 2.3: "A path attribute ... MUST NOT be duplicated". */
	if ((*seen & 1u << attribute) != 0)
		return "an attribute stands twice";
	*seen |= 1u << attribute;
	return take_value(attribute, value + 1, end, key)
		   ? NULL
		   : "a value is none, too long, or has letters that are to be "
		     "written as %XX";
}

const char *
p11_uri_parse(const char *text, struct keyproto_keytoken *key)
{
	static const char scheme[] = "pkcs11:";
	const char *end, *fault = NULL;
	unsigned seen = 0;

	if (strncmp(text, scheme, sizeof scheme - 1) != 0)
		return "it begins with pkcs11:";
	text += sizeof scheme - 1;
	while (*text != '\0' && fault == NULL) {
		end = text + strcspn(text, ";");
		fault = take_attribute(text, end, &seen, key);
		text = *end != '\0' ? end + 1 : end;
	}
	if (fault == NULL && key->token[0] == '\0')
		fault = "a token is needed";
	if (fault == NULL && key->object[0] == '\0' && key->id_len == 0)
		fault = "an object or an id is needed";
	return fault;
}
