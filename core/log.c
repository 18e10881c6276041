#include "log.h"
#include "core.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define ESCAPE_MAX 6

int log_open(struct log *log, const struct log_options *options)
{
	if (options->format == LOG_NONE)
		return 0;
	log->options = *options;
	log->options.path = strdup(options->path);
	log->options.attributes = strdup(options->attributes);
	if (!log->options.path || !log->options.attributes)
		return -ENOMEM;
	log->fd = open(options->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (log->fd < 0)
		return -errno;
	off_t size = lseek(log->fd, 0, SEEK_END);
	log->size = size < 0 ? 0 : (uint64_t)size;
	log->position = log->size;
	return 0;
}

int log_clear(struct log *log)
{
	if (log->fd < 0)
		return 0;
	char name[PATH_MAX];
	for (uint32_t number = 1; number < log->options.max_files; number++) {
		snprintf(name, sizeof(name), "%s.%u", log->options.path, number);
		unlink(name);
		snprintf(name, sizeof(name), "%s.%u.gz", log->options.path, number);
		unlink(name);
	}
	log->size = 0;
	return ftruncate(log->fd, 0) < 0 ? -errno : 0;
}

/* A full disk costs lines, never the container. */
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
	log->size += done;
	log->position += done;
	log->out.end = 0;
}

/* Text, stream and time are constant for all records of one read, but for the text. */
static void set_suffix(struct log *log, const char *stream)
{
	uint64_t now = wall_ns();
	time_t second = (time_t)(now / 1000000000u);
	if (second != log->second) {
		struct tm utc;
		gmtime_r(&second, &utc);
		strftime(log->stamp, sizeof(log->stamp), "%Y-%m-%dT%H:%M:%S", &utc);
		log->second = second;
	}
	char fraction[12];
	int digits = snprintf(fraction, sizeof(fraction), ".%09u", (unsigned)(now % 1000000000u));
	while (digits > 0 && (fraction[digits - 1] == '0' || fraction[digits - 1] == '.'))
		fraction[--digits] = '\0';
	snprintf(log->suffix, sizeof(log->suffix), "\",\"stream\":\"%s\",\"time\":\"%s%sZ\"}\n", stream, log->stamp,
		 fraction);
}

/* Length of the UTF-8 sequence at `text`; 0 when it is not valid. */
static size_t sequence_length(const unsigned char *text, size_t left)
{
	unsigned char lead = text[0];
	size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	if (lead < 0xc2 || lead > 0xf4 || length > left || text[1] < low || text[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

/* Escapes the character at `text` as Go's encoder does; the bytes of `text` that it took. */
static size_t escape(const unsigned char *text, size_t left, char *out, size_t *written)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char c = text[0];
	const char *shorthand = c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : c == '"' ? "\\\"" : "\\\\";
	size_t length = c < 0x80 ? 1 : sequence_length(text, left);
	if (c >= 0x80 && length == 3 && memcmp(text, "\xe2\x80", 2) == 0 && (text[2] & 0xfe) == 0xa8) {
		memcpy(out, text[2] == 0xa8 ? "\\u2028" : "\\u2029", *written = 6);
	} else if (c >= 0x80 && length > 0) {
		memcpy(out, text, *written = length);
	} else if (c >= 0x80) {
		memcpy(out, "\\ufffd", *written = 6);
	} else if (shorthand[1] != '\\' || c == '\\') {
		memcpy(out, shorthand, *written = 2);
	} else {
		memcpy(out, "\\u00", 4);
		out[4] = digits[c >> 4];
		out[5] = digits[c & 15];
		*written = 6;
	}
	return length ? length : 1;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

/* One record; the buffer takes the worst case, every character escaped, before it is filled. */
static void write_record(struct log *log, const char *data, size_t size)
{
	const unsigned char *text = (const unsigned char *)data;
	if (buffer_reserve(&log->out, 8 + size * ESCAPE_MAX + sizeof(log->suffix)))
		return;
	char *out = log->out.data + log->out.end;
	memcpy(out, "{\"log\":\"", 8);
	out += 8;
	for (size_t at = 0, written; at < size; out += written) {
		size_t run = at;
		while (run < size && is_plain(text[run]))
			run++;
		written = run - at;
		if (written > 0) {
			memcpy(out, text + at, written);
			at = run;
		} else {
			at += escape(text + at, size - at, out, &written);
		}
	}
	size_t suffix = strlen(log->suffix);
	memcpy(out, log->suffix, suffix);
	log->out.end = (size_t)(out + suffix - log->out.data);
	if (log->out.end >= 128 * 1024)
		write_out(log);
}

static void keep_partial(struct log *log, struct buffer *partial, const char *data, size_t size)
{
	buffer_append(partial, data, size);
	if (buffer_size(partial) < LOG_LINE_LIMIT)
		return;
	write_record(log, partial->data + partial->start, buffer_size(partial));
	buffer_free(partial);
}

void log_output(struct log *log, struct buffer *partial, const char *stream, const char *data, size_t size)
{
	if (log->fd < 0)
		return;
	set_suffix(log, stream);
	for (const char *newline; (newline = memchr(data, '\n', size));) {
		size_t line = (size_t)(newline + 1 - data);
		if (buffer_size(partial) > 0) {
			buffer_append(partial, data, line);
			write_record(log, partial->data + partial->start, buffer_size(partial));
			buffer_free(partial);
		} else {
			write_record(log, data, line);
		}
		data += line;
		size -= line;
	}
	if (size > 0)
		keep_partial(log, partial, data, size);
	write_out(log);
}

void log_end(struct log *log, struct buffer *partial, const char *stream)
{
	if (log->fd < 0 || buffer_size(partial) == 0)
		return;
	set_suffix(log, stream);
	write_record(log, partial->data + partial->start, buffer_size(partial));
	buffer_free(partial);
	write_out(log);
}
