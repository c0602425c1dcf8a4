import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { progressFor } from "../../../components/kit/progress.ts";

let written: string[];

beforeEach(() => {
  written = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("plain progress shows a line every two seconds at most, of several the latest, and none twice", async () => {
  await progressFor({ json: true }).phase("Install", async (report) => {
    for (const line of ["1 of 9", "2 of 9", "3 of 9"]) report(line);
    await vi.advanceTimersByTimeAsync(100);
    for (const line of ["4 of 9", "5 of 9, waiting for the API server"]) report(line);
    await vi.advanceTimersByTimeAsync(60_000);
    report("5 of 9, waiting for the API server");
    await vi.advanceTimersByTimeAsync(60_000);
  });
  expect(written).toEqual(["Install\n", "  3 of 9\n", "  5 of 9, waiting for the API server\n"]);
});
