/*
 * The public interface as data, header by header: each function with its name,
 * what it returns and what it takes; each enum, macro, callback, variable and
 * struct. OWN are our additions, and what bindings link though no public header
 * has it.
 */
#ifndef TESTS_API_ROWS_H
#define TESTS_API_ROWS_H

/* clang-format off */
#define API_ROWS(API) \
	/* s2n.h */ \
	API(s2n_errno_location, int *, (void)) \
	API(s2n_error_get_type, int, (int error)) \
	API(s2n_crypto_disable_init, int, (void)) \
	API(s2n_disable_atexit, int, (void)) \
	API(s2n_get_openssl_version, unsigned long, (void)) \
	API(s2n_init, int, (void)) \
	API(s2n_cleanup, int, (void)) \
	API(s2n_cleanup_final, int, (void)) \
	API(s2n_get_fips_mode, int, (s2n_fips_mode *fips_mode)) \
	API(s2n_config_new, struct s2n_config *, (void)) \
	API(s2n_config_new_minimal, struct s2n_config *, (void)) \
	API(s2n_config_free, int, (struct s2n_config *config)) \
	API(s2n_config_free_dhparams, int, (struct s2n_config *config)) \
	API(s2n_config_free_cert_chain_and_key, int, (struct s2n_config *config)) \
	API(s2n_config_set_wall_clock, int, (struct s2n_config *config, s2n_clock_time_nanoseconds clock_fn, void *ctx)) \
	API(s2n_config_set_monotonic_clock, int, (struct s2n_config *config, s2n_clock_time_nanoseconds clock_fn, void *ctx)) \
	API(s2n_strerror, const char *, (int error, const char *lang)) \
	API(s2n_strerror_debug, const char *, (int error, const char *lang)) \
	API(s2n_strerror_name, const char *, (int error)) \
	API(s2n_strerror_source, const char *, (int error)) \
	API(s2n_stack_traces_enabled, bool, (void)) \
	API(s2n_stack_traces_enabled_set, int, (bool newval)) \
	API(s2n_calculate_stacktrace, int, (void)) \
	API(s2n_print_stacktrace, int, (FILE *fptr)) \
	API(s2n_free_stacktrace, int, (void)) \
	API(s2n_get_stacktrace, int, (struct s2n_stacktrace *trace)) \
	API(s2n_config_set_cache_store_callback, int, (struct s2n_config *config, s2n_cache_store_callback cache_store_callback, void *data)) \
	API(s2n_config_set_cache_retrieve_callback, int, (struct s2n_config *config, s2n_cache_retrieve_callback cache_retrieve_callback, void *data)) \
	API(s2n_config_set_cache_delete_callback, int, (struct s2n_config *config, s2n_cache_delete_callback cache_delete_callback, void *data)) \
	API(s2n_mem_set_callbacks, int, (s2n_mem_init_callback mem_init_callback, s2n_mem_cleanup_callback mem_cleanup_callback, s2n_mem_malloc_callback mem_malloc_callback, s2n_mem_free_callback mem_free_callback)) \
	API(s2n_rand_set_callbacks, int, (s2n_rand_init_callback rand_init_callback, s2n_rand_cleanup_callback rand_cleanup_callback, s2n_rand_seed_callback rand_seed_callback, s2n_rand_mix_callback rand_mix_callback)) \
	API(s2n_cert_chain_and_key_new, struct s2n_cert_chain_and_key *, (void)) \
	API(s2n_cert_chain_and_key_load_pem, int, (struct s2n_cert_chain_and_key *chain_and_key, const char *chain_pem, const char *private_key_pem)) \
	API(s2n_cert_chain_and_key_load_pem_bytes, int, (struct s2n_cert_chain_and_key *chain_and_key, uint8_t *chain_pem, uint32_t chain_pem_len, uint8_t *private_key_pem, uint32_t private_key_pem_len)) \
	API(s2n_cert_chain_and_key_load_public_pem_bytes, int, (struct s2n_cert_chain_and_key *chain_and_key, uint8_t *chain_pem, uint32_t chain_pem_len)) \
	API(s2n_cert_chain_and_key_free, int, (struct s2n_cert_chain_and_key *cert_and_key)) \
	API(s2n_cert_chain_and_key_set_ctx, int, (struct s2n_cert_chain_and_key *cert_and_key, void *ctx)) \
	API(s2n_cert_chain_and_key_get_ctx, void *, (struct s2n_cert_chain_and_key *cert_and_key)) \
	API(s2n_cert_chain_and_key_get_private_key, s2n_cert_private_key *, (struct s2n_cert_chain_and_key *cert_and_key)) \
	API(s2n_cert_chain_and_key_set_ocsp_data, int, (struct s2n_cert_chain_and_key *chain_and_key, const uint8_t *data, uint32_t length)) \
	API(s2n_cert_chain_and_key_set_sct_list, int, (struct s2n_cert_chain_and_key *chain_and_key, const uint8_t *data, uint32_t length)) \
	API(s2n_config_set_cert_tiebreak_callback, int, (struct s2n_config *config, s2n_cert_tiebreak_callback cert_tiebreak_cb)) \
	API(s2n_config_add_cert_chain_and_key, int, (struct s2n_config *config, const char *cert_chain_pem, const char *private_key_pem)) \
	API(s2n_config_add_cert_chain_and_key_to_store, int, (struct s2n_config *config, struct s2n_cert_chain_and_key *cert_key_pair)) \
	API(s2n_config_set_cert_chain_and_key_defaults, int, (struct s2n_config *config, struct s2n_cert_chain_and_key **cert_key_pairs, uint32_t num_cert_key_pairs)) \
	API(s2n_config_set_verification_ca_location, int, (struct s2n_config *config, const char *ca_pem_filename, const char *ca_dir)) \
	API(s2n_config_add_pem_to_trust_store, int, (struct s2n_config *config, const char *pem)) \
	API(s2n_config_wipe_trust_store, int, (struct s2n_config *config)) \
	API(s2n_config_load_system_certs, int, (struct s2n_config *config)) \
	API(s2n_config_set_verify_after_sign, int, (struct s2n_config *config, s2n_verify_after_sign mode)) \
	API(s2n_config_set_send_buffer_size, int, (struct s2n_config *config, uint32_t size)) \
	API(s2n_config_set_recv_multi_record, int, (struct s2n_config *config, bool enabled)) \
	API(s2n_config_set_verify_host_callback, int, (struct s2n_config *config, s2n_verify_host_fn, void *data)) \
	API(s2n_config_set_check_stapled_ocsp_response, int, (struct s2n_config *config, uint8_t check_ocsp)) \
	API(s2n_config_disable_x509_time_verification, int, (struct s2n_config *config)) \
	API(s2n_config_disable_x509_intent_verification, int, (struct s2n_config *config)) \
	API(s2n_config_disable_x509_verification, int, (struct s2n_config *config)) \
	API(s2n_config_set_max_cert_chain_depth, int, (struct s2n_config *config, uint16_t max_depth)) \
	API(s2n_config_add_dhparams, int, (struct s2n_config *config, const char *dhparams_pem)) \
	API(s2n_config_set_cipher_preferences, int, (struct s2n_config *config, const char *version)) \
	API(s2n_config_append_protocol_preference, int, (struct s2n_config *config, const uint8_t *protocol, uint8_t protocol_len)) \
	API(s2n_config_set_protocol_preferences, int, (struct s2n_config *config, const char *const *protocols, int protocol_count)) \
	API(s2n_config_set_status_request_type, int, (struct s2n_config *config, s2n_status_request_type type)) \
	API(s2n_config_set_ct_support_level, int, (struct s2n_config *config, s2n_ct_support_level level)) \
	API(s2n_config_set_alert_behavior, int, (struct s2n_config *config, s2n_alert_behavior alert_behavior)) \
	API(s2n_config_set_extension_data, int, (struct s2n_config *config, s2n_tls_extension_type type, const uint8_t *data, uint32_t length)) \
	API(s2n_config_send_max_fragment_length, int, (struct s2n_config *config, s2n_max_frag_len mfl_code)) \
	API(s2n_config_accept_max_fragment_length, int, (struct s2n_config *config)) \
	API(s2n_config_set_session_state_lifetime, int, (struct s2n_config *config, uint64_t lifetime_in_secs)) \
	API(s2n_config_set_session_tickets_onoff, int, (struct s2n_config *config, uint8_t enabled)) \
	API(s2n_config_set_session_cache_onoff, int, (struct s2n_config *config, uint8_t enabled)) \
	API(s2n_config_set_ticket_encrypt_decrypt_key_lifetime, int, (struct s2n_config *config, uint64_t lifetime_in_secs)) \
	API(s2n_config_set_ticket_decrypt_key_lifetime, int, (struct s2n_config *config, uint64_t lifetime_in_secs)) \
	API(s2n_config_add_ticket_crypto_key, int, (struct s2n_config *config, const uint8_t *name, uint32_t name_len, uint8_t *key, uint32_t key_len, uint64_t intro_time_in_seconds_from_epoch)) \
	API(s2n_config_require_ticket_forward_secrecy, int, (struct s2n_config *config, bool enabled)) \
	API(s2n_config_set_ctx, int, (struct s2n_config *config, void *ctx)) \
	API(s2n_config_get_ctx, int, (struct s2n_config *config, void **ctx)) \
	API(s2n_connection_new, struct s2n_connection *, (s2n_mode mode)) \
	API(s2n_connection_set_config, int, (struct s2n_connection *conn, struct s2n_config *config)) \
	API(s2n_connection_set_ctx, int, (struct s2n_connection *conn, void *ctx)) \
	API(s2n_connection_get_ctx, void *, (struct s2n_connection *conn)) \
	API(s2n_config_set_client_hello_cb, int, (struct s2n_config *config, s2n_client_hello_fn *client_hello_callback, void *ctx)) \
	API(s2n_config_set_client_hello_cb_mode, int, (struct s2n_config *config, s2n_client_hello_cb_mode cb_mode)) \
	API(s2n_client_hello_cb_done, int, (struct s2n_connection *conn)) \
	API(s2n_connection_server_name_extension_used, int, (struct s2n_connection *conn)) \
	API(s2n_connection_get_client_hello, struct s2n_client_hello *, (struct s2n_connection *conn)) \
	API(s2n_client_hello_parse_message, struct s2n_client_hello *, (const uint8_t *bytes, uint32_t size)) \
	API(s2n_client_hello_free, int, (struct s2n_client_hello **ch)) \
	API(s2n_client_hello_get_raw_message_length, ssize_t, (struct s2n_client_hello *ch)) \
	API(s2n_client_hello_get_raw_message, ssize_t, (struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)) \
	API(s2n_client_hello_get_cipher_suites_length, ssize_t, (struct s2n_client_hello *ch)) \
	API(s2n_client_hello_get_cipher_suites, ssize_t, (struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)) \
	API(s2n_client_hello_get_extensions_length, ssize_t, (struct s2n_client_hello *ch)) \
	API(s2n_client_hello_get_extensions, ssize_t, (struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)) \
	API(s2n_client_hello_get_extension_length, ssize_t, (struct s2n_client_hello *ch, s2n_tls_extension_type extension_type)) \
	API(s2n_client_hello_get_extension_by_id, ssize_t, (struct s2n_client_hello *ch, s2n_tls_extension_type extension_type, uint8_t *out, uint32_t max_length)) \
	API(s2n_client_hello_has_extension, int, (struct s2n_client_hello *ch, uint16_t extension_iana, bool *exists)) \
	API(s2n_client_hello_get_session_id_length, int, (struct s2n_client_hello *ch, uint32_t *out_length)) \
	API(s2n_client_hello_get_session_id, int, (struct s2n_client_hello *ch, uint8_t *out, uint32_t *out_length, uint32_t max_length)) \
	API(s2n_client_hello_get_compression_methods_length, int, (struct s2n_client_hello *ch, uint32_t *out_length)) \
	API(s2n_client_hello_get_compression_methods, int, (struct s2n_client_hello *ch, uint8_t *list, uint32_t list_length, uint32_t *out_length)) \
	API(s2n_client_hello_get_legacy_protocol_version, int, (struct s2n_client_hello *ch, uint8_t *out)) \
	API(s2n_client_hello_get_random, int, (struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)) \
	API(s2n_client_hello_get_supported_groups, int, (struct s2n_client_hello *ch, uint16_t *groups, uint16_t groups_count_max, uint16_t *groups_count)) \
	API(s2n_client_hello_get_server_name_length, int, (struct s2n_client_hello *ch, uint16_t *length)) \
	API(s2n_client_hello_get_server_name, int, (struct s2n_client_hello *ch, uint8_t *server_name, uint16_t length, uint16_t *out_length)) \
	API(s2n_connection_set_fd, int, (struct s2n_connection *conn, int fd)) \
	API(s2n_connection_set_read_fd, int, (struct s2n_connection *conn, int readfd)) \
	API(s2n_connection_set_write_fd, int, (struct s2n_connection *conn, int writefd)) \
	API(s2n_connection_get_read_fd, int, (struct s2n_connection *conn, int *readfd)) \
	API(s2n_connection_get_write_fd, int, (struct s2n_connection *conn, int *writefd)) \
	API(s2n_connection_use_corked_io, int, (struct s2n_connection *conn)) \
	API(s2n_connection_set_recv_ctx, int, (struct s2n_connection *conn, void *ctx)) \
	API(s2n_connection_set_send_ctx, int, (struct s2n_connection *conn, void *ctx)) \
	API(s2n_connection_set_recv_cb, int, (struct s2n_connection *conn, s2n_recv_fn *recv)) \
	API(s2n_connection_set_send_cb, int, (struct s2n_connection *conn, s2n_send_fn *send)) \
	API(s2n_connection_prefer_throughput, int, (struct s2n_connection *conn)) \
	API(s2n_connection_prefer_low_latency, int, (struct s2n_connection *conn)) \
	API(s2n_connection_set_recv_buffering, int, (struct s2n_connection *conn, bool enabled)) \
	API(s2n_peek_buffered, uint32_t, (struct s2n_connection *conn)) \
	API(s2n_connection_set_dynamic_buffers, int, (struct s2n_connection *conn, bool enabled)) \
	API(s2n_connection_set_dynamic_record_threshold, int, (struct s2n_connection *conn, uint32_t resize_threshold, uint16_t timeout_threshold)) \
	API(s2n_connection_set_verify_host_callback, int, (struct s2n_connection *conn, s2n_verify_host_fn host_fn, void *data)) \
	API(s2n_connection_set_blinding, int, (struct s2n_connection *conn, s2n_blinding blinding)) \
	API(s2n_connection_get_delay, uint64_t, (struct s2n_connection *conn)) \
	API(s2n_config_set_max_blinding_delay, int, (struct s2n_config *config, uint32_t seconds)) \
	API(s2n_connection_set_cipher_preferences, int, (struct s2n_connection *conn, const char *version)) \
	API(s2n_connection_request_key_update, int, (struct s2n_connection *conn, s2n_peer_key_update peer_request)) \
	API(s2n_connection_append_protocol_preference, int, (struct s2n_connection *conn, const uint8_t *protocol, uint8_t protocol_len)) \
	API(s2n_connection_set_protocol_preferences, int, (struct s2n_connection *conn, const char *const *protocols, int protocol_count)) \
	API(s2n_set_server_name, int, (struct s2n_connection *conn, const char *server_name)) \
	API(s2n_get_server_name, const char *, (struct s2n_connection *conn)) \
	API(s2n_get_application_protocol, const char *, (struct s2n_connection *conn)) \
	API(s2n_connection_get_ocsp_response, const uint8_t *, (struct s2n_connection *conn, uint32_t *length)) \
	API(s2n_connection_get_sct_list, const uint8_t *, (struct s2n_connection *conn, uint32_t *length)) \
	API(s2n_negotiate, int, (struct s2n_connection *conn, s2n_blocked_status *blocked)) \
	API(s2n_send, ssize_t, (struct s2n_connection *conn, const void *buf, ssize_t size, s2n_blocked_status *blocked)) \
	API(s2n_sendv, ssize_t, (struct s2n_connection *conn, const struct iovec *bufs, ssize_t count, s2n_blocked_status *blocked)) \
	API(s2n_sendv_with_offset, ssize_t, (struct s2n_connection *conn, const struct iovec *bufs, ssize_t count, ssize_t offs, s2n_blocked_status *blocked)) \
	API(s2n_recv, ssize_t, (struct s2n_connection *conn, void *buf, ssize_t size, s2n_blocked_status *blocked)) \
	API(s2n_peek, uint32_t, (struct s2n_connection *conn)) \
	API(s2n_connection_free_handshake, int, (struct s2n_connection *conn)) \
	API(s2n_connection_release_buffers, int, (struct s2n_connection *conn)) \
	API(s2n_connection_wipe, int, (struct s2n_connection *conn)) \
	API(s2n_connection_free, int, (struct s2n_connection *conn)) \
	API(s2n_shutdown, int, (struct s2n_connection *conn, s2n_blocked_status *blocked)) \
	API(s2n_shutdown_send, int, (struct s2n_connection *conn, s2n_blocked_status *blocked)) \
	API(s2n_config_get_client_auth_type, int, (struct s2n_config *config, s2n_cert_auth_type *client_auth_type)) \
	API(s2n_config_set_client_auth_type, int, (struct s2n_config *config, s2n_cert_auth_type client_auth_type)) \
	API(s2n_connection_get_client_auth_type, int, (struct s2n_connection *conn, s2n_cert_auth_type *client_auth_type)) \
	API(s2n_connection_set_client_auth_type, int, (struct s2n_connection *conn, s2n_cert_auth_type client_auth_type)) \
	API(s2n_connection_get_client_cert_chain, int, (struct s2n_connection *conn, uint8_t **der_cert_chain_out, uint32_t *cert_chain_len)) \
	API(s2n_config_set_initial_ticket_count, int, (struct s2n_config *config, uint8_t num)) \
	API(s2n_connection_add_new_tickets_to_send, int, (struct s2n_connection *conn, uint8_t num)) \
	API(s2n_connection_get_tickets_sent, int, (struct s2n_connection *conn, uint16_t *num)) \
	API(s2n_connection_set_server_keying_material_lifetime, int, (struct s2n_connection *conn, uint32_t lifetime_in_secs)) \
	API(s2n_config_set_session_ticket_cb, int, (struct s2n_config *config, s2n_session_ticket_fn callback, void *ctx)) \
	API(s2n_session_ticket_get_data_len, int, (struct s2n_session_ticket *ticket, size_t *data_len)) \
	API(s2n_session_ticket_get_data, int, (struct s2n_session_ticket *ticket, size_t max_data_len, uint8_t *data)) \
	API(s2n_session_ticket_get_lifetime, int, (struct s2n_session_ticket *ticket, uint32_t *session_lifetime)) \
	API(s2n_connection_set_session, int, (struct s2n_connection *conn, const uint8_t *session, size_t length)) \
	API(s2n_connection_get_session, int, (struct s2n_connection *conn, uint8_t *session, size_t max_length)) \
	API(s2n_connection_get_session_ticket_lifetime_hint, int, (struct s2n_connection *conn)) \
	API(s2n_connection_get_session_length, int, (struct s2n_connection *conn)) \
	API(s2n_connection_get_session_id_length, int, (struct s2n_connection *conn)) \
	API(s2n_connection_get_session_id, int, (struct s2n_connection *conn, uint8_t *session_id, size_t max_length)) \
	API(s2n_connection_is_session_resumed, int, (struct s2n_connection *conn)) \
	API(s2n_connection_is_ocsp_stapled, int, (struct s2n_connection *conn)) \
	API(s2n_connection_get_selected_signature_algorithm, int, (struct s2n_connection *conn, s2n_tls_signature_algorithm *chosen_alg)) \
	API(s2n_connection_get_selected_digest_algorithm, int, (struct s2n_connection *conn, s2n_tls_hash_algorithm *chosen_alg)) \
	API(s2n_connection_get_selected_client_cert_signature_algorithm, int, (struct s2n_connection *conn, s2n_tls_signature_algorithm *chosen_alg)) \
	API(s2n_connection_get_selected_client_cert_digest_algorithm, int, (struct s2n_connection *conn, s2n_tls_hash_algorithm *chosen_alg)) \
	API(s2n_connection_get_signature_scheme, int, (struct s2n_connection *conn, const char **scheme_name)) \
	API(s2n_connection_get_selected_cert, struct s2n_cert_chain_and_key *, (struct s2n_connection *conn)) \
	API(s2n_cert_chain_get_length, int, (const struct s2n_cert_chain_and_key *chain_and_key, uint32_t *cert_length)) \
	API(s2n_cert_chain_get_cert, int, (const struct s2n_cert_chain_and_key *chain_and_key, struct s2n_cert **out_cert, const uint32_t cert_idx)) \
	API(s2n_cert_get_der, int, (const struct s2n_cert *cert, const uint8_t **out_cert_der, uint32_t *cert_length)) \
	API(s2n_connection_get_peer_cert_chain, int, (const struct s2n_connection *conn, struct s2n_cert_chain_and_key *cert_chain)) \
	API(s2n_cert_get_x509_extension_value_length, int, (struct s2n_cert *cert, const uint8_t *oid, uint32_t *ext_value_len)) \
	API(s2n_cert_get_x509_extension_value, int, (struct s2n_cert *cert, const uint8_t *oid, uint8_t *ext_value, uint32_t *ext_value_len, bool *critical)) \
	API(s2n_cert_get_utf8_string_from_extension_data_length, int, (const uint8_t *extension_data, uint32_t extension_len, uint32_t *utf8_str_len)) \
	API(s2n_cert_get_utf8_string_from_extension_data, int, (const uint8_t *extension_data, uint32_t extension_len, uint8_t *out_data, uint32_t *out_len)) \
	API(s2n_external_psk_new, struct s2n_psk *, (void)) \
	API(s2n_psk_free, int, (struct s2n_psk **psk)) \
	API(s2n_psk_set_identity, int, (struct s2n_psk *psk, const uint8_t *identity, uint16_t identity_size)) \
	API(s2n_psk_set_secret, int, (struct s2n_psk *psk, const uint8_t *secret, uint16_t secret_size)) \
	API(s2n_psk_set_hmac, int, (struct s2n_psk *psk, s2n_psk_hmac hmac)) \
	API(s2n_connection_append_psk, int, (struct s2n_connection *conn, struct s2n_psk *psk)) \
	API(s2n_config_set_psk_mode, int, (struct s2n_config *config, s2n_psk_mode mode)) \
	API(s2n_connection_set_psk_mode, int, (struct s2n_connection *conn, s2n_psk_mode mode)) \
	API(s2n_connection_get_negotiated_psk_identity_length, int, (struct s2n_connection *conn, uint16_t *identity_length)) \
	API(s2n_connection_get_negotiated_psk_identity, int, (struct s2n_connection *conn, uint8_t *identity, uint16_t max_identity_length)) \
	API(s2n_offered_psk_new, struct s2n_offered_psk *, (void)) \
	API(s2n_offered_psk_free, int, (struct s2n_offered_psk **psk)) \
	API(s2n_offered_psk_get_identity, int, (struct s2n_offered_psk *psk, uint8_t **identity, uint16_t *size)) \
	API(s2n_offered_psk_list_has_next, bool, (struct s2n_offered_psk_list *psk_list)) \
	API(s2n_offered_psk_list_next, int, (struct s2n_offered_psk_list *psk_list, struct s2n_offered_psk *psk)) \
	API(s2n_offered_psk_list_reread, int, (struct s2n_offered_psk_list *psk_list)) \
	API(s2n_offered_psk_list_choose_psk, int, (struct s2n_offered_psk_list *psk_list, struct s2n_offered_psk *psk)) \
	API(s2n_config_set_psk_selection_callback, int, (struct s2n_config *config, s2n_psk_selection_callback cb, void *context)) \
	API(s2n_connection_get_wire_bytes_in, uint64_t, (struct s2n_connection *conn)) \
	API(s2n_connection_get_wire_bytes_out, uint64_t, (struct s2n_connection *conn)) \
	API(s2n_connection_get_client_protocol_version, int, (struct s2n_connection *conn)) \
	API(s2n_connection_get_server_protocol_version, int, (struct s2n_connection *conn)) \
	API(s2n_connection_get_actual_protocol_version, int, (struct s2n_connection *conn)) \
	API(s2n_connection_get_client_hello_version, int, (struct s2n_connection *conn)) \
	API(s2n_client_hello_get_legacy_record_version, int, (struct s2n_client_hello *ch, uint8_t *out)) \
	API(s2n_connection_client_cert_used, int, (struct s2n_connection *conn)) \
	API(s2n_connection_get_cipher, const char *, (struct s2n_connection *conn)) \
	API(s2n_connection_get_certificate_match, int, (struct s2n_connection *conn, s2n_cert_sni_match *match_status)) \
	API(s2n_connection_get_master_secret, int, (const struct s2n_connection *conn, uint8_t *secret_bytes, size_t max_size)) \
	API(s2n_connection_tls_exporter, int, (struct s2n_connection *conn, const uint8_t *label, uint32_t label_length, const uint8_t *context, uint32_t context_length, uint8_t *output, uint32_t output_length)) \
	API(s2n_connection_get_cipher_iana_value, int, (struct s2n_connection *conn, uint8_t *first, uint8_t *second)) \
	API(s2n_connection_is_valid_for_cipher_preferences, int, (struct s2n_connection *conn, const char *version)) \
	API(s2n_connection_get_curve, const char *, (struct s2n_connection *conn)) \
	API(s2n_connection_get_kem_name, const char *, (struct s2n_connection *conn)) \
	API(s2n_connection_get_kem_group_name, const char *, (struct s2n_connection *conn)) \
	API(s2n_connection_get_key_exchange_group, int, (struct s2n_connection *conn, const char **group_name)) \
	API(s2n_connection_get_alert, int, (struct s2n_connection *conn)) \
	API(s2n_connection_get_handshake_type_name, const char *, (struct s2n_connection *conn)) \
	API(s2n_connection_get_last_message_name, const char *, (struct s2n_connection *conn)) \
	API(s2n_config_set_async_pkey_callback, int, (struct s2n_config *config, s2n_async_pkey_fn fn)) \
	API(s2n_async_pkey_op_perform, int, (struct s2n_async_pkey_op *op, s2n_cert_private_key *key)) \
	API(s2n_async_pkey_op_apply, int, (struct s2n_async_pkey_op *op, struct s2n_connection *conn)) \
	API(s2n_async_pkey_op_free, int, (struct s2n_async_pkey_op *op)) \
	API(s2n_config_set_async_pkey_validation_mode, int, (struct s2n_config *config, s2n_async_pkey_validation_mode mode)) \
	API(s2n_async_pkey_op_get_op_type, int, (struct s2n_async_pkey_op *op, s2n_async_pkey_op_type *type)) \
	API(s2n_async_pkey_op_get_input_size, int, (struct s2n_async_pkey_op *op, uint32_t *data_len)) \
	API(s2n_async_pkey_op_get_input, int, (struct s2n_async_pkey_op *op, uint8_t *data, uint32_t data_len)) \
	API(s2n_async_pkey_op_set_output, int, (struct s2n_async_pkey_op *op, const uint8_t *data, uint32_t data_len)) \
	API(s2n_config_set_key_log_cb, int, (struct s2n_config *config, s2n_key_log_fn callback, void *ctx)) \
	API(s2n_config_enable_cert_req_dss_legacy_compat, int, (struct s2n_config *config)) \
	API(s2n_config_set_server_max_early_data_size, int, (struct s2n_config *config, uint32_t max_early_data_size)) \
	API(s2n_connection_set_server_max_early_data_size, int, (struct s2n_connection *conn, uint32_t max_early_data_size)) \
	API(s2n_connection_set_server_early_data_context, int, (struct s2n_connection *conn, const uint8_t *context, uint16_t context_size)) \
	API(s2n_psk_configure_early_data, int, (struct s2n_psk *psk, uint32_t max_early_data_size, uint8_t cipher_suite_first_byte, uint8_t cipher_suite_second_byte)) \
	API(s2n_psk_set_application_protocol, int, (struct s2n_psk *psk, const uint8_t *application_protocol, uint8_t size)) \
	API(s2n_psk_set_early_data_context, int, (struct s2n_psk *psk, const uint8_t *context, uint16_t size)) \
	API(s2n_connection_get_early_data_status, int, (struct s2n_connection *conn, s2n_early_data_status_t *status)) \
	API(s2n_connection_get_remaining_early_data_size, int, (struct s2n_connection *conn, uint32_t *allowed_early_data_size)) \
	API(s2n_connection_get_max_early_data_size, int, (struct s2n_connection *conn, uint32_t *max_early_data_size)) \
	API(s2n_send_early_data, int, (struct s2n_connection *conn, const uint8_t *data, ssize_t data_len, ssize_t *data_sent, s2n_blocked_status *blocked)) \
	API(s2n_recv_early_data, int, (struct s2n_connection *conn, uint8_t *data, ssize_t max_data_len, ssize_t *data_received, s2n_blocked_status *blocked)) \
	API(s2n_config_set_early_data_cb, int, (struct s2n_config *config, s2n_early_data_cb cb)) \
	API(s2n_offered_early_data_get_context_length, int, (struct s2n_offered_early_data *early_data, uint16_t *context_len)) \
	API(s2n_offered_early_data_get_context, int, (struct s2n_offered_early_data *early_data, uint8_t *context, uint16_t max_len)) \
	API(s2n_offered_early_data_reject, int, (struct s2n_offered_early_data *early_data)) \
	API(s2n_offered_early_data_accept, int, (struct s2n_offered_early_data *early_data)) \
	API(s2n_config_get_supported_groups, int, (struct s2n_config *config, uint16_t *groups, uint16_t groups_count_max, uint16_t *groups_count)) \
	API(s2n_config_set_serialization_version, int, (struct s2n_config *config, s2n_serialization_version version)) \
	API(s2n_connection_serialization_length, int, (struct s2n_connection *conn, uint32_t *length)) \
	API(s2n_connection_serialize, int, (struct s2n_connection *conn, uint8_t *buffer, uint32_t buffer_length)) \
	API(s2n_connection_deserialize, int, (struct s2n_connection *conn, uint8_t *buffer, uint32_t buffer_length)) \
	API(s2n_config_set_cert_authorities_from_trust_store, int, (struct s2n_config *config)) \
	API(s2n_connection_get_mode, s2n_mode, (struct s2n_connection *conn)) \
	/* unstable/allow_ip_in_cn.h */ \
	API(s2n_config_allow_ip_in_cn, int, (struct s2n_config *config)) \
	/* unstable/async_offload.h */ \
	API(s2n_config_set_async_offload_callback, int, (struct s2n_config *config, uint32_t allow_list, s2n_async_offload_cb fn, void *ctx)) \
	API(s2n_async_offload_op_perform, int, (struct s2n_async_offload_op *op)) \
	/* unstable/cert_authorities.h */ \
	API(s2n_certificate_request_get_ca_list, struct s2n_certificate_authority_list *, (struct s2n_certificate_request *request)) \
	API(s2n_certificate_request_set_certificate, int, (struct s2n_certificate_request *request, struct s2n_cert_chain_and_key *chain)) \
	API(s2n_certificate_authority_list_has_next, bool, (struct s2n_certificate_authority_list *list)) \
	API(s2n_certificate_authority_list_next, int, (struct s2n_certificate_authority_list *list, uint8_t **name, uint16_t *length)) \
	API(s2n_certificate_authority_list_reread, int, (struct s2n_certificate_authority_list *list)) \
	API(s2n_config_set_cert_request_callback, int, (struct s2n_config *config, s2n_cert_request_callback cert_req_callback, void *ctx)) \
	/* unstable/cleanup.h */ \
	API(s2n_cleanup_thread, int, (void)) \
	/* unstable/crl.h */ \
	API(s2n_config_set_crl_lookup_cb, int, (struct s2n_config *config, s2n_crl_lookup_callback callback, void *context)) \
	API(s2n_crl_new, struct s2n_crl *, (void)) \
	API(s2n_crl_load_pem, int, (struct s2n_crl *crl, uint8_t *pem, size_t len)) \
	API(s2n_crl_free, int, (struct s2n_crl **crl)) \
	API(s2n_crl_get_issuer_hash, int, (struct s2n_crl *crl, uint64_t *hash)) \
	API(s2n_crl_validate_active, int, (struct s2n_crl *crl)) \
	API(s2n_crl_validate_not_expired, int, (struct s2n_crl *crl)) \
	API(s2n_crl_lookup_get_cert_issuer_hash, int, (struct s2n_crl_lookup *lookup, uint64_t *hash)) \
	API(s2n_crl_lookup_set, int, (struct s2n_crl_lookup *lookup, struct s2n_crl *crl)) \
	API(s2n_crl_lookup_ignore, int, (struct s2n_crl_lookup *lookup)) \
	API(s2n_config_set_cert_validation_cb, int, (struct s2n_config *config, s2n_cert_validation_callback callback, void *context)) \
	API(s2n_cert_validation_accept, int, (struct s2n_cert_validation_info *info)) \
	API(s2n_cert_validation_reject, int, (struct s2n_cert_validation_info *info)) \
	/* unstable/custom_x509_extensions.h */ \
	API(s2n_config_add_custom_x509_extension, int, (struct s2n_config *config, uint8_t *extension_oid, uint32_t extension_oid_len)) \
	/* unstable/events.h */ \
	API(s2n_config_set_subscriber, int, (struct s2n_config *config, void *subscriber)) \
	API(s2n_config_set_handshake_event, int, (struct s2n_config *config, s2n_event_on_handshake_cb callback)) \
	API(s2n_config_set_timing_checkpoint_cb, int, (struct s2n_config *config, s2n_event_on_timing_checkpoint_cb callback)) \
	/* unstable/fingerprint.h */ \
	API(s2n_fingerprint_new, struct s2n_fingerprint *, (s2n_fingerprint_type type)) \
	API(s2n_fingerprint_free, int, (struct s2n_fingerprint **fingerprint)) \
	API(s2n_fingerprint_wipe, int, (struct s2n_fingerprint *fingerprint)) \
	API(s2n_fingerprint_set_client_hello, int, (struct s2n_fingerprint *fingerprint, struct s2n_client_hello *ch)) \
	API(s2n_fingerprint_get_hash_size, int, (const struct s2n_fingerprint *fingerprint, uint32_t *size)) \
	API(s2n_fingerprint_get_hash, int, (struct s2n_fingerprint *fingerprint, uint32_t max_output_size, uint8_t *output, uint32_t *output_size)) \
	API(s2n_fingerprint_get_raw_size, int, (const struct s2n_fingerprint *fingerprint, uint32_t *size)) \
	API(s2n_fingerprint_get_raw, int, (struct s2n_fingerprint *fingerprint, uint32_t max_output_size, uint8_t *output, uint32_t *output_size)) \
	API(s2n_client_hello_get_fingerprint_hash, int, (struct s2n_client_hello *ch, s2n_fingerprint_type type, uint32_t max_hash_size, uint8_t *hash, uint32_t *hash_size, uint32_t *str_size)) \
	API(s2n_client_hello_get_fingerprint_string, int, (struct s2n_client_hello *ch, s2n_fingerprint_type type, uint32_t max_size, uint8_t *output, uint32_t *output_size)) \
	/* unstable/ktls.h */ \
	API(s2n_connection_ktls_enable_send, int, (struct s2n_connection *conn)) \
	API(s2n_connection_ktls_enable_recv, int, (struct s2n_connection *conn)) \
	API(s2n_config_ktls_enable_unsafe_tls13, int, (struct s2n_config *config)) \
	API(s2n_connection_get_key_update_counts, int, (struct s2n_connection *conn, uint8_t *send_key_updates, uint8_t *recv_key_updates)) \
	API(s2n_sendfile, int, (struct s2n_connection *conn, int fd, off_t offset, size_t count, size_t *bytes_written, s2n_blocked_status *blocked)) \
	/* unstable/npn.h */ \
	API(s2n_config_set_npn, int, (struct s2n_config *config, bool enable)) \
	/* unstable/renegotiate.h */ \
	API(s2n_config_set_renegotiate_request_cb, int, (struct s2n_config *config, s2n_renegotiate_request_cb callback, void *context)) \
	API(s2n_renegotiate_wipe, int, (struct s2n_connection *conn)) \
	API(s2n_renegotiate, int, (struct s2n_connection *conn, uint8_t *app_data_buf, ssize_t app_data_buf_size, ssize_t *app_data_size, s2n_blocked_status *blocked))

