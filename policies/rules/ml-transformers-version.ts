import { z } from "zod";
import { containers } from "../kubernetes/pod-templates.ts";
import { argumentsOf } from "../kubernetes/arguments.ts";
import { expand } from "../kubernetes/places.ts";
import { nameOf, referenceOf } from "../kubernetes/reference.ts";
import { textsOf } from "../kubernetes/texts.ts";
import { at } from "../reading.ts";
import type { KubernetesSubject, Resource, Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";
import { isIn, versionOf } from "../versions.ts";

/** A text that may say what is installed. */
interface InstallSubject extends Subject {
  readonly object: KubernetesSubject;
  /** Name of a variable or key, `""` elsewhere. */
  readonly key: string;
  readonly source: "text" | "image";
}

/** A requirement as pip reads it: `transformers[torch]>=4.30,<5`; the name alone must be a word of its own. */
const REQUIREMENT = /(?<![\w./-])transformers(?:\s*\[[\w,\s-]*\])?\s*((?:[=~!<>]=?=?\s*[\w.*+-]+\s*,?\s*)*)/g;
const INSTALLS = /\b(pip3?|uv|conda|poetry)\b[^\n]*\b(install|add)\b/;
/** Variables whose value is a version. */
const VERSION_KEY = /TRANSFORMERS_VERSION$/i;
const PIN = /={2,3}\s*([\w.]+)/;

export const transformersVersion = resourceRule({
  id: "ml-transformers-version",
  title: "Language models run with a version of transformers that was tried",
  severity: "high",
  why: "transformers 4.36 changed its cache and broke inference of models that 4.35 served; a version that nobody names changes with the next start of the pod.",
  remediation: "Install transformers==4.35.0, or another version that was tried and is in the parameter validated.",
  url: "https://github.com/huggingface/transformers/issues/28056",
  frameworks: [],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  checkLevels: { unpinned: { dev: "advisory", prod: "advisory", airgapped: "advisory" } },
  parameters: z.strictObject({
    denied: z
      .array(z.string())
      .default(["4.36.0"])
      .describe("Versions, or ranges of semantic versions, that must not be installed"),
    validated: z.array(z.string()).default(["4.35.0"]).describe("Versions that were tried, for the advice"),
  }),
  subjects: textsThatInstall,
  checks: {
    denied: function* ({ value, key, source, name }, { parameters: { denied, validated } }) {
      for (const version of versionsIn(at(value), key, source)) {
        if (!denied.some((range) => isIn(version, range))) continue;
        yield {
          message: `${name} installs transformers ${version}, which breaks inference`,
          path: [],
          fix: `Install transformers==${validated.at(-1) ?? "another version"}.`,
        };
      }
    },
    unpinned: ({ value, source, name }, { parameters: { validated } }) => {
      const text = at(value);
      if (source === "image" || typeof text !== "string" || !INSTALLS.test(text)) return;
      const isOpen = [...text.matchAll(REQUIREMENT)].some(([, limits = ""]) => !/[=<]/.test(limits));
      if (!isOpen) return;
      return {
        message: `${name} installs whatever transformers is the newest`,
        path: [],
        fix: `Install transformers==${validated.at(-1) ?? "a version"}.`,
      };
    },
  },
  examples: {
    good: [pod(`command: [sh, -c, "pip install 'transformers[torch]==4.35.0' datasets"]`)],
    bad: {
      denied: pod(`args: ["pip install transformers==4.36.0 && python serve.py"]`),
      unpinned: pod(`args: ["pip install transformers && python serve.py"]`),
    },
  },
});

function textsThatInstall(resource: Resource): InstallSubject[] {
  const found = containers(resource).flatMap((container) => {
    const field = (step: string, name: string, source: InstallSubject["source"]) =>
      expand(container.value, [step]).map(({ value, path }): InstallSubject => {
        const { object } = container;
        return { ...{ resource, object, value, name, source }, path: [...container.path, ...path], key: "" };
      });
    return [
      ...field("image", container.name, "image"),
      // Of a step of a workflow.
      ...field("source", `the script of ${container.name}`, "text"),
      ...argumentsOf(container).map((word): InstallSubject => ({ ...word, key: "", source: "text" })),
    ];
  });
  const texts = resource.objects
    .flatMap(textsOf)
    .filter(({ source }) => source !== "Secret")
    .map((text): InstallSubject => ({ ...text, source: "text" }));
  // What is unknown may install anything.
  return [...found, ...texts].filter(({ value, key }) => {
    return typeof value !== "string" || value.includes("transformers") || VERSION_KEY.test(key);
  });
}

/** The versions of transformers that a text names. */
function versionsIn(text: unknown, key: string, source: InstallSubject["source"]): string[] {
  if (typeof text !== "string") return [];
  const named = source === "image" ? tagsOf(text) : VERSION_KEY.test(key) ? [text] : pinsIn(text);
  return [...new Set(named.flatMap((each) => versionOf(each) ?? []))];
}

/** `4.36.0` of `huggingface/transformers-pytorch-gpu:4.36.0`. */
function tagsOf(image: string): string[] {
  const reference = referenceOf(image);
  return reference?.tag !== undefined && nameOf(reference).includes("transformers") ? [reference.tag] : [];
}

/** What a command or a list of requirements pins: `transformers[torch]==4.36.0`. */
function pinsIn(text: string): string[] {
  return [...text.matchAll(REQUIREMENT)].flatMap(([, limits = ""]) => PIN.exec(limits)?.[1] ?? []);
}

function pod(line: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: serve, namespace: alice }
spec:
  containers:
    - name: main
      image: python:3.12
      ${line}
`;
}
