/** Remembers where an upload stands, so that the run after a killed one continues it. */
export interface UploadJournal {
  load(): Promise<URL | undefined>;
  save(location: URL): Promise<void>;
  clear(): Promise<void>;
}

/** How often an upload is gone on with that takes no further byte. */
const MOST_FRUITLESS = 2;

/**
 * An upload that a registry has begun, as this process knows it and the next one will. It is forgotten once it cannot be
 * gone on with: sending a blob anew is better than asking for ever.
 */
export class UploadSession {
  readonly #journal: UploadJournal | undefined;
  #location: URL | undefined;
  #furthest = 0;
  #fruitless = 0;

  private constructor(journal: UploadJournal | undefined, location: URL | undefined) {
    this.#journal = journal;
    this.#location = location;
  }

  /** That of an earlier run, where there is one. */
  static async open(journal?: UploadJournal): Promise<UploadSession> {
    return new UploadSession(journal, await journal?.load());
  }

  /** Where to go on; undefined where the upload has to begin. */
  get location(): URL | undefined {
    return this.#location;
  }

  /** Whether there was enough trouble with it. */
  get isHopeless(): boolean {
    return this.#fruitless > MOST_FRUITLESS;
  }

  /** Before it is gone on with: there may be a last time. */
  tried(): void {
    this.#fruitless += 1;
  }

  /** The registry has so many bytes of it; says whether that is more than ever before. */
  stands(offset: number): boolean {
    if (offset <= this.#furthest) return false;
    this.#furthest = offset;
    this.#fruitless = 1;
    return true;
  }

  async moved(location: URL): Promise<void> {
    this.#location = location;
    await this.#journal?.save(location);
  }

  async forget(): Promise<void> {
    this.#location = undefined;
    this.#furthest = 0;
    this.#fruitless = 0;
    await this.#journal?.clear();
  }
}
