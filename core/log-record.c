#include "log.h"
#include "core.h"
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ESCAPE_MAX 6
#define JSON_START "{\"log\":\""

static void stamp_second(struct log *log)
{
	time_t second = (time_t)(log->time_ns / 1000000000u);
	if (second == log->second)
		return;
	struct tm utc;
	gmtime_r(&second, &utc);
	strftime(log->stamp, sizeof(log->stamp), "%Y-%m-%dT%H:%M:%S", &utc);
	log->second = second;
}

/* Text, stream and time are constant for all records of one read, but for the text. */
static int set_suffix(struct log *log)
{
	const char *attributes = log->options.attributes;
	size_t room = strlen(attributes) + 128;
	char fraction[12];
	int digits = snprintf(fraction, sizeof(fraction), ".%09u", (unsigned)(log->time_ns % 1000000000u));
	while (digits > 0 && (fraction[digits - 1] == '0' || fraction[digits - 1] == '.'))
		fraction[--digits] = '\0';
	stamp_second(log);
	log->suffix.end = 0;
	if (buffer_reserve(&log->suffix, room))
		return -ENOMEM;
	log->suffix.end = (size_t)snprintf(log->suffix.data, room, "\",\"stream\":\"%s\"%s%s,\"time\":\"%s%sZ\"}\n",
					   log->stream, attributes[0] ? ",\"attrs\":" : "", attributes, log->stamp,
					   fraction);
	return 0;
}

int record_begin(struct log *log, const char *stream)
{
	log->stream = stream;
	log->time_ns = wall_ns();
	return log->options.format == LOG_JSON_FILE ? set_suffix(log) : 0;
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

static int append_json(struct log *log, const unsigned char *text, size_t size)
{
	/* The worst case: every character escaped. */
	if (buffer_reserve(&log->out, sizeof(JSON_START) + size * ESCAPE_MAX + log->suffix.end))
		return -ENOMEM;
	char *out = mempcpy(log->out.data + log->out.end, JSON_START, strlen(JSON_START));
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
	out = mempcpy(out, log->suffix.data, log->suffix.end);
	log->out.end = (size_t)(out - log->out.data);
	return 0;
}

static char *put_varint(char *out, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*out++ = (char)(value | 0x80);
	*out++ = (char)value;
	return out;
}

static char *put_size(char *out, size_t size)
{
	uint32_t big_endian = htobe32((uint32_t)size);
	return mempcpy(out, &big_endian, sizeof(big_endian));
}

/*
 * Docker's protobuf message LogEntry between its size and its size: source 1, time_nano 2, line 3; of a line without
 * its end also partial 4, and metadata 5, which Docker's reader does not do without.
 */
static int append_local(struct log *log, const char *text, size_t size)
{
	bool whole = text[size - 1] == '\n';
	if (buffer_reserve(&log->out, size + 64))
		return -ENOMEM;
	char *start = log->out.data + log->out.end, *out = start + 4;
	*out++ = 1 << 3 | 2;
	out = put_varint(out, strlen(log->stream));
	out = mempcpy(out, log->stream, strlen(log->stream));
	*out++ = 2 << 3;
	out = put_varint(out, log->time_ns);
	*out++ = 3 << 3 | 2;
	out = put_varint(out, size - whole);
	out = mempcpy(out, text, size - whole);
	if (!whole)
		out = mempcpy(out, "\x20\x01\x2a", 4); /* true, and an empty message */
	size_t entry = (size_t)(out - start - 4);
	put_size(start, entry);
	log->out.end = (size_t)(put_size(out, entry) - log->out.data);
	return 0;
}

int record_append(struct log *log, const char *text, size_t size)
{
	return log->options.format == LOG_LOCAL ? append_local(log, text, size)
						: append_json(log, (const unsigned char *)text, size);
}
