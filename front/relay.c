#include "front.h"
#include "frame.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>

/* What the stock client ends with when it has lost its daemon. */
#define LOST_CODE 125
/* What a shell shows for a program that SIGPIPE ended. */
#define BROKEN_PIPE_CODE 141

#define CHUNK_BYTES (64 * 1024)

struct relay {
	int connection;
	/* Descriptor of the signals that the command has asked for; -1 while it has asked for none. */
	int signals;
	sigset_t taken;
};

_Noreturn static void lose(void)
{
	fputs("wharf: the client process that ran this command has ended; what it had asked for may be done\n", stderr);
	exit(LOST_CODE);
}

static void receive(int connection, void *bytes, size_t size)
{
	if (recv(connection, bytes, size, MSG_WAITALL) != (ssize_t)size)
		lose();
}

/* Output that nobody reads ends the program; an unread complaint does not. */
static void give_up(int fd)
{
	if (fd == STDERR_FILENO)
		return;
	if (errno == EPIPE)
		exit(BROKEN_PIPE_CODE);
	fprintf(stderr, "wharf: write: %s\n", strerror(errno));
	exit(1);
}

static void write_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t written = write(fd, bytes, size);
		if (written < 0 && errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
			continue;
		}
		if (written < 0)
			return give_up(fd);
		bytes += written;
		size -= (size_t)written;
	}
}

static void pass_output(struct relay *relay, int fd, size_t size)
{
	static char chunk[CHUNK_BYTES];
	while (size > 0) {
		ssize_t got = recv(relay->connection, chunk, size < sizeof chunk ? size : sizeof chunk, 0);
		if (got <= 0)
			lose();
		write_all(fd, chunk, (size_t)got);
		size -= (size_t)got;
	}
}

/* From now on these signals come to the command; the others do what the kernel makes of them. */
static void take_signals(struct relay *relay, size_t size)
{
	for (; size > 0; size--) {
		uint8_t number;
		receive(relay->connection, &number, sizeof number);
		sigaddset(&relay->taken, number);
	}
	sigprocmask(SIG_BLOCK, &relay->taken, NULL);
	relay->signals = signalfd(relay->signals, &relay->taken, SFD_CLOEXEC);
}

static void pass_signal(struct relay *relay)
{
	struct signalfd_siginfo signal;
	if (read(relay->signals, &signal, sizeof signal) != sizeof signal)
		return;
	struct {
		struct header header;
		uint8_t number;
	} __attribute__((packed)) frame = { { FRAME_SIGNAL, 1 }, (uint8_t)signal.ssi_signo };
	send(relay->connection, &frame, sizeof frame, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* One frame; the exit code when it is the last, else -1. */
static int pass_frame(struct relay *relay)
{
	struct header header;
	uint8_t code;
	receive(relay->connection, &header, sizeof header);
	switch (header.kind) {
	case FRAME_OUT:
		pass_output(relay, STDOUT_FILENO, header.size);
		return -1;
	case FRAME_ERROR:
		pass_output(relay, STDERR_FILENO, header.size);
		return -1;
	case FRAME_TAKE:
		take_signals(relay, header.size);
		return -1;
	case FRAME_EXIT:
		receive(relay->connection, &code, sizeof code);
		return code;
	default:
		lose();
	}
}

int relay(int connection)
{
	struct timeval forever = { 0 };
	struct relay relay = { .connection = connection, .signals = -1 };
	sigemptyset(&relay.taken);
	signal(SIGPIPE, SIG_IGN);
	setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever);
	for (;;) {
		struct pollfd waiting[] = { { .fd = connection, .events = POLLIN }, { .fd = relay.signals, .events = POLLIN } };
		if (poll(waiting, 2, -1) < 0)
			continue;
		if (waiting[1].revents)
			pass_signal(&relay);
		if (!waiting[0].revents)
			continue;
		int code = pass_frame(&relay);
		if (code >= 0)
			return code;
	}
}
