/* The container's log in the shape of Docker's json-file: one JSON object a line. */
#pragma once
#include "buffer.h"
#include <stdint.h>
#include <time.h>

#define LOG_LINE_LIMIT (1u << 20)

enum log_format { LOG_NONE, LOG_JSON_FILE, LOG_LOCAL };

struct log_options {
	enum log_format format;
	uint64_t max_size;  /* bytes at which the file is rotated; 0: never */
	uint32_t max_files; /* that are kept, the one being written included */
	const char *path, *attributes;
};

struct log {
	struct log_options options; /* its texts are the log's own */
	int fd;            /* -1: nothing is kept */
	uint64_t size;     /* of the file */
	uint64_t position; /* the size it had at the start, and all that was written since */
	struct buffer out; /* encoded, not written yet */
	time_t second;     /* the second that `stamp` tells */
	char stamp[24];
	char suffix[96];   /* what follows the text of the records being written */
};

int log_open(struct log *log, const struct log_options *options);
/* Empties the file and removes the rotated ones. */
int log_clear(struct log *log);
/* Writes the whole lines of `data`; an unfinished one waits in `partial`, up to LOG_LINE_LIMIT. */
void log_output(struct log *log, struct buffer *partial, const char *stream, const char *data, size_t size);
/* Writes what is left of a stream that has ended. */
void log_end(struct log *log, struct buffer *partial, const char *stream);
