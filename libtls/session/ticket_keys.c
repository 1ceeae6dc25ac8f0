/*
 * The set of ticket keys; the contract is in ticket_keys.h.
 *
 * Each place has a version that is odd while its words are being written. The
 * words are atomic, so that a reader that comes in between reads something, and
 * then sees by the version that it has to read again.
 */
#include "libtls/session/ticket_keys.h"

#include <pthread.h>
#include <stdatomic.h>

#include <openssl/crypto.h>

#include "libtls/core/memory.h"
#include "libtls/crypto/hkdf.h"
#include "libtls/crypto/library.h"
#include "libtls/crypto/secret.h"

#define WORDS (sizeof(struct ticket_key) / sizeof(uint64_t))
_Static_assert(
    sizeof(struct ticket_key) % sizeof(uint64_t) == 0, "a key is whole words");

struct place {
	_Atomic uint32_t version;
	_Atomic uint64_t words[WORDS];
};

struct ticket_keys {
	pthread_mutex_t lock; /* of those who write */
	struct place places[TICKET_KEYS_MAX];
};

struct ticket_keys *
ticket_keys_new(void)
{
	struct ticket_keys *keys = memory_new(sizeof *keys);

	if (keys == NULL)
		return NULL;
	if (pthread_mutex_init(&keys->lock, NULL) != 0) {
		memory_free(keys);
		return NULL;
	}
	return keys;
}

void
ticket_keys_free(struct ticket_keys *keys)
{
	if (keys == NULL)
		return;
	pthread_mutex_destroy(&keys->lock);
	memory_free(keys);
}

/* ---- places ---- */

