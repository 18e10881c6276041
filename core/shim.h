/* The shim: parent of one container's process and of its execs, server of docs/shim-protocol.md. */
#pragma once
#include "buffer.h"
#include "launch.h"
#include "log.h"
#include <sys/epoll.h>

#define FRAME_HEADER_SIZE 8
#define SCRATCH_SIZE 131072
#define BACKLOG_LIMIT (1u << 20)
#define HOLD_MS 2000     /* how long a client that holds others up may take nothing */
#define LINGER_MS 300000 /* how long any client may take nothing when the process has ended */
#define MAX_HELD 2       /* sockets of the container's namespace */
#define MAX_ENDED 128    /* how many ended execs are remembered */
#define GRACE_MS 2000    /* how long output is awaited that a surviving child of an ended process holds open */

enum frame_type {
	FRAME_START = 16, FRAME_RELEASE, FRAME_ATTACH, FRAME_EXEC, FRAME_RESIZE, FRAME_KILL, FRAME_CLOSE_STDIN,
	FRAME_WATCH, FRAME_WATCH_LOG, FRAME_CLEAR_LOG, FRAME_EXECS, FRAME_SOCKET, FRAME_PORTS = 30,
	FRAME_OK = 64, FRAME_ERROR, FRAME_STARTED, FRAME_CREATED, FRAME_FAILED, FRAME_EXIT, FRAME_EXEC_EXIT, FRAME_LOG,
	FRAME_STATE, FRAME_EXEC_LIST,
};

enum start_flag { START_TERMINAL = 1, START_STDIN = 2, START_STDIN_ONCE = 4, START_HOLD = 8, START_INHERIT = 16,
		  START_DETACHED = 32 };
enum kill_scope { KILL_PROCESS, KILL_GROUP };
enum stream { STREAM_STDIN, STREAM_STDOUT, STREAM_STDERR };

struct watch {
	int fd;
	uint32_t events;
	void (*ready)(struct watch *self, uint32_t events);
};

enum process_state { PROCESS_NONE, PROCESS_STARTING, PROCESS_CREATED, PROCESS_RUNNING, PROCESS_ENDED, PROCESS_FAILED };

/* One attached client: a connection that has become a relay. */
struct client {
	struct watch watch;
	struct process *process;
	struct client *next;
	struct buffer backlog;
	uint64_t progress; /* when it last took something, ms */
	uint32_t streams;  /* bit mask of enum stream */
	bool input_ended, closing;
	bool full;       /* its backlog has reached the limit, and not come down to half since */
	bool foreground; /* it was there before the process */
};

/* Where output comes from: a pipe or the terminal. */
struct source {
	struct watch watch;
	struct process *process;
	enum stream stream;
	struct buffer partial; /* the log's unfinished line */
};

/* The container's first process, or an exec. */
struct process {
	struct shim *shim;
	struct process *next;
	struct launch launch;
	struct watch control;
	struct source sources[2];
	struct watch input;
	struct buffer input_pending;
	struct client *clients;
	struct buffer request;      /* the frame that brought the plan */
	char id[72];                /* of an exec; empty for the container */
	uint32_t flags;
	enum process_state state;
	bool executing, reaped, input_closing;
	pid_t pid;
	int code, signal;
	uint64_t ended_ms, ended_ns;
};

/* An exec that has ended, for an engine that asks later. */
struct ended_exec {
	uint32_t pid, code, signal;
	int group; /* pidfd that names what is left of its process group; 0: nothing */
	uint64_t time_ns;
	char id[72];
};

/* A connection that makes requests. */
struct connection {
	struct watch watch;
	struct shim *shim;
	struct connection *next;
	struct buffer input;
	bool watching, expected;
	uint64_t log_threshold; /* LOG is to be told when the log's position is beyond; UINT64_MAX: not at all */
};

