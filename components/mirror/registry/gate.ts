import { setTimeout as sleep } from "node:timers/promises";

/**
 * How much may go on at once with one registry. A registry that asks for patience is left alone by everybody, and gets
 * fewer requests at once from then on.
 */
export class Gate {
  #limit: number;
  #active = 0;
  #resumeAt = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Waits for a place; what it returns gives the place back. Throws the signal's reason on an abort. */
  async enter(signal?: AbortSignal): Promise<() => void> {
    while (this.#active >= this.#limit || Date.now() < this.#resumeAt) {
      const pause = this.#resumeAt - Date.now();
      if (pause > 0) await sleep(pause, undefined, { ...(signal && { signal }) });
      else await this.#turn(signal);
      signal?.throwIfAborted();
    }
    this.#active += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#active -= 1;
      this.#waiting.shift()?.();
    };
  }

  /** Lets nobody in for so many milliseconds, and half as many at once after that. */
  slowDown(milliseconds: number): void {
    this.#resumeAt = Math.max(this.#resumeAt, Date.now() + milliseconds);
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
  }

  async #turn(signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    signal?.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    const index = this.#waiting.indexOf(resolve);
    if (index >= 0) this.#waiting.splice(index, 1);
  }
}
