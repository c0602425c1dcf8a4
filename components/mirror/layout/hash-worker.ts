import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort } from "node:worker_threads";

/** What the thread that hashes is told: to read a file up to some length, or to take bytes that follow. */
export type HashOrder =
  | { readonly kind: "open"; readonly id: number; readonly file: string; readonly offset: number }
  | { readonly kind: "upTo"; readonly id: number; readonly length: number }
  | { readonly kind: "update"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: "finish"; readonly id: number }
  | { readonly kind: "abandon"; readonly id: number };

export interface HashAnswer {
  readonly id: number;
  /** The bytes of an `update` are hashed. */
  readonly taken?: true;
  readonly hex?: string;
  readonly error?: Error;
}

interface Work {
  readonly descriptor: number;
  readonly hash: Hash;
  /** Where the content begins in the file. */
  readonly offset: number;
  position: number;
}

const port = parentPort;
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
const works = new Map<number, Work>();
const broken = new Map<number, Error>();

port?.on("message", (order: HashOrder) => {
  try {
    obey(order);
  } catch (error) {
    broken.set(order.id, error as Error);
    if (order.kind === "finish") answer(order.id);
  }
});

function obey(order: HashOrder): void {
  if (order.kind === "open") {
    const { id, file, offset } = order;
    works.set(id, { descriptor: openSync(file, "r"), hash: createHash("sha256"), offset, position: 0 });
    return;
  }
  const work = works.get(order.id);
  if (order.kind === "upTo" && work !== undefined) read(work, order.length);
  if (order.kind === "update") {
    work?.hash.update(order.bytes);
    port?.postMessage({ id: order.id, taken: true } satisfies HashAnswer);
  }
  if (order.kind === "finish") answer(order.id, work?.hash.digest("hex"));
  if (order.kind === "finish" || order.kind === "abandon") forget(order.id);
}

function answer(id: number, hex?: string): void {
  const error = broken.get(id);
  port?.postMessage({
    id,
    ...(hex === undefined || error ? {} : { hex }),
    ...(error && { error }),
  } satisfies HashAnswer);
  if (error) forget(id);
}

function read(work: Work, length: number): void {
  while (work.position < length) {
    const wanted = Math.min(buffer.length, length - work.position);
    const count = readSync(work.descriptor, buffer, 0, wanted, work.offset + work.position);
    if (count === 0) throw new Error("the file ends before what was written to it");
    work.hash.update(count === buffer.length ? buffer : buffer.subarray(0, count));
    work.position += count;
  }
}

function forget(id: number): void {
  const work = works.get(id);
  if (work !== undefined) closeSync(work.descriptor);
  works.delete(id);
  broken.delete(id);
}
