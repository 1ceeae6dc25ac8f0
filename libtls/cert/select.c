/*
 * The chains of a config and their index: a hash table from each name to the
 * chains that bear it, one a key kind. Built as chains are added, read-only
 * afterwards.
 */
#include "libtls/cert/select.h"

#include "libtls/cert/hostname.h"
#include "libtls/cert/validate.h"
#include "libtls/core/memory.h"

#define NAME_MAX_LEN 255 /* RFC 1035 2.3.4 */
#define FIRST_SLOTS 16   /* a power of two */

struct entry {
	const char *name; /* the first chain's; NULL: a free slot */
	uint32_t hash;
	struct s2n_cert_chain_and_key *chain[KEY_KINDS];
};

struct cert_store {
	struct s2n_cert_chain_and_key **chains;
	size_t count;
	enum cert_owner owner;
	struct s2n_cert_chain_and_key *defaults[KEY_KINDS];
	bool defaults_set; /* by the application: adding changes them not */
	struct entry *slots;
	size_t slot_count; /* a power of two, or 0 */
	size_t used;
};

struct cert_store *
cert_store_new(void)
{
	return memory_new(sizeof(struct cert_store));
}

void
cert_store_free_owned(struct cert_store *store)
{
	if (store->owner != CERT_OWNER_LIBRARY)
		return;
	for (size_t i = 0; i < store->count; i++)
		s2n_cert_chain_and_key_free(store->chains[i]);
	memory_free(store->chains);
	memory_free(store->slots);
	*store = (struct cert_store){ 0 };
}

void
cert_store_free(struct cert_store *store)
{
	if (store == NULL)
		return;
	cert_store_free_owned(store);
	memory_free(store->chains);
	memory_free(store->slots);
	memory_free(store);
}

enum cert_owner
cert_store_owner(const struct cert_store *store)
{
	return store->owner;
}

size_t
cert_store_count(const struct cert_store *store)
{
	return store->count;
}

size_t
cert_store_default_count(const struct cert_store *store)
{
	size_t count = 0;

	for (size_t i = 0; i < KEY_KINDS; i++)
		count += store->defaults[i] != NULL;
	return count;
}

static bool
lacks_key(const struct s2n_cert_chain_and_key *chain)
{
	return chain != NULL && chain->key.pkey == NULL;
}

int
cert_store_check(
    const struct cert_store *store, const struct preference *preference)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < store->count; i++)
		r = validate_own(store->chains[i], preference);
	for (size_t i = 0; r == 0 && i < KEY_KINDS; i++)
		if (store->defaults[i] != NULL)
			r = validate_own(store->defaults[i], preference);
	return r;
}

bool
cert_store_lacks_key(const struct cert_store *store)
{
	for (size_t i = 0; i < store->count; i++)
		if (lacks_key(store->chains[i]))
			return true;
	for (size_t i = 0; i < KEY_KINDS; i++)
		if (lacks_key(store->defaults[i]))
			return true;
	return false;
}

/* FNV-1a: the names in the table are the operator's, so no one floods it. */
static uint32_t
hash_of(struct slice name)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ name.data[i]) * 16777619U;
	return hash;
}

/* The slot of a name, or the free one where it belongs. */
static struct entry *
slot_of(struct entry *slots, size_t slot_count, struct slice name)
{
	uint32_t hash = hash_of(name);
	struct entry *entry;

	for (size_t i = hash;; i++) {
		entry = &slots[i & (slot_count - 1)];
		if (entry->name == NULL ||
		    (entry->hash == hash &&
			slice_equal(slice_of_string(entry->name), name)))
			return entry;
	}
}

/* Room for more names, the table at most half full. */
static int
reserve_names(struct cert_store *store, size_t more)
{
	size_t slot_count =
	    store->slot_count > 0 ? store->slot_count : FIRST_SLOTS;
	struct entry *slots;
	struct entry *entry;

	while (slot_count / 2 < store->used + more)
		slot_count *= 2;
	if (slot_count == store->slot_count)
		return 0;
	if ((slots = memory_new(slot_count * sizeof *slots)) == NULL)
		return fail(memory_lack());
	for (size_t i = 0; i < store->slot_count; i++) {
		entry = &store->slots[i];
		if (entry->name != NULL)
			*slot_of(slots, slot_count,
			    slice_of_string(entry->name)) = *entry;
	}
	memory_free(store->slots);
	store->slots = slots;
	store->slot_count = slot_count;
	return 0;
}

static int
reserve_chain(struct cert_store *store)
{
	struct s2n_cert_chain_and_key **chains;

	/* Grows at the powers of two. */
	if ((store->count & (store->count - 1)) != 0)
		return 0;
	chains = memory_resize(store->chains,
	    (store->count > 0 ? store->count * 2 : 1) * sizeof(void *));
	if (chains == NULL)
		return fail(memory_lack());
	store->chains = chains;
	return 0;
}

