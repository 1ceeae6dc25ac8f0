/*
 * Ticket keys of epochs; the contract is in tickets.h.
 */
#include "keyd/tickets.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "keyd/readall.h"

#define HASH 32 /* SHA-256 */
#define LABEL_MAX 32
/* A label and its end, rotate, epoch, a client's name, HKDF's counter. */
#define INFO_MAX (LABEL_MAX + 4 + 8 + KEYPROTO_CLIENT_NAME + 1)

struct tickets {
	uint8_t prk[HASH]; /* RFC 5869 2.2: the root, extracted */
	uint64_t rotate, lifetime;
	uint64_t first; /* epoch that the root begins with */
	bool ready;
};

static bool
hmac(struct slice key, const uint8_t *bytes, size_t len, uint8_t out[HASH])
{
	unsigned out_len = 0;

	return HMAC(EVP_sha256(), key.data, (int)key.len, bytes, len, out,
		   &out_len) != NULL &&
	       out_len == HASH;
}

struct tickets *
tickets_new(void)
{
	return OPENSSL_zalloc(sizeof(struct tickets));
}

void
tickets_free(struct tickets *tickets)
{
	OPENSSL_clear_free(tickets, sizeof *tickets);
}

/* Of a file that somebody forgot to fill. */
static bool
is_one_byte(const uint8_t *bytes, size_t len)
{
	return memcmp(bytes, bytes + 1, len - 1) == 0;
}

/* RFC 5869 2.2: PRK = HMAC-Hash(salt, IKM). */
static bool
extract(const uint8_t *root, size_t len, uint8_t prk[HASH])
{
	static const char salt[] = "sallyport ticket root";

	return len >= TICKETS_ROOT_MIN && len <= TICKETS_ROOT_MAX &&
	       !is_one_byte(root, len) &&
	       hmac(slice_of(salt, sizeof salt - 1), root, len, prk);
}

enum keyproto_status
tickets_load(struct tickets *tickets, const struct keyproto_ticketroot *what,
    int fd, uint64_t now)
{
	/* A byte more than is allowed shows that there is more. */
	size_t room = TICKETS_ROOT_MAX + 1, len = TICKETS_ROOT_MIN;
	uint8_t *root = OPENSSL_malloc(room), prk[HASH];
	bool done = false;

	if (root != NULL && fd >= 0)
		len = readall(fd, root, room);
	else if (root != NULL && RAND_bytes(root, (int)len) != 1)
		len = 0;
	if (root != NULL && what->rotate > 0)
		done = extract(root, len, prk);
	OPENSSL_clear_free(root, room);
	if (done) {
		memcpy(tickets->prk, prk, sizeof tickets->prk);
		tickets->rotate = what->rotate;
		tickets->lifetime = what->lifetime;
		tickets->first = fd >= 0 ? 0 : now / what->rotate;
		tickets->ready = true;
	}
	OPENSSL_cleanse(prk, sizeof prk);
	return done ? KEYPROTO_OK : KEYPROTO_CRYPTO;
}

static size_t
put(uint8_t *to, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		to[i] = (uint8_t)(value >> 8 * i);
	return width;
}

/*
 * RFC 5869 2.3, for what is no longer than a hash: T(1) = HMAC-Hash(PRK, info |
 * 0x01). How long an epoch is, is part of info: with another rotation the same
 * number means another time.
 */
static bool
expand(const struct tickets *tickets, const char *label, const char *client,
    uint64_t epoch, uint8_t out[HASH])
{
	uint8_t info[INFO_MAX];
	size_t len = strlen(label) + 1, name = strlen(client);

	if (len > LABEL_MAX || name >= KEYPROTO_CLIENT_NAME)
		return false;
	memcpy(info, label, len);
	len += put(info + len, tickets->rotate, 4);
	len += put(info + len, epoch, 8);
	memcpy(info + len, client, name);
	len += name;
	info[len++] = 1;
	return hmac(slice_of(tickets->prk, HASH), info, len, out);
}

static bool
derive(const struct tickets *tickets, const char *client, uint64_t epoch,
    struct keyproto_ticket *key)
{
	uint8_t name[HASH];

	key->epoch = epoch;
	key->begins = epoch * tickets->rotate;
	key->ends = key->begins + tickets->rotate;
	key->dies = key->begins + tickets->lifetime;
	if (!expand(tickets, "sallyport ticket name", client, epoch, name) ||
	    !expand(
		tickets, "sallyport ticket secret", client, epoch, key->secret))
		return false;
	memcpy(key->name, name, sizeof key->name);
	return true;
}

/* Its key decrypts still, and has begun to encrypt. No product is made of a
 * number that is not below that of now. */
static bool
is_lent(const struct tickets *tickets, uint64_t epoch, uint64_t now)
{
	return epoch >= tickets->first && epoch <= now / tickets->rotate &&
	       now - epoch * tickets->rotate < tickets->lifetime;
}

enum keyproto_status
tickets_keys(const struct tickets *tickets, const char *client, uint64_t epoch,
    uint64_t now, struct keyproto_ticketkeys *out)
{
	if (!tickets->ready)
		return KEYPROTO_NOKEY;
	out->current = now / tickets->rotate;
	if (epoch == 0)
		epoch = out->current;
	else if (!is_lent(tickets, epoch, now))
		return KEYPROTO_STALE;
	return derive(tickets, client, epoch, &out->key[0]) &&
		       derive(tickets, client, epoch + 1, &out->key[1])
		   ? KEYPROTO_OK
		   : KEYPROTO_CRYPTO;
}

/* ---- packets ---- */

enum keyproto_status
tickets_ordered(
    struct tickets *tickets, struct slice payload, int fd, uint64_t now)
{
	struct keyproto_ticketroot root;

	return keyproto_ticketroot_parse(payload, &root)
		   ? tickets_load(tickets, &root, fd, now)
		   : KEYPROTO_BADMSG;
}

enum keyproto_status
tickets_answer(const struct tickets *tickets, const char *client,
    struct slice payload, uint64_t now, uint8_t *out, size_t *len)
{
	struct keyproto_ticketkeys keys = { 0 };
	enum keyproto_status status;
	uint64_t epoch;

	if (!keyproto_long_parse(payload, &epoch))
		return KEYPROTO_BADMSG;
	status = tickets_keys(tickets, client, epoch, now, &keys);
	if (status == KEYPROTO_OK)
		*len = keyproto_ticketkeys_build(
		    &keys, out, KEYPROTO_PACKET_MAX - KEYPROTO_HEADER);
	OPENSSL_cleanse(&keys, sizeof keys);
	return status;
}