/* Names that are exported and stand in no row above. */
#define OWN_ROWS(OWN) \
	OWN(s2n_flush) \
	OWN(s2n_config_enable_quic) \
	OWN(s2n_connection_enable_quic) \
	OWN(s2n_connection_is_quic_enabled) \
	OWN(s2n_connection_set_quic_transport_parameters) \
	OWN(s2n_connection_get_quic_transport_parameters) \
	OWN(s2n_connection_set_secret_callback) \
	OWN(s2n_recv_quic_post_handshake_message) \
	OWN(s2n_error_get_alert) \
	OWN(s2n_enable_tls13) \
	OWN(s2n_connection_get_config) \
	OWN(s2n_connection_are_session_tickets_enabled) \
	OWN(s2n_config_add_cert_chain) \
	OWN(S2N_BLOCKED_ON_APPLICATION_DATA) \
	OWN(s2n_async_pkey_op_cancel) \
	OWN(s2n_async_pkey_op_get_binding) \
	OWN(s2n_async_pkey_op_get_signature_scheme) \
	OWN(s2n_async_pkey_op_set_error) \
	OWN(s2n_client_server_name_used) \
	OWN(s2n_config_get_pkey_needs) \
	OWN(s2n_config_get_version_range)

/* Enums: the type, and all of its enumerators with their values. */
#define ENUM_ROWS(ENUM, VALUE, END) \
	/* s2n.h */ \
	ENUM(s2n_error_type) \
	VALUE(S2N_ERR_T_OK, 0) \
	VALUE(S2N_ERR_T_IO, 1) \
	VALUE(S2N_ERR_T_CLOSED, 2) \
	VALUE(S2N_ERR_T_BLOCKED, 3) \
	VALUE(S2N_ERR_T_ALERT, 4) \
	VALUE(S2N_ERR_T_PROTO, 5) \
	VALUE(S2N_ERR_T_INTERNAL, 6) \
	VALUE(S2N_ERR_T_USAGE, 7) \
	END(s2n_error_type) \
	ENUM(s2n_fips_mode) \
	VALUE(S2N_FIPS_MODE_DISABLED, 0) \
	VALUE(S2N_FIPS_MODE_ENABLED, 1) \
	END(s2n_fips_mode) \
	ENUM(s2n_tls_extension_type) \
	VALUE(S2N_EXTENSION_SERVER_NAME, 0) \
	VALUE(S2N_EXTENSION_MAX_FRAG_LEN, 1) \
	VALUE(S2N_EXTENSION_OCSP_STAPLING, 5) \
	VALUE(S2N_EXTENSION_SUPPORTED_GROUPS, 10) \
	VALUE(S2N_EXTENSION_EC_POINT_FORMATS, 11) \
	VALUE(S2N_EXTENSION_SIGNATURE_ALGORITHMS, 13) \
	VALUE(S2N_EXTENSION_ALPN, 16) \
	VALUE(S2N_EXTENSION_CERTIFICATE_TRANSPARENCY, 18) \
	VALUE(S2N_EXTENSION_SUPPORTED_VERSIONS, 43) \
	VALUE(S2N_EXTENSION_RENEGOTIATION_INFO, 65281) \
	END(s2n_tls_extension_type) \
	ENUM(s2n_max_frag_len) \
	VALUE(S2N_TLS_MAX_FRAG_LEN_512, 1) \
	VALUE(S2N_TLS_MAX_FRAG_LEN_1024, 2) \
	VALUE(S2N_TLS_MAX_FRAG_LEN_2048, 3) \
	VALUE(S2N_TLS_MAX_FRAG_LEN_4096, 4) \
	END(s2n_max_frag_len) \
	ENUM(s2n_verify_after_sign) \
	VALUE(S2N_VERIFY_AFTER_SIGN_DISABLED, 0) \
	VALUE(S2N_VERIFY_AFTER_SIGN_ENABLED, 1) \
	END(s2n_verify_after_sign) \
	ENUM(s2n_status_request_type) \
	VALUE(S2N_STATUS_REQUEST_NONE, 0) \
	VALUE(S2N_STATUS_REQUEST_OCSP, 1) \
	END(s2n_status_request_type) \
	ENUM(s2n_ct_support_level) \
	VALUE(S2N_CT_SUPPORT_NONE, 0) \
	VALUE(S2N_CT_SUPPORT_REQUEST, 1) \
	END(s2n_ct_support_level) \
	ENUM(s2n_alert_behavior) \
	VALUE(S2N_ALERT_FAIL_ON_WARNINGS, 0) \
	VALUE(S2N_ALERT_IGNORE_WARNINGS, 1) \
	END(s2n_alert_behavior) \
	ENUM(s2n_mode) \
	VALUE(S2N_SERVER, 0) \
	VALUE(S2N_CLIENT, 1) \
	END(s2n_mode) \
	ENUM(s2n_client_hello_cb_mode) \
	VALUE(S2N_CLIENT_HELLO_CB_BLOCKING, 0) \
	VALUE(S2N_CLIENT_HELLO_CB_NONBLOCKING, 1) \
	END(s2n_client_hello_cb_mode) \
	ENUM(s2n_blinding) \
	VALUE(S2N_BUILT_IN_BLINDING, 0) \
	VALUE(S2N_SELF_SERVICE_BLINDING, 1) \
	END(s2n_blinding) \
	ENUM(s2n_peer_key_update) \
	VALUE(S2N_KEY_UPDATE_NOT_REQUESTED, 0) \
	VALUE(S2N_KEY_UPDATE_REQUESTED, 1) \
	END(s2n_peer_key_update) \
	ENUM(s2n_blocked_status) \
	VALUE(S2N_NOT_BLOCKED, 0) \
	VALUE(S2N_BLOCKED_ON_READ, 1) \
	VALUE(S2N_BLOCKED_ON_WRITE, 2) \
	VALUE(S2N_BLOCKED_ON_APPLICATION_INPUT, 3) \
	VALUE(S2N_BLOCKED_ON_EARLY_DATA, 4) \
	END(s2n_blocked_status) \
	ENUM(s2n_cert_auth_type) \
	VALUE(S2N_CERT_AUTH_NONE, 0) \
	VALUE(S2N_CERT_AUTH_REQUIRED, 1) \
	VALUE(S2N_CERT_AUTH_OPTIONAL, 2) \
	END(s2n_cert_auth_type) \
	ENUM(s2n_tls_signature_algorithm) \
	VALUE(S2N_TLS_SIGNATURE_ANONYMOUS, 0) \
	VALUE(S2N_TLS_SIGNATURE_RSA, 1) \
	VALUE(S2N_TLS_SIGNATURE_ECDSA, 3) \
	VALUE(S2N_TLS_SIGNATURE_MLDSA, 9) \
	VALUE(S2N_TLS_SIGNATURE_RSA_PSS_RSAE, 224) \
	VALUE(S2N_TLS_SIGNATURE_RSA_PSS_PSS, 225) \
	END(s2n_tls_signature_algorithm) \
	ENUM(s2n_tls_hash_algorithm) \
	VALUE(S2N_TLS_HASH_NONE, 0) \
	VALUE(S2N_TLS_HASH_MD5, 1) \
	VALUE(S2N_TLS_HASH_SHA1, 2) \
	VALUE(S2N_TLS_HASH_SHA224, 3) \
	VALUE(S2N_TLS_HASH_SHA256, 4) \
	VALUE(S2N_TLS_HASH_SHA384, 5) \
	VALUE(S2N_TLS_HASH_SHA512, 6) \
	VALUE(S2N_TLS_HASH_MD5_SHA1, 224) \
	END(s2n_tls_hash_algorithm) \
	ENUM(s2n_psk_hmac) \
	VALUE(S2N_PSK_HMAC_SHA256, 0) \
	VALUE(S2N_PSK_HMAC_SHA384, 1) \
	END(s2n_psk_hmac) \
	ENUM(s2n_psk_mode) \
	VALUE(S2N_PSK_MODE_RESUMPTION, 0) \
	VALUE(S2N_PSK_MODE_EXTERNAL, 1) \
	END(s2n_psk_mode) \
	ENUM(s2n_cert_sni_match) \
	VALUE(S2N_SNI_NONE, 1) \
	VALUE(S2N_SNI_EXACT_MATCH, 2) \
	VALUE(S2N_SNI_WILDCARD_MATCH, 3) \
	VALUE(S2N_SNI_NO_MATCH, 4) \
	END(s2n_cert_sni_match) \
	ENUM(s2n_async_pkey_validation_mode) \
	VALUE(S2N_ASYNC_PKEY_VALIDATION_FAST, 0) \
	VALUE(S2N_ASYNC_PKEY_VALIDATION_STRICT, 1) \
	END(s2n_async_pkey_validation_mode) \
	ENUM(s2n_async_pkey_op_type) \
	VALUE(S2N_ASYNC_DECRYPT, 0) \
	VALUE(S2N_ASYNC_SIGN, 1) \
	END(s2n_async_pkey_op_type) \
	ENUM(s2n_early_data_status_t) \
	VALUE(S2N_EARLY_DATA_STATUS_OK, 0) \
	VALUE(S2N_EARLY_DATA_STATUS_NOT_REQUESTED, 1) \
	VALUE(S2N_EARLY_DATA_STATUS_REJECTED, 2) \
	VALUE(S2N_EARLY_DATA_STATUS_END, 3) \
	END(s2n_early_data_status_t) \
	ENUM(s2n_serialization_version) \
	VALUE(S2N_SERIALIZED_CONN_NONE, 0) \
	VALUE(S2N_SERIALIZED_CONN_V1, 1) \
	END(s2n_serialization_version) \
	/* unstable/async_offload.h */ \
	ENUM(s2n_async_offload_op_type) \
	VALUE(S2N_ASYNC_OFFLOAD_PKEY_VERIFY, 1) \
	VALUE(S2N_ASYNC_OFFLOAD_ALLOW_ALL, 2147483647) \
	END(s2n_async_offload_op_type) \
	/* unstable/fingerprint.h */ \
	ENUM(s2n_fingerprint_type) \
	VALUE(S2N_FINGERPRINT_JA3, 0) \
	VALUE(S2N_FINGERPRINT_JA4, 1) \
	END(s2n_fingerprint_type) \
	/* unstable/renegotiate.h */ \
	ENUM(s2n_renegotiate_response) \
	VALUE(S2N_RENEGOTIATE_IGNORE, 0) \
	VALUE(S2N_RENEGOTIATE_REJECT, 1) \
	VALUE(S2N_RENEGOTIATE_ACCEPT, 2) \
	END(s2n_renegotiate_response)

