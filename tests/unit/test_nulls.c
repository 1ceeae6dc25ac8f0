/*
 * Every public function that takes an object, without one: an error, never a
 * crash. tests/static/api.sh sees that each has its row.
 */
#include <unstable/allow_ip_in_cn.h>
#include <unstable/async_offload.h>
#include <unstable/cert_authorities.h>
#include <unstable/crl.h>
#include <unstable/custom_x509_extensions.h>
#include <unstable/events.h>
#include <unstable/fingerprint.h>
#include <unstable/ktls.h>
#include <unstable/npn.h>
#include <unstable/renegotiate.h>

#include "libtls/bindings.h"
#include "libtls/s2n.h"
#include "tests/unit/unit.h"

/* clang-format off */
#define ROWS(FAILS) \
	FAILS(s2n_get_fips_mode, (NULL)) \
	FAILS(s2n_config_free, (NULL)) \
	FAILS(s2n_config_free_dhparams, (NULL)) \
	FAILS(s2n_config_free_cert_chain_and_key, (NULL)) \
	FAILS(s2n_config_set_wall_clock, (NULL, NULL, NULL)) \
	FAILS(s2n_config_set_monotonic_clock, (NULL, NULL, NULL)) \
	FAILS(s2n_print_stacktrace, (NULL)) \
	FAILS(s2n_get_stacktrace, (NULL)) \
	FAILS(s2n_config_set_cache_store_callback, (NULL, NULL, NULL)) \
	FAILS(s2n_config_set_cache_retrieve_callback, (NULL, NULL, NULL)) \
	FAILS(s2n_config_set_cache_delete_callback, (NULL, NULL, NULL)) \
	FAILS(s2n_cert_chain_and_key_load_pem, (NULL, NULL, NULL)) \
	FAILS(s2n_cert_chain_and_key_load_pem_bytes, (NULL, NULL, 0, NULL, 0)) \
	FAILS(s2n_cert_chain_and_key_load_public_pem_bytes, (NULL, NULL, 0)) \
	FAILS(s2n_cert_chain_and_key_set_ctx, (NULL, NULL)) \
	FAILS(s2n_cert_chain_and_key_get_ctx, (NULL)) \
	FAILS(s2n_cert_chain_and_key_get_private_key, (NULL)) \
	FAILS(s2n_cert_chain_and_key_set_ocsp_data, (NULL, NULL, 0)) \
	FAILS(s2n_cert_chain_and_key_set_sct_list, (NULL, NULL, 0)) \
	FAILS(s2n_config_set_cert_tiebreak_callback, (NULL, NULL)) \
	FAILS(s2n_config_add_cert_chain_and_key, (NULL, NULL, NULL)) \
	FAILS(s2n_config_add_cert_chain_and_key_to_store, (NULL, NULL)) \
	FAILS(s2n_config_set_cert_chain_and_key_defaults, (NULL, NULL, 0)) \
	FAILS(s2n_config_set_verification_ca_location, (NULL, NULL, NULL)) \
	FAILS(s2n_config_add_pem_to_trust_store, (NULL, NULL)) \
	FAILS(s2n_config_wipe_trust_store, (NULL)) \
	FAILS(s2n_config_load_system_certs, (NULL)) \
	FAILS(s2n_config_set_verify_after_sign, (NULL, 0)) \
	FAILS(s2n_config_set_send_buffer_size, (NULL, 0)) \
	FAILS(s2n_config_set_recv_multi_record, (NULL, 0)) \
	FAILS(s2n_config_set_verify_host_callback, (NULL, NULL, NULL)) \
	FAILS(s2n_config_set_check_stapled_ocsp_response, (NULL, 0)) \
	FAILS(s2n_config_disable_x509_time_verification, (NULL)) \
	FAILS(s2n_config_disable_x509_intent_verification, (NULL)) \
	FAILS(s2n_config_disable_x509_verification, (NULL)) \
	FAILS(s2n_config_set_max_cert_chain_depth, (NULL, 0)) \
	FAILS(s2n_config_add_dhparams, (NULL, NULL)) \
	FAILS(s2n_config_set_cipher_preferences, (NULL, NULL)) \
	FAILS(s2n_config_append_protocol_preference, (NULL, NULL, 0)) \
	FAILS(s2n_config_set_protocol_preferences, (NULL, NULL, 0)) \
	FAILS(s2n_config_set_status_request_type, (NULL, 0)) \
	FAILS(s2n_config_set_ct_support_level, (NULL, 0)) \
	FAILS(s2n_config_set_alert_behavior, (NULL, 0)) \
	FAILS(s2n_config_set_extension_data, (NULL, 0, NULL, 0)) \
	FAILS(s2n_config_send_max_fragment_length, (NULL, 0)) \
	FAILS(s2n_config_accept_max_fragment_length, (NULL)) \
	FAILS(s2n_config_set_session_state_lifetime, (NULL, 0)) \
	FAILS(s2n_config_set_session_tickets_onoff, (NULL, 0)) \
	FAILS(s2n_config_set_session_cache_onoff, (NULL, 0)) \
	FAILS(s2n_config_set_ticket_encrypt_decrypt_key_lifetime, (NULL, 0)) \
	FAILS(s2n_config_set_ticket_decrypt_key_lifetime, (NULL, 0)) \
	FAILS(s2n_config_add_ticket_crypto_key, (NULL, NULL, 0, NULL, 0, 0)) \
	FAILS(s2n_config_require_ticket_forward_secrecy, (NULL, 0)) \
	FAILS(s2n_config_set_ctx, (NULL, NULL)) \
	FAILS(s2n_config_get_ctx, (NULL, NULL)) \
	FAILS(s2n_connection_set_config, (NULL, NULL)) \
	FAILS(s2n_connection_set_ctx, (NULL, NULL)) \
	FAILS(s2n_connection_get_ctx, (NULL)) \
	FAILS(s2n_config_set_client_hello_cb, (NULL, NULL, NULL)) \
	FAILS(s2n_config_set_client_hello_cb_mode, (NULL, 0)) \
	FAILS(s2n_client_hello_cb_done, (NULL)) \
	FAILS(s2n_connection_server_name_extension_used, (NULL)) \
	FAILS(s2n_connection_get_client_hello, (NULL)) \
	FAILS(s2n_client_hello_parse_message, (NULL, 0)) \
	FAILS(s2n_client_hello_free, (NULL)) \
	FAILS(s2n_client_hello_get_raw_message_length, (NULL)) \
	FAILS(s2n_client_hello_get_raw_message, (NULL, NULL, 0)) \
	FAILS(s2n_client_hello_get_cipher_suites_length, (NULL)) \
	FAILS(s2n_client_hello_get_cipher_suites, (NULL, NULL, 0)) \
	FAILS(s2n_client_hello_get_extensions_length, (NULL)) \
	FAILS(s2n_client_hello_get_extensions, (NULL, NULL, 0)) \
	FAILS(s2n_client_hello_get_extension_length, (NULL, 0)) \
	FAILS(s2n_client_hello_get_extension_by_id, (NULL, 0, NULL, 0)) \
	FAILS(s2n_client_hello_has_extension, (NULL, 0, NULL)) \
	FAILS(s2n_client_hello_get_session_id_length, (NULL, NULL)) \
	FAILS(s2n_client_hello_get_session_id, (NULL, NULL, NULL, 0)) \
	FAILS(s2n_client_hello_get_compression_methods_length, (NULL, NULL)) \
	FAILS(s2n_client_hello_get_compression_methods, (NULL, NULL, 0, NULL)) \
	FAILS(s2n_client_hello_get_legacy_protocol_version, (NULL, NULL)) \
	FAILS(s2n_client_hello_get_random, (NULL, NULL, 0)) \
	FAILS(s2n_client_hello_get_supported_groups, (NULL, NULL, 0, NULL)) \
	FAILS(s2n_client_hello_get_server_name_length, (NULL, NULL)) \
	FAILS(s2n_client_hello_get_server_name, (NULL, NULL, 0, NULL)) \
	FAILS(s2n_config_enable_quic, (NULL)) \
	FAILS(s2n_connection_enable_quic, (NULL)) \
	FAILS(s2n_connection_set_quic_transport_parameters, (NULL, NULL, 0)) \
	FAILS(s2n_connection_get_quic_transport_parameters, (NULL, NULL, NULL)) \
	FAILS(s2n_connection_set_secret_callback, (NULL, NULL, NULL)) \
	FAILS(s2n_recv_quic_post_handshake_message, (NULL, NULL)) \
	FAILS(s2n_connection_set_fd, (NULL, 0)) \
	FAILS(s2n_connection_set_read_fd, (NULL, 0)) \
	FAILS(s2n_connection_set_write_fd, (NULL, 0)) \
	FAILS(s2n_connection_get_read_fd, (NULL, NULL)) \
	FAILS(s2n_connection_get_write_fd, (NULL, NULL)) \
	FAILS(s2n_connection_use_corked_io, (NULL)) \
	FAILS(s2n_connection_set_recv_ctx, (NULL, NULL)) \
	FAILS(s2n_connection_set_send_ctx, (NULL, NULL)) \
	FAILS(s2n_connection_set_recv_cb, (NULL, NULL)) \
	FAILS(s2n_connection_set_send_cb, (NULL, NULL)) \
	FAILS(s2n_connection_prefer_throughput, (NULL)) \
	FAILS(s2n_connection_prefer_low_latency, (NULL)) \
	FAILS(s2n_connection_set_recv_buffering, (NULL, 0)) \
	FAILS(s2n_connection_set_dynamic_buffers, (NULL, 0)) \
	FAILS(s2n_connection_set_dynamic_record_threshold, (NULL, 0, 0)) \
	FAILS(s2n_connection_set_verify_host_callback, (NULL, NULL, NULL)) \
	FAILS(s2n_connection_set_blinding, (NULL, 0)) \
	FAILS(s2n_config_set_max_blinding_delay, (NULL, 0)) \
	FAILS(s2n_connection_set_cipher_preferences, (NULL, NULL)) \
	FAILS(s2n_connection_request_key_update, (NULL, 0)) \
	FAILS(s2n_connection_append_protocol_preference, (NULL, NULL, 0)) \
	FAILS(s2n_connection_set_protocol_preferences, (NULL, NULL, 0)) \
	FAILS(s2n_set_server_name, (NULL, NULL)) \
	FAILS(s2n_get_server_name, (NULL)) \
	FAILS(s2n_get_application_protocol, (NULL)) \
	FAILS(s2n_connection_get_ocsp_response, (NULL, NULL)) \
	FAILS(s2n_connection_get_sct_list, (NULL, NULL)) \
	FAILS(s2n_negotiate, (NULL, NULL)) \
	FAILS(s2n_send, (NULL, NULL, 0, NULL)) \
	FAILS(s2n_sendv, (NULL, NULL, 0, NULL)) \
	FAILS(s2n_sendv_with_offset, (NULL, NULL, 0, 0, NULL)) \
	FAILS(s2n_recv, (NULL, NULL, 0, NULL)) \
	FAILS(s2n_connection_free_handshake, (NULL)) \
	FAILS(s2n_connection_release_buffers, (NULL)) \
	FAILS(s2n_connection_wipe, (NULL)) \
	FAILS(s2n_connection_free, (NULL)) \
	FAILS(s2n_shutdown, (NULL, NULL)) \
	FAILS(s2n_shutdown_send, (NULL, NULL)) \
	FAILS(s2n_config_get_client_auth_type, (NULL, NULL)) \
	FAILS(s2n_config_set_client_auth_type, (NULL, 0)) \
	FAILS(s2n_connection_get_client_auth_type, (NULL, NULL)) \
	FAILS(s2n_connection_set_client_auth_type, (NULL, 0)) \
	FAILS(s2n_connection_get_client_cert_chain, (NULL, NULL, NULL)) \
	FAILS(s2n_config_set_initial_ticket_count, (NULL, 0)) \
	FAILS(s2n_connection_add_new_tickets_to_send, (NULL, 0)) \
	FAILS(s2n_connection_get_tickets_sent, (NULL, NULL)) \
	FAILS(s2n_connection_set_server_keying_material_lifetime, (NULL, 0)) \
	FAILS(s2n_config_set_session_ticket_cb, (NULL, NULL, NULL)) \
	FAILS(s2n_session_ticket_get_data_len, (NULL, NULL)) \
	FAILS(s2n_session_ticket_get_data, (NULL, 0, NULL)) \
	FAILS(s2n_session_ticket_get_lifetime, (NULL, NULL)) \
	FAILS(s2n_connection_set_session, (NULL, NULL, 0)) \
	FAILS(s2n_connection_get_session, (NULL, NULL, 0)) \
	FAILS(s2n_connection_get_session_ticket_lifetime_hint, (NULL)) \
	FAILS(s2n_connection_get_session_length, (NULL)) \
	FAILS(s2n_connection_get_session_id_length, (NULL)) \
	FAILS(s2n_connection_get_session_id, (NULL, NULL, 0)) \
	FAILS(s2n_connection_is_ocsp_stapled, (NULL)) \
	FAILS(s2n_connection_get_selected_signature_algorithm, (NULL, NULL)) \
	FAILS(s2n_connection_get_selected_digest_algorithm, (NULL, NULL)) \
	FAILS(s2n_connection_get_selected_client_cert_signature_algorithm, (NULL, NULL)) \
	FAILS(s2n_connection_get_selected_client_cert_digest_algorithm, (NULL, NULL)) \
	FAILS(s2n_connection_get_signature_scheme, (NULL, NULL)) \
	FAILS(s2n_connection_get_selected_cert, (NULL)) \
	FAILS(s2n_cert_chain_get_length, (NULL, NULL)) \
	FAILS(s2n_cert_chain_get_cert, (NULL, NULL, 0)) \
	FAILS(s2n_cert_get_der, (NULL, NULL, NULL)) \
	FAILS(s2n_connection_get_peer_cert_chain, (NULL, NULL)) \
	FAILS(s2n_cert_get_x509_extension_value_length, (NULL, NULL, NULL)) \
	FAILS(s2n_cert_get_x509_extension_value, (NULL, NULL, NULL, NULL, NULL)) \
	FAILS(s2n_cert_get_utf8_string_from_extension_data_length, (NULL, 0, NULL)) \
	FAILS(s2n_cert_get_utf8_string_from_extension_data, (NULL, 0, NULL, NULL)) \
	FAILS(s2n_psk_set_identity, (NULL, NULL, 0)) \
	FAILS(s2n_psk_set_secret, (NULL, NULL, 0)) \
	FAILS(s2n_psk_set_hmac, (NULL, 0)) \
	FAILS(s2n_connection_append_psk, (NULL, NULL)) \
	FAILS(s2n_config_set_psk_mode, (NULL, 0)) \
	FAILS(s2n_connection_set_psk_mode, (NULL, 0)) \
	FAILS(s2n_connection_get_negotiated_psk_identity_length, (NULL, NULL)) \
	FAILS(s2n_connection_get_negotiated_psk_identity, (NULL, NULL, 0)) \
	FAILS(s2n_offered_psk_get_identity, (NULL, NULL, NULL)) \
	FAILS(s2n_offered_psk_list_next, (NULL, NULL)) \
	FAILS(s2n_offered_psk_list_reread, (NULL)) \
	FAILS(s2n_offered_psk_list_choose_psk, (NULL, NULL)) \
	FAILS(s2n_config_set_psk_selection_callback, (NULL, NULL, NULL)) \
	FAILS(s2n_connection_get_client_protocol_version, (NULL)) \
	FAILS(s2n_connection_get_server_protocol_version, (NULL)) \
	FAILS(s2n_connection_get_actual_protocol_version, (NULL)) \
	FAILS(s2n_connection_get_client_hello_version, (NULL)) \
	FAILS(s2n_client_hello_get_legacy_record_version, (NULL, NULL)) \
	FAILS(s2n_connection_client_cert_used, (NULL)) \
	FAILS(s2n_connection_get_cipher, (NULL)) \
	FAILS(s2n_connection_get_certificate_match, (NULL, NULL)) \
	FAILS(s2n_connection_get_master_secret, (NULL, NULL, 0)) \
	FAILS(s2n_connection_tls_exporter, (NULL, NULL, 0, NULL, 0, NULL, 0)) \
	FAILS(s2n_connection_get_cipher_iana_value, (NULL, NULL, NULL)) \
	FAILS(s2n_connection_is_valid_for_cipher_preferences, (NULL, NULL)) \
	FAILS(s2n_connection_get_curve, (NULL)) \
	FAILS(s2n_connection_get_kem_name, (NULL)) \
	FAILS(s2n_connection_get_kem_group_name, (NULL)) \
	FAILS(s2n_connection_get_key_exchange_group, (NULL, NULL)) \
	FAILS(s2n_connection_get_alert, (NULL)) \
	FAILS(s2n_connection_get_handshake_type_name, (NULL)) \
	FAILS(s2n_connection_get_last_message_name, (NULL)) \
	FAILS(s2n_config_set_async_pkey_callback, (NULL, NULL)) \
	FAILS(s2n_async_pkey_op_perform, (NULL, NULL)) \
	FAILS(s2n_async_pkey_op_apply, (NULL, NULL)) \
	FAILS(s2n_async_pkey_op_free, (NULL)) \
	FAILS(s2n_config_set_async_pkey_validation_mode, (NULL, 0)) \
	FAILS(s2n_async_pkey_op_get_op_type, (NULL, NULL)) \
	FAILS(s2n_async_pkey_op_get_input_size, (NULL, NULL)) \
	FAILS(s2n_async_pkey_op_get_input, (NULL, NULL, 0)) \
	FAILS(s2n_async_pkey_op_set_output, (NULL, NULL, 0)) \
	FAILS(s2n_config_set_key_log_cb, (NULL, NULL, NULL)) \
	FAILS(s2n_config_enable_cert_req_dss_legacy_compat, (NULL)) \
	FAILS(s2n_config_set_server_max_early_data_size, (NULL, 0)) \
	FAILS(s2n_connection_set_server_max_early_data_size, (NULL, 0)) \
	FAILS(s2n_connection_set_server_early_data_context, (NULL, NULL, 0)) \
	FAILS(s2n_psk_configure_early_data, (NULL, 0, 0, 0)) \
	FAILS(s2n_psk_set_application_protocol, (NULL, NULL, 0)) \
	FAILS(s2n_psk_set_early_data_context, (NULL, NULL, 0)) \
	FAILS(s2n_connection_get_early_data_status, (NULL, NULL)) \
	FAILS(s2n_connection_get_remaining_early_data_size, (NULL, NULL)) \
	FAILS(s2n_connection_get_max_early_data_size, (NULL, NULL)) \
	FAILS(s2n_send_early_data, (NULL, NULL, 0, NULL, NULL)) \
	FAILS(s2n_recv_early_data, (NULL, NULL, 0, NULL, NULL)) \
	FAILS(s2n_config_set_early_data_cb, (NULL, NULL)) \
	FAILS(s2n_offered_early_data_get_context_length, (NULL, NULL)) \
	FAILS(s2n_offered_early_data_get_context, (NULL, NULL, 0)) \
	FAILS(s2n_offered_early_data_reject, (NULL)) \
	FAILS(s2n_offered_early_data_accept, (NULL)) \
	FAILS(s2n_config_get_supported_groups, (NULL, NULL, 0, NULL)) \
	FAILS(s2n_config_set_serialization_version, (NULL, 0)) \
	FAILS(s2n_connection_serialization_length, (NULL, NULL)) \
	FAILS(s2n_connection_serialize, (NULL, NULL, 0)) \
	FAILS(s2n_connection_deserialize, (NULL, NULL, 0)) \
	FAILS(s2n_config_set_cert_authorities_from_trust_store, (NULL)) \
	FAILS(s2n_config_allow_ip_in_cn, (NULL)) \
	FAILS(s2n_config_set_async_offload_callback, (NULL, 0, NULL, NULL)) \
	FAILS(s2n_async_offload_op_perform, (NULL)) \
	FAILS(s2n_certificate_request_get_ca_list, (NULL)) \
	FAILS(s2n_certificate_request_set_certificate, (NULL, NULL)) \
	FAILS(s2n_certificate_authority_list_next, (NULL, NULL, NULL)) \
	FAILS(s2n_certificate_authority_list_reread, (NULL)) \
	FAILS(s2n_config_set_cert_request_callback, (NULL, NULL, NULL)) \
	FAILS(s2n_config_set_crl_lookup_cb, (NULL, NULL, NULL)) \
	FAILS(s2n_crl_load_pem, (NULL, NULL, 0)) \
	FAILS(s2n_crl_get_issuer_hash, (NULL, NULL)) \
	FAILS(s2n_crl_validate_active, (NULL)) \
	FAILS(s2n_crl_validate_not_expired, (NULL)) \
	FAILS(s2n_crl_lookup_get_cert_issuer_hash, (NULL, NULL)) \
	FAILS(s2n_crl_lookup_set, (NULL, NULL)) \
	FAILS(s2n_crl_lookup_ignore, (NULL)) \
	FAILS(s2n_config_set_cert_validation_cb, (NULL, NULL, NULL)) \
	FAILS(s2n_cert_validation_accept, (NULL)) \
	FAILS(s2n_cert_validation_reject, (NULL)) \
	FAILS(s2n_config_add_custom_x509_extension, (NULL, NULL, 0)) \
	FAILS(s2n_config_set_subscriber, (NULL, NULL)) \
	FAILS(s2n_config_set_handshake_event, (NULL, NULL)) \
	FAILS(s2n_config_set_timing_checkpoint_cb, (NULL, NULL)) \
	FAILS(s2n_fingerprint_wipe, (NULL)) \
	FAILS(s2n_fingerprint_set_client_hello, (NULL, NULL)) \
	FAILS(s2n_fingerprint_get_hash_size, (NULL, NULL)) \
	FAILS(s2n_fingerprint_get_hash, (NULL, 0, NULL, NULL)) \
	FAILS(s2n_fingerprint_get_raw_size, (NULL, NULL)) \
	FAILS(s2n_fingerprint_get_raw, (NULL, 0, NULL, NULL)) \
	FAILS(s2n_client_hello_get_fingerprint_hash, (NULL, 0, 0, NULL, NULL, NULL)) \
	FAILS(s2n_client_hello_get_fingerprint_string, (NULL, 0, 0, NULL, NULL)) \
	FAILS(s2n_connection_ktls_enable_send, (NULL)) \
	FAILS(s2n_connection_ktls_enable_recv, (NULL)) \
	FAILS(s2n_config_ktls_enable_unsafe_tls13, (NULL)) \
	FAILS(s2n_connection_get_key_update_counts, (NULL, NULL, NULL)) \
	FAILS(s2n_sendfile, (NULL, 0, 0, 0, NULL, NULL)) \
	FAILS(s2n_config_set_npn, (NULL, 0)) \
	FAILS(s2n_config_set_renegotiate_request_cb, (NULL, NULL, NULL)) \
	FAILS(s2n_renegotiate_wipe, (NULL)) \
	FAILS(s2n_renegotiate, (NULL, NULL, 0, NULL, NULL))

