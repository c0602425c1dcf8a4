import { listAt } from "../../kit/objects.ts";
import { type Allowance, allowanceFrom } from "./allowance.ts";
import { MirrorError } from "../errors.ts";
import { type Digest, digestOf, isDigest } from "../oci/digest.ts";
import { type Descriptor, LARGEST_MANIFEST, MANIFEST_TYPES, OCI_INDEX } from "../oci/manifest.ts";
import { type BlobSink, download } from "./download.ts";
import { StatusError } from "./failures.ts";
import { type HttpContext, RegistryHttp } from "./http.ts";
import { listNames } from "./listing.ts";
import type { HttpResponse } from "./exchange.ts";
import { upload } from "./upload.ts";
import type { UploadJournal } from "./upload-session.ts";

/** A manifest as a registry serves it. */
export interface FetchedManifest {
  readonly content: Buffer;
  readonly mediaType: string | undefined;
  readonly digest: Digest;
}

/** An entry of an index as it stands there; nothing of it has been checked. */
export interface Listed {
  readonly digest?: unknown;
}

/** Where bytes to upload come from. */
export interface BlobSource {
  /** Bytes from `from` up to but not including `to`, in chunks of which each holds until the next one is asked for. */
  open(from: number, to: number): AsyncGenerator<Buffer, void>;
}

const READ = "pull";
const WRITE = "pull,push";

/** One registry, by the distribution API. Repositories and references are as in the API: `library/busybox`, `1.28`. */
export class Registry {
  readonly host: string;
  readonly #http: RegistryHttp;
  readonly #context: HttpContext;
  /** As it was told last; undefined as long as the registry tells none. */
  allowance: Allowance | undefined;

  constructor(host: string, context: HttpContext) {
    this.host = host;
    this.#http = new RegistryHttp(host, context);
    this.#context = context;
  }

  isKnown(repository: string): Promise<boolean> {
    return this.#http.isKnown(repository);
  }

  /** Every repository. Throws StatusError 401, 403, 404 or 405 where the registry does not tell. */
  repositories(): Promise<string[]> {
    const request = { target: "/v2/_catalog", scope: "registry:catalog:*", accept: [200] };
    return listNames(this.#http, request, "repositories");
  }

  /** Every tag of a repository; none where there is no such repository. */
  tags(repository: string): Promise<string[]> {
    const target = `/v2/${repository}/tags/list`;
    return listNames(this.#http, { target, scope: scopeOf(repository, READ), accept: [200, 404] }, "tags");
  }

  /** The digest that a tag or digest stands for now; undefined where there is none. Costs no pull. */
  async head(repository: string, reference: string, access = READ): Promise<Digest | undefined> {
    const request = manifestRequest("HEAD", repository, reference, access);
    return this.#http.ask({ ...request, accept: [200, 404] }, async (response) => {
      this.#note(response);
      if (response.status === 404) return undefined;
      const digest = response.header("docker-content-digest");
      // Old registries do not say it; then only the manifest tells.
      return isDigest(digest) ? digest : (await this.manifest(repository, reference)).digest;
    });
  }

