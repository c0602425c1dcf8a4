import { listAt, textAt } from "../../kit/objects.ts";
import { type Guard, quoted } from "./guard.ts";
import { CONTAINERS, containersIn, podsOfProfiles } from "./pods.ts";

/** `4.35` of `4.35.0`: what may come after it in the same minor version only repairs. */
type Minor = readonly [major: number, minor: number];

/** Major and minor of a version such as `4.35.0`. Throws RangeError for what is none. */
function minorOf(version: string): Minor {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) throw new RangeError(`${JSON.stringify(version)} is not a version`);
  return [Number(major), Number(minor)];
}

/** Whether a text that ends in a version, such as `transformers==4.36`, names one beyond `most`; `text` of CEL. */
function beyondInCel(text: string, [major, minor]: Minor): string {
  const number = (index: number) => `int(${text}.find('[0-9]+[.][0-9]+$').split('.')[${index}])`;
  return `(${number(0)} > ${major} || (${number(0)} == ${major} && ${number(1)} > ${minor}))`;
}

function isBeyond(text: string, [mostMajor, mostMinor]: Minor): boolean {
  const [major, minor] = minorOf(/\d+\.\d+$/.exec(text)?.[0] ?? "");
  return major > mostMajor || (major === mostMajor && minor > mostMinor);
}

const REQUIREMENT = "transformers(\\[[A-Za-z0-9_, -]*\\])? *={2,3} *[0-9]+[.][0-9]+";
/** The same as a word of its own: `sentence-transformers` is another package. */
const WORD = `(^|[^A-Za-z0-9_./-])${REQUIREMENT}`;
/** Tags of images are versions of what the image is named after. */
const IMAGE = "transformers[a-z0-9_-]*:v?[0-9]+[.][0-9]+";
/** Variables whose value is a version. */
const VARIABLE = "TRANSFORMERS_VERSION$";

/** What of a container `c` of CEL may say what it installs, as requirements. */
const TEXTS = [
  "(has(c.command) ? c.command : []) + (has(c.args) ? c.args : [])",
  `(has(c.env) ? c.env.filter(e, has(e.value)).map(e, e.name.matches(${quoted(VARIABLE)}) ? 'transformers==' + e.value : e.value) : [])`,
  `(c.image.matches(${quoted(IMAGE)}) ? ['transformers==' + c.image.find(${quoted(IMAGE)}).find('[0-9]+[.][0-9]+$')] : [])`,
].join(" + ");

function textsOf(container: unknown): string {
  const variables = listAt(container, "env").map((variable) => {
    const value = textAt(variable, "value") ?? "";
    return new RegExp(VARIABLE).test(textAt(variable, "name") ?? "") ? `transformers==${value}` : value;
  });
  const [tagged] = new RegExp(IMAGE).exec(textAt(container, "image") ?? "") ?? [];
  const image = tagged === undefined ? [] : [`transformers==${/\d+\.\d+$/.exec(tagged)?.[0] ?? ""}`];
  return [...listAt(container, "command"), ...listAt(container, "args"), ...variables, ...image].join(" ");
}

/**
 * The version of transformers in a pod is not beyond the validated one, where its command, its variables or the tag of
 * its image show it.
 */
export function transformersPin(version: string): Guard {
  const most = minorOf(version);
  const fix = `is beyond the validated version and may break inference: install transformers==${version}`;
  return {
    ...podsOfProfiles,
    name: "transformers",
    variables: {
      pins: `(${CONTAINERS}).map(c, ${TEXTS}).map(words, words.join(' ').findAll(${quoted(WORD)}).map(word, word.find(${quoted(REQUIREMENT)})))`,
      beyond: `variables.pins.filter(found, found.exists(pin, ${beyondInCel("pin", most)})).map(found, found.filter(pin, ${beyondInCel("pin", most)}).join(', '))`,
    },
    validations: [
      {
        expression: "variables.beyond.size() == 0",
        message: `variables.beyond.join(', ') + ${quoted(` ${fix}`)}`,
      },
    ],
    judge: ({ object }) => {
      const pins = containersIn(object)
        .flatMap((container) => textsOf(container).match(new RegExp(WORD, "g")) ?? [])
        .map((word) => new RegExp(REQUIREMENT).exec(word)?.[0] ?? "");
      const beyond = pins.filter((pin) => isBeyond(pin, most));
      return beyond.length === 0 ? [] : [`${beyond.join(", ")} ${fix}`];
    },
  };
}

const OPERATOR_IMAGE = "training-operator:v?[0-9]+[.][0-9]+";

/** The training operator is not beyond the validated version, where the tag of its image shows one. */
export function trainingOperatorPin(version: string): Guard {
  const most = minorOf(version);
  const fix = `is beyond the validated version and may break distributed training: use ${version}`;
  const images = "object.spec.template.spec.containers.map(c, c.image)";
  return {
    name: "training-operator",
    on: { group: "apps", version: "v1", resources: ["deployments"], operations: ["CREATE", "UPDATE"] },
    within: { matchLabels: { "kubernetes.io/metadata.name": "kubeflow" } },
    variables: {
      beyond: `${images}.filter(i, i.matches(${quoted(OPERATOR_IMAGE)}) && ${beyondInCel(`i.find(${quoted(OPERATOR_IMAGE)})`, most)})`,
    },
    validations: [
      {
        expression: "variables.beyond.size() == 0",
        message: `variables.beyond.join(', ') + ${quoted(` ${fix}`)}`,
      },
    ],
    judge: ({ object }) => {
      const beyond = listAt(object, "spec", "template", "spec", "containers")
        .map((container) => textAt(container, "image") ?? "")
        .filter((image) => {
          const [named] = new RegExp(OPERATOR_IMAGE).exec(image) ?? [];
          return named !== undefined && isBeyond(named, most);
        });
      return beyond.length === 0 ? [] : [`${beyond.join(", ")} ${fix}`];
    },
  };
}
