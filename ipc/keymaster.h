/*
 * A master's half of the keyd socket: connect, ask for channels, be told of
 * new ones. Packets are asked for and taken one at a time; who waits and how
 * is the caller's loop.
 */
#ifndef IPC_KEYMASTER_H
#define IPC_KEYMASTER_H

#include "ipc/keyproto.h"

struct keymaster;

enum keymaster_event {
	KEYMASTER_NOTHING,     /* nothing to read now */
	KEYMASTER_WELCOME,     /* keyd took the HELLO */
	KEYMASTER_CHANNEL,     /* an answer or a push: fd, newchannel */
	KEYMASTER_STATUS,      /* processes */
	KEYMASTER_REFUSED,     /* refusal: type and status */
	KEYMASTER_DISCONNECTED /* keyd is gone: free this one, connect again */
};

struct keymaster_news {
	int fd;         /* KEYMASTER_CHANNEL: yours to close; else -1 */
	bool of_client; /* it was asked for by keymaster_newclientchannel() */
	struct keyproto_newchannel newchannel;
	struct keyproto_processes processes;
	uint16_t refused_type;
	uint32_t status;
};

/* Connects (at once or not at all) and queues HELLO. NULL and errno. */
struct keymaster *keymaster_connect(const char *socket_path);
/* The same over a connected descriptor, which it takes. */
struct keymaster *keymaster_new(int fd);
void keymaster_free(struct keymaster *);

/* To watch: for reading always, for writing while keymaster_waiting(). */
int keymaster_fd(const struct keymaster *);
bool keymaster_waiting(const struct keymaster *);
/* Writes what is queued; false when keyd is gone. */
must_check bool keymaster_flush(struct keymaster *);

/*
 * Asks for channels for the worker called tag; KEYMASTER_CHANNEL follows once
 * for each signer group (newchannel.groups tells how many), and again, unasked,
 * when a signer was replaced. False when too much is queued already.
 */
must_check bool keymaster_newchannel(struct keymaster *, uint32_t tag);
/* The same of channels for the role of a client of others, where the
 * configuration has both for our account. */
must_check bool keymaster_newclientchannel(struct keymaster *, uint32_t tag);
/* Asks for keyd's processes; KEYMASTER_STATUS follows. */
must_check bool keymaster_status(struct keymaster *);

/* Takes one packet. Call until KEYMASTER_NOTHING. */
enum keymaster_event keymaster_receive(
    struct keymaster *, struct keymaster_news *);

#endif
