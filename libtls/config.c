/*
 * s2n_config: what many connections share (Guide: Config, Certificates and
 * Authentication).
 */
#include <time.h>

#include "libtls/core/memory.h"
#include "libtls/crypto/library.h"
#include "libtls/protocols.h"
#include "libtls/state/config.h"
#include "libtls/unstable/allow_ip_in_cn.h"
#include "libtls/unstable/custom_x509_extensions.h"
#include "libtls/unstable/npn.h"

#define DEFAULT_DEPTH 7
/* In seconds: */
#define DEFAULT_BLINDING 30
#define DEFAULT_KEY_SEALS 7200
#define DEFAULT_KEY_OPENS 46800
#define DEFAULT_SESSION_LIFETIME 54000
#define SEND_BUFFER_MIN 1034
#define NANOSECONDS 1000000000u

static int
read_clock(clockid_t id, uint64_t *nanoseconds)
{
	struct timespec now;

	if (clock_gettime(id, &now) != 0)
		return -1;
	*nanoseconds =
	    (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec;
	return 0;
}

static int
wall_clock(void *ctx, uint64_t *nanoseconds)
{
	(void)ctx;
	return read_clock(CLOCK_REALTIME, nanoseconds);
}

static int
monotonic_clock(void *ctx, uint64_t *nanoseconds)
{
	(void)ctx;
	return read_clock(CLOCK_MONOTONIC_RAW, nanoseconds);
}

struct s2n_config *
s2n_config_new_minimal(void)
{
	struct s2n_config *config;

	if (!library_ready())
		return errors_none(fail(ERR_NOT_INITIALIZED));
	if ((config = memory_new(sizeof *config)) == NULL ||
	    (config->certs = cert_store_new()) == NULL ||
	    (config->trust = trust_store_new()) == NULL ||
	    (config->ticket_keys = ticket_keys_new()) == NULL) {
		if (config != NULL) {
			cert_store_free(config->certs);
			trust_store_free(config->trust);
		}
		memory_free(config);
		return errors_none(fail(memory_lack()));
	}
	config->preference = preference_default;
	config->check_x509 = config->check_time = true;
	config->check_intent = config->check_ocsp = true;
	config->max_depth = DEFAULT_DEPTH;
	config->max_blinding = DEFAULT_BLINDING;
	config->ticket_key_seals = DEFAULT_KEY_SEALS;
	config->ticket_key_opens = DEFAULT_KEY_OPENS;
	config->session_lifetime = DEFAULT_SESSION_LIFETIME;
	config->wall = (struct clock){ wall_clock, NULL };
	config->monotonic = (struct clock){ monotonic_clock, NULL };
	return config;
}

struct s2n_config *
s2n_config_new(void)
{
	struct s2n_config *config = s2n_config_new_minimal();

	/* A machine without a trust store can still be a server. */
	if (config != NULL)
		(void)!trust_store_add_system(config->trust);
	return config;
}

int
s2n_config_free(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	cert_store_free(config->certs);
	trust_store_free(config->trust);
	custom_free(config->custom_extensions);
	authorities_clear(&config->authorities);
	dhe_parameters_free(config->dh);
	ticket_keys_free(config->ticket_keys);
	memory_free(config->protocols.data);
	memory_free(config);
	return S2N_SUCCESS;
}

/* ---- certificates ---- */

static int
add_owned(struct s2n_config *config, const char *chain_pem, const char *key_pem)
{
	struct s2n_cert_chain_and_key *chain;
	struct slice key;
	int r;

	if (config == NULL || chain_pem == NULL || key_pem == NULL)
		return fail(ERR_NULL_ARGUMENT);
	/* The deprecated call works once (Guide: it owns one pair). */
	if (cert_store_owner(config->certs) != CERT_OWNER_NONE)
		return fail(ERR_CERT_OWNERSHIP);
	if ((chain = s2n_cert_chain_and_key_new()) == NULL)
		return fail(ERR_NOMEM);
	key = slice_of_string(key_pem);
	if ((r = chain_load(chain, slice_of_string(chain_pem), &key)) == 0 &&
	    (r = validate_own(chain, config->preference)) == 0)
		r = cert_store_add(
		    config->certs, chain, CERT_OWNER_LIBRARY, config->tiebreak);
	if (r != 0)
		s2n_cert_chain_and_key_free(chain);
	return r;
}

int
s2n_config_add_cert_chain_and_key(struct s2n_config *config,
    const char *cert_chain_pem, const char *private_key_pem)
{
	return errors_report(
	    add_owned(config, cert_chain_pem, private_key_pem));
}

int
s2n_config_add_cert_chain_and_key_to_store(
    struct s2n_config *config, struct s2n_cert_chain_and_key *cert_key_pair)
{
	int r;

	if (config == NULL || cert_key_pair == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if ((r = validate_own(cert_key_pair, config->preference)) != 0)
		return errors_report(r);
	return errors_report(cert_store_add(config->certs, cert_key_pair,
	    CERT_OWNER_APPLICATION, config->tiebreak));
}

int
s2n_config_set_cert_chain_and_key_defaults(struct s2n_config *config,
    struct s2n_cert_chain_and_key **cert_key_pairs, uint32_t num_cert_key_pairs)
{
	int r = 0;

	if (config == NULL || cert_key_pairs == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	for (uint32_t i = 0; r == 0 && i < num_cert_key_pairs; i++)
		if (cert_key_pairs[i] != NULL)
			r = validate_own(cert_key_pairs[i], config->preference);
	if (r != 0)
		return errors_report(r);
	return errors_report(cert_store_set_defaults(
	    config->certs, cert_key_pairs, num_cert_key_pairs));
}

int
s2n_config_set_cert_tiebreak_callback(
    struct s2n_config *config, s2n_cert_tiebreak_callback cert_tiebreak_cb)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->tiebreak = cert_tiebreak_cb;
	return S2N_SUCCESS;
}

int
s2n_config_free_cert_chain_and_key(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	cert_store_free_owned(config->certs);
	return S2N_SUCCESS;
}

/* ---- trust ---- */

int
s2n_config_set_verification_ca_location(
    struct s2n_config *config, const char *ca_pem_filename, const char *ca_dir)
{
	int r;

	if (config == NULL || (ca_pem_filename == NULL && ca_dir == NULL))
		return errors_report(fail(ERR_NULL_ARGUMENT));
	r = trust_store_add_location(config->trust, ca_pem_filename, ca_dir);
	/* Older than the call for it, and kept by the guide's library. */
	if (r == 0)
		config->asks_ocsp_by_ca = true;
	return errors_report(r);
}

int
s2n_config_add_pem_to_trust_store(struct s2n_config *config, const char *pem)
{
	if (config == NULL || pem == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(trust_store_add_pem(config->trust, pem));
}

int
s2n_config_wipe_trust_store(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	trust_store_wipe(config->trust);
	return S2N_SUCCESS;
}

int
s2n_config_load_system_certs(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(trust_store_add_system(config->trust));
}

int
s2n_config_set_cert_authorities_from_trust_store(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(
	    authorities_collect(&config->authorities, config->trust));
}

int
s2n_config_disable_x509_verification(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	trust_store_wipe(config->trust);
	config->check_x509 = false;
	return S2N_SUCCESS;
}

int
s2n_config_disable_x509_time_verification(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->check_time = false;
	return S2N_SUCCESS;
}

int
s2n_config_disable_x509_intent_verification(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->check_intent = false;
	return S2N_SUCCESS;
}

int
s2n_config_add_custom_x509_extension(struct s2n_config *config,
    uint8_t *extension_oid, uint32_t extension_oid_len)
{
	if (config == NULL || extension_oid == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(custom_add(&config->custom_extensions,
	    slice_of(extension_oid, extension_oid_len)));
}

int
s2n_config_allow_ip_in_cn(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->ip_in_cn = true;
	return S2N_SUCCESS;
}

int
s2n_config_set_max_cert_chain_depth(
    struct s2n_config *config, uint16_t max_depth)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (max_depth == 0)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	config->max_depth = max_depth;
	return S2N_SUCCESS;
}

int
s2n_config_set_verify_host_callback(
    struct s2n_config *config, s2n_verify_host_fn verify_host_fn, void *data)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->verify_host = verify_host_fn;
	config->verify_host_ctx = data;
	return S2N_SUCCESS;
}

/* ---- everything else ---- */

int
s2n_config_set_wall_clock(
    struct s2n_config *config, s2n_clock_time_nanoseconds clock_fn, void *ctx)
{
	if (config == NULL || clock_fn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->wall = (struct clock){ clock_fn, ctx };
	return S2N_SUCCESS;
}

int
s2n_config_set_monotonic_clock(
    struct s2n_config *config, s2n_clock_time_nanoseconds clock_fn, void *ctx)
{
	if (config == NULL || clock_fn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->monotonic = (struct clock){ clock_fn, ctx };
	return S2N_SUCCESS;
}

int
s2n_config_append_protocol_preference(
    struct s2n_config *config, const uint8_t *protocol, uint8_t protocol_len)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(
	    protocols_append(&config->protocols, protocol, protocol_len));
}

int
s2n_config_set_protocol_preferences(
    struct s2n_config *config, const char *const *protocols, int protocol_count)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(
	    protocols_set(&config->protocols, protocols, protocol_count));
}

int
s2n_config_set_npn(struct s2n_config *config, bool enable)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->npn = enable;
	return S2N_SUCCESS;
}

int
s2n_config_set_alert_behavior(
    struct s2n_config *config, s2n_alert_behavior alert_behavior)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (alert_behavior != S2N_ALERT_FAIL_ON_WARNINGS &&
	    alert_behavior != S2N_ALERT_IGNORE_WARNINGS)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	config->alert_behavior = alert_behavior;
	return S2N_SUCCESS;
}

