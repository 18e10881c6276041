import { proto } from '#grpc';

const { bytes, field, integer, long, map, message, optional, text } = proto;

/** fsutil.types.Stat; the mode is Go's. */
export const fileStat = message({
  path: field(1, text),
  mode: field(2, integer),
  uid: field(3, integer),
  gid: field(4, integer),
  size: field(5, integer),
  modTime: field(6, long),
  linkname: field(7, text),
  devmajor: field(8, integer),
  devminor: field(9, integer),
  xattrs: map(10, bytes),
});

export const packetType = { stat: 0, request: 1, data: 2, finish: 3, error: 4 } as const;

/** fsutil.types.Packet. */
export const packet = message({
  type: field(1, integer),
  stat: optional(2, fileStat),
  ID: field(3, integer),
  data: field(4, bytes),
});

export const credentialsRequest = message({ Host: field(1, text) });
export const credentialsResponse = message({ Username: field(1, text), Secret: field(2, text) });

export const getSecretRequest = message({ ID: field(1, text) });
export const getSecretResponse = message({ data: field(1, bytes) });
