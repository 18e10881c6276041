/* Published ports: reserved by listening sockets, whose TCP connections a child carries to the container. */
#pragma once
#include "plan.h"

struct shim;

/* The `listen` operation. */
int relay_listen(struct shim *shim, const union operands *op);
