/* Published ports: reserved by listening sockets, whose TCP connections a child carries to the container. */
#pragma once
#include "plan.h"

struct shim;

/* The `listen` operation; a port that is listened at already is no error. */
int relay_listen(struct shim *shim, const union operands *op);
/* Makes the `listen` operations of a plan's `before` the published ports: equal ones go on, others end; or nothing. */
int relay_replace(struct shim *shim, char *data, size_t size);
/* Gives the ports back; connections that are being carried go on. */
void relay_close(struct shim *shim);
