import { describe, expect, it } from "vitest";
import { ApiError } from "../../../rehearsal/control-plane/client.ts";
import { all, reconcile } from "../../../rehearsal/stand-ins/reconcile.ts";

function start(run: (count: number) => Promise<void>) {
  const stop = new AbortController();
  const listeners: (() => void)[] = [];
  const lines: string[] = [];
  let runs = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  const watches = [{ onChange: (listener: () => void) => void listeners.push(listener) }];
  reconcile({ name: "test", watches, signal: stop.signal, log: (line) => lines.push(line) }, async () => {
    runs++;
    try {
      await run(runs);
    } finally {
      for (const { count, resolve } of waiting) if (runs >= count) resolve();
    }
  });
  return {
    lines,
    change: () => listeners.forEach((listener) => listener()),
    ran: (count: number) =>
      new Promise<void>((resolve) => (runs >= count ? resolve() : waiting.push({ count, resolve }))),
    get runs() {
      return runs;
    },
    stop: () => stop.abort(),
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 50));

describe("reconciling", () => {
  it("runs at first, and once more for any number of changes meanwhile", async () => {
    let release = (): void => undefined;
    const first = new Promise<void>((resolve) => (release = resolve));
    const work = start((count) => (count === 1 ? first : Promise.resolve()));
    await settle();
    work.change();
    work.change();
    expect(work.runs).toBe(1);
    release();
    await work.ran(2);
    await settle();
    expect(work.runs).toBe(2);
    work.change();
    await work.ran(3);
    work.stop();
  });

  it("repeats what failed, and tells a failure once", async () => {
    const work = start((count) => (count < 3 ? Promise.reject(new Error("not yet")) : Promise.resolve()));
    await work.ran(3);
    work.stop();
    expect(work.lines).toEqual(["test: not yet"]);
  });

  it("repeats conflicts without a word", async () => {
    const work = start((count) => (count < 2 ? Promise.reject(new ApiError(409, "conflict")) : Promise.resolve()));
    await work.ran(2);
    work.stop();
    expect(work.lines).toEqual([]);
  });
});

describe("all", () => {
  it("does everything before it fails", async () => {
    const done: string[] = [];
    const late = settle().then(() => done.push("late"));
    await expect(all([Promise.reject(new Error("first")), late])).rejects.toThrow("first");
    expect(done).toEqual(["late"]);
  });
});
