import { type Attribute, attribute, type NetlinkMessage, text } from '../message.ts';
import { macBytes } from './devices.ts';
import { changeLink, linkAttribute, linkHeader, linkInfo, makeLink } from './link-message.ts';

export interface LoopEnd {
  readonly name: string;
  readonly index: number;
}

/**
 * Two ends of a cable, both here and up, by which the host sends itself packets: with one MAC address, so that each
 * end takes what the other sends, and without address resolution.
 */
export function createLoop(sending: LoopEnd, arriving: LoopEnd, macAddress: string): NetlinkMessage[] {
  const named = ({ name }: LoopEnd): Attribute[] => [
    attribute(linkAttribute.name, text(name)),
    attribute(linkAttribute.address, macBytes(macAddress)),
  ];
  const peer = { type: 1, header: linkHeader({ index: arriving.index }), payload: named(arriving) };
  const info = [attribute(linkInfo.kind, text('veth')), attribute(linkInfo.payload, [peer])];
  return [
    makeLink({ index: sending.index }, [...named(sending), attribute(linkAttribute.info, info)]),
    ...[sending, arriving].map(({ index }) => changeLink({ index, up: true, resolves: false }, [])),
  ];
}
