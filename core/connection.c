#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <termios.h>

#define FRAME_HEADER_SIZE 8
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
		if (!at->log_armed)
			continue;
		at->log_armed = false;
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

/* Forgets the connection; its descriptor lives on in a client if `keep_fd`. */
static void connection_remove(struct connection *connection, bool keep_fd)
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

/* A request's payload, read from the front. */
struct payload {
	char *at;
	size_t left;
};

static int take_number(struct payload *payload, uint32_t *number)
{
	if (payload->left < 4)
		return -EBADMSG;
	memcpy(number, payload->at, 4);
	payload->at += 4;
	payload->left -= 4;
	return 0;
}

/* Size, bytes, at least one NUL, padding to four. */
static const char *take_text(struct payload *payload)
{
	uint32_t size = 0;
	if (take_number(payload, &size) || size >= payload->left)
		return NULL;
	char *text = payload->at;
	size_t padded = ((size_t)size + 4) & ~(size_t)3;
	if (padded > payload->left || text[size] != '\0')
		return NULL;
	payload->at += padded;
	payload->left -= padded;
	return text;
}

static int start_container(struct connection *connection, struct payload payload)
{
	struct shim *shim = connection->shim;
	struct process *container = &shim->container;
	const char *log_path = take_number(&payload, &container->flags) ? NULL : take_text(&payload);
	if (!log_path || container->state != PROCESS_NONE)
		return -EINVAL;
	int error = log_path[0] ? log_open(&shim->log, log_path) : 0;
	if (error)
		return error;
	connection->watching = true;
	container->request = connection->input;
	connection->input = (struct buffer){0};
	process_launch(container, payload.at, payload.left);
	return 0;
}

/* The connection becomes the exec's client; the answer comes on it when the program runs. */
static int start_exec(struct connection *connection, struct payload payload)
{
	struct shim *shim = connection->shim;
	uint32_t flags;
	const char *id = take_number(&payload, &flags) ? NULL : take_text(&payload);
	struct process *exec = calloc(1, sizeof(*exec));
	if (!exec || !id || !id[0] || strlen(id) >= sizeof(exec->id) || shim->container.state != PROCESS_RUNNING ||
	    shim->container.reaped) {
		free(exec);
		return id ? -ESRCH : -EINVAL;
	}
	*exec = (struct process){.shim = shim, .flags = flags, .next = shim->execs, .request = connection->input};
	memcpy(exec->id, id, strlen(id));
	stdio_init(exec);
	shim->execs = exec;
	connection->input = (struct buffer){0};
	int fd = connection->watch.fd;
	connection_remove(connection, true);
	client_add(exec, fd, 1u << STREAM_STDIN | 1u << STREAM_STDOUT | 1u << STREAM_STDERR);
	process_launch(exec, payload.at, payload.left);
	return 0;
}

static int attach(struct connection *connection, struct payload payload)
{
	struct shim *shim = connection->shim;
	uint32_t streams;
	if (take_number(&payload, &streams))
		return -EINVAL;
	send_frame(connection->watch.fd, FRAME_OK, NULL, 0);
	int fd = connection->watch.fd;
	connection_remove(connection, true);
	client_add(&shim->container, fd, streams);
	return 0;
}

static struct process *find_process(struct shim *shim, const char *id)
{
	struct process *process = id && id[0] ? shim->execs : &shim->container;
	while (id && process && strcmp(process->id, id) != 0)
		process = process->next;
	return id ? process : NULL;
}

static int resize(struct process *process, uint32_t rows, uint32_t columns)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
	int master = process->sources[0].watch.fd;
	if (process->state < PROCESS_CREATED || master < 0 || !(process->flags & START_TERMINAL))
		return -ENOTTY;
	return ioctl(master, TIOCSWINSZ, &size) < 0 ? -errno : 0;
}

/* RESIZE, KILL and CLOSE_STDIN: two numbers and the exec's id, empty for the container. */
static int control_process(struct connection *connection, enum frame_type type, struct payload payload)
{
	uint32_t first, second;
	if (take_number(&payload, &first) || take_number(&payload, &second))
		return -EINVAL;
	struct process *process = find_process(connection->shim, take_text(&payload));
	if (!process)
		return -ESRCH;
	if (type == FRAME_RESIZE)
		return resize(process, first, second);
	if (type == FRAME_KILL)
		return process_kill(process, (int)first);
	input_close(process);
	return 0;
}

static int release(struct shim *shim)
{
	if (shim->container.state != PROCESS_CREATED)
		return -EINVAL;
	return send_message(shim->container.control.fd, &(struct message){.kind = MESSAGE_GO}, -1);
}

static int watch_log(struct connection *connection, const struct payload *payload)
{
	uint64_t known;
	if (payload->left < sizeof(known))
		return -EINVAL;
	memcpy(&known, payload->at, sizeof(known));
	connection->log_armed = true;
	if (connection->shim->log.position > known)
		tell_log_growth(connection->shim);
	return 0;
}

static int tell_state(struct connection *connection)
{
	const struct shim *shim = connection->shim;
	const struct process *container = &shim->container;
	struct {
		uint32_t state, pid, code, signal;
		uint64_t time_ns, log_position;
	} report = {container->state, (uint32_t)container->pid, (uint32_t)container->code,
		    (uint32_t)container->signal, container->ended_ns, shim->log.position};
	connection->watching = true;
	return send_frame(connection->watch.fd, FRAME_STATE, &report, sizeof(report));
}

/* START, EXEC, ATTACH and WATCH answer for themselves when they succeed; WATCH_LOG has no answer but LOG. */
static void dispatch(struct connection *connection)
{
	enum frame_type type = (unsigned char)connection->input.data[0];
	struct payload payload = {connection->input.data + FRAME_HEADER_SIZE,
				  connection->input.end - FRAME_HEADER_SIZE};
	int result;
	bool answered = type == FRAME_START || type == FRAME_EXEC || type == FRAME_ATTACH || type == FRAME_WATCH ||
			type == FRAME_WATCH_LOG;
	switch (type) {
	case FRAME_START: result = start_container(connection, payload); break;
	case FRAME_EXEC: result = start_exec(connection, payload); break;
	case FRAME_ATTACH: result = attach(connection, payload); break;
	case FRAME_WATCH: result = tell_state(connection); break;
	case FRAME_WATCH_LOG: result = watch_log(connection, &payload); break;
	case FRAME_RELEASE: result = release(connection->shim); break;
	case FRAME_RESIZE:
	case FRAME_KILL:
	case FRAME_CLOSE_STDIN: result = control_process(connection, type, payload); break;
	default: result = -EOPNOTSUPP;
	}
	if ((type == FRAME_EXEC || type == FRAME_ATTACH) && result == 0)
		return; /* no connection any more */
	uint32_t error = (uint32_t)-result;
	if (result < 0)
		send_frame(connection->watch.fd, FRAME_ERROR, &error, sizeof(error));
	else if (!answered)
		send_frame(connection->watch.fd, FRAME_OK, NULL, 0);
	buffer_free(&connection->input);
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
		dispatch(connection);
	}
}

void connections_settle(struct shim *shim)
{
	struct connection *deferred = shim->deferred;
	if (!deferred || shim->unattached > 0)
		return;
	shim->deferred = NULL;
	watch_for(shim, &deferred->watch, EPOLLIN);
	dispatch(deferred);
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
	};
	shim->unattached += expected;
	shim->connections = connection;
	watch_for(shim, &connection->watch, EPOLLIN);
}
