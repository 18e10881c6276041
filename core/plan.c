#include "plan.h"
#include <errno.h>
#include <string.h>

struct cursor {
	char *at, *end;
};

static const char *const signatures[OP_COUNT] = {OP_SIGNATURES};

static uint32_t u32_at(const char *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof(value));
	return value;
}

static struct cursor list_cursor(const struct plan *plan, enum list list)
{
	const char *section = plan->data + 24 + 8 * list;
	char *at = plan->data + u32_at(section);
	return (struct cursor){at, at + u32_at(section + 4)};
}

/* Takes `size` bytes; NULL when fewer are left. */
static char *take(struct cursor *cursor, size_t size)
{
	if ((size_t)(cursor->end - cursor->at) < size)
		return NULL;
	char *taken = cursor->at;
	cursor->at += size;
	return taken;
}

static int take_u32(struct cursor *cursor, uint32_t *value)
{
	const char *at = take(cursor, 4);
	if (!at)
		return -EBADMSG;
	*value = u32_at(at);
	return 0;
}

/* Size, bytes, at least one NUL, padding to four. */
static int take_bytes(struct cursor *cursor, struct operand *operand)
{
	if (take_u32(cursor, &operand->size))
		return -EBADMSG;
	operand->data = take(cursor, ((size_t)operand->size + 4) & ~(size_t)3);
	return operand->data && operand->data[operand->size] == '\0' ? 0 : -EBADMSG;
}

static int take_list(struct cursor *cursor, struct operand *operand, bool texts)
{
	if (take_u32(cursor, &operand->size))
		return -EBADMSG;
	operand->data = texts ? cursor->at + 4 : cursor->at;
	for (uint32_t i = 0; i < operand->size; i++) {
		struct operand element;
		if (texts ? take_bytes(cursor, &element) : take_u32(cursor, &element.size))
			return -EBADMSG;
	}
	return 0;
}

static int take_operand(struct cursor *cursor, char kind, struct operand *operand)
{
	uint32_t low = 0, high = 0;
	switch (kind) {
	case 'w':
	case 'q':
		if (take_u32(cursor, &low) || (kind == 'q' && take_u32(cursor, &high)))
			return -EBADMSG;
		operand->number = (uint64_t)high << 32 | low;
		return 0;
	case 'T':
	case 'W':
		return take_list(cursor, operand, kind == 'T');
	default:
		return take_bytes(cursor, operand);
	}
}

/* Reads the next operation; its code, 0 at the end. */
static int next_op(struct cursor *list, union operands *operands)
{
	if (list->at == list->end)
		return 0;
	uint32_t code, size;
	struct cursor op = *list;
	if (take_u32(&op, &code) || take_u32(&op, &size) || size < OP_HEADER_SIZE || !take(list, size))
		return -EBADMSG;
	if (code >= OP_COUNT || !signatures[code])
		return -EOPNOTSUPP;
	op.end = list->at;
	memset(operands, 0, sizeof(*operands));
	for (int i = 0; signatures[code][i]; i++)
		if (take_operand(&op, signatures[code][i], &operands->all[i]))
			return -EBADMSG;
	return (int)code;
}

int plan_open(struct plan *plan, char *data, size_t size)
{
	if (size < PLAN_HEADER_SIZE || memcmp(data, PLAN_MAGIC, 4) != 0 || u32_at(data + 8) != size)
		return -EBADMSG;
	if ((u32_at(data + 4) & 0xffff) != PLAN_VERSION)
		return -EPROTONOSUPPORT;
	plan->data = data;
	memcpy(&plan->clone_flags, data + 16, sizeof(plan->clone_flags));
	for (int list = 0; list < LIST_COUNT; list++) {
		uint64_t offset = u32_at(data + 24 + 8 * list);
		if (offset + u32_at(data + 28 + 8 * list) > size)
			return -EBADMSG;
	}
	return 0;
}

int plan_run(const struct plan *plan, enum list list, op_handler *const handlers[OP_COUNT], void *self,
	     struct failure *failure)
{
	struct cursor cursor = list_cursor(plan, list);
	union operands operands;
	failure->list = list;
	failure->text[0] = '\0';
	for (failure->index = 0;; failure->index++) {
		int code = next_op(&cursor, &operands);
		if (code == 0)
			return 0;
		int error = code;
		if (code > 0)
			error = handlers[code] ? handlers[code](self, &operands) : -EOPNOTSUPP;
		if (error < 0) {
			failure->error = -error;
			return error;
		}
	}
}

char *next_text(char *text)
{
	return text + ((u32_at(text - 4) + 4) & ~3u) + 4;
}
