/*
 * Verification; the contract is in audit_verify.h.
 */
#include "keyd/audit_verify.h"

#include <inttypes.h>
#include <stdlib.h>

#define SIGNERS 256 /* that are remembered */

struct state {
	struct audit_verdict *out;
	EVP_PKEY *key;
	uint64_t number; /* of the next line; 0: the first may have any */
	bool torn;       /* the line before was cut off */
	struct {
		uint32_t signer;
		uint64_t told;
	} signers[SIGNERS];
	size_t signer_count;
};

/* ---- words of a line ---- */

/* What stands after " word=" to the next blank; NULL: nothing. */
static const char *
value_of(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *at = text;

	while ((at = strstr(at, word)) != NULL) {
		if (at != text && at[-1] == ' ' && at[len] == '=')
			return at + len + 1;
		at += len;
	}
	return NULL;
}

static uint64_t
number_of(const char *text, const char *word, int digits)
{
	const char *value = value_of(text, word);

	return value != NULL ? strtoull(value, NULL, digits) : 0;
}

static bool
event_is(const char *text, const char *event)
{
	const char *value = value_of(text, "event");
	size_t len = strlen(event);

	return value != NULL && strncmp(value, event, len) == 0 &&
	       value[len] == ' ';
}

/* ---- what a line may be ---- */

static const char *
check_signature(const struct state *state, const char *text, uint64_t number)
{
	const char *hex = value_of(text, "signature");
	uint8_t signature[AUDIT_SIGNATURE], message[AUDIT_MESSAGE];
	size_t len = audit_chain_message(number, state->out->hash, message);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good =
	    ctx != NULL && hex != NULL &&
	    audit_chain_unhex(hex, signature, sizeof signature) &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, state->key) == 1 &&
	    EVP_DigestVerify(ctx, signature, sizeof signature, message, len) ==
		1;

	EVP_MD_CTX_free(ctx);
	return good ? NULL : "the checkpoint's signature is not of this key";
}

/* Only at the beginning of a file can what was before be something else. */
static const char *
check_start(struct state *state, const char *text)
{
	const char *hex = value_of(text, "previous");
	uint8_t previous[AUDIT_HASH];

	if (hex == NULL || !audit_chain_unhex(hex, previous, AUDIT_HASH))
		return "a start without the hash before it";
	if (state->number == 0) {
		memcpy(state->out->previous, previous, AUDIT_HASH);
		memcpy(state->out->hash, previous, AUDIT_HASH);
	} else if (memcmp(previous, state->out->hash, AUDIT_HASH) != 0) {
		return "lines before it are missing or were changed";
	}
	return NULL;
}

/* A signer counts what it tells: a gap is what nobody wrote down. */
static void
count_told(struct state *state, const char *text)
{
	uint32_t signer = (uint32_t)number_of(text, "signer", 16);
	uint64_t told = number_of(text, "told", 10);
	size_t i = 0;

	while (i < state->signer_count && state->signers[i].signer != signer)
		i++;
	if (i < state->signer_count && told > state->signers[i].told + 1)
		state->out->untold += told - state->signers[i].told - 1;
	if (i == state->signer_count && i < SIGNERS)
		state->signer_count++;
	if (i == SIGNERS) /* the oldest is forgotten */
		memmove(state->signers, state->signers + 1,
		    (--i) * sizeof state->signers[0]);
	state->signers[i].signer = signer;
	state->signers[i].told = told;
}

static const char *
check_event(struct state *state, const char *text, uint64_t number)
{
	const char *fault;

	if (event_is(text, "checkpoint")) {
		if ((fault = check_signature(state, text, number)) != NULL)
			return fault;
		state->out->checkpoints++;
		state->out->last_signed = number;
	} else if (event_is(text, "operation")) {
		state->out->operations++;
		count_told(state, text);
	} else if (event_is(text, "lost")) {
		state->out->lost += number_of(text, "count", 10);
	} else if (!event_is(text, "start")) {
		return "not a line of an audit log";
	}
	return NULL;
}

/* The hash that ends it is cut off; NULL: it is no whole line. */
static const char *
split_hash(char *text, uint8_t hash[AUDIT_HASH])
{
	char *at = strstr(text, AUDIT_HASH_WORD);
	const char *hex;

	if (at == NULL)
		return NULL;
	hex = at + sizeof AUDIT_HASH_WORD - 1;
	if (strlen(hex) != (size_t)2 * AUDIT_HASH ||
	    !audit_chain_unhex(hex, hash, AUDIT_HASH))
		return NULL;
	*at = '\0';
	return text;
}

static const char *
check_line(struct state *state, char *text)
{
	uint8_t told[AUDIT_HASH], hash[AUDIT_HASH];
	uint64_t number;
	const char *fault = NULL;

	if (split_hash(text, told) == NULL) {
		if (state->torn)
			return "not a line of an audit log";
		state->torn = true;
		state->out->broken_off++;
		return NULL;
	}
	if (event_is(text, "start"))
		fault = check_start(state, text);
	else if (state->number == 0)
		fault = "the first line is no start";
	else if (state->torn)
		fault = "the line before it is none, and it is no start";
	if (fault != NULL)
		return fault;
	state->torn = false;
	number =
	    strncmp(text, "seq=", 4) == 0 ? strtoull(text + 4, NULL, 10) : 0;
	if (number == 0 || (state->number != 0 && number != state->number))
		return "not the number that follows";
	if (!audit_chain_next(state->out->hash, slice_of_string(text), hash) ||
	    memcmp(hash, told, AUDIT_HASH) != 0)
		return "its hash is not that of its text";
	if ((fault = check_event(state, text, number)) != NULL)
		return fault;
	memcpy(state->out->hash, hash, AUDIT_HASH);
	if (state->out->first == 0)
		state->out->first = number;
	state->out->last = number;
	state->number = number + 1;
	state->out->lines++;
	return NULL;
}

/* False at the end. text is terminated, without its end of line. */
static bool
read_line(FILE *file, char text[AUDIT_LINE_MAX], const char **fault)
{
	size_t len;

	if (fgets(text, AUDIT_LINE_MAX, file) == NULL) {
		*fault = ferror(file) ? "cannot be read" : NULL;
		return false;
	}
	len = strlen(text);
	*fault = NULL;
	if (len == 0 || text[len - 1] != '\n')
		*fault = len + 1 == AUDIT_LINE_MAX
			     ? "too long a line"
			     : "cut off in the midst of a line";
	else
		text[len - 1] = '\0';
	return true;
}

bool
audit_verify(FILE *file, EVP_PKEY *key, struct audit_verdict *verdict)
{
	struct state *state = calloc(1, sizeof *state);
	char text[AUDIT_LINE_MAX];
	const char *fault = NULL;

	*verdict = (struct audit_verdict){ .fault = "no memory" };
	if (state == NULL)
		return false;
	state->out = verdict;
	state->key = key;
	while (fault == NULL && read_line(file, text, &fault)) {
		verdict->fault_line++;
		if (fault == NULL)
			fault = check_line(state, text);
	}
	if (fault == NULL && state->torn)
		fault = "not a line of an audit log";
	if (fault == NULL && verdict->lines == 0)
		fault = "an empty log";
	verdict->fault = fault;
	free(state);
	return fault == NULL;
}
