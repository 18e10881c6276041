#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#define PIPE_SIZE (1 << 20)

void sources_update(struct process *process)
{
	uint32_t events = clients_full(process) ? 0 : EPOLLIN;
	for (int i = 0; i < 2; i++)
		if (process->sources[i].watch.fd >= 0)
			watch_for(process->shim, &process->sources[i].watch, events);
}

void input_write(struct process *process, const char *data, size_t size)
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
	clients_update(process);
}

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
	clients_update(process);
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
	clients_send(process, source->stream, shim->scratch, (size_t)size);
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
	sources_update(process);
	clients_update(process);
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
