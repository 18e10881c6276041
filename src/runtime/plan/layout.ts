/** The fixed sizes of the plan's wire form, shared by encoder, decoder and the C header. */
export const MAGIC = 'WPLN';
export const PLAN_VERSION = 1;
/** Magic, version, flags, size, clone flags, then offset and size of each of the three lists. */
export const HEADER_SIZE = 48;
/** Opcode and the length of the whole operation. */
export const OP_HEADER_SIZE = 8;
