import { Command } from "commander";
import { runCli } from "../kit/cli.ts";
import { verbs } from "./verbs/index.ts";

const program = new Command("npm run mirror --").description(
  "Carries the images of the release to sites without a way out: fetched, carried over, verified, used",
);
for (const add of verbs) add(program);

await runCli(program);
