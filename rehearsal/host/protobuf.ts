/* The few pieces of protobuf's wire format that reading and writing properties takes. */

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

/**
 * Splits a message into the bytes of one of its sub-messages and the message without it, which stays valid: protobuf
 * fields may be missing. `field` is the sub-message's number; without an occurrence `part` is undefined.
 */
export function detach(message: Uint8Array, field: number): { part: Uint8Array | undefined; rest: Uint8Array } {
  const reader = new Reader(message);
  while (reader.position < message.length) {
    const start = reader.position;
    const tag = reader.varint();
    const begin = reader.skip(tag & 7);
    if (tag >>> 3 !== field) continue;
    const rest = Buffer.concat([message.subarray(0, start), message.subarray(reader.position)]);
    return { part: message.subarray(begin, reader.position), rest };
  }
  return { part: undefined, rest: message };
}

/** The bytes of every occurrence of a sub-message, as of a repeated field. */
export function fieldsOf(message: Uint8Array, field: number): Uint8Array[] {
  const reader = new Reader(message);
  const parts: Uint8Array[] = [];
  while (reader.position < message.length) {
    const tag = reader.varint();
    const begin = reader.skip(tag & 7);
    if (tag >>> 3 === field) parts.push(message.subarray(begin, reader.position));
  }
  return parts;
}

/** The message with a sub-message added as field `field`. */
export function attach(message: Uint8Array, field: number, part: Uint8Array): Buffer {
  const writer = new BackwardWriter();
  writer.varint(part.length);
  writer.varint((field << 3) | BYTES);
  return Buffer.concat([message, writer.finish(), part]);
}

/** Reads fields one after the other. */
export class Reader {
  readonly #bytes: Buffer;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  varint(): number {
    let result = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes.readUInt8(this.position++);
      result += (byte & 127) * factor;
      if (byte < 128) return result;
    }
  }

  double(): number {
    this.position += 8;
    return this.#bytes.readDoubleLE(this.position - 8);
  }

  string(): string {
    const length = this.varint();
    this.position += length;
    return this.#bytes.toString("utf8", this.position - length, this.position);
  }

  /** The end of the length-delimited field that begins here. */
  end(): number {
    const length = this.varint();
    return this.position + length;
  }

  /** Passes over a field of the wire type and returns where its content began. */
  skip(wireType: number): number {
    const begin = this.position;
    switch (wireType) {
      case VARINT:
        this.varint();
        return begin;
      case FIXED64:
        this.position += 8;
        return begin;
      case FIXED32:
        this.position += 4;
        return begin;
      case BYTES: {
        const end = this.end();
        const content = this.position;
        this.position = end;
        return content;
      }
      default:
        throw new Error(`malformed message: wire type ${wireType}`);
    }
  }
}

/** Writes from the end to the beginning, so that every length is known when it is written. */
export class BackwardWriter {
  #buffer = Buffer.allocUnsafe(4096);
  #start = this.#buffer.length;

  get size(): number {
    return this.#buffer.length - this.#start;
  }

  varint(value: number): void {
    let length = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
    let at = this.#reserve(length);
    let rest = value;
    for (; length > 1; length--) {
      this.#buffer[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[at] = rest;
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleLE(value, at);
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    const at = this.#reserve(length);
    this.#buffer.write(value, at, "utf8");
    this.varint(length);
  }

  finish(): Uint8Array {
    return this.#buffer.subarray(this.#start);
  }

  #reserve(length: number): number {
    if (length > this.#start) {
      const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.size + length));
      const start = grown.length - this.size;
      this.#buffer.copy(grown, start, this.#start);
      this.#buffer = grown;
      this.#start = start;
    }
    this.#start -= length;
    return this.#start;
  }
}