/* Macros with their values. */
#define MACRO_ROWS(MACRO) \
	/* s2n.h */ \
	MACRO(S2N_SUCCESS, 0) \
	MACRO(S2N_FAILURE, -1) \
	MACRO(S2N_CALLBACK_BLOCKED, -2) \
	MACRO(S2N_MINIMUM_SUPPORTED_TLS_RECORD_MAJOR_VERSION, 2) \
	MACRO(S2N_MAXIMUM_SUPPORTED_TLS_RECORD_MAJOR_VERSION, 3) \
	MACRO(S2N_SSLv2, 20) \
	MACRO(S2N_SSLv3, 30) \
	MACRO(S2N_TLS10, 31) \
	MACRO(S2N_TLS11, 32) \
	MACRO(S2N_TLS12, 33) \
	MACRO(S2N_TLS13, 34) \
	MACRO(S2N_UNKNOWN_PROTOCOL_VERSION, 0) \
	/* unstable/events.h */ \
	MACRO(HANDSHAKE_EVENT_SENT, INT64_MIN)

/* Callbacks: the name and what it stands for. */
#define TYPE_ROWS(TYPE) \
	/* s2n.h */ \
	TYPE(s2n_clock_time_nanoseconds, int (*)(void *, uint64_t *)) \
	TYPE(s2n_cache_retrieve_callback, int (*)(struct s2n_connection *, void *, const void *, uint64_t, void *, uint64_t *)) \
	TYPE(s2n_cache_store_callback, int (*)(struct s2n_connection *, void *, uint64_t, const void *, uint64_t, const void *, uint64_t)) \
	TYPE(s2n_cache_delete_callback, int (*)(struct s2n_connection *, void *, const void *, uint64_t)) \
	TYPE(s2n_mem_init_callback, int (*)(void)) \
	TYPE(s2n_mem_cleanup_callback, int (*)(void)) \
	TYPE(s2n_mem_malloc_callback, int (*)(void **, uint32_t, uint32_t *)) \
	TYPE(s2n_mem_free_callback, int (*)(void *, uint32_t)) \
	TYPE(s2n_rand_init_callback, int (*)(void)) \
	TYPE(s2n_rand_cleanup_callback, int (*)(void)) \
	TYPE(s2n_rand_seed_callback, int (*)(void *, uint32_t)) \
	TYPE(s2n_rand_mix_callback, int (*)(void *, uint32_t)) \
	TYPE(s2n_cert_public_key, struct s2n_pkey) \
	TYPE(s2n_cert_private_key, struct s2n_pkey) \
	TYPE(s2n_cert_tiebreak_callback, struct s2n_cert_chain_and_key *(*)(struct s2n_cert_chain_and_key *, struct s2n_cert_chain_and_key *, uint8_t *, uint32_t)) \
	TYPE(s2n_verify_host_fn, uint8_t (*)(const char *, size_t, void *)) \
	TYPE(s2n_client_hello_fn, int (struct s2n_connection *, void *)) \
	TYPE(s2n_recv_fn, int (void *, uint8_t *, uint32_t)) \
	TYPE(s2n_send_fn, int (void *, const uint8_t *, uint32_t)) \
	TYPE(s2n_session_ticket_fn, int (*)(struct s2n_connection *, void *, struct s2n_session_ticket *)) \
	TYPE(s2n_psk_selection_callback, int (*)(struct s2n_connection *, void *, struct s2n_offered_psk_list *)) \
	TYPE(s2n_async_pkey_fn, int (*)(struct s2n_connection *, struct s2n_async_pkey_op *)) \
	TYPE(s2n_key_log_fn, int (*)(void *, struct s2n_connection *, uint8_t *, size_t)) \
	TYPE(s2n_early_data_cb, int (*)(struct s2n_connection *, struct s2n_offered_early_data *)) \
	/* unstable/async_offload.h */ \
	TYPE(s2n_async_offload_cb, int (*)(struct s2n_connection *, struct s2n_async_offload_op *, void *)) \
	/* unstable/cert_authorities.h */ \
	TYPE(s2n_cert_request_callback, int (*)(struct s2n_connection *, void *, struct s2n_certificate_request *)) \
	/* unstable/crl.h */ \
	TYPE(s2n_crl_lookup_callback, int (*)(struct s2n_crl_lookup *, void *)) \
	TYPE(s2n_cert_validation_callback, int (*)(struct s2n_connection *, struct s2n_cert_validation_info *, void *)) \
	/* unstable/events.h */ \
	TYPE(s2n_event_on_handshake_cb, void (*)(struct s2n_connection *, void *, struct s2n_event_handshake *)) \
	TYPE(s2n_event_on_timing_checkpoint_cb, void (*)(struct s2n_connection *, void *, struct s2n_timing_checkpoint *)) \
	/* unstable/renegotiate.h */ \
	TYPE(s2n_renegotiate_request_cb, int (*)(struct s2n_connection *, void *, s2n_renegotiate_response *))