/* Those that have an answer all the same. */
#define ANSWER_ROWS(ANSWERS) \
	ANSWERS(s2n_cert_chain_and_key_free, 0) \
	ANSWERS(s2n_peek_buffered, 0) \
	ANSWERS(s2n_peek, 0) \
	ANSWERS(s2n_connection_get_delay, UINT64_MAX) \
	ANSWERS(s2n_connection_is_session_resumed, 0) \
	ANSWERS(s2n_connection_is_quic_enabled, false) \
	ANSWERS(s2n_psk_free, 0) \
	ANSWERS(s2n_offered_psk_free, 0) \
	ANSWERS(s2n_offered_psk_list_has_next, false) \
	ANSWERS(s2n_connection_get_wire_bytes_in, 0) \
	ANSWERS(s2n_connection_get_wire_bytes_out, 0) \
	ANSWERS(s2n_connection_get_mode, S2N_SERVER) \
	ANSWERS(s2n_certificate_authority_list_has_next, false) \
	ANSWERS(s2n_crl_free, 0) \
	ANSWERS(s2n_fingerprint_free, 0)
/* clang-format on */

/* What a function that fails returns: -1, or NULL. */
#define FAILURE(call) _Generic((call), int : -1, ssize_t : -1, default : 0)

#define FAILS(name, arguments)                                                 \
	static bool name##_fails(void)                                         \
	{                                                                      \
		return (intptr_t)(name arguments) == FAILURE(name arguments);  \
	}
