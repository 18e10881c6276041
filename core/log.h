/* The container's log, in the shape of Docker's `json-file` or `local`, in files that take turns. */
#pragma once
#include "buffer.h"
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define LOG_LINE_LIMIT (1u << 20)

enum log_format { LOG_NONE, LOG_JSON_FILE, LOG_LOCAL };

struct log_options {
	enum log_format format;
	uint64_t max_size;  /* bytes at which a file is full; 0: never */
	uint32_t max_files; /* that are kept, the one being written included */
	const char *path, *attributes;
};

struct log {
	struct log_options options; /* its texts are the log's own */
	int fd;            /* -1: nothing is kept */
	uint64_t size;     /* of the file */
	uint64_t position; /* the size it had at the start, and all that was written since */
	struct buffer out; /* encoded, not written yet */
	const char *stream; /* whose records are being written ... */
	uint64_t time_ns;   /* ... and when they were read */
	time_t second;     /* the second that `stamp` tells */
	char stamp[24];
	struct buffer suffix; /* what follows the text in each of them */
};

int log_open(struct log *log, const struct log_options *options);
/* Goes on in a new file and removes all others. */
int log_clear(struct log *log);
/* Writes the whole lines of `data`; an unfinished one waits in `partial`, up to LOG_LINE_LIMIT. */
void log_output(struct log *log, struct buffer *partial, const char *stream, const char *data, size_t size);
/* Writes what is left of a stream that has ended. */
void log_end(struct log *log, struct buffer *partial, const char *stream);

/* log-record.c: what the records that follow have in common; then each of them, into `out`. */
int record_begin(struct log *log, const char *stream);
int record_append(struct log *log, const char *text, size_t size);
