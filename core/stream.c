#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define PIPE_SIZE (1 << 20)

static void update_sources(struct process *process)
{
	bool stalled = false;
	for (struct client *client = process->clients; client; client = client->next)
		stalled |= buffer_size(&client->backlog) >= BACKLOG_LIMIT;
	process->stalled = stalled;
	for (int i = 0; i < 2; i++)
		if (process->sources[i].watch.fd >= 0)
			watch_for(process->shim, &process->sources[i].watch, stalled ? 0 : EPOLLIN);
}

/* Clients may be attached before the start has said whether there is an input. */
static bool has_input(const struct client *client)
{
	return (client->streams & 1u << STREAM_STDIN) && (client->process->flags & START_STDIN);
}

/* Input is read while the process can take it; output is pushed while some is left. */
static void update_client(struct client *client)
{
	struct process *process = client->process;
	bool ready = process->state >= PROCESS_CREATED && buffer_size(&process->input_pending) == 0;
	uint32_t events = client->input_ended ? EPOLLHUP : ready ? EPOLLIN : 0;
	watch_for(process->shim, &client->watch, events | (buffer_size(&client->backlog) ? EPOLLOUT : 0));
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
	free(client);
	if (process->stalled)
		update_sources(process);
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
	update_client(client);
	return true;
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
	update_client(client);
	if (client->process->stalled)
		update_sources(client->process);
}

static void input_write(struct process *process, const char *data, size_t size)
{
	ssize_t written = write(process->input.fd, data, size);
	if (written < 0 && errno != EAGAIN) {
		watch_close(process->shim, &process->input);
		return;
	}
	size_t taken = written > 0 ? (size_t)written : 0;
	if (taken == size || buffer_append(&process->input_pending, data + taken, size - taken))
		return;
	watch_for(process->shim, &process->input, EPOLLOUT);
	for (struct client *client = process->clients; client; client = client->next)
		update_client(client);
}

/* Closes standard input behind what is still to be written. A terminal stays: it is the output too. */
void input_close(struct process *process)
{
	process->input_closing = true;
	if (process->input.fd >= 0 && buffer_size(&process->input_pending) == 0 && !(process->flags & START_TERMINAL))
		watch_close(process->shim, &process->input);
}

static void on_input_writable(struct watch *watch, uint32_t events)
{
	struct process *process = container_of(watch, struct process, input);
	struct buffer *pending = &process->input_pending;
	ssize_t written = write(watch->fd, pending->data + pending->start, buffer_size(pending));
	if (written > 0)
		buffer_consume(pending, (size_t)written);
	else if (written < 0 && errno != EAGAIN)
		buffer_free(pending);
	if (buffer_size(pending) > 0)
		return;
	watch_for(process->shim, watch, 0);
	if (written < 0)
		watch_close(process->shim, watch);
	else if (process->input_closing)
		input_close(process);
	for (struct client *client = process->clients; client; client = client->next)
		update_client(client);
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
		update_client(client);
}

void client_add(struct process *process, int fd, uint32_t streams)
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
	client->progress = now_ms();
	client->next = process->clients;
	process->clients = client;
	if (process->state >= PROCESS_ENDED)
		clients_finish(process);
	else
		update_client(client);
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

int64_t clients_overdue(struct process *process, uint64_t now)
{
	int64_t wait = -1;
	struct client *next;
	for (struct client *client = process->clients; client; client = next) {
		next = client->next;
		if (buffer_size(&client->backlog) < BACKLOG_LIMIT && !client->closing)
			continue;
		int64_t left = (int64_t)(client->progress + PATIENCE_MS - now);
		if (left <= 0)
			client_remove(client);
		else if (wait < 0 || left < wait)
			wait = left;
	}
	return wait;
}

static const char *stream_name(enum stream stream)
{
	return stream == STREAM_STDERR ? "stderr" : "stdout";
}

static void source_end(struct source *source)
{
	struct process *process = source->process;
	watch_close(process->shim, &source->watch);
	if (!process->id[0])
		log_end(&process->shim->log, &source->partial, stream_name(source->stream));
}

static void on_source(struct watch *watch, uint32_t events)
{
	struct source *source = container_of(watch, struct source, watch);
	struct process *process = source->process;
	struct shim *shim = process->shim;
	ssize_t size = read(watch->fd, shim->scratch, SCRATCH_SIZE);
	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (size <= 0) {
		source_end(source);
		return;
	}
	shim->dirty = true;
	if (!process->id[0]) {
		log_output(&shim->log, &source->partial, stream_name(source->stream), shim->scratch, (size_t)size);
		tell_log_growth(shim);
	}
	struct client *next;
	for (struct client *client = process->clients; client; client = next) {
		next = client->next;
		if (!(client->streams & 1u << source->stream) || client->closing)
			continue;
		if (!client_send(client, source->stream, shim->scratch, (size_t)size))
			client_remove(client);
		else if (buffer_size(&client->backlog) >= BACKLOG_LIMIT)
			update_sources(process);
	}
}

static int open_pipe(int *shim_end, int *process_end, int shim_reads)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*shim_end = ends[shim_reads ? 0 : 1];
	*process_end = ends[shim_reads ? 1 : 0];
	fcntl(*shim_end, F_SETFL, O_NONBLOCK);
	fcntl(*shim_end, F_SETPIPE_SZ, PIPE_SIZE);
	return 0;
}

void stdio_init(struct process *process)
{
	for (int i = 0; i < 2; i++) {
		process->sources[i] = (struct source){.process = process, .stream = STREAM_STDOUT + (unsigned)i};
		process->sources[i].watch = (struct watch){.fd = -1, .ready = on_source};
	}
	process->input = (struct watch){.fd = -1, .ready = on_input_writable};
}

/* Pipes for a process without a terminal; what it does not get is /dev/null, the shim's own. */
int stdio_open(struct process *process)
{
	int *ends = process->launch.options.stdio;
	if (process->flags & (START_TERMINAL | START_INHERIT | START_DETACHED))
		return 0;
	int error = process->flags & START_STDIN ? open_pipe(&process->input.fd, &ends[0], 0) : 0;
	for (int i = 0; i < 2 && !error; i++)
		error = open_pipe(&process->sources[i].watch.fd, &ends[1 + i], 1);
	return error;
}

void stdio_use_terminal(struct process *process, int master)
{
	fcntl(master, F_SETFL, O_NONBLOCK);
	process->sources[0].watch.fd = master;
	if (process->flags & START_STDIN)
		process->input.fd = fcntl(master, F_DUPFD_CLOEXEC, 3);
}

/* From here on output flows: not before the start has been told. */
void stdio_begin(struct process *process)
{
	update_sources(process);
	for (struct client *client = process->clients; client; client = client->next)
		update_client(client);
}

void stdio_close(struct process *process)
{
	watch_close(process->shim, &process->input);
	buffer_free(&process->input_pending);
	for (int i = 0; i < 2; i++)
		if (process->sources[i].watch.fd >= 0)
			source_end(&process->sources[i]);
}

bool sources_open(const struct process *process)
{
	return process->sources[0].watch.fd >= 0 || process->sources[1].watch.fd >= 0;
}
