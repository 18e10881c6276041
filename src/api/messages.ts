/** Error texts that clients match on; whoever raises such an error takes the text from here. */
export const messages = {
  pageNotFound: 'page not found',
  noSuchContainer: (name: string) => `No such container: ${name}`,
  noReference: 'invalid name or ID supplied: ""',
  noSuchExec: (id: string) => `No such exec instance: ${id}`,
  noSuchVolume: (name: string) => `get ${name}: no such volume`,
  noSuchFile: (path: string, owner: string) => `Could not find the file ${path} in ${owner}`,
  ambiguousId: (prefix: string) => `multiple IDs found with provided prefix: ${prefix}`,
  nameInUse: (name: string, id: string) =>
    `Conflict. The container name "/${name}" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`,
  notRunning: (id: string) => `container ${id} is not running`,
  pausedExec: (name: string) => `Container ${name} is paused, unpause the container before exec`,
  removalInProgress: (id: string) => `removal of container ${id} is already in progress`,
  restarting: (name: string) => `Container ${name} is restarting, wait until the container is running`,
  liveRemove: (name: string, status: string) =>
    `cannot remove container "${name}": container is ${status === 'paused' ? 'paused and must be unpaused first' : `${status}: stop the container before removing or force remove`}`,
  execRuns: (id: string) => `exec command ${id} is already running`,
  execNotRunning: (id: string) => `exec process is not running: ${id}`,
  execHasRun: (id: string) => `exec command ${id} has already run`,
  volumeInUse: (name: string, users: readonly string[]) =>
    `remove ${name}: volume is in use - [${users.join(', ')}]`,
  duplicateMount: (path: string) => `Duplicate mount point: ${path}`,
  invalidVolume: (spec: string) => `invalid volume specification: '${spec}'`,
  emptyConfig: 'config cannot be empty in order to create a container',
  noLogStream: 'Bad parameters: you must choose at least one stream',
  notSwarmManager:
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
} as const;
