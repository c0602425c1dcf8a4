import { defineConfig } from "vitest/config";

/** `npm run test:full`: what takes longer than a developer waits, one file at a time. */
export default defineConfig({
  test: {
    reporters: ["default", "./test/kit/summary-reporter.ts"],
    include: ["test/full/**/*.test.ts"],
    isolate: false,
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
  },
});
