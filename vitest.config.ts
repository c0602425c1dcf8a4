import { defineConfig } from "vitest/config";

/** `npm test`: the unit tests, then the rehearsals one at a time (two cores hold one control plane well). */
export default defineConfig({
  test: {
    reporters: ["default", "./test/kit/summary-reporter.ts"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "rehearsal",
          include: ["test/rehearsal/**/*.test.ts"],
          isolate: false,
          fileParallelism: false,
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});
