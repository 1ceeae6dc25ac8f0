/*
 * Tickets and the session cache as a config has them (Guide: Session
 * Resumption).
 */
#include "libtls/state/connection.h"

#define NANOSECONDS 1000000000u

int
s2n_config_set_session_tickets_onoff(struct s2n_config *config, uint8_t enabled)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->tickets = enabled != 0;
	if (config->tickets && config->initial_tickets == 0)
		config->initial_tickets = 1;
	return S2N_SUCCESS;
}

int
s2n_config_set_initial_ticket_count(struct s2n_config *config, uint8_t num)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->initial_tickets = num;
	config->tickets = true;
	return S2N_SUCCESS;
}

int
s2n_config_require_ticket_forward_secrecy(
    struct s2n_config *config, bool enabled)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->forward_secret_tickets = enabled;
	return S2N_SUCCESS;
}

int
s2n_config_set_session_ticket_cb(
    struct s2n_config *config, s2n_session_ticket_fn callback, void *ctx)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->session_ticket = callback;
	config->session_ticket_ctx = ctx;
	return S2N_SUCCESS;
}

/* ---- keys ---- */

static int
add_key(struct s2n_config *config, struct slice name, struct slice key,
    uint64_t intro)
{
	struct ticket_times times = {
		.seals = config->ticket_key_seals,
		.opens = config->ticket_key_opens,
	};
	uint64_t now;

	if (!config->tickets && !config->cache.on)
		return 0;
	if (config->wall.read(config->wall.ctx, &now) != 0)
		return fail(ERR_SAFETY);
	times.now = now / NANOSECONDS;
	return ticket_keys_add(config->ticket_keys, name, key, intro, &times);
}

int
s2n_config_add_ticket_crypto_key(struct s2n_config *config, const uint8_t *name,
    uint32_t name_len, uint8_t *key, uint32_t key_len,
    uint64_t intro_time_in_seconds_from_epoch)
{
	if (config == NULL || name == NULL || key == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(add_key(config, slice_of(name, name_len),
	    slice_of(key, key_len), intro_time_in_seconds_from_epoch));
}

int
s2n_config_set_ticket_encrypt_decrypt_key_lifetime(
    struct s2n_config *config, uint64_t lifetime_in_secs)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->ticket_key_seals = lifetime_in_secs;
	return S2N_SUCCESS;
}

int
s2n_config_set_ticket_decrypt_key_lifetime(
    struct s2n_config *config, uint64_t lifetime_in_secs)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->ticket_key_opens = lifetime_in_secs;
	return S2N_SUCCESS;
}

int
s2n_config_set_session_state_lifetime(
    struct s2n_config *config, uint64_t lifetime_in_secs)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->session_lifetime = lifetime_in_secs;
	return S2N_SUCCESS;
}

/* ---- cache ---- */

int
s2n_config_set_cache_store_callback(struct s2n_config *config,
    s2n_cache_store_callback cache_store_callback, void *data)
{
	if (config == NULL || cache_store_callback == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->cache.store = cache_store_callback;
	config->cache.store_ctx = data;
	return S2N_SUCCESS;
}

int
s2n_config_set_cache_retrieve_callback(struct s2n_config *config,
    s2n_cache_retrieve_callback cache_retrieve_callback, void *data)
{
	if (config == NULL || cache_retrieve_callback == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->cache.retrieve = cache_retrieve_callback;
	config->cache.retrieve_ctx = data;
	return S2N_SUCCESS;
}

int
s2n_config_set_cache_delete_callback(struct s2n_config *config,
    s2n_cache_delete_callback cache_delete_callback, void *data)
{
	if (config == NULL || cache_delete_callback == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->cache.forget = cache_delete_callback;
	config->cache.forget_ctx = data;
	return S2N_SUCCESS;
}

int
s2n_config_set_session_cache_onoff(struct s2n_config *config, uint8_t enabled)
{
	struct session_cache *cache;

	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	cache = &config->cache;
	cache->on = enabled != 0 && cache->store != NULL &&
		    cache->retrieve != NULL && cache->forget != NULL;
	return S2N_SUCCESS;
}
