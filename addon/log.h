/* Log files read entry by entry. What is read is anybody's: nothing is trusted but that it is memory. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_STDOUT 1
#define LOG_STDERR 2
/* A `local` entry is at most a line of 1 MiB and its fields; what claims to be longer is none. */
#define LOCAL_ENTRY_MAX (2u << 20)

struct log_entry {
	int stream;	     /* LOG_STDOUT or LOG_STDERR; 0: the bytes hold no entry */
	const uint8_t *text; /* points into what was read */
	size_t length;
	bool escaped;	/* the text is the inside of a JSON string */
	bool line_feed; /* one belongs behind the text */
	int64_t time_ns;
};

/*
 * Read the entry at the start of `in`, of a json-file or of the `local` shape: how many bytes were taken, also when
 * they hold no entry; 0 when the entry does not end within `size`.
 */
typedef size_t log_parser(const uint8_t *in, size_t size, struct log_entry *entry);
log_parser parse_json_entry;
log_parser parse_local_entry;

/* Writes what a JSON string's inside stands for, never longer than it; its length, or -1 when it is malformed. */
long unescape_json(const uint8_t *in, size_t size, uint8_t *out);

#define LOG_TIME_LENGTH 30
/* RFC 3339 in UTC with all nine digits, without a NUL. */
void format_log_time(int64_t time_ns, uint8_t out[LOG_TIME_LENGTH]);
bool parse_log_time(const uint8_t *in, size_t size, int64_t *time_ns);
