import type { Dispatcher } from "undici";
import { Interrupted } from "./failures.ts";

/** An answer whose body has not been read yet. It must be, or the connection stays taken. */
export interface HttpResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** Gives the body to `take`, which may ask to wait; a chunk holds until it returns. Throws what breaks the connection, or what `take` throws. */
  consume(take: (chunk: Buffer) => Promise<void> | undefined): Promise<void>;
  /** The whole body. Throws RangeError where it is larger than `limit` bytes. */
  bytes(limit: number): Promise<Buffer>;
  /** Reads what is left where it is short, and breaks the connection where it is not. Never throws. */
  dump(): Promise<void>;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const SHORT = 64 * 1024;

/**
 * One request and its answer, as undici hands them over: without a stream in between, which would cost a third of the
 * processor time of a download.
 */
export class Exchange implements Dispatcher.DispatchHandler, HttpResponse {
  readonly #answered = Promise.withResolvers<HttpResponse>();
  readonly #over = Promise.withResolvers<void>();
  readonly #signal: AbortSignal | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #take: (chunk: Buffer) => Promise<void> | undefined = () => undefined;
  #headers: Headers = {};
  #isOver = false;
  status = 0;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
    // Whoever waits for the body sees it; nobody may.
    this.#over.promise.catch(() => undefined);
  }

  /** Resolves with the head of the answer. */
  get answered(): Promise<HttpResponse> {
    return this.#answered.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#signal?.addEventListener("abort", this.#abort);
    if (this.#signal?.aborted === true) this.#abort();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // 100 and its like announce the answer.
    if (status < 200) return;
    this.status = status;
    this.#headers = headers;
    controller.pause();
    this.#answered.resolve(this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const wait = this.#take(chunk);
    if (wait === undefined) return;
    controller.pause();
    wait.then(
      () => controller.resume(),
      (error: Error) => controller.abort(error),
    );
  }

  onResponseEnd(): void {
    this.#end();
    this.#over.resolve();
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#end();
    this.#answered.reject(error);
    this.#over.reject(error);
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  consume(take: (chunk: Buffer) => Promise<void> | undefined): Promise<void> {
    this.#take = (chunk) => {
      try {
        return take(chunk);
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    this.#controller?.resume();
    return this.#over.promise;
  }

  async bytes(limit: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    await this.consume((chunk) => {
      chunks.push(Buffer.from(chunk));
      length += chunk.length;
      if (length > limit) throw new RangeError(`the answer is larger than ${limit} bytes`);
      return undefined;
    });
    return Buffer.concat(chunks, length);
  }

  async dump(): Promise<void> {
    if (this.#isOver) return;
    let left = SHORT;
    await this.consume((chunk) => {
      left -= chunk.length;
      if (left < 0) throw new Interrupted("the rest is not wanted");
      return undefined;
    }).catch(() => undefined);
  }

  #end(): void {
    this.#isOver = true;
    this.#signal?.removeEventListener("abort", this.#abort);
  }

  readonly #abort = () => this.#controller?.abort(this.#signal?.reason as Error);
}
