/* Sockets: of any family, in any network namespace, and passing descriptors between processes. */
#include "addon.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_PASSED 64

struct opening {
	int netns, family, type, protocol;
	int result, error;
};

/* A namespace belongs to a thread, so a thread enters it, opens the socket and ends. */
static void *open_inside(void *argument)
{
	struct opening *opening = argument;
	opening->result = setns(opening->netns, CLONE_NEWNET);
	if (opening->result == 0)
		opening->result = socket(opening->family, opening->type, opening->protocol);
	opening->error = errno;
	return NULL;
}

static int open_in_namespace(struct opening *opening)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, open_inside, opening);
	if (error) {
		errno = error;
		return -1;
	}
	pthread_join(thread, NULL);
	errno = opening->error;
	return opening->result;
}

/* openSocket(descriptor of a network namespace or -1 for our own, family, type, protocol) → descriptor */
static napi_value open_socket(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct opening opening = {
		.netns = int_argument(&call, 0),
		.family = int_argument(&call, 1),
		.type = int_argument(&call, 2) | SOCK_CLOEXEC,
		.protocol = int_argument(&call, 3),
	};
	if (opening.netns >= 0)
		return answer(&call, open_in_namespace(&opening));
	return answer(&call, socket(opening.family, opening.type, opening.protocol));
}

struct writing {
	int netns;
	const char *path;
	struct bytes content;
	long result;
	int error;
};

static void *write_inside(void *argument)
{
	struct writing *writing = argument;
	int fd = -1;
	writing->result = setns(writing->netns, CLONE_NEWNET);
	if (writing->result == 0)
		writing->result = fd = open(writing->path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		writing->result = write(fd, writing->content.start, writing->content.length);
	writing->error = errno;
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* writeInside(descriptor of a network namespace, path of one of its kernel parameters, bytes) → bytes written */
static napi_value write_parameter(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	OWNED_TEXT path = text_argument(&call, 1);
	struct writing writing = {
		.netns = int_argument(&call, 0),
		.path = path,
		.content = bytes_argument(&call, 2),
	};
	pthread_t thread;
	int error = pthread_create(&thread, NULL, write_inside, &writing);
	if (error == 0)
		pthread_join(thread, NULL);
	errno = error ? error : writing.error;
	return answer(&call, error ? -1 : writing.result);
}

/* setSocketOption(descriptor, level, name, value bytes) */
static napi_value set_socket_option(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct bytes value = bytes_argument(&call, 3);
	return answer(&call, setsockopt(int_argument(&call, 0), int_argument(&call, 1), int_argument(&call, 2),
					value.start, (socklen_t)value.length));
}

/* bindSocket(descriptor, bytes of a struct sockaddr) */
static napi_value bind_socket(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct bytes address = bytes_argument(&call, 1);
	return answer(&call, bind(int_argument(&call, 0), address.start, (socklen_t)address.length));
}

/* connectSocket(descriptor, bytes of a struct sockaddr) */
static napi_value connect_socket(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct bytes address = bytes_argument(&call, 1);
	return answer(&call, connect(int_argument(&call, 0), address.start, (socklen_t)address.length));
}

/* socketError(descriptor) → errno of what failed since the last look, 0 for nothing */
static napi_value socket_error(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	int error = 0;
	socklen_t length = sizeof error;
	if (getsockopt(int_argument(&call, 0), SOL_SOCKET, SO_ERROR, &error, &length))
		return answer(&call, -1);
	return answer(&call, error);
}

/* queuedBytes(descriptor of a stream socket) → how much of what was sent the far end has not taken */
static napi_value queued_bytes(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	int queued = 0;
	if (ioctl(int_argument(&call, 0), SIOCOUTQ, &queued))
		return answer(&call, -1);
	return answer(&call, queued);
}

/* socketPair(type) → [descriptor, descriptor], or -errno */
static napi_value socket_pair(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	int ends[2];
	if (socketpair(AF_UNIX, int_argument(&call, 0) | SOCK_CLOEXEC, 0, ends))
		return answer(&call, -1);
	return answer_pair(&call, ends);
}

/* acceptSocket(descriptor of a listening socket) → descriptor that does not block */
static napi_value accept_socket(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	return answer(&call, accept4(int_argument(&call, 0), NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

/* receiveFrom(socket, buffer, buffer for a struct sockaddr) → bytes of one datagram, without waiting */
static napi_value receive_from(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct bytes buffer = bytes_argument(&call, 1), sender = bytes_argument(&call, 2);
	socklen_t length = (socklen_t)sender.length;
	return answer(&call, recvfrom(int_argument(&call, 0), buffer.start, buffer.length, MSG_DONTWAIT, sender.start,
				      &length));
}

/* sendTo(socket, bytes of one datagram, bytes of a struct sockaddr) → bytes sent, without waiting */
static napi_value send_to(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct bytes data = bytes_argument(&call, 1), receiver = bytes_argument(&call, 2);
	return answer(&call, sendto(int_argument(&call, 0), data.start, data.length, MSG_DONTWAIT | MSG_NOSIGNAL,
				    receiver.start, (socklen_t)receiver.length));
}

/* peerCredentials(descriptor of a unix socket) → [pid, uid], or -errno */
static napi_value peer_credentials(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct ucred peer;
	socklen_t length = sizeof peer;
	if (getsockopt(int_argument(&call, 0), SOL_SOCKET, SO_PEERCRED, &peer, &length))
		return answer(&call, -1);
	return answer_pair(&call, (int[2]){peer.pid, (int)peer.uid});
}

union passed {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int) * MAX_PASSED)];
};

/* sendDescriptors(socket, bytes (at least one), Int32Array of descriptors) → bytes sent */
static napi_value send_descriptors(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct bytes data = bytes_argument(&call, 1), numbers = bytes_argument(&call, 2);
	size_t size = numbers.length * sizeof(int);
	union passed control = {0};
	if (numbers.length > MAX_PASSED) {
		errno = E2BIG;
		return answer(&call, -1);
	}
	struct iovec vector = {data.start, data.length};
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = CMSG_SPACE(size),
	};
	control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(size), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.header), numbers.start, size);
	return answer(&call, sendmsg(int_argument(&call, 0), &message, MSG_NOSIGNAL));
}

