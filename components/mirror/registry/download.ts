import { MirrorError } from "../errors.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { Interrupted } from "./failures.ts";
import type { RegistryHttp } from "./http.ts";
import type { HttpResponse } from "./exchange.ts";

/** Where the bytes of a blob go, in order. */
export interface BlobSink {
  /** Bytes that are there already. */
  readonly length: number;
  /** Resolves once more may come; undefined where it may at once. */
  write(chunk: Buffer): Promise<void> | undefined;
  /** Begins anew. */
  reset(): Promise<void>;
}

/** Bytes that count as progress: fewer would let a server that always breaks off keep this client for ever. */
const PROGRESS = 64 * 1024;
/** Fewer bytes than these within the idle time are as good as none. */
const TRICKLE = 1024;

/** Fetches a blob, continuing after every interruption at the byte where it broke off. */
export async function download(
  http: RegistryHttp,
  repository: string,
  blob: Descriptor,
  sink: BlobSink,
  idle: number,
): Promise<void> {
  let furthest = sink.length;
  await http.retrying(async (progressed) => {
    const from = sink.length;
    if (from === blob.size && from > 0) return;
    const request = {
      method: "GET",
      target: `/v2/${repository}/blobs/${blob.digest}`,
      scope: `repository:${repository}:pull`,
      headers: {
        "accept-encoding": "identity",
        // Closed, for some storage servers refuse a range without an end.
        ...(from > 0 ? { range: `bytes=${from}-${blob.size - 1}` } : {}),
      },
      accept: [200, 206, 416],
    } as const;
    await http.once(request, async (response) => {
      await prepare(response, blob, sink, from);
      await receive(response, blob, sink, idle, () => {
        if (sink.length < furthest + PROGRESS) return;
        furthest = sink.length;
        progressed();
      });
    });
  });
}

/** Makes the sink stand where the answer begins. */
async function prepare(response: HttpResponse, blob: Descriptor, sink: BlobSink, from: number): Promise<void> {
  const { status } = response;
  if (status === 416) {
    await sink.reset();
    throw new Interrupted("the registry has fewer bytes than it sent before");
  }
  if (status === 206) {
    const range = response.header("content-range") ?? "";
    const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range) ?? [];
    const isRight =
      from > 0 &&
      Number(start) === from &&
      Number(end) === blob.size - 1 &&
      (size === "*" || Number(size) === blob.size);
    if (isRight) return;
    await sink.reset();
    throw new Interrupted(`asked for bytes from ${from} on, got ${range === "" ? "no range" : range}`);
  }
  if (from > 0) await sink.reset();
  const length = response.header("content-length");
  if (length !== undefined && Number(length) !== blob.size) {
    throw new MirrorError("E_DIGEST", `blob ${blob.digest} has ${length} bytes, its manifest says ${blob.size}`);
  }
}

async function receive(
  response: HttpResponse,
  blob: Descriptor,
  sink: BlobSink,
  idle: number,
  moved: () => void,
): Promise<void> {
  let windowEnd = performance.now() + idle;
  let windowFrom = sink.length;
  await response.consume((chunk) => {
    if (sink.length + chunk.length > blob.size) {
      throw new MirrorError("E_DIGEST", `blob ${blob.digest} has more bytes than the ${blob.size} of its manifest`);
    }
    const full = sink.write(chunk);
    moved();
    const now = performance.now();
    if (now >= windowEnd) {
      if (sink.length - windowFrom < TRICKLE) throw new Interrupted("next to nothing arrives");
      windowEnd = now + idle;
      windowFrom = sink.length;
    }
    return full;
  });
  if (sink.length < blob.size) throw new Interrupted(`the answer ends after ${sink.length} of ${blob.size} bytes`);
}
