/* Turns log files into what clients read: Docker's frames, or plain text. */
#include "log.h"
#include "addon.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>

enum { STDOUT = 1, STDERR = 2, FRAMED = 4, JOINED = 8, TIMED = 16, LOCAL = 32 };
/* What decodeLog() answers. */
enum { WANTS_INPUT = 0, OUTPUT_FULL = 1, PAST_UNTIL = 2 };

#define HEADER_LENGTH 8
/* Entries are joined until their frame has this size. */
#define JOINED_MAX (64u << 10)

struct output {
	uint8_t *start;
	size_t capacity, used;
	uint8_t *frame; /* the header that entries are being joined under */
	struct bytes prefix;
	int mode;
};

/* The numbers that JavaScript shares: two in, then two out. */
struct numbers {
	int64_t since_ns, until_ns, consumed, produced;
};

static uint32_t frame_size(const uint8_t *header)
{
	return (uint32_t)header[4] << 24 | (uint32_t)header[5] << 16 | (uint32_t)header[6] << 8 | header[7];
}

static void set_frame(uint8_t *header, int stream, size_t size)
{
	const uint8_t bytes[HEADER_LENGTH] = {(uint8_t)stream,	       0, 0, 0, (uint8_t)(size >> 24), (uint8_t)(size >> 16),
					      (uint8_t)(size >> 8), (uint8_t)size};
	memcpy(header, bytes, HEADER_LENGTH);
}

static bool joins(const struct output *out, const struct log_entry *entry)
{
	return (out->mode & JOINED) && out->frame && out->frame[0] == entry->stream &&
	       frame_size(out->frame) + entry->length < JOINED_MAX;
}

/* The time, the prefix and the text of an entry; behind them, or NULL when the text is malformed. */
static uint8_t *write_text(const struct output *out, const struct log_entry *entry, uint8_t *at)
{
	if (out->mode & TIMED) {
		format_log_time(entry->time_ns, at);
		at[LOG_TIME_LENGTH] = ' ';
		at += LOG_TIME_LENGTH + 1;
	}
	if (out->prefix.length > 0)
		memcpy(at, out->prefix.start, out->prefix.length);
	at += out->prefix.length;
	long length = (long)entry->length;
	if (entry->escaped)
		length = unescape_json(entry->text, entry->length, at);
	else if (length > 0)
		memcpy(at, entry->text, entry->length);
	if (length < 0)
		return NULL;
	at += length;
	if (entry->line_feed)
		*at++ = '\n';
	return at;
}

/* False when there may be no room for the entry. */
static bool write_entry(struct output *out, const struct log_entry *entry)
{
	size_t most = HEADER_LENGTH + LOG_TIME_LENGTH + 1 + out->prefix.length + entry->length + 1;
	if (out->capacity - out->used < most)
		return false;
	uint8_t *at = out->start + out->used;
	bool joined = joins(out, entry);
	uint8_t *text = (out->mode & FRAMED) && !joined ? at + HEADER_LENGTH : at;
	uint8_t *end = write_text(out, entry, text);
	if (!end)
		return true;
	if (out->mode & FRAMED) {
		if (!joined)
			set_frame(out->frame = at, entry->stream, 0);
		set_frame(out->frame, entry->stream, frame_size(out->frame) + (size_t)(end - text));
	}
	out->used = (size_t)(end - out->start);
	return true;
}

static log_parser *parser_of(int mode)
{
	return mode & LOCAL ? parse_local_entry : parse_json_entry;
}

static int decode(struct bytes in, struct output *out, struct numbers *numbers)
{
	log_parser *parse = parser_of(out->mode);
	const uint8_t *start = in.start;
	struct log_entry entry;
	for (size_t at = 0, taken; (taken = parse(start + at, in.length - at, &entry)) > 0; at += taken) {
		bool wanted = (out->mode & entry.stream) && entry.time_ns >= numbers->since_ns;
		if (entry.stream != 0 && entry.time_ns > numbers->until_ns)
			return PAST_UNTIL;
		if (wanted && !write_entry(out, &entry))
			return OUTPUT_FULL;
		numbers->consumed = (int64_t)(at + taken);
	}
	return WANTS_INPUT;
}

/*
 * decodeLog(bytes of a log file, buffer, prefix of each line, [since, until, consumed, produced], mode) → 0 when the
 * rest of the input is no whole entry, 1 when the next one does not fit into the buffer, 2 when it is after `until`
 */
static napi_value decode_log(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct bytes in = bytes_argument(&call, 0), buffer = bytes_argument(&call, 1);
	struct bytes shared = bytes_argument(&call, 3);
	struct numbers *numbers = shared.start;
	errno = EINVAL;
	if (shared.length < sizeof(*numbers))
		return answer(&call, -1);
	numbers->consumed = numbers->produced = 0;
	struct output out = {.start = buffer.start,
			     .capacity = buffer.length,
			     .prefix = bytes_argument(&call, 2),
			     .mode = int_argument(&call, 4)};
	int result = in.length == 0 ? WANTS_INPUT : decode(in, &out, numbers);
	numbers->produced = (int64_t)out.used;
	return answer(&call, result);
}

/*
 * scanLog(bytes of a log file, [start, end, time], mode, most) → how many whole entries there are, counting `most` of
 * them; where the first begins and the last counted ends, and the time of the first
 */
static napi_value scan_log(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct bytes in = bytes_argument(&call, 0), shared = bytes_argument(&call, 1);
	int64_t *numbers = shared.start;
	errno = EINVAL;
	if (shared.length < 3 * sizeof(*numbers))
		return answer(&call, -1);
	log_parser *parse = parser_of(int_argument(&call, 2));
	long count = 0, most = (long)long_argument(&call, 3);
	struct log_entry entry;
	for (size_t at = 0, taken; count < most && at < in.length; at += taken) {
		taken = parse((const uint8_t *)in.start + at, in.length - at, &entry);
		if (taken == 0)
			break;
		if (entry.stream == 0)
			continue;
		if (count++ == 0) {
			numbers[0] = (int64_t)at;
			numbers[2] = entry.time_ns;
		}
		numbers[1] = (int64_t)(at + taken);
	}
	return answer(&call, count);
}

/* lockFile(descriptor, LOCK_* operation) */
static napi_value lock_file(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, flock(int_argument(&call, 0), int_argument(&call, 1)));
}

const struct method log_methods[] = {
	{"decodeLog", decode_log},
	{"scanLog", scan_log},
	{"lockFile", lock_file},
	{NULL, NULL},
};