/* Structs that no program sees into. */
#define OPAQUE_ROWS(OPAQUE) \
	/* s2n.h */ \
	OPAQUE(struct s2n_config) \
	OPAQUE(struct s2n_connection) \
	OPAQUE(struct s2n_stacktrace) \
	OPAQUE(struct s2n_cert) \
	OPAQUE(struct s2n_cert_chain_and_key) \
	OPAQUE(struct s2n_pkey) \
	OPAQUE(struct s2n_client_hello) \
	OPAQUE(struct s2n_session_ticket) \
	OPAQUE(struct s2n_psk) \
	OPAQUE(struct s2n_offered_psk) \
	OPAQUE(struct s2n_offered_psk_list) \
	OPAQUE(struct s2n_async_pkey_op) \
	OPAQUE(struct s2n_offered_early_data) \
	/* unstable/async_offload.h */ \
	OPAQUE(struct s2n_async_offload_op) \
	/* unstable/cert_authorities.h */ \
	OPAQUE(struct s2n_certificate_request) \
	OPAQUE(struct s2n_certificate_authority_list) \
	/* unstable/crl.h */ \
	OPAQUE(struct s2n_crl_lookup) \
	OPAQUE(struct s2n_crl) \
	OPAQUE(struct s2n_cert_validation_info) \
	/* unstable/fingerprint.h */ \
	OPAQUE(struct s2n_fingerprint)