/* Room for the name is reserved. */
static void
add_name(struct cert_store *store, const char *name,
    struct s2n_cert_chain_and_key *chain, s2n_cert_tiebreak_callback tiebreak)
{
	struct slice key = slice_of_string(name);
	struct entry *entry = slot_of(store->slots, store->slot_count, key);
	struct s2n_cert_chain_and_key **holder = &entry->chain[chain->kind];
	uint8_t copy[NAME_MAX_LEN];

	if (entry->name == NULL) {
		entry->name = name;
		entry->hash = hash_of(key);
		store->used++;
	}
	if (*holder == NULL) {
		*holder = chain;
		return;
	}
	if (*holder == chain || tiebreak == NULL)
		return;
	/* A copy: the callback might write to it. */
	memcpy(copy, key.data, key.len);
	if (tiebreak(*holder, chain, copy, (uint32_t)key.len) == chain)
		*holder = chain;
}

int
cert_store_add(struct cert_store *store, struct s2n_cert_chain_and_key *chain,
    enum cert_owner owner, s2n_cert_tiebreak_callback tiebreak)
{
	int r;

	if (store->owner != CERT_OWNER_NONE && store->owner != owner)
		return fail(ERR_CERT_OWNERSHIP);
	if (chain->count == 0)
		return fail(ERR_NO_CERT_FOUND);
	if ((r = reserve_chain(store)) != 0 ||
	    (r = reserve_names(store, chain->name_count)) != 0)
		return r;

	store->owner = owner;
	store->chains[store->count++] = chain;
	for (size_t i = 0; i < chain->name_count; i++)
		if (strlen(chain->names[i]) <= NAME_MAX_LEN)
			add_name(store, chain->names[i], chain, tiebreak);
	if (!store->defaults_set && store->defaults[chain->kind] == NULL)
		store->defaults[chain->kind] = chain;
	return 0;
}

int
cert_store_set_defaults(struct cert_store *store,
    struct s2n_cert_chain_and_key **chains, uint32_t count)
{
	struct s2n_cert_chain_and_key *defaults[KEY_KINDS] = { NULL };

	if (store->owner == CERT_OWNER_LIBRARY)
		return fail(ERR_CERT_OWNERSHIP);
	if (count == 0 || count > KEY_KINDS)
		return fail(ERR_NUM_DEFAULT_CERTIFICATES);
	for (uint32_t i = 0; i < count; i++) {
		if (chains[i] == NULL)
			return fail(ERR_NULL_ARGUMENT);
		if (chains[i]->count == 0)
			return fail(ERR_NO_CERT_FOUND);
		if (defaults[chains[i]->kind] != NULL)
			return fail(ERR_DEFAULTS_PER_TYPE);
		defaults[chains[i]->kind] = chains[i];
	}
	memcpy(store->defaults, defaults, sizeof store->defaults);
	store->defaults_set = true;
	store->owner = CERT_OWNER_APPLICATION;
	return 0;
}

static bool
lookup(const struct cert_store *store, struct slice name,
    s2n_cert_sni_match match, struct cert_choice *out)
{
	const struct entry *entry;

	if (store->slot_count == 0)
		return false;
	entry = slot_of(store->slots, store->slot_count, name);
	if (entry->name == NULL)
		return false;
	memcpy(out->chain, entry->chain, sizeof out->chain);
	out->match = match;
	return true;
}

/* Exact, then with the first label replaced by a wildcard. */
static bool
lookup_host(
    const struct cert_store *store, struct slice name, struct cert_choice *out)
{
	char host[NAME_MAX_LEN + 1];
	char *dot;
	size_t label;

	/* RFC 6066 3 has it without the root's dot; some clients do not. */
	if (name.len > 1 && name.data[name.len - 1] == '.')
		name.len--;
	if (name.len > NAME_MAX_LEN)
		return false;
	for (size_t i = 0; i < name.len; i++)
		host[i] = hostname_lower((char)name.data[i]);
	if (lookup(store, slice_of(host, name.len), S2N_SNI_EXACT_MATCH, out))
		return true;

	dot = memchr(host, '.', name.len);
	if (dot == NULL || dot == host)
		return false;
	label = (size_t)(dot - host);
	dot[-1] = '*';
	return lookup(store, slice_of(dot - 1, name.len - label + 1),
	    S2N_SNI_WILDCARD_MATCH, out);
}

void
cert_store_choose(
    const struct cert_store *store, struct slice name, struct cert_choice *out)
{
	if (name.len > 0 && lookup_host(store, name, out))
		return;
	memcpy(out->chain, store->defaults, sizeof out->chain);
	out->match = name.len > 0 ? S2N_SNI_NO_MATCH : S2N_SNI_NONE;
}