struct shim {
	int epoll;
	char *command_line;
	size_t command_line_size;
	struct watch listener, children;
	struct process container;
	struct process *execs;
	struct ended_exec ended[MAX_ENDED]; /* a ring: the next one goes to ended_count % MAX_ENDED */
	uint32_t ended_count;
	struct listener *ports; /* published, see relay.h */
	int held[MAX_HELD];     /* held for others to serve */
	int held_count;
	struct connection *connections;
	struct log log;
	int unattached;              /* inherited connections whose ATTACH has not come yet ... */
	struct connection *deferred; /* ... and the START that waits for them */
	bool dirty, done;
	_Alignas(4096) char scratch[SCRATCH_SIZE];
};

int shim_main(int argc, char **argv);

/* shim.c: the loop. */
void watch_for(struct shim *shim, struct watch *watch, uint32_t events);
void watch_close(struct shim *shim, struct watch *watch);
/* Takes the shim's files away: from the moment its end is told, the directory may belong to the next one. */
void shim_retire(struct shim *shim);

/* connection.c: frames, and connections until they have a whole request. */
int send_frame(int fd, enum frame_type type, const void *payload, size_t size);
void tell_watchers(struct shim *shim, enum frame_type type, const void *payload, size_t size);
void tell_log_growth(struct shim *shim);
void on_connect(struct watch *listener, uint32_t events);
void connection_add(struct shim *shim, int fd, bool expected);
/* Forgets the connection; its descriptor lives on in a client if `keep_fd`. */
void connection_remove(struct connection *connection, bool keep_fd);
/* Starts what waited for the inherited connections to be attached. */
void connections_settle(struct shim *shim);

/* request.c: answers the request that `connection->input` holds; the connection may be gone afterwards. */
void request_serve(struct connection *connection);

/* execs.c: those that run, those that have ended. */
/* Follows up on every exec; when to look again, in ms, or -1. */
int64_t execs_settle(struct shim *shim, uint64_t now);
/* Signals what is left of an exec that has ended. */
int ended_exec_signal(const struct shim *shim, const char *id, int signal);
/* Appends the payload of EXEC_LIST. */
int execs_describe(const struct shim *shim, struct buffer *list);

/* process.c: launching, ending. Takes over the launch's request; tells failure itself. */
void process_launch(struct process *process, char *plan, size_t size);
/* Undoes a launch that has not come to an end; launch.failure says why. */
void process_failed(struct process *process);
void process_reaped(struct process *process, int status);
/* Signals the process group of the process that the pidfd names; 0 asks whether there is one. */
int group_signal(int pidfd, int signal);
int process_kill(const struct process *process, int signal, bool group);
/* Brings a process that has ended further on its way; when to look again, in ms, or -1. */
int64_t process_settle(struct process *process, uint64_t now);
/* Nothing is left to do for it and for its clients. */
bool process_finished(struct process *process);
void tell_exit(struct process *process);

/* stream.c: stdio. */
void stdio_init(struct process *process);
int stdio_open(struct process *process);
void stdio_use_terminal(struct process *process, int master);
void stdio_begin(struct process *process);
void stdio_close(struct process *process);
void input_write(struct process *process, const char *data, size_t size);
/* Closes standard input behind what is still to be written. A terminal stays: it is the output too. */
void input_close(struct process *process);
/* Reads output if every client can take some; the end of its writers is seen, and the rest read, in any case. */
void sources_update(struct process *process);
bool sources_open(const struct process *process);

/* client.c: who is attached. */
void client_add(struct process *process, int fd, uint32_t streams, bool foreground);
void clients_send(struct process *process, enum stream stream, const char *data, size_t size);
/* Some client's backlog is full: it gets a moment. */
bool clients_full(const struct process *process);
/* To be called when the process can take input, or cannot any more. */
void clients_update(struct process *process);
/* Lets every client go as soon as it has the rest. */
void clients_finish(struct process *process);
/* Lets clients go that hold others up, or are stuck; when to look again, in ms, or -1. */
int64_t clients_overdue(struct process *process, uint64_t now);
