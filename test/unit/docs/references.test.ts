import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));
const NOT_OURS = new Set(["node_modules", ".git"]);

interface Page {
  /** From the project's folder. */
  readonly file: string;
  readonly text: string;
}

let pages: Page[];
let scripts: ReadonlySet<string>;

beforeAll(async () => {
  const files = (await readdir(PROJECT, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => path.relative(PROJECT, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(path.sep).some((folder) => NOT_OURS.has(folder)));
  pages = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(path.join(PROJECT, file), "utf8") })),
  );
  const { scripts: named } = JSON.parse(await readFile(path.join(PROJECT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  scripts = new Set(Object.keys(named));
});

/** What GitHub calls the place of each heading of a page. */
function anchorsOf(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

async function brokenIn({ file, text }: Page): Promise<string[]> {
  const broken: string[] = [];
  for (const [, target = ""] of text.matchAll(/\]\(([^()\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [place = "", anchor] = target.split("#");
    const found = place === "" ? file : path.join(path.dirname(file), place);
    const exists = await stat(path.join(PROJECT, found)).then(
      () => true,
      () => false,
    );
    const page = pages.find((each) => each.file === found);
    if (!exists || (anchor !== undefined && page !== undefined && !anchorsOf(page.text).has(anchor))) {
      broken.push(`${file}: ${target}`);
    }
  }
  return broken;
}

describe("the documents", () => {
  it("are found", () => {
    expect(pages.map(({ file }) => file)).toEqual(expect.arrayContaining(["README.md", "docs/unproven.md"]));
  });

  it("lead to files and headings that are there", async () => {
    expect((await Promise.all(pages.map(brokenIn))).flat()).toEqual([]);
  });

  it("name scripts that package.json has", () => {
    const unknown = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/npm run (?:--silent )?([a-z][a-z:]*)/g)]
        .map(([, script = ""]) => script)
        .filter((script) => !scripts.has(script))
        .map((script) => `${file}: npm run ${script}`),
    );
    expect(unknown).toEqual([]);
  });
});
