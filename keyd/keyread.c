/*
 * Key files; the contract is in keyread.h. All bytes that are read lie in
 * libcrypto's memory, which wipes what is given back.
 */
#include "keyd/keyread.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "keyd/encrypted.h"
#include "keyd/pkcs12.h"
#include "keyd/readall.h"

/* ---- one PEM block ---- */

struct block {
	char *name, *header;
	unsigned char *data;
	long len;
};

static void
block_free(struct block *block)
{
	OPENSSL_free(block->name);
	OPENSSL_free(block->header);
	OPENSSL_clear_free(block->data, (size_t)block->len);
}

/* Nothing may follow it. */
static enum keyproto_verdict
take_pkcs8(
    const struct block *block, struct passphrase passphrase, EVP_PKEY **key)
{
	const unsigned char *at = block->data;
	PKCS8_PRIV_KEY_INFO *open =
	    d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, block->len);
	enum keyproto_verdict verdict = KEYPROTO_NO_KEY;

	if (open != NULL && at == block->data + block->len) {
		*key = EVP_PKCS82PKEY(open);
		verdict = *key != NULL ? KEYPROTO_SERVED : KEYPROTO_KIND;
	}
	PKCS8_PRIV_KEY_INFO_free(open);
	return verdict == KEYPROTO_SERVED && passphrase.data != NULL
		   ? KEYPROTO_PLAIN
		   : verdict;
}

static enum keyproto_verdict
take_sealed(
    const struct block *block, struct passphrase passphrase, EVP_PKEY **key)
{
	const unsigned char *at = block->data;
	X509_SIG *sealed = d2i_X509_SIG(NULL, &at, block->len);
	enum keyproto_verdict verdict = KEYPROTO_NO_KEY;

	if (sealed != NULL && at == block->data + block->len)
		verdict = encrypted_key(sealed, passphrase, key);
	X509_SIG_free(sealed);
	return verdict;
}

static int
give_passphrase(char *buffer, int size, int writing, void *ctx)
{
	const struct passphrase *passphrase = ctx;

	(void)writing;
	if (passphrase->len > size)
		return -1;
	memcpy(buffer, passphrase->data, (size_t)passphrase->len);
	return passphrase->len;
}

/* RFC 1421 4.6.1: encrypted as a whole, with a header that says how. */
static enum keyproto_verdict
open_traditional(struct block *block, struct passphrase passphrase)
{
	EVP_CIPHER_INFO how;
	EVP_CIPHER *cipher;

	if (PEM_get_EVP_CIPHER_INFO(block->header, &how) != 1)
		return KEYPROTO_CIPHER;
	if (how.cipher == NULL)
		return passphrase.data == NULL ? KEYPROTO_SERVED
					       : KEYPROTO_PLAIN;
	if (passphrase.data == NULL)
		return KEYPROTO_ENCRYPTED;
	cipher = EVP_CIPHER_fetch(NULL, EVP_CIPHER_get0_name(how.cipher), NULL);
	EVP_CIPHER_free(cipher);
	if (cipher == NULL)
		return KEYPROTO_CIPHER;
	return PEM_do_header(&how, block->data, &block->len, give_passphrase,
		   &passphrase) == 1
		   ? KEYPROTO_SERVED
		   : KEYPROTO_PASSPHRASE;
}

static enum keyproto_verdict
take_traditional(
    struct block *block, int type, struct passphrase passphrase, EVP_PKEY **key)
{
	const unsigned char *at = block->data;
	enum keyproto_verdict verdict = open_traditional(block, passphrase);

	if (verdict != KEYPROTO_SERVED)
		return verdict;
	*key = d2i_PrivateKey(type, NULL, &at, block->len);
	if (*key != NULL && at == block->data + block->len)
		return KEYPROTO_SERVED;
	EVP_PKEY_free(*key);
	*key = NULL;
	/* The padding of a wrong passphrase is right once in 256 times. */
	return passphrase.data != NULL ? KEYPROTO_PASSPHRASE : KEYPROTO_NO_KEY;
}

/* NO_KEY: look further. */
static enum keyproto_verdict
take_block(struct block *block, struct passphrase passphrase, EVP_PKEY **key)
{
	static const char any[] = "PRIVATE KEY";
	size_t len = strlen(block->name);

	if (strcmp(block->name, PEM_STRING_PKCS8INF) == 0)
		return take_pkcs8(block, passphrase, key);
	if (strcmp(block->name, PEM_STRING_PKCS8) == 0)
		return take_sealed(block, passphrase, key);
	if (strcmp(block->name, PEM_STRING_RSA) == 0)
		return take_traditional(block, EVP_PKEY_RSA, passphrase, key);
	if (strcmp(block->name, PEM_STRING_ECPRIVATEKEY) == 0)
		return take_traditional(block, EVP_PKEY_EC, passphrase, key);
	return len >= sizeof any - 1 &&
		       strcmp(block->name + len - (sizeof any - 1), any) == 0
		   ? KEYPROTO_KIND
		   : KEYPROTO_NO_KEY;
}

/* ---- files ---- */

