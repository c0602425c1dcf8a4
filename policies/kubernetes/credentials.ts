import type { Step } from "../reading.ts";

/** A way to tell that a text holds a credential. */
export interface Detector {
  readonly name: string;
  /** Ends the sentence "... holds". */
  readonly what: string;
  readonly pattern: RegExp;
}

/** Credentials that can be told by their form, wherever they stand. Lengths have an end, as texts may be long and hostile. */
export const DETECTORS: readonly Detector[] = [
  { name: "privateKey", what: "a private key", pattern: /-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY-----/ },
  { name: "aws", what: "an access key of AWS", pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/ },
  { name: "google", what: "a key of Google Cloud", pattern: /\bAIza[\w-]{35}\b|"private_key_id"/ },
  { name: "digitalOcean", what: "a token of DigitalOcean", pattern: /\bdo[opr]_v1_[0-9a-f]{64}\b/ },
  { name: "github", what: "a token of GitHub", pattern: /\bgh[opsur]_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{22,}/ },
  { name: "gitlab", what: "a token of GitLab", pattern: /\bglpat-[\w-]{20,}/ },
  { name: "huggingFace", what: "a token of Hugging Face", pattern: /\bhf_[A-Za-z]{34}\b/ },
  { name: "openAi", what: "a key of OpenAI", pattern: /\bsk-(?:proj-)?[\w-]{32,}/ },
  { name: "slack", what: "a token of Slack", pattern: /\bxox[abeprs]-[\w-]{10,}/ },
  { name: "jwt", what: "a signed token", pattern: /\beyJ[\w-]{10,1000}\.eyJ[\w-]{10,4000}\.[\w-]{10,}/ },
  {
    name: "url",
    what: "a URL with a password",
    pattern: /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@$]{0,200}:[^\s/@$]{3,200}@/i,
  },
  { name: "passwordHash", what: "the hash of a password", pattern: /\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/ },
];

/** The last word of a name of a password: `MYSQL_ROOT_PASSWORD`, `clientSecret`, `--api-key`. */
const WORDS =
  "pass|password|passwd|passphrase|pwd|secret|token|api[_.-]?key|access[_.-]?key|secret[_.-]?key|private[_.-]?key";
const NAME = new RegExp(`(?:^|[_.-])(?:${WORDS})$`, "i");
const CAMEL = /[a-z](?:Password|Passphrase|Secret|Token|ApiKey|AccessKey|SecretKey|PrivateKey)$/;

export function isNameOfPassword(name: string): boolean {
  return NAME.test(name) || CAMEL.test(name);
}

/** Whether what stands for a password is one, and no reference to one, path or switch. */
export function isLiteralPassword(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length >= SHORTEST_PASSWORD && !REFERENCE.test(trimmed) && !SWITCH.test(trimmed);
}

const SHORTEST_PASSWORD = 4;
/** `$(NAME)`, `${NAME}`, `{{ .name }}`, `<name>`, a file. */
const REFERENCE = /^(?:\$[({]?\w|\{\{|<|\/|\.\/|~\/|file:)/;
const SWITCH = /^(?:true|false|null|none|\d+)$/i;

/** Where a document holds passwords: text under a key that is the name of one. */
export function passwordsIn(document: unknown, path: readonly Step[] = []): (readonly Step[])[] {
  if (typeof document !== "object" || document === null) return [];
  return Object.entries(document).flatMap(([key, value]: [string, unknown]) => {
    const here = [...path, Array.isArray(document) ? Number(key) : key];
    const isOne = typeof value === "string" && isNameOfPassword(key) && isLiteralPassword(value);
    return isOne ? [here] : passwordsIn(value, here);
  });
}

/** Shannon's entropy of a text, in bits for each character. */
export function entropyOf(text: string): number {
  const counts = Map.groupBy(text, (character) => character);
  return [...counts.values()].reduce((sum, { length }) => {
    const share = length / text.length;
    return sum - share * Math.log2(share);
  }, 0);
}
