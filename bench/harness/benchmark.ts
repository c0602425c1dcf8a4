/** One question about speed or size, answered by a ratio. */
export interface Benchmark {
  /** What `npm run bench -- <name>` calls it; a heading of the document. */
  readonly name: string;
  /** What is measured against what, as a paragraph of Markdown. */
  readonly description: string;
  /** Whether what else the machine does changes what it finds. */
  readonly timed: boolean;
  /** Throws UserError where it cannot be measured here. */
  run(context: Context): Promise<Figures>;
}

export interface Context {
  /** Told what is going on, one line at a time. */
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a benchmark found. */
export interface Figures {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What they come to: one sentence with the ratio. */
  readonly result: string;
  /** The version of the control plane, where one took part: `1.34.4`. */
  readonly kubernetes?: string;
}
