/** Where the phases of a long command are shown. */
export interface Progress {
  /** Runs `work` under a title; the lines that it reports tell how far it is. */
  phase<T>(title: string, work: (report: (line: string) => void) => Promise<T>): Promise<T>;
}

/** Spinners on a terminal; elsewhere, and where standard output is for machines, plain lines on standard error. */
export function progressFor(options: { readonly json: boolean }): Progress {
  return process.stdout.isTTY && !options.json ? spinners : plainLines((line) => process.stderr.write(`${line}\n`));
}

const spinners: Progress = {
  async phase<T>(title: string, work: (report: (line: string) => void) => Promise<T>): Promise<T> {
    const context: { result?: T } = {};
    const { Listr } = await import("listr2");
    await new Listr<{ result?: T }>([
      {
        title,
        task: async (shared, task) => {
          shared.result = await work((line) => (task.output = line));
        },
        rendererOptions: { outputBar: 2 },
      },
    ]).run(context);
    return context.result as T;
  },
};

/** At most so many lines a phase: a log must show that work goes on, not each step of it. */
const SECONDS_BETWEEN_LINES = 2;

function plainLines(write: (line: string) => void): Progress {
  return {
    async phase(title, work) {
      write(title);
      let last = -Infinity;
      let latest = "";
      let shown = "";
      let timer: NodeJS.Timeout | undefined;
      const show = () => {
        timer = undefined;
        if (latest === shown) return;
        last = performance.now();
        shown = latest;
        write(`  ${latest}`);
      };
      try {
        return await work((line) => {
          latest = line;
          // Of what comes too soon the latest is shown a little later: it may be what everything waits for.
          timer ??= setTimeout(show, Math.max(0, last + SECONDS_BETWEEN_LINES * 1000 - performance.now()));
        });
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