/* The first private key in it. */
static enum keyproto_verdict
read_pem(struct slice text, struct passphrase passphrase, EVP_PKEY **key)
{
	BIO *bio = BIO_new_mem_buf(text.data, (int)text.len);
	enum keyproto_verdict verdict = KEYPROTO_NO_KEY;
	struct block block;

	while (bio != NULL && verdict == KEYPROTO_NO_KEY &&
	       PEM_read_bio(bio, &block.name, &block.header, &block.data,
		   &block.len) == 1) {
		verdict = take_block(&block, passphrase, key);
		block_free(&block);
	}
	BIO_free(bio);
	return verdict;
}

/* DER begins so, and PEM never does. */
static bool
is_der(struct slice file)
{
	return file.len > 0 && file.data[0] == 0x30;
}

static X509 *
read_certificate(struct slice text)
{
	BIO *bio = BIO_new_mem_buf(text.data, (int)text.len);
	/* Of one that is encrypted: libcrypto would ask a terminal. */
	static char passphrase[] = "";
	X509 *certificate =
	    bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, passphrase) : NULL;

	BIO_free(bio);
	return certificate;
}

struct passphrase
keyread_passphrase(struct slice text)
{
	size_t len = text.len;

	if (len > 0 && text.data[len - 1] == '\n')
		len--;
	if (len > 0 && len < text.len && text.data[len - 1] == '\r')
		len--;
	if (text.len == 0 || len > KEYREAD_PASSPHRASE_MAX ||
	    memchr(text.data, '\n', len) != NULL)
		return (struct passphrase){ 0 };
	return (struct passphrase){ (const char *)text.data, (int)len };
}

/* Seconds from 1970 to then, by libcrypto's own calendar: libc's would look for
 * time zones. */
static uint64_t
seconds_until(const ASN1_TIME *then)
{
	ASN1_TIME *epoch = ASN1_TIME_new();
	int days = 0, seconds = 0;
	bool known = epoch != NULL &&
		     ASN1_TIME_set_string(epoch, "19700101000000Z") == 1 &&
		     ASN1_TIME_diff(&days, &seconds, epoch, then) == 1 &&
		     days >= 0 && seconds >= 0;

	ASN1_TIME_free(epoch);
	return known ? (uint64_t)days * 86400 + (uint64_t)seconds : 0;
}

/* The bytes of a file, in libcrypto's memory. A byte more than is allowed shows
 * that there is more. */
struct file {
	uint8_t *bytes;
	size_t room;
	struct slice text; /* empty: cannot be read, or is too long */
};

static struct file
file_read(int fd, size_t most)
{
	struct file file = { .room = most + 1 };

	if (fd >= 0 && (file.bytes = OPENSSL_malloc(file.room)) != NULL)
		file.text =
		    slice_of(file.bytes, readall(fd, file.bytes, file.room));
	return file;
}

static void
file_free(struct file *file)
{
	OPENSSL_clear_free(file->bytes, file->room);
}

/* ---- all of it ---- */

/* NULL: never. */
static uint64_t
expiry_of(const X509 *certificate)
{
	return certificate != NULL
		   ? seconds_until(X509_get0_notAfter(certificate))
		   : 0;
}

static enum keyproto_verdict
find_key(
    int fd, struct passphrase passphrase, EVP_PKEY **key, uint64_t *expires)
{
	struct file file = file_read(fd, KEYREAD_FILE_MAX);
	X509 *certificate = NULL;
	enum keyproto_verdict verdict;

	if (is_der(file.text))
		verdict = pkcs12_read(file.text, passphrase, key, &certificate);
	else
		verdict = read_pem(file.text, passphrase, key);
	*expires = expiry_of(certificate);
	X509_free(certificate);
	file_free(&file);
	return verdict;
}

enum keyproto_verdict
keyread_certificate(int fd, EVP_PKEY *key, uint64_t *expires)
{
	struct file file = file_read(fd, KEYREAD_FILE_MAX);
	X509 *certificate = read_certificate(file.text);
	enum keyproto_verdict verdict = KEYPROTO_NO_CERTIFICATE;

	if (certificate != NULL)
		verdict = X509_check_private_key(certificate, key) == 1
			      ? KEYPROTO_SERVED
			      : KEYPROTO_MISMATCH;
	*expires = expiry_of(certificate);
	X509_free(certificate);
	file_free(&file);
	ERR_clear_error();
	return verdict;
}

/* A certificate that was configured has to be the key's, whatever else the key
 * came with. */
enum keyproto_verdict
keyread(const struct keysource *source, EVP_PKEY **key, uint64_t *expires)
{
	struct file file =
	    file_read(source->passphrase, KEYREAD_PASSPHRASE_MAX + 2);
	struct passphrase passphrase = keyread_passphrase(file.text);
	enum keyproto_verdict verdict = KEYPROTO_NO_PASSPHRASE;

	*key = NULL;
	*expires = 0;
	if (source->passphrase < 0 || passphrase.data != NULL)
		verdict = find_key(source->key, passphrase, key, expires);
	file_free(&file);
	if (verdict == KEYPROTO_SERVED && source->certificate >= 0)
		verdict =
		    keyread_certificate(source->certificate, *key, expires);
	ERR_clear_error();
	if (verdict == KEYPROTO_SERVED)
		return verdict;
	EVP_PKEY_free(*key);
	*key = NULL;
	return verdict;
}
