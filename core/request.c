#include "relay.h"
#include "shim.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

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

static int take_log(struct payload *payload, struct log_options *log)
{
	uint32_t format, size_low, size_high;
	if (take_number(payload, &format) || take_number(payload, &log->max_files) ||
	    take_number(payload, &size_low) || take_number(payload, &size_high))
		return -EINVAL;
	log->format = format;
	log->max_size = (uint64_t)size_high << 32 | size_low;
	log->path = take_text(payload);
	log->attributes = log->path ? take_text(payload) : NULL;
	return log->attributes && format <= LOG_LOCAL ? 0 : -EINVAL;
}

static int start_container(struct connection *connection, struct payload payload)
{
	struct shim *shim = connection->shim;
	struct process *container = &shim->container;
	struct log_options log;
	if (container->state != PROCESS_NONE || take_number(&payload, &container->flags) || take_log(&payload, &log))
		return -EINVAL;
	int error = log_open(&shim->log, &log);
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
	client_add(exec, fd, 1u << STREAM_STDIN | 1u << STREAM_STDOUT | 1u << STREAM_STDERR, true);
	process_launch(exec, payload.at, payload.left);
	return 0;
}

static int attach(struct connection *connection, struct payload payload)
{
	struct shim *shim = connection->shim;
	uint32_t streams;
	if (take_number(&payload, &streams))
		return -EINVAL;
	/* What is in the log by now the client has to read there. */
	uint64_t now = wall_ns();
	send_frame(connection->watch.fd, FRAME_OK, &now, sizeof(now));
	int fd = connection->watch.fd;
	bool foreground = connection->expected;
	connection_remove(connection, true);
	client_add(&shim->container, fd, streams, foreground);
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
	const char *id = take_text(&payload);
	struct process *process = find_process(connection->shim, id);
	if (!process && id && type == FRAME_KILL && second == KILL_GROUP)
		return ended_exec_signal(connection->shim, id, (int)first);
	if (!process)
		return -ESRCH;
	if (type == FRAME_RESIZE)
		return resize(process, first, second);
	if (type == FRAME_KILL)
		return process_kill(process, (int)first, second == KILL_GROUP);
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
	if (payload->left < sizeof(connection->log_threshold))
		return -EINVAL;
	memcpy(&connection->log_threshold, payload->at, sizeof(connection->log_threshold));
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
		uint32_t plan_revision, zero;
	} report = {container->state, (uint32_t)container->pid, (uint32_t)container->code,
		    (uint32_t)container->signal, container->ended_ns, shim->log.position, PLAN_REVISION, 0};
	connection->watching = true;
	return send_frame(connection->watch.fd, FRAME_STATE, &report, sizeof(report));
}

static int list_execs(struct connection *connection)
{
	cleanup_buffer struct buffer list = {0};
	int error = execs_describe(connection->shim, &list);
	return error ? error : send_frame(connection->watch.fd, FRAME_EXEC_LIST, list.data, list.end);
}

static int give_socket(const struct connection *connection, struct payload payload)
{
	const unsigned char answer[FRAME_HEADER_SIZE] = {FRAME_OK};
	const struct shim *shim = connection->shim;
	uint32_t number;
	if (take_number(&payload, &number) || number >= (uint32_t)shim->held_count)
		return -EINVAL;
	return send_passing(connection->watch.fd, answer, sizeof(answer), shim->held[number], MSG_DONTWAIT);
}

/* Those that answer for themselves when they succeed; WATCH_LOG has no answer but LOG. */
static bool answers_itself(enum frame_type type)
{
	return type == FRAME_START || type == FRAME_EXEC || type == FRAME_ATTACH || type == FRAME_WATCH ||
	       type == FRAME_WATCH_LOG || type == FRAME_EXECS || type == FRAME_SOCKET;
}

void request_serve(struct connection *connection)
{
	enum frame_type type = (unsigned char)connection->input.data[0];
	struct payload payload = {connection->input.data + FRAME_HEADER_SIZE,
				  connection->input.end - FRAME_HEADER_SIZE};
	int result;
	switch (type) {
	case FRAME_START: result = start_container(connection, payload); break;
	case FRAME_EXEC: result = start_exec(connection, payload); break;
	case FRAME_ATTACH: result = attach(connection, payload); break;
	case FRAME_WATCH: result = tell_state(connection); break;
	case FRAME_WATCH_LOG: result = watch_log(connection, &payload); break;
	case FRAME_CLEAR_LOG: result = log_clear(&connection->shim->log); break;
	case FRAME_EXECS: result = list_execs(connection); break;
	case FRAME_SOCKET: result = give_socket(connection, payload); break;
	case FRAME_PORTS: result = relay_replace(connection->shim, payload.at, payload.left); break;
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
	else if (!answers_itself(type))
		send_frame(connection->watch.fd, FRAME_OK, NULL, 0);
	buffer_free(&connection->input);
}

