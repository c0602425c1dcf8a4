import { mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa, ExecaError } from "execa";
import { load, loadAll } from "js-yaml";
import { UserError } from "../../kit/errors.ts";
import { type KubernetesObject, textAt } from "../../kit/objects.ts";

/** An object of the release and the file of the source that it comes from. */
export interface SourcedObject {
  readonly object: KubernetesObject;
  /** Path within the source, `apps/pipeline/upstream/...`. */
  readonly origin: string;
}

export interface RenderOptions {
  /** Directory of the manifests. */
  readonly directory: string;
  /** The kustomization to build, relative to `directory`. */
  readonly kustomization: string;
  /** An empty folder for what is written on the way. */
  readonly scratch: string;
  /** Path of kustomize. */
  readonly kustomize: string;
  readonly signal?: AbortSignal;
}

const ORIGIN = "config.kubernetes.io/origin";

/**
 * Renders a kustomization (the release takes about 7 s). A second kustomization around it asks for origin annotations,
 * which tell the part of each object; they are taken off again, so the objects are the release's own.
 * Throws UserError with kustomize's words where the source is incomplete.
 */
export async function render(options: RenderOptions): Promise<SourcedObject[]> {
  const wrapper = path.join(await realpath(options.scratch), "render");
  const directory = await realpath(options.directory);
  await mkdir(wrapper);
  const target = path.relative(wrapper, path.join(directory, options.kustomization));
  await writeFile(
    path.join(wrapper, "kustomization.yaml"),
    `resources: [${JSON.stringify(target)}]\nbuildMetadata: [originAnnotations]\n`,
  );
  const output = path.join(wrapper, "rendered.yaml");
  try {
    await execa(options.kustomize, ["build", wrapper, "--output", output], {
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    });
  } catch (error) {
    if (!(error instanceof ExecaError) || error.isCanceled) throw error;
    throw new UserError(`the manifests cannot be rendered: ${reason(String(error.stderr), wrapper)}`, {
      next: "the source is incomplete or damaged: copy or download it again",
      cause: error,
    });
  }
  const originOf = (file: string) => path.relative(directory, path.resolve(wrapper, file));
  return parse(await readFile(output, "utf8"), originOf);
}

/** The objects of a rendering with origin annotations; `originOf` makes paths relative to the source. */
export function parse(yaml: string, originOf: (file: string) => string): SourcedObject[] {
  return loadAll(yaml)
    .filter((document) => document !== null)
    .map((document) => takeOrigin(document as KubernetesObject, originOf));
}

function takeOrigin(object: KubernetesObject, originOf: (file: string) => string): SourcedObject {
  const { annotations: all, ...metadata } = object.metadata;
  const { [ORIGIN]: origin, ...annotations } = all ?? {};
  const named = origin === undefined ? undefined : load(origin);
  const file = textAt(named, "path") ?? textAt(named, "configuredIn");
  return {
    object: { ...object, metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations } },
    origin: file === undefined ? "" : originOf(file),
  };
}

/** kustomize's own words, without the deprecations that the release is full of and without the temporary folder. */
function reason(stderr: string, wrapper: string): string {
  const lines = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("# Warning"));
  const text = lines.join(" ").replaceAll(wrapper, "<scratch>");
  return text.length > 600 ? `${text.slice(0, 300)} ... ${text.slice(-300)}` : text;
}