/* False: the place is free. */
static bool
read_place(struct place *place, struct ticket_key *key)
{
	uint64_t words[WORDS] = { 0 };
	uint32_t before, after;

	do {
		before =
		    atomic_load_explicit(&place->version, memory_order_acquire);
		for (size_t i = 0; i < WORDS; i++)
			words[i] = atomic_load_explicit(
			    &place->words[i], memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		after =
		    atomic_load_explicit(&place->version, memory_order_relaxed);
	} while (before != after || before % 2 != 0);
	memcpy(key, words, sizeof *key);
	OPENSSL_cleanse(words, sizeof words);
	return key->present != 0;
}

/* With the lock held. */
static void
write_place(struct place *place, const struct ticket_key *key)
{
	uint64_t words[WORDS];

	memcpy(words, key, sizeof words);
	atomic_fetch_add_explicit(&place->version, 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (size_t i = 0; i < WORDS; i++)
		atomic_store_explicit(
		    &place->words[i], words[i], memory_order_relaxed);
	atomic_fetch_add_explicit(&place->version, 1, memory_order_release);
	OPENSSL_cleanse(words, sizeof words);
}

/* ---- times ---- */

/* Sums that do not wrap: lifetimes are the application's numbers. */
static uint64_t
later(uint64_t time, uint64_t by)
{
	return time > UINT64_MAX - by ? UINT64_MAX : time + by;
}

static uint64_t
end_of(const struct ticket_key *key, const struct ticket_times *times)
{
	return later(later(key->intro, times->seals), times->opens);
}

static bool
seals(const struct ticket_key *key, const struct ticket_times *times)
{
	return key->intro <= times->now &&
	       times->now < later(key->intro, times->seals);
}

/* Another machine's clock may be ahead, and a key of its future in use there:
 * what is sealed with it can be opened. */
static bool
opens(const struct ticket_key *key, const struct ticket_times *times)
{
	return times->now < end_of(key, times);
}

uint64_t
ticket_key_left(const struct ticket_key *key, const struct ticket_times *times)
{
	uint64_t end = end_of(key, times);

	return end > times->now ? end - times->now : 0;
}

/* ---- adding ---- */

/* What is used comes of the application's secret: 32 bytes of key, 12 that
 * every ticket is bound to. */
static int
derive(struct slice secret, struct ticket_key *key)
{
	uint8_t prk[DIGEST_MAX], out[sizeof key->secret + sizeof key->implicit];
	int r;

	r = hkdf_extract(&digest_sha256, NO_BYTES, secret, prk);
	if (r == 0)
		r = hkdf_expand(&digest_sha256,
		    slice_of(prk, digest_sha256.size), NO_BYTES, out,
		    sizeof out);
	if (r == 0) {
		memcpy(key->secret, out, sizeof key->secret);
		memcpy(key->implicit, out + sizeof key->secret,
		    sizeof key->implicit);
	}
	OPENSSL_cleanse(prk, sizeof prk);
	OPENSSL_cleanse(out, sizeof out);
	return r;
}

/* A free place for the key, once those past all use are wiped. */
static int
find_place(struct ticket_keys *keys, const struct ticket_key *wanted,
    const struct ticket_times *times, struct place **free_place)
{
	static const struct ticket_key none;
	struct ticket_key key;
	int r = 0;

	*free_place = NULL;
	for (size_t i = 0; r == 0 && i < TICKET_KEYS_MAX; i++) {
		struct place *place = &keys->places[i];
		bool taken = read_place(place, &key);

		if (taken && !opens(&key, times)) {
			write_place(place, &none);
			taken = false;
		}
		if (!taken)
			*free_place = *free_place == NULL ? place : *free_place;
		else if (memcmp(key.name, wanted->name, sizeof key.name) == 0)
			r = fail(ERR_TICKET_KEY_NAME);
		else if (secret_equal(
			     key.secret, wanted->secret, sizeof key.secret))
			r = fail(ERR_TICKET_KEY_NOT_UNIQUE);
	}
	OPENSSL_cleanse(&key, sizeof key);
	if (r == 0 && *free_place == NULL)
		return fail(ERR_TICKET_KEY_LIMIT);
	return r;
}

int
ticket_keys_add(struct ticket_keys *keys, struct slice name,
    struct slice secret, uint64_t intro, const struct ticket_times *times)
{
	struct ticket_key key = { .present = 1 };
	struct place *place;
	int r;

	if (name.len == 0 || name.len > TICKET_KEY_NAME)
		return fail(ERR_TICKET_KEY_NAME);
	if (secret.len == 0)
		return fail(ERR_TICKET_KEY_LENGTH);
	memcpy(key.name, name.data, name.len);
	key.intro = intro == 0 ? times->now : intro;
	if ((r = derive(secret, &key)) == 0) {
		pthread_mutex_lock(&keys->lock);
		if ((r = find_place(keys, &key, times, &place)) == 0)
			write_place(place, &key);
		pthread_mutex_unlock(&keys->lock);
	}
	OPENSSL_cleanse(&key, sizeof key);
	return r;
}

/* ---- using ---- */

/* Least at both ends of a key's time, most in the middle; never 0. */
static uint64_t
weight(const struct ticket_key *key, const struct ticket_times *times)
{
	uint64_t age = times->now - key->intro;

	return 1 + (age < times->seals / 2 ? age : times->seals - age);
}

bool
ticket_keys_draw(struct ticket_keys *keys, const struct ticket_times *times,
    struct ticket_key *drawn)
{
	struct ticket_key key;
	uint64_t sum = 0, random;
	bool found = false;

	for (size_t i = 0; i < TICKET_KEYS_MAX; i++) {
		if (!read_place(&keys->places[i], &key) || !seals(&key, times))
			continue;
		/* Of those so far it is the one with this probability. */
		sum = later(sum, weight(&key, times));
		if (found && random_bytes(&random, sizeof random) != 0)
			break;
		if (found && random % sum >= weight(&key, times))
			continue;
		*drawn = key;
		found = true;
	}
	OPENSSL_cleanse(&key, sizeof key);
	return found;
}

bool
ticket_keys_find(struct ticket_keys *keys, const uint8_t name[TICKET_KEY_NAME],
    const struct ticket_times *times, struct ticket_key *found)
{
	for (size_t i = 0; i < TICKET_KEYS_MAX; i++)
		if (read_place(&keys->places[i], found) &&
		    memcmp(found->name, name, TICKET_KEY_NAME) == 0 &&
		    opens(found, times))
			return true;
	OPENSSL_cleanse(found, sizeof *found);
	return false;
}
