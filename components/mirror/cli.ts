import { Command } from "commander";
import { runCli } from "../kit/cli.ts";
import { verbs } from "./verbs/index.ts";

const program = new Command("npm run mirror --").description(
  "Carries the images of the release to sites without a way out: fetched, carried over, verified, used",
);
const asked = verbs[process.argv[2] ?? ""];
for (const load of asked === undefined ? Object.values(verbs) : [asked]) (await load())(program);

await runCli(program);
