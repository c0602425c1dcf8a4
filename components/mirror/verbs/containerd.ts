import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { nodeFiles } from "../cluster/containerd.ts";
import { readWanted } from "../list/wanted.ts";
import { imagesOption } from "./images-option.ts";
import type { Verb } from "./index.ts";

interface Flags {
  readonly to: string;
  readonly output: string;
  readonly images: string;
  readonly nodeCa?: string;
}

/** Files for the nodes of a cluster whose references are not rewritten. */
export const containerdVerb: Verb = (program) => {
  program
    .command("containerd")
    .description("write what makes container runtimes of nodes use a mirror: containerd, CRI-O, k3s and RKE2")
    .requiredOption("--to <registry>", "registry with an optional path: registry.example.com/kubeflow")
    .requiredOption("-o, --output <folder>", "where the files go")
    .option("--node-ca <path>", "where nodes have the PEM of the registry's authority")
    .addOption(imagesOption())
    .action(act);
};

async function act({ to, output, images, nodeCa }: Flags): Promise<void> {
  const wanted = await readWanted(images);
  const files = nodeFiles(
    wanted.map(({ reference }) => reference),
    to,
    nodeCa,
  );
  for (const [name, content] of files) {
    const file = path.join(output, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    process.stdout.write(`${file}\n`);
  }
}
