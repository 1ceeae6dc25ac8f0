/*
 * The list of custom critical extensions; the contract is in custom.h.
 */
#include "libtls/cert/custom.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

int
custom_add(STACK_OF(ASN1_OBJECT) * *list, struct slice oid)
{
	char *text = OPENSSL_strndup((const char *)oid.data, oid.len);
	ASN1_OBJECT *object = NULL;
	int r = 0;

	if (text == NULL)
		return fail(ERR_NOMEM);
	ERR_set_mark();
	if (oid.len > 0 && strlen(text) == oid.len)
		object = OBJ_txt2obj(text, 1);
	ERR_pop_to_mark();
	OPENSSL_free(text);
	if (object == NULL)
		return fail(ERR_INVALID_ARGUMENT);
	if ((*list == NULL && (*list = sk_ASN1_OBJECT_new_null()) == NULL) ||
	    sk_ASN1_OBJECT_push(*list, object) <= 0) {
		ASN1_OBJECT_free(object);
		r = fail(ERR_NOMEM);
	}
	return r;
}

void
custom_free(STACK_OF(ASN1_OBJECT) * list)
{
	sk_ASN1_OBJECT_pop_free(list, ASN1_OBJECT_free);
}

static bool
listed(const STACK_OF(ASN1_OBJECT) * list, const ASN1_OBJECT *object)
{
	for (int i = 0; i < sk_ASN1_OBJECT_num(list); i++)
		if (OBJ_cmp(sk_ASN1_OBJECT_value(list, i), object) == 0)
			return true;
	return false;
}

bool
custom_covers(const STACK_OF(ASN1_OBJECT) * list, X509 *x509)
{
	X509_EXTENSION *extension;

	if (list == NULL)
		return false;
	for (int i = 0; i < X509_get_ext_count(x509); i++) {
		extension = X509_get_ext(x509, i);
		if (X509_EXTENSION_get_critical(extension) &&
		    !X509_supported_extension(extension) &&
		    !listed(list, X509_EXTENSION_get_object(extension)))
			return false;
	}
	return true;
}
