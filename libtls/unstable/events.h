/*
 * unstable/events.h: what happens in handshakes, told to an application that
 * counts and measures. Callbacks run within s2n_negotiate: they may look at the
 * connection, but neither negotiate nor free it. Newer than the
 * guide.
 */
#ifndef S2N_UNSTABLE_EVENTS_H
#define S2N_UNSTABLE_EVENTS_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Kept for old callers. */
#define HANDSHAKE_EVENT_SENT (UINT64_C(1) << 63)

/** A handshake that has succeeded or failed. Valid during the callback only;
 * texts are constant. Times are the config's monotonic clock's. */
struct s2n_event_handshake {
	/** S2N_TLS13 ..., 0 if it was not agreed on. */
	int protocol_version;
	/** As of s2n_connection_get_cipher. */
	const char *cipher;
	/** As of s2n_connection_get_key_exchange_group; NULL without. */
	const char *group;
	/** Name of the security policy. */
	const char *security_policy_label;
	/** Time spent within s2n_negotiate, without waiting between calls. */
	uint64_t handshake_time_ns;
	/** The first call of s2n_negotiate. */
	uint64_t handshake_start_ns;
	/** The end of its last call. */
	uint64_t handshake_end_ns;
	/** 0, or what s2n_errno is about to be. */
	int error_code;
};

typedef void (*s2n_event_on_handshake_cb)(struct s2n_connection *conn,
    void *subscriber, struct s2n_event_handshake *event);

/** A point that a handshake has come to. Valid during the callback only. */
struct s2n_timing_checkpoint {
	/** A message that was handled, as of
	 * s2n_connection_get_last_message_name, or NEGOTIATE_START,
	 * NEGOTIATE_END, RECORD_READ, RECORD_WRITE. */
	const char *name;
	/** S2N_SERVER or S2N_CLIENT: the connection's. */
	uint8_t role;
	/** When, by the config's monotonic clock. */
	uint64_t timestamp_ns;
};

typedef void (*s2n_event_on_timing_checkpoint_cb)(struct s2n_connection *conn,
    void *subscriber, struct s2n_timing_checkpoint *checkpoint);

/**
 * s2n_config_set_subscriber sets the pointer that both callbacks are given.
 *
 * @param config any
 * @param subscriber the application's, not looked at; as long as it is NULL no
 * handshake events are told
 */
S2N_API int s2n_config_set_subscriber(
    struct s2n_config *config, void *subscriber);

/** s2n_config_set_handshake_event sets what is called once a connection, when
 * its handshake is done or has failed (not when it waits); NULL: nothing. */
S2N_API int s2n_config_set_handshake_event(
    struct s2n_config *config, s2n_event_on_handshake_cb callback);

/** s2n_config_set_timing_checkpoint_cb sets what is called at each point of a
 * handshake; NULL: nothing. */
S2N_API int s2n_config_set_timing_checkpoint_cb(
    struct s2n_config *config, s2n_event_on_timing_checkpoint_cb callback);

#ifdef __cplusplus
}
#endif

#endif
