import { crc32c } from './crc32c.ts';
import {
  blockBits,
  blockBytes,
  deviceCount,
  deviceSlotBytes,
  deviceTableSlot,
  superblockAt,
} from './format.ts';

const magic = 0xe0f5e1e2;
const compatible = { checksum: 1, mtime: 2 } as const;
const incompatible = { chunkedFiles: 4, deviceTable: 8 } as const;

export interface SuperblockFields {
  readonly rootNid: number;
  readonly inodes: number;
  readonly tarBlocks: number;
}

/** Writes superblock, device table and checksum; everything else of the image must be in place. */
export function writeSuperblock(image: Buffer, fields: SuperblockFields): void {
  const blocks = image.length / blockBytes;
  const at = superblockAt;
  image.writeUInt32LE(magic, at);
  image.writeUInt32LE(compatible.checksum | compatible.mtime, at + 8);
  image[at + 12] = blockBits;
  image.writeUInt16LE(fields.rootNid, at + 14);
  image.writeBigUInt64LE(BigInt(fields.inodes), at + 16);
  image.writeUInt32LE(blocks, at + 36);
  image.writeUInt32LE(incompatible.chunkedFiles | incompatible.deviceTable, at + 80);
  image.writeUInt16LE(deviceCount, at + 86);
  image.writeUInt16LE(deviceTableSlot, at + 88);
  const slot = deviceTableSlot * deviceSlotBytes;
  image.writeUInt32LE(fields.tarBlocks, slot + 64);
  image.writeUInt32LE(blocks, slot + 68);
  image.writeUInt32LE(crc32c(image.subarray(at, at + blockBytes)), at + 4);
}
