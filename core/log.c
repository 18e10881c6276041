#include "log.h"
#include "core.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#define BATCH_SIZE (128 * 1024)
#define NAME_ROOM 24 /* for what rotation puts behind the path */
#define FILE_FLAGS (O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC)

int log_open(struct log *log, const struct log_options *options)
{
	if (options->format == LOG_NONE)
		return 0;
	if (strlen(options->path) + NAME_ROOM > PATH_MAX)
		return -ENAMETOOLONG;
	log->options = *options;
	log->options.path = strdup(options->path);
	log->options.attributes = strdup(options->attributes);
	if (!log->options.path || !log->options.attributes)
		return -ENOMEM;
	log->fd = open(options->path, FILE_FLAGS, 0640);
	if (log->fd < 0)
		return -errno;
	off_t size = lseek(log->fd, 0, SEEK_END);
	log->size = size < 0 ? 0 : (uint64_t)size;
	log->position = log->size;
	return 0;
}

static const char *rotated(const struct log *log, char name[PATH_MAX], uint32_t number, const char *ending)
{
	snprintf(name, PATH_MAX, "%s.%u%s", log->options.path, number, ending);
	return name;
}

static bool is_taken(const struct log *log, uint32_t number)
{
	char name[PATH_MAX];
	return access(rotated(log, name, number, ""), F_OK) == 0 || access(rotated(log, name, number, ".gz"), F_OK) == 0;
}

static void remove_rotated(const struct log *log, uint32_t number)
{
	char name[PATH_MAX];
	unlink(rotated(log, name, number, ""));
	unlink(rotated(log, name, number, ".gz"));
}

/* Every rotated file gets the next number, up to the first gap or to the last number, whose file goes. */
static void shift_rotated(const struct log *log)
{
	uint32_t last = 1;
	while (last + 1 < log->options.max_files && is_taken(log, last))
		last++;
	remove_rotated(log, last);
	for (; last > 1; last--) {
		char from[PATH_MAX], to[PATH_MAX];
		rename(rotated(log, from, last - 1, ""), rotated(log, to, last, ""));
		rename(rotated(log, from, last - 1, ".gz"), rotated(log, to, last, ".gz"));
	}
}

/* Goes on in a new file; the old one becomes `path.1` if `keep`. Whoever holds the file's lock has it stay. */
static int next_file(struct log *log, bool keep)
{
	char new[PATH_MAX], first[PATH_MAX];
	snprintf(new, sizeof(new), "%s.new", log->options.path);
	if (flock(log->fd, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	int fd = open(new, FILE_FLAGS | O_TRUNC, 0640);
	if (fd < 0) {
		int error = -errno;
		flock(log->fd, LOCK_UN);
		return error;
	}
	if (keep) {
		shift_rotated(log);
		rename(log->options.path, rotated(log, first, 1, ""));
	}
	rename(new, log->options.path);
	close(log->fd); /* and with it the lock */
	log->fd = fd;
	log->size = 0;
	return 0;
}

int log_clear(struct log *log)
{
	if (log->fd < 0)
		return 0;
	for (uint32_t number = 1; is_taken(log, number); number++)
		remove_rotated(log, number);
	int error = next_file(log, false);
	if (!error || error == -EAGAIN)
		return error;
	/* There is no room for a new file, which is why somebody clears this one. */
	log->size = 0;
	return ftruncate(log->fd, 0) < 0 ? -errno : 0;
}

/* A full disk costs lines, never the container; half a record is taken back, so that the next one can be read. */
static void write_out(struct log *log)
{
	size_t size = buffer_size(&log->out), done = 0;
	while (done < size) {
		ssize_t written = write(log->fd, log->out.data + done, size - done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			break;
		done += (size_t)written;
	}
	if (done < size && done > 0 && ftruncate(log->fd, (off_t)log->size) == 0)
		done = 0;
	log->size += done;
	log->position += done;
	log->out.end = 0;
}

static void write_record(struct log *log, const char *text, size_t size)
{
	const uint64_t limit = log->options.max_size;
	if (limit && log->size + buffer_size(&log->out) >= limit) {
		write_out(log);
		if (log->size >= limit)
			next_file(log, log->options.max_files > 1);
	}
	if (record_append(log, text, size) == 0 && buffer_size(&log->out) >= BATCH_SIZE)
		write_out(log);
}

/* Writes the line that has come to its end, or cannot be kept any longer. */
static void write_partial(struct log *log, struct buffer *partial)
{
	write_record(log, partial->data + partial->start, buffer_size(partial));
	buffer_free(partial);
}

void log_output(struct log *log, struct buffer *partial, const char *stream, const char *data, size_t size)
{
	if (log->fd < 0 || record_begin(log, stream))
		return;
	for (const char *newline; (newline = memchr(data, '\n', size));) {
		size_t line = (size_t)(newline + 1 - data);
		if (buffer_size(partial) == 0)
			write_record(log, data, line);
		else if (buffer_append(partial, data, line) == 0)
			write_partial(log, partial);
		data += line;
		size -= line;
	}
	if (size > 0 && buffer_append(partial, data, size) == 0 && buffer_size(partial) >= LOG_LINE_LIMIT)
		write_partial(log, partial);
	write_out(log);
}

void log_end(struct log *log, struct buffer *partial, const char *stream)
{
	if (log->fd < 0 || buffer_size(partial) == 0 || record_begin(log, stream))
		return;
	write_partial(log, partial);
	write_out(log);
}
