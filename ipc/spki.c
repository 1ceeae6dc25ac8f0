/*
 * What keys are known by; the contract is in keyclient.h.
 */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <s2n.h>

#include "ipc/keyclient.h"

int
keyclient_spki(struct s2n_cert_chain_and_key *chain,
    uint8_t spki_sha256[KEYCLIENT_SPKI_SIZE])
{
	struct s2n_cert *leaf = NULL;
	const uint8_t *der = NULL;
	unsigned char *spki = NULL;
	uint32_t size = 0;
	X509 *x509 = NULL;
	int len, r = -1;

	if (s2n_cert_chain_get_cert(chain, &leaf, 0) == S2N_SUCCESS &&
	    s2n_cert_get_der(leaf, &der, &size) == S2N_SUCCESS)
		x509 = d2i_X509(NULL, &der, (long)size);
	if (x509 == NULL)
		return -1;
	len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &spki);
	if (len > 0 && EVP_Digest(spki, (size_t)len, spki_sha256, NULL,
			   EVP_sha256(), NULL) == 1)
		r = 0;
	OPENSSL_free(spki);
	X509_free(x509);
	return r;
}
