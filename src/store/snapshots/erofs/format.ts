/** The part of the EROFS on-disk format that a layer's index uses; all numbers are little-endian. */
export const blockBytes = 512;
export const blockBits = 9;
/** Inodes are addressed in units of this. */
export const slotBytes = 32;
export const inodeBytes = 64;
export const superblockAt = 1024;
export const deviceSlotBytes = 128;
/** Device slots stand right behind the superblock, which fills one slot's length itself. */
export const deviceTableSlot = 9;
export const deviceCount = 1;
export const firstInodeAt = (deviceTableSlot + deviceCount) * deviceSlotBytes;
/** The tar, as the chunk entries name it; 0 is the index itself. */
export const tarDevice = 1;
export const indexDevice = 0;

/** How an inode's content is found. */
export const dataLayout = { plain: 0, inline: 2, chunked: 4 } as const;
export type DataLayout = (typeof dataLayout)[keyof typeof dataLayout];

export const modeType = {
  fifo: 0o010000,
  character: 0o020000,
  whiteout: 0o020000,
  directory: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
} as const;

/** Type of a file as a directory entry tells it. */
export const entryType = {
  file: 1,
  directory: 2,
  character: 3,
  whiteout: 3,
  block: 4,
  fifo: 5,
  symlink: 7,
} as const;

/** Writes a whole number of at most 53 bits, two's complement when it is negative. */
export function writeInt64(image: Buffer, value: number, at: number): void {
  const high = Math.floor(value / 2 ** 32);
  image.writeUInt32LE(value - high * 2 ** 32, at);
  image.writeInt32LE(high, at + 4);
}
