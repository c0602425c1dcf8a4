import { open } from "node:fs/promises";

const READ_AT_ONCE = 256 * 1024;

/**
 * Bytes of a file from `from` up to but not including `to`; fewer where it ends before. Every chunk is in the same buffer:
 * it holds until the next one is asked for.
 */
export async function* bytesOf(file: string, from: number, to: number): AsyncGenerator<Buffer, void> {
  const handle = await open(file, "r");
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.min(READ_AT_ONCE, Math.max(to - from, 1)));
    for (let position = from; position < to;) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, to - position), position);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
