import { MirrorError } from "../errors.ts";

/** A file of an archive as its header tells of it. */
export interface TarEntry {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

export const BLOCK = 512;
/** Two empty blocks. */
export const END = Buffer.alloc(2 * BLOCK);

const FILE = "0";
const FOLDER = "5";
/** The largest size that eleven octal digits hold. */
const LARGEST_OCTAL = 8 ** 11 - 1;
const LARGEST_SIZE = 2 ** 46;

/** Bytes between the end of a file and the next header. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** The header of a regular file that nobody owns and that is of no time: the same content makes the same archive. */
export function header({ name, size }: TarEntry): Buffer {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new RangeError(`${name} is too long for a tar header`);
  block.write(name, 0);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  if (size <= LARGEST_OCTAL) block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(size), 128);
  }
  block.write("00000000000\0", 136);
  block.write(FILE, 156);
  block.write("ustar\u000000", 257);
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/**
 * Reads a header; undefined for an empty block, which begins the end. Throws MirrorError E_BUNDLE for everything that a
 * bundle has no use for: links, devices, extended headers, names and sizes that cannot be.
 */
export function readHeader(block: Buffer, where: string): (TarEntry & { readonly isFolder: boolean }) | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const refuse = (why: string) =>
    new MirrorError("E_BUNDLE", `${where}: ${why}`, { next: "carry the file over again" });
  if (Number.parseInt(text(block, 148, 8), 8) !== checksum(block)) throw refuse("a header is damaged");
  const name = text(block, 0, 100);
  const type = block[156] === 0 ? FILE : String.fromCharCode(block[156] ?? 0);
  const prefix = text(block, 257, 5) === "ustar" && block[263] === 0x30 ? text(block, 345, 155) : "";
  if (type !== FILE && type !== FOLDER)
    throw refuse(`${JSON.stringify(name)} is of type ${JSON.stringify(type)}, not a file`);
  if (prefix !== "" || text(block, 157, 100) !== "") throw refuse(`${JSON.stringify(name)} is not a plain file`);
  const size = sizeIn(block);
  if (!Number.isSafeInteger(size) || size < 0 || size > LARGEST_SIZE)
    throw refuse(`${JSON.stringify(name)} has no possible size`);
  if (type === FOLDER && size !== 0) throw refuse(`${JSON.stringify(name)} is a folder with content`);
  return { name, size, isFolder: type === FOLDER };
}

function sizeIn(block: Buffer): number {
  if (((block[124] ?? 0) & 0x80) === 0) {
    const digits = text(block, 124, 12).trim();
    return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
  }
  const high = block.subarray(124, 128);
  return high[0] === 0x80 && high.subarray(1).every((byte) => byte === 0)
    ? Number(block.readBigUInt64BE(128))
    : Number.NaN;
}

/** Of all bytes, the checksum itself read as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < BLOCK; index++) if (index < 148 || index >= 156) sum += block[index] ?? 0;
  return sum;
}

/** A field up to its first NUL. */
function text(block: Buffer, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString("utf8");
}
