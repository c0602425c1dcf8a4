import type { Descriptor } from "../oci/manifest.ts";
import { Interrupted, isTransient, StatusError } from "./failures.ts";
import type { RegistryHttp } from "./http.ts";
import type { BlobSource } from "./registry.ts";

/** Remembers where a long upload stands, so that a killed run continues it. */
export interface UploadJournal {
  load(): Promise<URL | undefined>;
  save(location: URL): Promise<void>;
  clear(): Promise<void>;
}

export interface UploadContext {
  readonly http: RegistryHttp;
  readonly scope: string;
  /** Milliseconds the registry may take to store a whole blob. */
  readonly commit: number;
  readonly sizes: UploadSizes;
}

const MIB = 1024 * 1024;

/** Bytes. */
export interface UploadSizes {
  /** Blobs up to this go in one request, which every registry takes and which costs least. */
  readonly single: number;
  /** What an interruption of a longer one costs at most. */
  readonly chunk: number;
}

export const UPLOADS: UploadSizes = { single: 512 * MIB, chunk: 64 * MIB };

/** What a registry says of bytes that it may take when they are sent again: the token ended, the session is lost. */
const SEND_AGAIN = new Set([401, 404, 409, 416]);

/** Sends a blob. A request that carries bytes is never repeated blindly: what the registry has is asked for first. */
export async function upload(
  context: UploadContext,
  repository: string,
  blob: Descriptor,
  source: BlobSource,
  journal?: UploadJournal,
): Promise<void> {
  const { http, scope } = context;
  let isFirst = true;
  await http.retrying(async (progressed) => {
    const target = `/v2/${repository}/blobs/${blob.digest}`;
    const check = { method: "HEAD", target, scope, accept: [200, 404] } as const;
    // The answer to the try before may have been lost, but not the blob.
    if (!isFirst && (await http.once(check, ({ status }) => status === 200))) return;
    isFirst = false;
    if (blob.size <= context.sizes.single) return whole(context, repository, blob, source);
    try {
      await inChunks(context, repository, blob, source, progressed, journal);
    } catch (error) {
      // What the registry refuses for good it will refuse again from there.
      if (error instanceof StatusError && !isTransient(error)) await journal?.clear();
      throw error;
    }
  });
  await journal?.clear();
}

async function whole(context: UploadContext, repository: string, blob: Descriptor, source: BlobSource): Promise<void> {
  const location = await begin(context, repository);
  await commit(context, location, blob, source, 0);
}

async function inChunks(
  context: UploadContext,
  repository: string,
  blob: Descriptor,
  source: BlobSource,
  progressed: () => void,
  journal?: UploadJournal,
): Promise<void> {
  const known = await journal?.load();
  const continued = known && (await standing(context, known).catch((error: unknown) => unlessTransient(error)));
  let state: Standing = continued ?? { location: await begin(context, repository), offset: 0 };
  await journal?.save(state.location);
  while (blob.size - state.offset > context.sizes.chunk) {
    const { location, offset }: Standing = state;
    try {
      state = await sendChunk(context, location, source, offset, offset + context.sizes.chunk);
    } catch (error) {
      if (!isTransient(error)) throw error;
      state = await context.http.retrying(() => standing(context, location));
      if (state.offset <= offset) throw error;
    }
    progressed();
    await journal?.save(state.location);
  }
  await commit(context, state.location, blob, source, state.offset);
}

interface Standing {
  readonly location: URL;
  /** Bytes the registry has. */
  readonly offset: number;
}

async function begin({ http, scope }: UploadContext, repository: string): Promise<URL> {
  const target = `/v2/${repository}/blobs/uploads/`;
  return http.once({ method: "POST", target, scope, accept: [202] }, (response, url) => {
    const location = response.header("location");
    if (location === undefined) throw new Interrupted("the registry does not say where to upload to");
    return http.resolve(location, url);
  });
}

async function standing({ http, scope }: UploadContext, location: URL): Promise<Standing> {
  return http.once({ method: "GET", target: location, scope, accept: [204, 202, 200] }, (response, url) => {
    const given = response.header("location");
    const end = /^(?:bytes=)?0-(\d+)$/.exec(response.header("range") ?? "")?.[1];
    // An empty upload has no last byte to name; registries say 0-0, which they also say of one byte.
    const offset = end === undefined || end === "0" ? 0 : Number(end) + 1;
    return { location: given === undefined ? location : http.resolve(given, url), offset };
  });
}

async function sendChunk(
  { http, scope }: UploadContext,
  location: URL,
  source: BlobSource,
  from: number,
  to: number,
): Promise<Standing> {
  const body = source.open(from, to);
  const headers = {
    "content-type": "application/octet-stream",
    "content-length": String(to - from),
    "content-range": `${from}-${to - 1}`,
  };
  return sending(body, () =>
    http.once({ method: "PATCH", target: location, scope, headers, body, accept: [202, 204] }, (response, url) => {
      const given = response.header("location");
      return { location: given === undefined ? location : http.resolve(given, url), offset: to };
    }),
  );
}

async function commit(
  { http, scope, commit: patience }: UploadContext,
  location: URL,
  blob: Descriptor,
  source: BlobSource,
  from: number,
): Promise<void> {
  const target = new URL(location);
  target.searchParams.set("digest", blob.digest);
  const headers = { "content-type": "application/octet-stream", "content-length": String(blob.size - from) };
  const body = source.open(from, blob.size);
  await sending(body, () =>
    http.once({ method: "PUT", target, scope, headers, body, patience, accept: [201, 204] }, () => undefined),
  );
}

async function sending<T>(body: AsyncGenerator<Buffer, void>, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof StatusError && SEND_AGAIN.has(error.status)) {
      throw new Interrupted(error.message, { cause: error });
    }
    throw error;
  } finally {
    // A connection that breaks leaves it where it stood, with its file open.
    await body.return();
  }
}

function unlessTransient(error: unknown): undefined {
  if (isTransient(error)) throw error;
  return undefined;
}
