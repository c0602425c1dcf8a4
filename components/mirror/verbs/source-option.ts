import { InvalidArgumentError, Option } from "commander";
import { parseSource, type Source } from "../transfer/sources.ts";

export interface SourceFlags {
  readonly source?: readonly Source[];
}

/** May be given several times. */
export function sourceOption(): Option {
  return new Option(
    "--source <origin=place>",
    "fetch what is published below an origin from another place, such as docker.io=artifacts.example.com/docker-hub",
  ).argParser((text: string, before: readonly Source[] = []) => {
    try {
      return [...before, parseSource(text)];
    } catch (error) {
      throw new InvalidArgumentError(`${(error as Error).message}.`);
    }
  });
}
