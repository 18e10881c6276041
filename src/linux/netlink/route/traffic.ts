import { attribute, messageFlag, type NetlinkMessage, text, u32 } from '../message.ts';
import { changing } from './link-message.ts';

const messageType = { newQueue: 36, deleteQueue: 37 } as const;
const root = 0xffff_ffff;
const handle = 0x1_0000;

/** struct tcmsg */
function queueHeader(index: number): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setInt32(4, index, true);
  view.setUint32(8, handle, true);
  view.setUint32(12, root, true);
  return bytes;
}

/** At least some packets in one go, and what comes in 20 ms. */
const burstOf = (bytesPerSecond: number): number => Math.max(16 * 1024, Math.ceil(bytesPerSecond / 50));

/** Limits what leaves by a device, by a token bucket at its root; what waits for longer than 50 ms is dropped. */
export function limitRate(index: number, bytesPerSecond: number): NetlinkMessage {
  const queueAttribute = { kind: 1, options: 2 } as const;
  const optionAttribute = { parameters: 1, burst: 6 } as const;
  const burst = burstOf(bytesPerSecond);
  const waitingBytes = burst + Math.ceil(bytesPerSecond / 20);
  return {
    type: messageType.newQueue,
    flags: changing | messageFlag.create | messageFlag.replace,
    header: queueHeader(index),
    attributes: [
      attribute(queueAttribute.kind, text('tbf')),
      attribute(queueAttribute.options, [
        attribute(optionAttribute.parameters, bucketParameters(bytesPerSecond, waitingBytes)),
        attribute(optionAttribute.burst, u32(burst)),
      ]),
    ],
  };
}

/** struct tc_tbf_qopt: the rate as the kernel counts it on Ethernet, no peak rate, and how much may wait. */
function bucketParameters(bytesPerSecond: number, waitingBytes: number): Uint8Array {
  const ethernet = 1;
  const bytes = new Uint8Array(36);
  const view = new DataView(bytes.buffer);
  view.setUint8(1, ethernet);
  view.setUint32(8, bytesPerSecond, true);
  view.setUint32(24, waitingBytes, true);
  return bytes;
}

/** Takes the limit away again. */
export function unlimitRate(index: number): NetlinkMessage {
  return { type: messageType.deleteQueue, flags: changing, header: queueHeader(index), attributes: [] };
}
