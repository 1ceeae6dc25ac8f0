/*
 * unstable/pkey_binding.h: what a careful signer needs beyond the guide's
 * asynchronous private key operation. Sallyport's own addition.
 *
 * s2n_async_pkey_op_get_input() gives a bare digest, and signing a digest that
 * someone else computed means signing anything. The functions here give the
 * parts of what TLS signs, so that a key daemon can build the content itself,
 * and let an operation end in failure.
 */
#ifndef S2N_UNSTABLE_PKEY_BINDING_H
#define S2N_UNSTABLE_PKEY_BINDING_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What is being signed (or decrypted); decides which members are set. */
typedef enum {
	/** No parts: the CertificateVerify of SSLv3, whose hash has the master
	 * secret in it (RFC 6101 5.6.8). A careful signer refuses it. */
	S2N_PKEY_BINDING_NONE = 0,
	/** RFC 8446 4.4.3, "TLS 1.3, server CertificateVerify" */
	S2N_PKEY_BINDING_TLS13_SERVER = 1,
	/** RFC 8446 4.4.3, "TLS 1.3, client CertificateVerify" */
	S2N_PKEY_BINDING_TLS13_CLIENT = 2,
	/** RFC 5246 7.4.3: both randoms and the parameters are signed */
	S2N_PKEY_BINDING_TLS12_SERVER_KEY_EXCHANGE = 3,
	/** RFC 5246 7.4.8: all handshake messages so far are signed */
	S2N_PKEY_BINDING_TLS12_CLIENT_VERIFY = 4,
	/** RFC 5246 7.4.7.1: an encrypted premaster secret, of a decrypt
	 * operation */
	S2N_PKEY_BINDING_RSA_PREMASTER = 5
} s2n_pkey_binding_type;

/**
 * The parts; what does not belong to the type is zero. Pointers are borrowed
 * from the operation and valid until it is freed.
 */
struct s2n_pkey_binding {
	/** Which of the parts there are. */
	s2n_pkey_binding_type type;

	/** Of TLS13_SERVER and TLS13_CLIENT: the hash of the handshake's suite,
	 * not of the signature scheme. */
	s2n_tls_hash_algorithm transcript_hash_algorithm;
	/** Of the same: the hash of the messages so far. */
	const uint8_t *transcript_hash;
	/** Its bytes. */
	uint32_t transcript_hash_length;

	/** Of TLS12_SERVER_KEY_EXCHANGE: 32 bytes. */
	const uint8_t *client_random;
	/** Of the same: 32 bytes. */
	const uint8_t *server_random;
	/** Of the same: the ServerECDHParams (RFC 8422 5.4) or ServerDHParams
	 * (RFC 5246 7.4.3) as they travel. */
	const uint8_t *parameters;
	/** Their bytes. */
	uint32_t parameters_length;

	/** Of TLS12_CLIENT_VERIFY: the messages, headers included. */
	const uint8_t *messages;
	/** Their bytes. */
	uint32_t messages_length;

	/** Of RSA_PREMASTER: the version that the ClientHello names, which the
	 * premaster secret must begin with (RFC 5246 7.4.7.1). */
	uint16_t client_version;
	/** Of the same. The output has 48 bytes whether it decrypts or not. */
	const uint8_t *ciphertext;
	/** Its bytes. */
	uint32_t ciphertext_length;
};

/*
 * TLS 1.1 and older sign with an RSA key the MD5 and the SHA-1 hash one after
 * the other (RFC 4346 4.7); no SignatureScheme says so, and this number, which
 * IANA keeps for private use, stands for it here.
 */
#define S2N_PKEY_SCHEME_RSA_MD5_SHA1 0xffff

/**
 * s2n_async_pkey_op_get_signature_scheme tells the TLS SignatureScheme (IANA
 * number, RFC 8446 4.2.3) that the operation's output must be of.
 *
 * @param op a sign operation; others fail with S2N_ERR_INVALID_ARGUMENT
 * @param scheme receives the number
 * @returns S2N_SUCCESS or S2N_FAILURE
 */
S2N_API int s2n_async_pkey_op_get_signature_scheme(
    struct s2n_async_pkey_op *op, uint16_t *scheme);

/**
 * s2n_async_pkey_op_get_binding gives the parts of what is to be signed.
 *
 * @param op the operation
 * @param binding receives the parts, borrowed
 * @returns S2N_SUCCESS or S2N_FAILURE
 */
S2N_API int s2n_async_pkey_op_get_binding(
    struct s2n_async_pkey_op *op, struct s2n_pkey_binding *binding);

/**
 * s2n_async_pkey_op_set_error completes the operation as failed, in place of
 * s2n_async_pkey_op_set_output. Follow it with s2n_async_pkey_op_apply: the
 * next s2n_negotiate then fails with S2N_ERR_ASYNC_CALLBACK_FAILED and sends
 * the alert internal_error (RFC 8446 6.2). Not for a decryption that found
 * wrong padding: that would tell the client (RFC 5246 7.4.7.1).
 *
 * @returns S2N_SUCCESS, or S2N_FAILURE when the operation is already complete
 */
S2N_API int s2n_async_pkey_op_set_error(struct s2n_async_pkey_op *op);

/**
 * s2n_async_pkey_op_cancel takes the operation away from its connection, whose
 * next s2n_negotiate fails as after s2n_async_pkey_op_set_error. The operation
 * can then only be freed. Cancelling an operation whose connection is gone
 * succeeds and does nothing.
 *
 * @returns S2N_SUCCESS or S2N_FAILURE
 */
S2N_API int s2n_async_pkey_op_cancel(struct s2n_async_pkey_op *op);

/* What a server may ask its key callback for, as bits. */
typedef enum {
	/* a signature of TLS 1.3 */
	S2N_PKEY_NEED_TLS13 = 1,
	/* one of TLS 1.2, with SHA-224 or better */
	S2N_PKEY_NEED_TLS12 = 2,
	/* one with SHA-1, or MD5 and SHA-1: TLS 1.1 and older, and clients of
	 * TLS 1.2 that offer nothing better */
	S2N_PKEY_NEED_SHA1 = 4,
	/* the decryption of a premaster secret */
	S2N_PKEY_NEED_PREMASTER = 8
} s2n_pkey_need;

/**
 * s2n_config_get_pkey_needs tells what a server with this config may ask of
 * one chain's key, by its policy, the kind of key and the Diffie-Hellman
 * parameters that there are: to be compared with what a key daemon permits.
 *
 * @param config the server's config; the chain need not be in it
 * @param chain a chain, with or without its key
 * @param needs receives bits of s2n_pkey_need
 * @returns S2N_SUCCESS or S2N_FAILURE
 */
S2N_API int s2n_config_get_pkey_needs(struct s2n_config *config,
    struct s2n_cert_chain_and_key *chain, uint32_t *needs);

#ifdef __cplusplus
}
#endif

#endif
