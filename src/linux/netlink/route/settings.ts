import { attribute, type NetlinkMessage, text, u8, u32 } from '../message.ts';
import { changeLink, linkAttribute, linkInfo } from './link-message.ts';

/** Lets a bridge send a frame back by the port it came in by. */
export function setHairpin(index: number): NetlinkMessage {
  const hairpin = 4;
  return changeLink({ index }, [
    attribute(linkAttribute.info, [
      attribute(linkInfo.slaveKind, text('bridge')),
      attribute(linkInfo.slavePayload, [attribute(hairpin, u8(1))]),
    ]),
  ]);
}

/** Gives a device a text that `ip link` shows and that lasts as long as the device. */
export function setAlias(index: number, alias: string): NetlinkMessage {
  return changeLink({ index }, [attribute(linkAttribute.alias, new TextEncoder().encode(alias))]);
}

/** Makes a device a port of a bridge. */
export function setMaster(index: number, master: number): NetlinkMessage {
  return changeLink({ index }, [attribute(linkAttribute.master, u32(master))]);
}

/** Sets a device up. */
export function setLinkUp(index: number): NetlinkMessage {
  return changeLink({ index, up: true }, []);
}

/** Keeps a device from making itself a link-local IPv6 address when it goes up. */
export function withoutLinkLocal(index: number): NetlinkMessage {
  const inet6 = 10;
  const addressGeneration = 8;
  const none = 1;
  const spec = attribute(inet6, [attribute(addressGeneration, u8(none))]);
  return changeLink({ index }, [attribute(linkAttribute.afSpec, [spec])]);
}