static int copy_received(struct msghdr *message, int *numbers, size_t limit)
{
	size_t count = 0;
	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
			continue;
		int *received = (int *)CMSG_DATA(header);
		size_t arrived = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < arrived; i++) {
			if (count < limit)
				numbers[count++] = received[i];
			else
				close(received[i]);
		}
	}
	return (int)count;
}

/* receiveDescriptors(socket, buffer, Int32Array to fill) → [bytes read, descriptors received], or -errno */
static napi_value receive_descriptors(napi_env env, napi_callback_info info)
{
	struct call call = begin_call(env, info);
	struct bytes buffer = bytes_argument(&call, 1), numbers = bytes_argument(&call, 2);
	union passed control;
	struct iovec vector = {buffer.start, buffer.length};
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof control.space,
	};
	ssize_t length = recvmsg(int_argument(&call, 0), &message, MSG_CMSG_CLOEXEC);
	if (length < 0)
		return answer(&call, -1);
	return answer_pair(&call, (int[2]){(int)length, copy_received(&message, numbers.start, numbers.length)});
}

const struct method socket_methods[] = {
	{"openSocket", open_socket},
	{"writeInside", write_parameter},
	{"setSocketOption", set_socket_option},
	{"bindSocket", bind_socket},
	{"connectSocket", connect_socket},
	{"socketError", socket_error},
	{"queuedBytes", queued_bytes},
	{"socketPair", socket_pair},
	{"acceptSocket", accept_socket},
	{"receiveFrom", receive_from},
	{"sendTo", send_to},
	{"peerCredentials", peer_credentials},
	{"sendDescriptors", send_descriptors},
	{"receiveDescriptors", receive_descriptors},
	{NULL, NULL},
};