/* Variables. */
#define VARIABLE_ROWS(VARIABLE) \
	/* s2n.h */ \
	VARIABLE(s2n_errno, int) \
	/* unstable/renegotiate.h */ \
	VARIABLE(S2N_BLOCKED_ON_APPLICATION_DATA, const s2n_blocked_status)

/* Structs that programs read: all of their members, in their order. */
#define STRUCT_ROWS(STRUCT, MEMBER, END) \
	/* unstable/events.h */ \
	STRUCT(s2n_event_handshake) \
	MEMBER(s2n_event_handshake, protocol_version, int) \
	MEMBER(s2n_event_handshake, cipher, const char *) \
	MEMBER(s2n_event_handshake, group, const char *) \
	MEMBER(s2n_event_handshake, security_policy_label, const char *) \
	MEMBER(s2n_event_handshake, handshake_time_ns, uint64_t) \
	MEMBER(s2n_event_handshake, handshake_start_ns, uint64_t) \
	MEMBER(s2n_event_handshake, handshake_end_ns, uint64_t) \
	MEMBER(s2n_event_handshake, error_code, int) \
	END(s2n_event_handshake) \
	STRUCT(s2n_timing_checkpoint) \
	MEMBER(s2n_timing_checkpoint, name, const char *) \
	MEMBER(s2n_timing_checkpoint, role, uint8_t) \
	MEMBER(s2n_timing_checkpoint, timestamp_ns, uint64_t) \
	END(s2n_timing_checkpoint)
/* clang-format on */

#endif
