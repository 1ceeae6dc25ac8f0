/*
 * What an application reads out of a certificate (Guide: Certificate
 * Inspection): the value of any extension, and a string in it.
 */
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "libtls/cert/chain.h"

/* The extension of a dotted OID, of a certificate that the caller frees. */
static int
find_extension(const struct s2n_cert *cert, const uint8_t *oid, X509 **x509,
    X509_EXTENSION **extension)
{
	ASN1_OBJECT *object;
	int at;

	if ((*x509 = chain_decode(cert)) == NULL)
		return fail(ERR_DECODE_CERTIFICATE);
	ERR_set_mark();
	object = OBJ_txt2obj((const char *)oid, 1);
	ERR_pop_to_mark();
	if (object == NULL)
		return fail(ERR_INVALID_ARGUMENT);
	at = X509_get_ext_by_OBJ(*x509, object, -1);
	ASN1_OBJECT_free(object);
	if (at < 0)
		return fail(ERR_EXTENSION_NOT_FOUND);
	*extension = X509_get_ext(*x509, at);
	return 0;
}

/* out NULL: only the length is wanted. */
static int
read_extension(const struct s2n_cert *cert, const uint8_t *oid, uint8_t *out,
    uint32_t *len, bool *critical)
{
	X509_EXTENSION *extension;
	X509 *x509 = NULL;
	const ASN1_OCTET_STRING *value;
	uint32_t room = *len;
	int r;

	if ((r = find_extension(cert, oid, &x509, &extension)) != 0)
		goto out;
	value = X509_EXTENSION_get_data(extension);
	*len = (uint32_t)ASN1_STRING_length(value);
	if (out == NULL)
		goto out;
	if (room < *len) {
		r = fail(ERR_INSUFFICIENT_MEM_SIZE);
		goto out;
	}
	if (*len > 0)
		memcpy(out, ASN1_STRING_get0_data(value), *len);
	*critical = X509_EXTENSION_get_critical(extension) != 0;
out:
	X509_free(x509);
	return r;
}

int
s2n_cert_get_x509_extension_value_length(
    struct s2n_cert *cert, const uint8_t *oid, uint32_t *ext_value_len)
{
	bool critical;

	if (cert == NULL || cert->der == NULL || oid == NULL ||
	    ext_value_len == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(
	    read_extension(cert, oid, NULL, ext_value_len, &critical));
}

int
s2n_cert_get_x509_extension_value(struct s2n_cert *cert, const uint8_t *oid,
    uint8_t *ext_value, uint32_t *ext_value_len, bool *critical)
{
	if (cert == NULL || cert->der == NULL || oid == NULL ||
	    ext_value == NULL || ext_value_len == NULL || critical == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(
	    read_extension(cert, oid, ext_value, ext_value_len, critical));
}

/* libcrypto takes any bytes for UTF-8. */
static bool
is_utf8(const uint8_t *text, int len)
{
	unsigned long character;
	int taken;

	for (; len > 0; text += taken, len -= taken)
		if ((taken = UTF8_getc(text, len, &character)) <= 0)
			return false;
	return true;
}

/* out NULL: only the length is wanted. */
static int
read_utf8(struct slice data, uint8_t *out, uint32_t *len)
{
	const uint8_t *at = data.data;
	ASN1_UTF8STRING *string = NULL;
	uint32_t room = *len;
	int r = 0;

	ERR_set_mark();
	if (data.len <= INT32_MAX)
		string = d2i_ASN1_UTF8STRING(NULL, &at, (long)data.len);
	ERR_pop_to_mark();
	if (string == NULL || at != data.data + data.len ||
	    !is_utf8(
		ASN1_STRING_get0_data(string), ASN1_STRING_length(string))) {
		r = fail(ERR_EXTENSION_TYPE);
		goto out;
	}
	*len = (uint32_t)ASN1_STRING_length(string);
	if (out == NULL)
		goto out;
	if (room < *len)
		r = fail(ERR_INSUFFICIENT_MEM_SIZE);
	else if (*len > 0)
		memcpy(out, ASN1_STRING_get0_data(string), *len);
out:
	ASN1_UTF8STRING_free(string);
	return r;
}

int
s2n_cert_get_utf8_string_from_extension_data_length(
    const uint8_t *extension_data, uint32_t extension_len,
    uint32_t *utf8_str_len)
{
	if (extension_data == NULL || utf8_str_len == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (extension_len == 0)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	return errors_report(read_utf8(
	    slice_of(extension_data, extension_len), NULL, utf8_str_len));
}

int
s2n_cert_get_utf8_string_from_extension_data(const uint8_t *extension_data,
    uint32_t extension_len, uint8_t *out_data, uint32_t *out_len)
{
	if (extension_data == NULL || out_data == NULL || out_len == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (extension_len == 0)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	return errors_report(read_utf8(
	    slice_of(extension_data, extension_len), out_data, out_len));
}
