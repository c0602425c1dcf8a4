import { fileURLToPath } from "node:url";
import { Option } from "commander";
import { LOCK } from "../list/lock.ts";

/** The lock of the project: every image of the release. */
export const PROJECT_LOCK = fileURLToPath(LOCK);

export function imagesOption(): Option {
  return new Option("--images <file>", "a lock, or a list of references one a line").default(
    PROJECT_LOCK,
    "the release's lock",
  );
}