ROWS(FAILS)
#undef FAILS

static const struct {
	const char *name;
	bool (*fails)(void);
} functions[] = {
#define FAILS(name, arguments) { #name, name##_fails },
	ROWS(FAILS)
#undef FAILS
};

#define ANSWERS(name, answer)                                                  \
	static bool name##_answers(void)                                       \
	{                                                                      \
		return name(NULL) == (answer);                                 \
	}
ANSWER_ROWS(ANSWERS)
#undef ANSWERS

static const struct {
	const char *name;
	bool (*answers)(void);
} others[] = {
#define ANSWERS(name, answer) { #name, name##_answers },
	ANSWER_ROWS(ANSWERS)
#undef ANSWERS
};

START_TEST(without_its_object_a_function_fails)
{
	s2n_errno = 0;
	ck_assert_msg(functions[_i].fails(), "%s", functions[_i].name);
	ck_assert_msg(strcmp(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL") == 0,
	    "%s: %s", functions[_i].name, s2n_strerror_name(s2n_errno));
}
END_TEST

START_TEST(nothing_is_freed_counted_and_read)
{
	ck_assert_msg(others[_i].answers(), "%s", others[_i].name);
}
END_TEST

static Suite *
nulls_suite(void)
{
	Suite *suite = suite_create("nulls");
	TCase *tcase = tcase_create("nulls");

	tcase_add_loop_test(tcase, without_its_object_a_function_fails, 0,
	    (int)COUNT(functions));
	tcase_add_loop_test(
	    tcase, nothing_is_freed_counted_and_read, 0, (int)COUNT(others));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(nulls_suite)
