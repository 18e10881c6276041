#include "shim.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define REQUEST_LIMIT (4u << 20)

/* Frames are small: a connection that has no room for one is not being read, and is let go. */
int send_frame(int fd, enum frame_type type, const void *payload, size_t size)
{
	unsigned char header[FRAME_HEADER_SIZE] = {(unsigned char)type, 0, 0, 0, (unsigned char)(size >> 24),
						   (unsigned char)(size >> 16), (unsigned char)(size >> 8),
						   (unsigned char)size};
	struct iovec parts[2] = {{header, sizeof(header)}, {(void *)payload, size}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	ssize_t sent = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent == (ssize_t)(sizeof(header) + size))
		return 0;
	shutdown(fd, SHUT_RDWR);
	return -EPIPE;
}

void tell_watchers(struct shim *shim, enum frame_type type, const void *payload, size_t size)
{
	for (struct connection *at = shim->connections; at; at = at->next)
		if (at->watching)
			send_frame(at->watch.fd, type, payload, size);
}

void tell_log_growth(struct shim *shim)
{
	for (struct connection *at = shim->connections; at; at = at->next) {
		if (shim->log.position <= at->log_threshold)
			continue;
		at->log_threshold = UINT64_MAX;
		send_frame(at->watch.fd, FRAME_LOG, &shim->log.position, sizeof(shim->log.position));
	}
}

/* A container that nobody knows of yet is not to be: whoever wanted it is gone. */
static void abandon(struct process *container)
{
	if (container->state == PROCESS_NONE)
		container->shim->done = true;
	if (container->state != PROCESS_STARTING)
		return;
	container->launch.failure = (struct failure){.list = LIST_INIT, .index = NO_INDEX, .error = ECANCELED};
	process_failed(container);
}

void connection_remove(struct connection *connection, bool keep_fd)
{
	struct shim *shim = connection->shim;
	struct connection **link = &shim->connections;
	while (*link != connection)
		link = &(*link)->next;
	*link = connection->next;
	if (connection->expected)
		shim->unattached--;
	if (shim->deferred == connection)
		shim->deferred = NULL;
	watch_for(shim, &connection->watch, 0);
	if (!keep_fd)
		close(connection->watch.fd);
	buffer_free(&connection->input);
	free(connection);
	if (!shim->connections)
		abandon(&shim->container);
}

/* How much of the request is still to come: never more is read, for what follows an EXEC is its input. */
static size_t missing(const struct buffer *input)
{
	if (input->end < FRAME_HEADER_SIZE)
		return FRAME_HEADER_SIZE - input->end;
	const unsigned char *size = (const unsigned char *)input->data + 4;
	uint32_t payload = (uint32_t)size[0] << 24 | (uint32_t)size[1] << 16 | (uint32_t)size[2] << 8 | size[3];
	return payload > REQUEST_LIMIT ? SIZE_MAX : FRAME_HEADER_SIZE + payload - input->end;
}

/* Reads on; 1 when the request is whole, 0 when more is to come, -EPIPE at the connection's end. */
static int read_request(struct connection *connection)
{
	struct buffer *input = &connection->input;
	for (size_t wanted; (wanted = missing(input)) > 0;) {
		if (wanted == SIZE_MAX || buffer_reserve(input, wanted))
			return -EPIPE;
		ssize_t size = recv(connection->watch.fd, input->data + input->end, wanted, MSG_DONTWAIT);
		if (size < 0 && errno == EAGAIN)
			return 0;
		if (size <= 0)
			return -EPIPE;
		input->end += (size_t)size;
	}
	return 1;
}

static void on_request(struct watch *watch, uint32_t events)
{
	struct connection *connection = container_of(watch, struct connection, watch);
	struct shim *shim = connection->shim;
	int result = read_request(connection);
	if (result < 0) {
		connection_remove(connection, false);
	} else if (result > 0 && connection->input.data[0] == FRAME_START && shim->unattached > 0) {
		shim->deferred = connection;
		watch_for(shim, watch, 0);
	} else if (result > 0) {
		request_serve(connection);
	}
}

void connections_settle(struct shim *shim)
{
	struct connection *deferred = shim->deferred;
	if (!deferred || shim->unattached > 0)
		return;
	shim->deferred = NULL;
	watch_for(shim, &deferred->watch, EPOLLIN);
	request_serve(deferred);
}

void on_connect(struct watch *watch, uint32_t events)
{
	struct shim *shim = container_of(watch, struct shim, listener);
	int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		connection_add(shim, fd, false);
}

void connection_add(struct shim *shim, int fd, bool expected)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	if (!connection) {
		close(fd);
		return;
	}
	*connection = (struct connection){
		.watch = {.fd = fd, .ready = on_request},
		.shim = shim,
		.next = shim->connections,
		.expected = expected,
		.log_threshold = UINT64_MAX,
	};
	shim->unattached += expected;
	shim->connections = connection;
	watch_for(shim, &connection->watch, EPOLLIN);
}
