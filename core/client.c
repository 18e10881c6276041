#include "shim.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define OUTPUT (1u << STREAM_STDOUT | 1u << STREAM_STDERR)

/* Clients may be attached before the start has said whether there is an input. */
static bool has_input(const struct client *client)
{
	return (client->streams & 1u << STREAM_STDIN) && (client->process->flags & START_STDIN);
}

static bool reads_output(const struct client *client)
{
	return (client->streams & OUTPUT) && !client->closing;
}

bool clients_full(const struct process *process)
{
	for (const struct client *client = process->clients; client; client = client->next)
		if (client->full && reads_output(client))
			return true;
	return false;
}

/* Input is read while the process can take it; output is pushed while some is left. */
static void client_update(struct client *client)
{
	struct process *process = client->process;
	bool ready = process->state >= PROCESS_CREATED && buffer_size(&process->input_pending) == 0;
	uint32_t events = client->input_ended ? EPOLLHUP : ready ? EPOLLIN : 0;
	watch_for(process->shim, &client->watch, events | (buffer_size(&client->backlog) ? EPOLLOUT : 0));
}

void clients_update(struct process *process)
{
	for (struct client *client = process->clients; client; client = client->next)
		client_update(client);
}

static void client_remove(struct client *client)
{
	struct process *process = client->process;
	struct client **link = &process->clients;
	while (*link != client)
		link = &(*link)->next;
	*link = client->next;
	watch_close(process->shim, &client->watch);
	buffer_free(&client->backlog);
	if (has_input(client) && (process->id[0] || process->flags & START_STDIN_ONCE))
		input_close(process);
	if (client->full)
		sources_update(process);
	free(client);
}

/* Keeps what the socket does not take; false when the client is gone. */
static bool client_send(struct client *client, enum stream stream, const char *data, size_t size)
{
	unsigned char header[8] = {(unsigned char)stream, 0, 0, 0, (unsigned char)(size >> 24),
				   (unsigned char)(size >> 16), (unsigned char)(size >> 8), (unsigned char)size};
	size_t header_size = client->process->flags & START_TERMINAL ? 0 : sizeof(header);
	struct iovec parts[2] = {{header, header_size}, {(void *)data, size}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	ssize_t sent = 0;
	if (buffer_size(&client->backlog) == 0) {
		sent = sendmsg(client->watch.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN)
			return false;
		client->progress = now_ms();
	}
	size_t taken = sent > 0 ? (size_t)sent : 0;
	if (taken == header_size + size)
		return true;
	size_t header_left = taken < header_size ? header_size - taken : 0;
	size_t data_taken = taken > header_size ? taken - header_size : 0;
	if (buffer_append(&client->backlog, header + header_size - header_left, header_left) ||
	    buffer_append(&client->backlog, data + data_taken, size - data_taken))
		return false;
	client->full |= buffer_size(&client->backlog) >= BACKLOG_LIMIT;
	client_update(client);
	return true;
}

void clients_send(struct process *process, enum stream stream, const char *data, size_t size)
{
	struct client *next;
	for (struct client *client = process->clients; client; client = next) {
		next = client->next;
		if ((client->streams & 1u << stream) && !client->closing && !client_send(client, stream, data, size))
			client_remove(client);
	}
	if (clients_full(process))
		sources_update(process);
}

static void client_drain(struct client *client)
{
	struct buffer *backlog = &client->backlog;
	ssize_t sent = send(client->watch.fd, backlog->data + backlog->start, buffer_size(backlog),
			    MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0 && errno != EAGAIN) {
		client_remove(client);
		return;
	}
	if (sent > 0) {
		client->progress = now_ms();
		buffer_consume(backlog, (size_t)sent);
	}
	if (client->closing && buffer_size(backlog) == 0) {
		client_remove(client);
		return;
	}
	client_update(client);
	if (client->full && buffer_size(backlog) <= BACKLOG_LIMIT / 2) {
		client->full = false;
		sources_update(client->process);
	}
}

/* An exec's input ends with its client's, a container's only if it was started so; else the client leaves. */
static void client_input_ended(struct client *client)
{
	struct process *process = client->process;
	client->input_ended = true;
	if (!has_input(client))
		return;
	if (process->id[0] || (process->flags & START_STDIN_ONCE))
		input_close(process);
	else
		client->closing = true;
}

static void on_client(struct watch *watch, uint32_t events)
{
	struct client *client = container_of(watch, struct client, watch);
	struct process *process = client->process;
	if (events & EPOLLIN) {
		ssize_t size = recv(watch->fd, process->shim->scratch, SCRATCH_SIZE, MSG_DONTWAIT);
		process->shim->dirty = true;
		if (size > 0 && process->input.fd >= 0 && has_input(client))
			input_write(process, process->shim->scratch, (size_t)size);
		if (size == 0 || (size < 0 && errno != EAGAIN))
			client_input_ended(client);
		if (size > 0)
			return;
	} else if (events & (EPOLLHUP | EPOLLERR)) {
		client_remove(client);
		return;
	}
	if (buffer_size(&client->backlog) > 0)
		client_drain(client);
	else if (client->closing)
		client_remove(client);
	else
		client_update(client);
}

void client_add(struct process *process, int fd, uint32_t streams, bool foreground)
{
	struct client *client = calloc(1, sizeof(*client));
	int size = BACKLOG_LIMIT;
	if (!client) {
		close(fd);
		return;
	}
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	client->watch = (struct watch){.fd = fd, .ready = on_client};
	client->process = process;
	client->streams = streams;
	client->foreground = foreground;
	client->progress = now_ms();
	client->next = process->clients;
	process->clients = client;
	if (process->state >= PROCESS_ENDED)
		clients_finish(process);
	else
		client_update(client);
}

void clients_finish(struct process *process)
{
	struct client *next;
	for (struct client *client = process->clients; client; client = next) {
		next = client->next;
		client->closing = true;
		client->progress = now_ms();
		if (buffer_size(&client->backlog) == 0)
			client_remove(client);
	}
}

/* Nobody else goes on with the output, and the process was started for the client to see it: it sets the pace. */
static bool is_sole(const struct client *client)
{
	for (const struct client *other = client->process->clients; other; other = other->next)
		if (other != client && reads_output(other) && !other->full)
			return false;
	return client->foreground;
}

/* Until when it may take nothing, in ms. */
static uint64_t deadline(const struct client *client)
{
	if (client->closing)
		return client->progress + LINGER_MS;
	return client->full && !is_sole(client) ? client->progress + HOLD_MS : UINT64_MAX;
}

int64_t clients_overdue(struct process *process, uint64_t now)
{
	int64_t wait = -1;
	struct client *next;
	for (struct client *client = process->clients; client; client = next) {
		next = client->next;
		uint64_t end = deadline(client);
		if (end <= now)
			client_remove(client);
		else if (end != UINT64_MAX)
			wait = earlier(wait, (int64_t)(end - now));
	}
	return wait;
}