int
s2n_config_send_max_fragment_length(
    struct s2n_config *config, s2n_max_frag_len mfl_code)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (mfl_code < S2N_TLS_MAX_FRAG_LEN_512 ||
	    mfl_code > S2N_TLS_MAX_FRAG_LEN_4096)
		return errors_report(fail(ERR_INVALID_MAX_FRAG_LEN));
	config->fragment_code = (uint8_t)mfl_code;
	return S2N_SUCCESS;
}

int
s2n_config_accept_max_fragment_length(struct s2n_config *config)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->accepts_fragment = true;
	return S2N_SUCCESS;
}

int
s2n_config_set_send_buffer_size(struct s2n_config *config, uint32_t size)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (size < SEND_BUFFER_MIN)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	config->send_buffer = size;
	return S2N_SUCCESS;
}

int
s2n_config_set_recv_multi_record(struct s2n_config *config, bool enabled)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->multi_record = enabled;
	return S2N_SUCCESS;
}

int
s2n_config_set_max_blinding_delay(struct s2n_config *config, uint32_t seconds)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->max_blinding = seconds;
	return S2N_SUCCESS;
}

int
s2n_config_set_verify_after_sign(
    struct s2n_config *config, s2n_verify_after_sign mode)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (mode != S2N_VERIFY_AFTER_SIGN_DISABLED &&
	    mode != S2N_VERIFY_AFTER_SIGN_ENABLED)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	config->verify_after_sign = mode == S2N_VERIFY_AFTER_SIGN_ENABLED;
	return S2N_SUCCESS;
}

int
s2n_config_set_async_pkey_callback(
    struct s2n_config *config, s2n_async_pkey_fn fn)
{
	if (config == NULL || fn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->key_callback = fn;
	return S2N_SUCCESS;
}

int
s2n_config_set_async_pkey_validation_mode(
    struct s2n_config *config, s2n_async_pkey_validation_mode mode)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (mode != S2N_ASYNC_PKEY_VALIDATION_FAST &&
	    mode != S2N_ASYNC_PKEY_VALIDATION_STRICT)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	config->validate_strictly = mode == S2N_ASYNC_PKEY_VALIDATION_STRICT;
	return S2N_SUCCESS;
}

int
s2n_config_set_key_log_cb(
    struct s2n_config *config, s2n_key_log_fn callback, void *ctx)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->key_log = callback;
	config->key_log_ctx = ctx;
	return S2N_SUCCESS;
}

int
s2n_config_set_ctx(struct s2n_config *config, void *ctx)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->ctx = ctx;
	return S2N_SUCCESS;
}

int
s2n_config_get_ctx(struct s2n_config *config, void **ctx)
{
	if (config == NULL || ctx == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*ctx = config->ctx;
	return S2N_SUCCESS;
}
