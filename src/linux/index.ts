/**
 * linux: the kernel seen from TypeScript, as plain calls: mounts, confined opening, descriptors and their
 * readiness, sockets and netlink, processes, sysctls, control groups. The only user of addon/.
 *
 * No life cycle but that of what a call returns: descriptors are disposables that their holder disposes of.
 * The addon is loaded at the first call that needs it; encoders and parsers are pure and work without it.
 *
 * It decides nothing and knows no container. A call that fails throws a SystemCallError, whose `code` is the
 * errno's name as in the runtime's own errors.
 */
export {
  cgroupProcesses,
  freezeCgroup,
  isCgroupFrozen,
  removeCgroup,
  signalCgroup,
  thawCgroup,
} from './cgroup-control.ts';
export {
  type CgroupHierarchy,
  type CgroupHost,
  type CgroupSetup,
  cgroupDirectories,
  cgroupDirectory,
  describeCgroups,
  detectCgroups,
  hasIoWeight,
} from './cgroup-host.ts';
export { watchOom } from './cgroup-oom.ts';
export { describeSetup, prepareCgroup } from './cgroup-prepare.ts';
export {
  type BlockIoEntry,
  type BlockIoStats,
  type CgroupStats,
  type CpuStats,
  cgroupStats,
  type MemoryStats,
  oomKills,
  type PidsStats,
} from './cgroup-stats.ts';
export { type CgroupWrite, memoryLimit, restoringWrites, writeCgroupFiles } from './cgroup-write.ts';
export { monotonicMicroseconds } from './clock.ts';
export { connectInside } from './connect.ts';
export { type DataRun, dataRuns } from './data-runs.ts';
export { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
export {
  duplicate,
  openPipe,
  readAvailable,
  sendAvailable,
  setNonBlocking,
  writeAvailable,
} from './descriptor-io.ts';
export { makeDisk, mountDisk } from './disk-file.ts';
export { type DiskUsage, measureEntries, measureTree } from './disk-usage.ts';
export { errnoName, SystemCallError } from './errno.ts';
export { findGroup } from './group.ts';
export {
  acceptConnection,
  connectDatagrams,
  receiveDatagram,
  sendDatagram,
  senderBytes,
} from './internet-socket.ts';
export { tryLockFile } from './lock-file.ts';
export {
  type Decoded,
  decodeLog,
  type LogScan,
  type LogSelection,
  logMode,
  scanLog,
} from './log-file.ts';
export { attachLoop, type LoopDevice } from './loop.ts';
export {
  attachMount,
  cloneTree,
  type DetachedMountRequest,
  type MountAttributeChange,
  type MountRequest,
  mount,
  mountApart,
  mountAttribute,
  mountDetached,
  mountFlag,
  setMountAttributes,
  unmount,
} from './mount.ts';
export { attachMountInside, takeMountInside } from './mount-inside.ts';
export { mountTypeOf } from './mount-type.ts';
export { type MountInfo, parseMountInfo } from './mountinfo.ts';
export { mountPointsBelow, unmountBelow } from './mounts-below.ts';
export { openNetworkNamespace, writeSysctlInside } from './namespace.ts';
export { type Connection, forgetConnection, listConnections, type TcpState } from './netlink/connections.ts';
export { type DeviceAddress, decodeAddress, decodeLink, type Link } from './netlink/link.ts';
export {
  type Attribute,
  encodeMessages,
  messageFlag,
  type NetlinkMessage,
  payloadOffset,
} from './netlink/message.ts';
export * as expression from './netlink/nft-expression.ts';
export * as nftables from './netlink/nftables.ts';
export { removeLink } from './netlink/remove-link.ts';
export * as route from './netlink/route/index.ts';
export { type RouteEntry, tryDecodeRoute } from './netlink/route-entry.ts';
export { watchRoutes } from './netlink/route-watch.ts';
export { type NetlinkSocket, netlinkProtocol, openNetlink, requestAside } from './netlink/socket.ts';
export { watchTables } from './netlink/table-watch.ts';
export { makeNode, type NodeRequest, type NodeType, setModified, splitDeviceNumber } from './node.ts';
export { type ConfinedOpen, openConfined, openPathOnly, resolveFlag } from './open-confined.ts';
export { openPidfd, signalPidfd, takeDescriptor } from './pidfd.ts';
export { pollEvent, type Watch, watchDescriptor } from './poll.ts';
export {
  type NamespaceType,
  type ProcessStat,
  parseProcessStat,
  readNamespace,
  readProcessStat,
  readProcessStatus,
} from './process.ts';
export { releaseProgramText } from './program-text.ts';
export { readText, readTextAt } from './read-text.ts';
export {
  openSocket,
  peerCredentials,
  queuedBytes,
  type Received,
  receiveDescriptors,
  type SocketAddress,
  type SocketRequest,
  sendDescriptors,
  socketFamily,
  socketPair,
  socketType,
  tryBind,
  trySetCongestionControl,
} from './socket.ts';
export { readSysctl, sysctlPath, writeSysctl } from './sysctl.ts';
export { connectUnix, connectUnixDatagrams, sendUnixDatagram } from './unix-socket.ts';
export { type IdRange, openUserNamespace } from './user-namespace.ts';
export { getXattr, listXattrs, removeXattr, setXattr } from './xattr.ts';
