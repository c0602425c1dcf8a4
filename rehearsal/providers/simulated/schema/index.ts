import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { cached } from "../../../../components/kit/cache.ts";
import { systemErrorCode, UserError } from "../../../../components/kit/errors.ts";
import { textAt } from "../../../../components/kit/objects.ts";
import type { ResourceSchema } from "./shape.ts";

/** Changes with what {@link ResourceSchema} holds. */
const FORMAT = 1;

/** Resources of a provider, as the installed SDK declares them; read once a version and kept in the cache. */
export class Schemas {
  readonly #package: string;
  readonly #found: Map<string, Promise<ResourceSchema>>;

  /**
   * @param name of the provider's package: `aws`
   * @param declared every resource by type, of a provider without an SDK
   */
  constructor(name: string, declared: Readonly<Record<string, ResourceSchema>> = {}) {
    this.#package = name;
    this.#found = new Map(Object.entries(declared).map(([type, schema]) => [type, Promise.resolve(schema)]));
  }

  /** Of a type token such as `aws:eks/nodeGroup:NodeGroup`. Throws UserError where the SDK has no such resource. */
  of(type: string): Promise<ResourceSchema> {
    const known = this.#found.get(type);
    if (known !== undefined) return known;
    const schema = this.#load(type);
    this.#found.set(type, schema);
    return schema;
  }

  async #load(type: string): Promise<ResourceSchema> {
    const root = path.dirname(createRequire(import.meta.url).resolve(`@pulumi/${this.#package}/package.json`));
    const version = textAt(JSON.parse(await readFile(path.join(root, "package.json"), "utf8")), "version");
    const { file, className } = whereIs(type);
    const entry = await cached(`schemas/${FORMAT}/${this.#package}-${version}/${file}`, async (directory) => {
      const schema = await read(root, type, file, className);
      await writeFile(path.join(directory, "schema.json"), JSON.stringify(schema));
    });
    return JSON.parse(await readFile(path.join(entry, "schema.json"), "utf8")) as ResourceSchema;
  }
}

/** The SDK's file of a resource, without its ending: `eks/nodeGroup`; the provider itself is `provider`. */
function whereIs(type: string): { readonly file: string; readonly className: string } {
  const [, module = "", className = ""] = type.split(":");
  if (type.startsWith("pulumi:providers:")) return { file: "provider", className: "Provider" };
  return { file: module.replace(/^index\//, ""), className };
}

async function read(root: string, type: string, file: string, className: string): Promise<ResourceSchema> {
  // The compiler takes a third of a second to load, and is needed once a version of the SDK.
  const { readResource } = await import("./declarations.ts");
  try {
    const [resource, types] = await Promise.all(
      [await declarationsOf(root, file), "types/input.d.ts"].map((name) => readFile(path.join(root, name), "utf8")),
    );
    return readResource(className, {
      resource: resource ?? "",
      inputTypes: (namespace) => namespaceIn(types ?? "", namespace),
    });
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT" && !(error instanceof RangeError)) throw error;
    const message = `${type} is no resource of ${path.basename(root)} as it is installed`;
    throw new UserError(message, { next: "look for its name in the SDK's documentation", cause: error });
  }
}

/** The SDK writes a token's abbreviations in capitals and its file's not always: `iAMMember` is in `iammember.d.ts`. */
async function declarationsOf(root: string, file: string): Promise<string> {
  const wanted = `${path.basename(file)}.d.ts`.toLowerCase();
  const names = await readdir(path.join(root, path.dirname(file)));
  return path.join(
    path.dirname(file),
    names.find((name) => name.toLowerCase() === wanted) ?? `${path.basename(file)}.d.ts`,
  );
}

/** One namespace of megabytes of types, so that only it is parsed. */
function namespaceIn(types: string, namespace: string): string {
  if (namespace === "") return types;
  const begin = types.indexOf(`\nexport declare namespace ${namespace} {`);
  return begin < 0 ? "" : types.slice(begin, types.indexOf("\n}", begin) + 2);
}