  /** Throws StatusError 404 where there is none, MirrorError E_DIGEST where it is not what was asked for. */
  async manifest(repository: string, reference: string): Promise<FetchedManifest> {
    const request = manifestRequest("GET", repository, reference, READ);
    return this.#http.ask({ ...request, accept: [200] }, async (response, url) => {
      this.#note(response);
      const content = await limited(response, LARGEST_MANIFEST, `${this.host}/${repository}@${reference}`);
      const digest = digestOf(content);
      if (isDigest(reference) && digest !== reference) {
        throw new MirrorError("E_DIGEST", `manifest ${reference} of ${this.host}/${repository}: got ${digest}`, {
          next: `a proxy or ${url.host} itself gives other content than was asked for`,
        });
      }
      return { content, mediaType: response.header("content-type")?.split(";")[0]?.trim(), digest };
    });
  }

  /** Continues what the sink has. Throws StatusError 404 where the repository does not have the blob. */
  download(repository: string, blob: Descriptor, sink: BlobSink): Promise<void> {
    return download(this.#http, repository, blob, sink, this.#context.timeouts.idle);
  }

  /** Bytes of a blob of a repository; undefined where it has none. */
  async blobSize(repository: string, digest: Digest, access = WRITE): Promise<number | undefined> {
    const target = `/v2/${repository}/blobs/${digest}`;
    const scope = scopeOf(repository, access);
    return this.#http.ask({ method: "HEAD", target, scope, accept: [200, 404] }, (response) => {
      const size = Number(response.header("content-length") ?? Number.NaN);
      return response.status === 404 ? undefined : size;
    });
  }

  /** Makes a blob of one repository a blob of another without sending it; false where the registry will not. */
  async mount(repository: string, digest: Digest, from: string): Promise<boolean> {
    const query = new URLSearchParams({ mount: digest, from });
    const target = `/v2/${repository}/blobs/uploads/?${query.toString()}`;
    const scope = `${scopeOf(repository, WRITE)} ${scopeOf(from, READ)}`;
    const location = await this.#http.ask({ method: "POST", target, scope, accept: [201, 202] }, (response, url) => {
      const given = response.header("location");
      return response.status === 201 || given === undefined ? undefined : this.#http.resolve(given, url);
    });
    if (location === undefined) return true;
    await this.#http
      .once({ method: "DELETE", target: location, scope, accept: [202, 204] }, () => undefined)
      .catch(() => undefined);
    return false;
  }

  upload(repository: string, blob: Descriptor, source: BlobSource, journal?: UploadJournal): Promise<void> {
    const context = {
      http: this.#http,
      scope: scopeOf(repository, WRITE),
      commit: this.#context.timeouts.commit,
      sizes: this.#context.uploads,
    };
    return upload(context, repository, blob, source, journal);
  }

  /** Stores a manifest under a tag or its digest. Says whether the registry lists it with its subject by itself. */
  async putManifest(
    repository: string,
    reference: string,
    content: Uint8Array,
    mediaType: string,
  ): Promise<{ readonly listsReferrers: boolean }> {
    const request = manifestRequest("PUT", repository, reference, WRITE);
    const headers = { "content-type": mediaType };
    return this.#http.ask({ ...request, headers, body: content, accept: [200, 201, 202] }, (response) => ({
      listsReferrers: response.header("oci-subject") !== undefined,
    }));
  }

  /** Descriptors of what refers to a manifest: by the API, or the tag that stands in for it. */
  async referrers(repository: string, digest: Digest): Promise<readonly Listed[]> {
    const target = `/v2/${repository}/referrers/${digest}`;
    const scope = scopeOf(repository, READ);
    const fallback = digest.replace(":", "-");
    const listed = await this.#http.ask(
      { method: "GET", target, scope, accept: [200, 400, 404, 405] },
      async (response) =>
        response.status === 200 && response.header("content-type")?.startsWith(OCI_INDEX) === true
          ? limited(response, LARGEST_MANIFEST, target)
          : undefined,
    );
    const content = listed ?? (await this.#ifThere(repository, fallback));
    return content === undefined ? [] : (listAt(JSON.parse(content.toString("utf8")), "manifests") as Listed[]);
  }

  #note(response: HttpResponse): void {
    this.allowance = allowanceFrom(response.header("ratelimit-remaining")) ?? this.allowance;
  }

  async #ifThere(repository: string, tag: string): Promise<Buffer | undefined> {
    try {
      return (await this.manifest(repository, tag)).content;
    } catch (error) {
      if (error instanceof StatusError && error.status === 404) return undefined;
      throw error;
    }
  }
}

function scopeOf(repository: string, access: string): string {
  return `repository:${repository}:${access}`;
}

function manifestRequest(method: "GET" | "HEAD" | "PUT", repository: string, reference: string, access: string) {
  return {
    method,
    target: `/v2/${repository}/manifests/${reference}`,
    scope: scopeOf(repository, access),
    headers: { accept: MANIFEST_TYPES.join(", ") },
  } as const;
}

async function limited(response: HttpResponse, limit: number, where: string): Promise<Buffer> {
  try {
    return await response.bytes(limit);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new MirrorError("E_MANIFEST", `${where}: the manifest is larger than ${limit} bytes`);
  }
}
