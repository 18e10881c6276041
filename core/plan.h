/* The launch plan (docs/launch-plan.md): checked when opened, then read operation by operation, in place. */
#pragma once
#include "core.h"

/* number: u32, u64; data and size: text and bytes; for lists, size counts the elements that start at data. */
struct operand {
	uint64_t number;
	char *data;
	uint32_t size;
};

#include "ops.h"

enum list { LIST_BEFORE, LIST_AFTER, LIST_INIT, LIST_COUNT };

struct plan {
	char *data;
	uint64_t clone_flags;
};

/* Runs one operation; `self` is the interpreter's own state. */
typedef int op_handler(void *self, const union operands *op);

int plan_open(struct plan *plan, char *data, size_t size);
/* Runs a list in order and stops at the first failure, whose place it notes in `failure`. */
int plan_run(const struct plan *plan, enum list list, op_handler *const handlers[OP_COUNT], void *self,
	     struct failure *failure);
/* The text after `text` in a list of texts. */
char *next_text(char *text);
