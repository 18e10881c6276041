/* Loop devices: files as block devices. */
#include "addon.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Another process may take the free one first. */
#define MOST_TRIES 64

static int open_device(long number)
{
	char path[32];
	snprintf(path, sizeof(path), "/dev/loop%ld", number);
	return open(path, O_RDWR | O_CLOEXEC);
}

static long attach(int control, int file, int *device)
{
	struct loop_config config = {.fd = (unsigned)file, .info = {.lo_flags = LO_FLAGS_AUTOCLEAR}};
	for (int tries = 0; tries < MOST_TRIES; tries++) {
		long number = ioctl(control, LOOP_CTL_GET_FREE);
		*device = number < 0 ? -1 : open_device(number);
		if (*device < 0)
			return -1;
		if (ioctl(*device, LOOP_CONFIGURE, &config) == 0)
			return number;
		int error = errno;
		close(*device);
		errno = error;
		if (error != EBUSY)
			return -1;
	}
	return -1;
}

/* attachLoop(descriptor of a file) → [number of its new device, descriptor of that]; it ends with its last user */
static napi_value attach_loop(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	if (control < 0)
		return answer(&call, -1);
	int device = -1;
	long number = attach(control, int_argument(&call, 0), &device);
	int error = errno;
	close(control);
	errno = error;
	return number < 0 ? answer(&call, -1) : answer_pair(&call, (int[]){(int)number, device});
}

const struct method loop_methods[] = {
	{"attachLoop", attach_loop},
	{NULL, NULL},
};
