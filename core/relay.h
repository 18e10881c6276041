/* Published ports: reserved by listening sockets, whose TCP connections a child carries to the container. */
#pragma once
#include "plan.h"

struct shim;

/* The `listen` operation. */
int relay_listen(struct shim *shim, const union operands *op);
/* Gives the ports back; connections that are being carried go on. */
void relay_close(struct shim *shim);
