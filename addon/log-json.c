/* Docker's json-file: one JSON object a line, with the texts log, stream and time, and perhaps an object attrs. */
#define _GNU_SOURCE
#include "log.h"

#include <string.h>

static const char opening[] = "{\"log\":\"";
#define OPENING_LENGTH (sizeof(opening) - 1)

/* The quote that ends a JSON string whose inside begins at `at`; NULL when there is none before `end`. */
static const uint8_t *closing_quote(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *start = at;
	while ((at = memchr(at, '"', (size_t)(end - at)))) {
		const uint8_t *slash = at;
		while (slash > start && slash[-1] == '\\')
			slash--;
		if ((at - slash) % 2 == 0)
			return at;
		at++;
	}
	return NULL;
}

/* Behind the object or list that begins at `at`; NULL when it is not closed before `end`. */
static const uint8_t *skip_nested(const uint8_t *at, const uint8_t *end)
{
	size_t depth = 0;
	for (; at < end; at++) {
		if (*at == '"' && !(at = closing_quote(at + 1, end)))
			return NULL;
		if (*at == '{' || *at == '[')
			depth++;
		else if ((*at == '}' || *at == ']') && --depth == 0)
			return at + 1;
	}
	return NULL;
}

static bool is_key(const uint8_t *key, size_t length, const char *name)
{
	return length == strlen(name) && memcmp(key, name, length) == 0;
}

/* Takes a field whose value is a string; false when that can't be. */
static bool take_field(struct log_entry *entry, const uint8_t *key, size_t key_length, const uint8_t *value,
		       size_t length)
{
	if (is_key(key, key_length, "log")) {
		entry->text = value;
		entry->length = length;
	} else if (is_key(key, key_length, "stream")) {
		entry->stream = length == 6 && memcmp(value, "stderr", 6) == 0 ? LOG_STDERR : LOG_STDOUT;
	} else if (is_key(key, key_length, "time")) {
		return parse_log_time(value, length, &entry->time_ns);
	}
	return true;
}

/* Reads one `"key":value` at `at`; behind it, or NULL when it is malformed. */
static const uint8_t *parse_field(const uint8_t *at, const uint8_t *end, struct log_entry *entry, bool *timed)
{
	const uint8_t *key = at + 1;
	const uint8_t *key_end = at < end && *at == '"' ? closing_quote(key, end) : NULL;
	if (!key_end || end - key_end < 3 || key_end[1] != ':')
		return NULL;
	const uint8_t *value = key_end + 2;
	if (*value == '{')
		return skip_nested(value, end);
	const uint8_t *value_end = *value == '"' ? closing_quote(value + 1, end) : NULL;
	size_t key_length = (size_t)(key_end - key);
	if (!value_end || !take_field(entry, key, key_length, value + 1, (size_t)(value_end - value - 1)))
		return NULL;
	*timed |= is_key(key, key_length, "time");
	return value_end + 1;
}

static bool parse_object(const uint8_t *at, const uint8_t *end, struct log_entry *entry)
{
	bool timed = false;
	if (at == end || *at != '{')
		return false;
	do {
		at = parse_field(at + 1, end, entry, &timed);
	} while (at && at < end && *at == ',');
	return at && at + 1 == end && *at == '}' && timed && entry->stream != 0;
}

size_t parse_json_entry(const uint8_t *in, size_t size, struct log_entry *entry)
{
	*entry = (struct log_entry){.escaped = true};
	const uint8_t *end = memchr(in, '\n', size);
	if (!end)
		return 0;
	size_t taken = (size_t)(end + 1 - in);
	if (parse_object(in, end, entry))
		return taken;
	entry->stream = 0;
	/* A line that a power cut left unfinished is continued by the next entry. */
	const uint8_t *next = taken < 2 ? NULL : memmem(in + 1, taken - 1, opening, OPENING_LENGTH);
	return next ? (size_t)(next - in) : taken;
}

static int hex4(const uint8_t *in)
{
	int value = 0;
	for (int i = 0; i < 4; i++) {
		int c = in[i] | 0x20;
		int digit = in[i] >= '0' && in[i] <= '9' ? in[i] - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static size_t put_utf8(uint8_t *out, int code)
{
	if (code < 0x80) {
		out[0] = (uint8_t)code;
		return 1;
	}
	size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = length - 1; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	out[0] = (uint8_t)(leads[length] | code);
	return length;
}

/* `\uXXXX`, or two that stand for one character; how many bytes of `in` it is, 0 when it is malformed. */
static size_t unescape_code(const uint8_t *in, size_t size, int *code)
{
	*code = size < 6 ? -1 : hex4(in + 2);
	if (*code < 0)
		return 0;
	if (*code < 0xd800 || *code > 0xdfff)
		return 6;
	int low = *code < 0xdc00 && size >= 12 && in[6] == '\\' && in[7] == 'u' ? hex4(in + 8) : -1;
	bool is_pair = low >= 0xdc00 && low <= 0xdfff;
	*code = is_pair ? 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
	return is_pair ? 12 : 6;
}

long unescape_json(const uint8_t *in, size_t size, uint8_t *out)
{
	static const char names[] = "nrtbf\"\\/", meanings[] = "\n\r\t\b\f\"\\/";
	const uint8_t *end = in + size;
	uint8_t *start = out;
	while (in < end) {
		const uint8_t *slash = memchr(in, '\\', (size_t)(end - in));
		size_t plain = (size_t)((slash ? slash : end) - in);
		memcpy(out, in, plain);
		out += plain;
		in += plain;
		if (!slash)
			break;
		const char *name = end - in < 2 || in[1] == '\0' ? NULL : strchr(names, in[1]);
		int code = name ? meanings[name - names] : 0;
		size_t taken = name ? 2 : end - in < 2 || in[1] != 'u' ? 0 : unescape_code(in, (size_t)(end - in), &code);
		if (taken == 0)
			return -1;
		out += put_utf8(out, code);
		in += taken;
	}
	return out - start;
}
